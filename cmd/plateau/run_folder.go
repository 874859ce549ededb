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

// configMark begins the configuration of every run. After configCount, its first line
// has the number of settings.
const (
	configMark  = "# plateau run"
	configCount = "with all "
)

// A runFolder is the folder with the files of a training run.
type runFolder struct {
	path     string
	claim    *claim.Claim // nil if the folder is not claimed
	plan     *plan
	replaces bool     // there is already a run in it, which the plan replaces
	created  []string // folders that were not there before, outermost first
	files    []string // files written so far
}

// claimRun checks, before anything is computed, that a run can be written to a folder,
// and makes it if it does not exist. Without a path it chooses the first free one of
// runs/NAME-1, runs/NAME-2, … It changes nothing of an older run; begin does.
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

// inspect claims the folder if a run can be written there.
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
	r.sweep() // first, because files that a killed process has left are no reason to refuse
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
		r.created = nil // the other process may be about to write, so we must not remove them
		return fmt.Errorf("another plateau works in it: %w", held)
	}
	return err
}

// mine returns an error if another process has taken over the folder, because this one
// was suspended for so long that its claim ran out.
func (r *runFolder) mine() error {
	r.claim.Renew()
	return r.lost()
}

// lost does the same as mine without looking at the file, and notices it a little later.
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

// probe writes a file to find out whether that is possible.
func (r *runFolder) probe() error {
	f, err := atomicfile.Create(filepath.Join(r.path, ".probe"))
	if err == nil {
		err = f.Abort()
	}
	return err
}

// sweep removes the temporary files that a killed process has left. No other process
// writes to a folder that is claimed.
func (r *runFolder) sweep() {
	for _, name := range []string{".probe", planName, configName, metricsName, weightsName, recordingName, measurementsName, filepath.Join(checkpointsName, "*"+checkpointEnding)} {
		r.sweepBeside(filepath.Join(r.path, name))
	}
}

// sweepBeside removes the temporary files of a file that a killed process was writing.
// The name of the file may be a pattern.
func (r *runFolder) sweepBeside(path string) {
	const random = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f].tmp"
	folder, base := filepath.Split(path)
	// The name of the folder may contain brackets, which to Glob are a pattern.
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

// mkdir makes a folder and its parents, and remembers which did not exist.
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

// checkOwn refuses to replace a file that was not made by a run.
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

// begin makes the folder that of the planned run: it writes the plan, then removes
// everything of an older run, then writes the configuration.
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

// runText returns the configuration of a run as it is stored in its folder.
func runText(c *config) string {
	return fmt.Sprintf("%s of %s, %s%d settings.\n# The same once more: plateau train --config %s\n\n%s",
		configMark, c.title(), configCount, len(keys()), configName, printConfig(c, false))
}

// rewriteConfig writes a new plan, and the configuration if it differs.
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

// write writes a file in the folder, completely or not at all.
func (r *runFolder) write(name string, text []byte, create func(path string) (*atomicfile.File, error)) error {
	path := filepath.Join(r.path, name)
	if err := writeWhole(path, text, create); err != nil {
		return err
	}
	r.files = append(r.files, path)
	return nil
}

// writeWhole writes a file, completely or not at all.
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

// abandon removes the files of a run that has failed to begin, and the folders made
// for it. If it has replaced another run, its plan stays, so that it can begin again.
func (r *runFolder) abandon() {
	if !r.replaces {
		for _, path := range r.files {
			os.Remove(path)
		}
	}
	r.release() // the claim is a file in the folder
	for i := len(r.created) - 1; i >= 0; i-- {
		os.Remove(r.created[i]) // fails, as it should, if something else is in it
	}
}

// checkRun returns an error if a folder does not hold a run.
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

// listRuns lists the folders of the files that match a pattern.
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
