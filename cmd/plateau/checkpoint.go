package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/atomicfile"
	"plateau/internal/fileversion"
	"plateau/internal/regular"
	"plateau/sim/record"
)

// A checkpoint is the state of a run at some moment, from which the run can go on. Its
// file is the same on every machine:
//
//	magic    "plateau run checkpoint 1\n"
//	header   the fields below as a JSON object on one line, ended by "\n"
//	parts    one after another, with the lengths that the header gives
//	digest   SHA-256 of everything before, 32 bytes
type checkpoint struct {
	Examples      int            `json:"examples"`                 // number shown since the run began
	Epochs        int            `json:"epochs"`                   // number of epochs learnt and tested
	Seconds       float64        `json:"seconds"`                  // time that the run has taken
	EpochSeconds  float64        `json:"epoch_seconds"`            // part of it that was spent training in the current epoch
	Metrics       int64          `json:"metrics_bytes"`            // size of metrics.jsonl without its first line
	MetricsSHA256 string         `json:"metrics_sha256,omitempty"` // digest of these bytes
	Data          string         `json:"data_sha256"`
	Weights       string         `json:"weights_sha256"`
	Tested        []epochEvent   `json:"tested,omitempty"` // the epochs, as metrics.jsonl has them
	Recording     *recordingMark `json:"recording,omitempty"`
	Parts         []*keptPart    `json:"parts"`

	file *os.File // the file from which parts are read
}

// A recordingMark says where a recording stands.
type recordingMark struct {
	Path string `json:"path"` // with slashes; relative to the run folder if it is inside
	record.Mark
}

