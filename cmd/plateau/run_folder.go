package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"plateau/internal/atomicfile"
	"plateau/internal/claim"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// Files of a run folder.
const (
	planName      = "run.json"
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
	path     string
	claim    *claim.Claim // nil if it is not claimed
	plan     *plan
	replaces bool     // whether there is a run in it already, whose place the plan takes
	created  []string // folders that were not there before, outermost first
	files    []string // files written so far
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
	if err := r.take(); err != nil {
		if _, held := errors.AsType[*claim.Held](err); held {
			return fmt.Errorf("--out %s: %w; choose another folder", r.path, err)
		}
		return r.refuse(err)
	}
	r.sweep() // first: what a killed process has left is no reason to refuse
	entries, err := os.ReadDir(r.path)
	if err != nil {
		return r.refuse(err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return claim.Belongs(e.Name()) })
	if r.replaces = len(entries) > 0; r.replaces && !force {
		return fmt.Errorf("--out %s: the folder is not empty; --force replaces the run in it, --resume goes on with it, or choose another", r.path)
	}
	for _, name := range []string{planName, configName, metricsName, weightsName, recordingName, measurementsName} {
		if err := checkOwn(filepath.Join(r.path, name)); err != nil {
			return err
		}
	}
	checkpoints, err := listCheckpoints(r.path)
	if err != nil {
		return err
	}
	for _, c := range checkpoints {
		if err := checkOwn(c.path); err != nil {
			return err
		}
	}
	if err := r.probe(); err != nil {
		return r.refuse(err)
	}
	return nil
}

// take claims the folder for this process, until release.
func (r *runFolder) take() (err error) {
	r.claim, err = claim.Take(r.path)
	if held, ok := errors.AsType[*claim.Held](err); ok {
		r.created = nil // whoever has it may not have begun to write: it is not ours to remove
		return fmt.Errorf("another plateau works in it: %w", held)
	}
	return err
}

// mine is an error if the folder is another process's by now: this one was stopped
// for so long that it was given up.
func (r *runFolder) mine() error {
	r.claim.Renew()
	return r.lost()
}

// lost is as mine is, but costs nothing and knows it a little later.
func (r *runFolder) lost() error {
	if r.claim == nil {
		return nil
	}
	if err := r.claim.Err(); err != nil {
		return fmt.Errorf("this process must not write to %s any more: %w", r.path, err)
	}
	return nil
}

func (r *runFolder) release() {
	if r.claim != nil {
		r.claim.Release()
		r.claim = nil
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
// writes in a folder that is claimed.
func (r *runFolder) sweep() {
	for _, name := range []string{".probe", planName, configName, metricsName, weightsName, recordingName, measurementsName, filepath.Join(checkpointsName, "*"+checkpointEnding)} {
		r.sweepBeside(filepath.Join(r.path, name))
	}
}

// sweepBeside removes what a killed process has left of a file that it was
// writing, whose name may be a pattern.
func (r *runFolder) sweepBeside(path string) {
	const random = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f].tmp"
	folder, base := filepath.Split(path)
	// A folder's name may have brackets, which Glob would take for a pattern.
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if ok, _ := filepath.Match("."+base+"."+random, e.Name()); ok {
			os.Remove(filepath.Join(folder, e.Name()))
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
	if filepath.Ext(path) == checkpointEnding {
		return strings.HasPrefix(firstLine(path), checkpointFamily)
	}
	switch filepath.Base(path) {
	case planName:
		return strings.HasPrefix(firstLine(path), planMark)
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
		return record.Begins(path)
	}
	return false
}

func firstLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 1<<20)).ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

// begin makes the folder one of the run that is planned: first the plan, then all
// of an older run goes, and the configuration comes.
func (r *runFolder) begin(p *plan) error {
	r.plan = p
	if err := r.savePlan(); err != nil {
		return err
	}
	if err := r.dropCheckpoints(-1); err != nil {
		return err
	}
	for _, name := range []string{recordingName, weightsName, measurementsName, metricsName} {
		path := filepath.Join(r.path, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replacing %s: %w", path, cause(err))
		}
	}
	return r.write(configName, []byte(p.Config), atomicfile.Replace)
}

// runText is the configuration of a run as its folder keeps it.
func (c *config) runText() string {
	return fmt.Sprintf("%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s",
		configMark, c.title(), configCount, len(keys()), configName, printConfig(c, false))
}

// rewriteConfig keeps what has changed in what the run is asked to do.
func (r *runFolder) rewriteConfig(p *plan) error {
	r.plan = p
	if err := r.savePlan(); err != nil {
		return err
	}
	old, err := os.ReadFile(filepath.Join(r.path, configName))
	if err != nil || string(old) != p.Config {
		return r.write(configName, []byte(p.Config), atomicfile.Replace)
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
// folders made for it. Where it took the place of another its plan stays, by which
// it can begin once more.
func (r *runFolder) abandon() {
	if !r.replaces {
		for _, path := range r.files {
			os.Remove(path)
		}
	}
	r.release() // it is a file in the folder
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
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, planName)); err == nil && name == weightsName {
			return fmt.Errorf("--run %s: has no weights yet: its run stopped before the first checkpoint; to go on with it: %s", path, resumeCommand(path))
		}
		return fmt.Errorf("--run %s: is not the folder of a run: there is no %s in it", path, name)
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
