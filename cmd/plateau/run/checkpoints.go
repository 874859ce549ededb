package run

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
	"plateau/internal/regular"
)

// A CheckpointFile is a file in a run folder with the name of a checkpoint.
type CheckpointFile struct {
	Path     string
	Examples int
}

// Read verifies a checkpoint; its parts can be read until it is closed.
func (f CheckpointFile) Read() (*Checkpoint, error) {
	file, err := regular.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", f.Path, terminal.Cause(err))
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("checkpoint %s: %w", f.Path, terminal.Cause(err))
	}
	c, err := decodeCheckpoint(file, info.Size())
	if err == nil && c.Examples != f.Examples {
		err = fmt.Errorf("was made after %s, not when its name says", terminal.Plural(c.Examples, "example"))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("checkpoint %s %w", f.Path, err)
	}
	c.file = file
	return c, nil
}

// header reads the header of a checkpoint, without verifying the file.
func (f CheckpointFile) header() (*Checkpoint, error) {
	file, err := os.Open(f.Path)
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
	c := &Checkpoint{}
	return c, json.Unmarshal(line, c)
}

// CheckpointPath returns the path of a checkpoint. Names sort by the number of
// examples, up to a billion.
func CheckpointPath(run string, examples int) string {
	return filepath.Join(run, cli.CheckpointsName, fmt.Sprintf("%09d%s", examples, checkpointEnding))
}

// ListCheckpoints lists the checkpoints of a run, the earliest first.
func ListCheckpoints(run string) ([]CheckpointFile, error) {
	entries, err := os.ReadDir(filepath.Join(run, cli.CheckpointsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("checkpoints of %s: %w", run, terminal.Cause(err))
	}
	var files []CheckpointFile
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), checkpointEnding)
		examples, err := strconv.Atoi(digits)
		if ok && err == nil && examples >= 0 && CheckpointPath(run, examples) == filepath.Join(run, cli.CheckpointsName, e.Name()) {
			files = append(files, CheckpointFile{CheckpointPath(run, examples), examples})
		}
	}
	slices.SortFunc(files, func(a, b CheckpointFile) int { return a.Examples - b.Examples })
	return files, nil
}

// FindCheckpoint reads the checkpoint to resume at: the one after the given number of
// examples or, if that is negative, the last one, nil if there is none yet.
func (r *Folder) FindCheckpoint(examples int) (*Checkpoint, error) {
	files, err := ListCheckpoints(r.Path)
	if err != nil {
		return nil, err
	}
	if r.Plan != nil && !r.Plan.Begun {
		files = nil // they belong to a run that this one replaces
	}
	if examples >= 0 {
		var there []string
		for _, f := range files {
			if f.Examples == examples {
				return f.Read()
			}
			there = append(there, fmt.Sprint(f.Examples))
		}
		if there == nil {
			return nil, fmt.Errorf("--resume-at %d: there are no checkpoints in %s", examples, r.Path)
		}
		return nil, fmt.Errorf("--resume-at %d: there is no such checkpoint in %s, but %s", examples, r.Path, strings.Join(there, " and "))
	}
	if len(files) == 0 {
		return nil, nil
	}
	last := len(files) - 1
	point, err := files[last].Read()
	if err == nil {
		return point, nil
	}
	for i := last - 1; i >= 0; i-- {
		if before, unreadable := files[i].Read(); unreadable == nil {
			before.Close()
			return nil, fmt.Errorf("%w\nthe one before, after %d examples, is intact, and from there the run ends with the same bits: %s --resume-at %d",
				err, files[i].Examples, cli.ResumeCommand(r.Path), files[i].Examples)
		}
	}
	return nil, fmt.Errorf("%w\nno other is left; to begin the run anew: %s", err, r.AnewCommand())
}

// AddCheckpoint writes a checkpoint, and removes old ones that need not be kept.
func (r *Folder) AddCheckpoint(c *Checkpoint) error {
	folder := filepath.Join(r.Path, cli.CheckpointsName)
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return terminal.Writing(folder, err)
	}
	f, err := atomicfile.Replace(CheckpointPath(r.Path, c.Examples))
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
	files, err := ListCheckpoints(r.Path)
	if err != nil {
		return err
	}
	for _, old := range files[:max(0, len(files)-KeptCheckpoints)] {
		if err := os.Remove(old.Path); err != nil {
			return fmt.Errorf("removing %s: %w", old.Path, terminal.Cause(err))
		}
	}
	return nil
}

// DropCheckpoints removes the checkpoints that were made after more than the given
// number of examples.
func (r *Folder) DropCheckpoints(after int) error {
	files, err := ListCheckpoints(r.Path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Examples > after {
			if err := os.Remove(f.Path); err != nil {
				return fmt.Errorf("removing %s: %w", f.Path, terminal.Cause(err))
			}
		}
	}
	return nil
}

// KeptCheckpoints is the number of latest checkpoints that are kept: if one is damaged,
// the one before can be used.
const KeptCheckpoints = 2

const checkpointEnding = ".checkpoint"
