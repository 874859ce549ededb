package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"plateau/internal/atomicfile"
	"plateau/sim/record/npz"
)

// Files of a run folder.
const (
	configName    = "config.toml"
	metricsName   = "metrics.jsonl"
	weightsName   = "weights.npz"
	recordingName = "recording.plateau"

	measurementsName = "measurements.npz"

	checkpointsName = "checkpoints" // a folder
)

// configMark begins the configuration of every run, and its first line says how
// many settings there are, after configCount.
const (
	configMark  = "# plateau run"
	configCount = "with all "
)

// A runFolder is where a training run leaves its files.
type runFolder struct {
	path    string
	unlock  func()   // nil if it is not locked
	created []string // folders that were not there before, outermost first
	files   []string // files written so far
}

// claimRun finds out, before anything is computed, whether a run can be written
// to a folder, and makes it if it is not there. Without a path it is the first
// free one of runs/NAME-1, runs/NAME-2, … Of an older run nothing is lost
// until begin.
func claimRun(path, data string, force bool) (*runFolder, error) {
	r := &runFolder{path: path}
	if path == "" {
		if err := r.claimFree(data); err != nil {
			return nil, err
		}
	} else if err := r.mkdir(path); err != nil {
		r.abandon()
		return nil, r.refuse(err)
	}
	if err := r.inspect(force); err != nil {
		r.abandon()
		return nil, err
	}
	return r, nil
}

// inspect takes the folder, if a run can be written there.
func (r *runFolder) inspect(force bool) error {
	if info, err := os.Stat(r.path); err == nil && !info.IsDir() {
		return r.refuse(syscall.ENOTDIR)
	}
	if err := r.lock(); err != nil {
		return fmt.Errorf("--out %s: %w; choose another folder", r.path, err)
	}
	entries, err := os.ReadDir(r.path)
	if err != nil {
		return r.refuse(err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == lockName })
	if len(entries) > 0 && !force {
		return fmt.Errorf("--out %s: the folder is not empty; --force replaces the run in it, --resume goes on with it, or choose another", r.path)
	}
	for _, name := range []string{configName, metricsName, weightsName, recordingName, measurementsName} {
		if err := checkOwn(filepath.Join(r.path, name)); err != nil {
			return err
		}
	}
	if err := r.probe(); err != nil {
		return r.refuse(err)
	}
	r.sweep()
	return nil
}

// lock takes the folder for this process, until release.
func (r *runFolder) lock() (err error) {
	r.unlock, err = lockFolder(r.path)
	if errors.Is(err, errLocked) {
		r.created = nil // whoever has it may not have begun to write: it is not ours to remove
	}
	if err != nil && !errors.Is(err, errLocked) {
		return cause(err)
	}
	return err
}

func (r *runFolder) release() {
	if r.unlock != nil {
		r.unlock()
		r.unlock = nil
	}
}

// probe finds out whether files can be written by writing one.
func (r *runFolder) probe() error {
	f, err := atomicfile.Create(filepath.Join(r.path, ".probe"))
	if err == nil {
		err = f.Abort()
	}
	return err
}

// sweep removes the temporary files that a killed process has left. Nobody else
// writes in a locked folder.
func (r *runFolder) sweep() {
	const random = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f].tmp"
	for _, name := range []string{".probe", configName, metricsName, weightsName, measurementsName, filepath.Join(checkpointsName, "*"+checkpointEnding)} {
		folder, base := filepath.Split(filepath.Join(r.path, name))
		// A folder's name may have brackets, which Glob would take for a pattern.
		entries, _ := os.ReadDir(folder)
		for _, e := range entries {
			if ok, _ := filepath.Match("."+base+"."+random, e.Name()); ok {
				os.Remove(filepath.Join(folder, e.Name()))
			}
		}
	}
}

func (r *runFolder) refuse(err error) error {
	return fmt.Errorf("--out %s: cannot write there: %w", r.path, cause(err))
}

// claimFree makes the first free folder. Two runs that begin at the same time
// get different ones.
func (r *runFolder) claimFree(data string) error {
	if err := r.mkdir("runs"); err != nil {
		return fmt.Errorf("cannot make the folder runs: %w; --out names another place", cause(err))
	}
	for n := 1; ; n++ {
		r.path = filepath.Join("runs", fmt.Sprintf("%s-%d", data, n))
		err := os.Mkdir(r.path, 0o777)
		if err == nil {
			r.created = append(r.created, r.path)
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			r.abandon()
			return fmt.Errorf("cannot make the folder %s: %w; --out names another place", r.path, cause(err))
		}
	}
}

