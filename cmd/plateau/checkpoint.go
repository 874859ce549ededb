package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/atomicfile"
	"plateau/internal/fileversion"
	"plateau/sim/record"
)

// A checkpoint is a moment of a run from which it can go on. Its file is the
// same on every machine:
//
//	magic    "plateau run checkpoint 1\n"
//	header   the fields below as a JSON object on one line, ended by "\n"
//	parts    one after the other, as long as the header says
//	digest   SHA-256 of all before, 32 bytes
type checkpoint struct {
	Examples      int            `json:"examples"`                 // shown since the run began
	Epochs        int            `json:"epochs"`                   // learnt and tested
	Seconds       float64        `json:"seconds"`                  // that the run took up to here
	EpochSeconds  float64        `json:"epoch_seconds"`            // of them, training in the epoch that is not tested yet
	Metrics       int64          `json:"metrics_bytes"`            // of metrics.jsonl, without its first line
	MetricsSHA256 string         `json:"metrics_sha256,omitempty"` // of them
	Data          string         `json:"data_sha256"`
	Weights       string         `json:"weights_sha256"`
	Tested        []epochEvent   `json:"tested,omitempty"` // the epochs, as metrics.jsonl has them
	Recording     *recordingMark `json:"recording,omitempty"`
	Parts         []*keptPart    `json:"parts"`
}

// A recordingMark says where a recording stands.
type recordingMark struct {
	Path string `json:"path"` // with slashes; relative to the run folder if it is in there
	record.Mark
}

// A keptPart is what something that takes part in the run wants to know again.
type keptPart struct {
	Name    string `json:"name"`
	Bytes   int    `json:"bytes"`
	content []byte
}

// Names of parts that every checkpoint has.
const (
	partSettings = "settings" // as config.toml has them
	partTrainer  = "trainer"  // see protocols.Trainer.AppendCheckpoint
)

const (
	checkpointMagic   = "plateau run checkpoint 1\n"
	checkpointFamily  = "plateau run checkpoint " // of all versions
	checkpointVersion = 1
)

// keptCheckpoints is how many of the latest are kept: if one is damaged, there is
// the one before.
const keptCheckpoints = 2

func (c *checkpoint) add(name string, content []byte) {
	c.Parts = append(c.Parts, &keptPart{name, len(content), content})
}

// part returns what was added under a name.
func (c *checkpoint) part(name string) (content []byte, ok bool) {
	for _, p := range c.Parts {
		if p.Name == name {
			return p.content, true
		}
	}
	return nil, false
}

// encode returns the contents of a file.
func (c *checkpoint) encode() ([]byte, error) {
	header, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	size := len(checkpointMagic) + len(header) + 1 + sha256.Size
	for _, p := range c.Parts {
		size += p.Bytes
	}
	b := make([]byte, 0, size)
	b = append(b, checkpointMagic...)
	b = append(b, header...)
	b = append(b, '\n')
	for _, p := range c.Parts {
		b = append(b, p.content...)
	}
	digest := sha256.Sum256(b)
	return append(b, digest[:]...), nil
}

// decodeCheckpoint reads the contents of a file.
func decodeCheckpoint(b []byte) (*checkpoint, error) {
	if !bytes.HasPrefix(b, []byte(checkpointMagic)) {
		if version, ok := fileversion.Of(b, checkpointFamily); ok && version > checkpointVersion {
			return nil, fmt.Errorf("is of version %d, and this program knows none after %d: it was written by a later plateau", version, checkpointVersion)
		}
		return nil, errors.New("is damaged: it does not begin as a checkpoint does")
	}
	n := len(b) - sha256.Size
	if n < len(checkpointMagic) {
		return nil, errors.New("is damaged: it is cut short")
	}
	if digest := sha256.Sum256(b[:n]); !bytes.Equal(digest[:], b[n:]) {
		return nil, errors.New("is damaged: its checksum does not match")
	}
	// The rest is as it was written, if by this program.
	wrong := func(what string) error { return fmt.Errorf("is no checkpoint of this program: %s", what) }
	header, rest, ok := bytes.Cut(b[len(checkpointMagic):n], []byte("\n"))
	c := &checkpoint{}
	if !ok {
		return nil, wrong("its header has no end")
	}
	if err := json.Unmarshal(header, c); err != nil {
		return nil, wrong("its header: " + err.Error())
	}
	for _, p := range c.Parts {
		if p == nil || p.Bytes < 0 || p.Bytes > len(rest) {
			return nil, wrong("its parts are longer than itself")
		}
		p.content, rest = rest[:p.Bytes], rest[p.Bytes:]
	}
	if len(rest) > 0 {
		return nil, wrong("there is something after its parts")
	}
	return c, nil
}

// A checkpointFile is a checkpoint that is, by its name, in a run folder.
type checkpointFile struct {
	path     string
	examples int
}

func (f checkpointFile) read() (*checkpoint, error) {
	b, err := os.ReadFile(f.path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", f.path, cause(err))
	}
	c, err := decodeCheckpoint(b)
	if err == nil && c.Examples != f.examples {
		err = fmt.Errorf("is not what its name says, but of example %d", c.Examples)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s %w", f.path, err)
	}
	return c, nil
}

// header reads what a checkpoint says of itself, without its parts and without
// verifying it.
func (f checkpointFile) header() (*checkpoint, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	if magic, err := lines.ReadString('\n'); err != nil || magic != checkpointMagic {
		return nil, errors.New("it does not begin as a checkpoint does")
	}
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	c := &checkpoint{}
	return c, json.Unmarshal(line, c)
}

const checkpointEnding = ".checkpoint"

// checkpointPath has the names of a run's checkpoints in the order of their
// examples, up to a billion of them.
func checkpointPath(run string, examples int) string {
	return filepath.Join(run, checkpointsName, fmt.Sprintf("%09d%s", examples, checkpointEnding))
}

// listCheckpoints finds the checkpoints of a run, the earliest first.
func listCheckpoints(run string) ([]checkpointFile, error) {
	entries, err := os.ReadDir(filepath.Join(run, checkpointsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("checkpoints of %s: %w", run, cause(err))
	}
	var files []checkpointFile
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), checkpointEnding)
		examples, err := strconv.Atoi(digits)
		if ok && err == nil && examples >= 0 && checkpointPath(run, examples) == filepath.Join(run, checkpointsName, e.Name()) {
			files = append(files, checkpointFile{checkpointPath(run, examples), examples})
		}
	}
	slices.SortFunc(files, func(a, b checkpointFile) int { return a.examples - b.examples })
	return files, nil
}

// addCheckpoint writes a checkpoint and removes those that are older than the
// ones to keep.
func (r *runFolder) addCheckpoint(c *checkpoint) error {
	b, err := c.encode()
	if err != nil {
		return err
	}
	folder := filepath.Join(r.path, checkpointsName)
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return writing(folder, err)
	}
	if err := writeWhole(checkpointPath(r.path, c.Examples), b, atomicfile.Replace); err != nil {
		return err
	}
	files, err := listCheckpoints(r.path)
	if err != nil {
		return err
	}
	for _, old := range files[:max(0, len(files)-keptCheckpoints)] {
		if err := os.Remove(old.path); err != nil {
			return fmt.Errorf("removing %s: %w", old.path, cause(err))
		}
	}
	return nil
}

// dropCheckpoints removes the checkpoints that come after some example.
func (r *runFolder) dropCheckpoints(after int) error {
	files, err := listCheckpoints(r.path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.examples > after {
			if err := os.Remove(f.path); err != nil {
				return fmt.Errorf("removing %s: %w", f.path, cause(err))
			}
		}
	}
	return nil
}