// A keptPart is the state of a part of the run, such as the trainer.
type keptPart struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`

	write   func(io.Writer) error
	content *io.SectionReader // set in a checkpoint that was read
}

// Names of parts that every checkpoint has.
const (
	partSettings = "settings" // as config.toml has them
	partTrainer  = "trainer"  // see training.Trainer.WriteState
)

const (
	checkpointMagic   = "plateau run checkpoint 1\n"
	checkpointFamily  = "plateau run checkpoint " // of all versions
	checkpointVersion = 1
)

// keptCheckpoints is the number of latest checkpoints that are kept: if one is damaged,
// the one before can be used.
const keptCheckpoints = 2

// add adds a part of size bytes, which write writes.
func (c *checkpoint) add(name string, size int, write func(io.Writer) error) {
	c.Parts = append(c.Parts, &keptPart{Name: name, Bytes: size, write: write})
}

// addText adds a part that is a text.
func (c *checkpoint) addText(name, text string) {
	c.add(name, len(text), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// part returns a part of a checkpoint that was read.
func (c *checkpoint) part(name string) (content *io.SectionReader, ok bool) {
	for _, p := range c.Parts {
		if p.Name == name {
			return p.content, true
		}
	}
	return nil, false
}

// close closes the file; parts cannot be read after it.
func (c *checkpoint) close() {
	if c != nil && c.file != nil {
		c.file.Close()
	}
}

// counter counts the bytes that are written through it.
type counter struct {
	to io.Writer
	n  int
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += n
	return n, err
}

// encode writes the contents of the file. Parts are made one after another, so it
// needs no more memory than the largest of them.
func (c *checkpoint) encode(to io.Writer) error {
	header, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sum := sha256.New()
	w := &counter{to: io.MultiWriter(to, sum)}
	if _, err := fmt.Fprintf(w, "%s%s\n", checkpointMagic, header); err != nil {
		return err
	}
	for _, p := range c.Parts {
		w.n = 0
		if err := p.write(w); err != nil {
			return err
		}
		if w.n != p.Bytes {
			return fmt.Errorf("the part %s of a checkpoint has %d bytes, want %d", p.Name, w.n, p.Bytes)
		}
	}
	_, err = to.Write(sum.Sum(nil))
	return err
}

// decodeCheckpoint verifies a file of the given size and reads its header. Parts are
// read when they are needed.
func decodeCheckpoint(from io.ReaderAt, size int64) (*checkpoint, error) {
	start := make([]byte, min(size, int64(len(checkpointMagic))+20))
	if _, err := from.ReadAt(start, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	}
	if !bytes.HasPrefix(start, []byte(checkpointMagic)) {
		if version, ok := fileversion.Of(start, checkpointFamily); ok && version > checkpointVersion {
			return nil, fmt.Errorf("has version %d, and this program knows versions up to %d: it was written by a later plateau", version, checkpointVersion)
		}
		return nil, errors.New("is damaged: it does not begin as a checkpoint does")
	}
	n := size - sha256.Size
	if n < int64(len(checkpointMagic)) {
		return nil, errors.New("is damaged: it is cut short")
	}
	sum, digest := sha256.New(), make([]byte, sha256.Size)
	_, err := io.Copy(sum, io.NewSectionReader(from, 0, n))
	if err == nil {
		_, err = io.ReadFull(io.NewSectionReader(from, n, sha256.Size), digest)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	}
	if !bytes.Equal(sum.Sum(nil), digest) {
		return nil, errors.New("is damaged: its checksum does not match")
	}
	// The checksum is right, so the rest can only be wrong if another program wrote it.
	wrong := func(what string) error { return fmt.Errorf("is not a checkpoint of this program: %s", what) }
	at := int64(len(checkpointMagic))
	header, err := bufio.NewReader(io.NewSectionReader(from, at, n-at)).ReadBytes('\n')
	c := &checkpoint{}
	if err != nil {
		return nil, wrong("its header has no end")
	}
	if err := json.Unmarshal(header, c); err != nil {
		return nil, wrong("its header: " + err.Error())
	}
	at += int64(len(header))
	for _, p := range c.Parts {
		if p == nil || p.Bytes < 0 || int64(p.Bytes) > n-at {
			return nil, wrong("its parts are longer than the file")
		}
		content := io.NewSectionReader(from, at, int64(p.Bytes))
		p.content, p.write = content, func(w io.Writer) error {
			_, err := io.Copy(w, io.NewSectionReader(content, 0, content.Size()))
			return err
		}
		at += int64(p.Bytes)
	}
	if at < n {
		return nil, wrong("there is something after its parts")
	}
	return c, nil
}

// A checkpointFile is a file in a run folder with the name of a checkpoint.
type checkpointFile struct {
	path     string
	examples int
}

// read verifies a checkpoint; its parts can be read until it is closed.
func (f checkpointFile) read() (*checkpoint, error) {
	file, err := regular.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", f.path, cause(err))
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("checkpoint %s: %w", f.path, cause(err))
	}
	c, err := decodeCheckpoint(file, info.Size())
	if err == nil && c.Examples != f.examples {
		err = fmt.Errorf("was made after %s, not when its name says", plural(c.Examples, "example"))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("checkpoint %s %w", f.path, err)
	}
	c.file = file
	return c, nil
}

// header reads the header of a checkpoint, without verifying the file.
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

// checkpointPath returns the path of a checkpoint. Names sort by the number of
// examples, up to a billion.
func checkpointPath(run string, examples int) string {
	return filepath.Join(run, checkpointsName, fmt.Sprintf("%09d%s", examples, checkpointEnding))
}

// listCheckpoints lists the checkpoints of a run, the earliest first.
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

// addCheckpoint writes a checkpoint, and removes old ones that need not be kept.
func (r *runFolder) addCheckpoint(c *checkpoint) error {
	folder := filepath.Join(r.path, checkpointsName)
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return writing(folder, err)
	}
	f, err := atomicfile.Replace(checkpointPath(r.path, c.Examples))
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := c.encode(f); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
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

// dropCheckpoints removes the checkpoints that were made after more than the given
// number of examples.
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