// mkdir makes a folder and those above it, and remembers which were not there.
func (r *runFolder) mkdir(path string) error {
	path = filepath.Clean(path)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := r.mkdir(parent); err != nil {
			return err
		}
	}
	err := os.Mkdir(path, 0o777)
	if err == nil {
		r.created = append(r.created, path)
	} else if errors.Is(err, fs.ErrExist) {
		if info, look := os.Stat(path); look == nil && info.IsDir() {
			return nil
		}
	}
	return err
}

// checkOwn refuses a file that no run has made: it is not ours to replace.
func checkOwn(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().IsRegular() && (info.Size() == 0 || madeByRun(path)) {
		return nil
	}
	return fmt.Errorf("%s was not made by a run of plateau, so --force does not replace it; move it away, or choose another --out", path)
}

func madeByRun(path string) bool {
	switch filepath.Base(path) {
	case configName:
		return strings.HasPrefix(firstLine(path), configMark)
	case metricsName:
		return strings.HasPrefix(firstLine(path), `{"event":"start"`)
	case weightsName:
		r, err := npz.Open(path)
		if err != nil {
			return false
		}
		defer r.Close()
		_, err = r.Shape("W0")
		return err == nil
	case measurementsName:
		r, err := npz.Open(path)
		if err != nil {
			return false
		}
		defer r.Close()
		return slices.ContainsFunc(r.Names(), func(name string) bool { return name == "examples" || name == "confusion" })
	case recordingName:
		return isRecording(path)
	}
	return false
}

func firstLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	return lines.Text()
}

// begin removes the files of an older run and writes the configuration of this
// one. There is one at any time, so that what a killed process leaves is a run.
func (r *runFolder) begin(c *config) error {
	if err := r.dropCheckpoints(-1); err != nil {
		return err
	}
	for _, name := range []string{recordingName, weightsName, measurementsName, metricsName} {
		path := filepath.Join(r.path, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replacing %s: %w", path, cause(err))
		}
	}
	return r.write(configName, []byte(c.runText()), atomicfile.Replace)
}

// runText is the configuration of a run as its folder keeps it.
func (c *config) runText() string {
	return fmt.Sprintf("%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s",
		configMark, c.title(), configCount, len(keys()), configName, printConfig(c, false))
}

// rewriteConfig keeps what has changed in the configuration of a run that goes on.
func (r *runFolder) rewriteConfig(c *config) error {
	old, err := os.ReadFile(filepath.Join(r.path, configName))
	if text := c.runText(); err != nil || string(old) != text {
		return r.write(configName, []byte(text), atomicfile.Replace)
	}
	return nil
}

// write leaves a whole file in the folder, or none.
func (r *runFolder) write(name string, text []byte, create func(path string) (*atomicfile.File, error)) error {
	path := filepath.Join(r.path, name)
	if err := writeWhole(path, text, create); err != nil {
		return err
	}
	r.files = append(r.files, path)
	return nil
}

// writeWhole leaves a whole file, or none.
func writeWhole(path string, text []byte, create func(path string) (*atomicfile.File, error)) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Commit()
}

// abandon removes what a run has left that came to nothing: its files, and the
// folders made for it.
func (r *runFolder) abandon() {
	for _, path := range r.files {
		os.Remove(path)
	}
	r.release() // its lock may be a file in it
	for i := len(r.created) - 1; i >= 0; i-- {
		os.Remove(r.created[i]) // fails, as it should, if something else is in it
	}
}

// checkRun says whether a folder holds a run.
func checkRun(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--run %s: there is no such folder; %s makes one%s", path, command("train"), knownRuns())
	case err != nil:
		return fmt.Errorf("--run %s: %w", path, cause(err))
	case !info.IsDir():
		return fmt.Errorf("--run %s: is not a folder; want the folder of a run, with %s and %s in it", path, configName, weightsName)
	}
	for _, name := range []string{configName, weightsName} {
		if _, err := os.Stat(filepath.Join(path, name)); err != nil {
			return fmt.Errorf("--run %s: is not the folder of a run: there is no %s in it", path, name)
		}
	}
	return nil
}

// runConfig reads the configuration of a run.
func runConfig(folder string) (*config, error) {
	path := filepath.Join(folder, configName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: is not the folder of a run: there is no %s in it%s%s", folder, configName, takenBy(folder), knownRuns())
	}
	s := newSettings()
	if err := s.readRun(path); err != nil {
		return nil, err
	}
	return s.finish()
}

// knownRuns lists runs in the usual place.
func knownRuns() string { return listRuns(filepath.Join("runs", "*", weightsName)) }

// listRuns lists the folders of files.
func listRuns(pattern string) string {
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		return ""
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	if len(found) > 5 {
		found = append(found[:4], "…")
	}
	return "; there are " + strings.Join(found, ", ")
}
