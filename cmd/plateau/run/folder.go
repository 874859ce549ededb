package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
	"plateau/internal/claim"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// A Folder is the folder with the files of a training run.
type Folder struct {
	Path     string
	claim    *claim.Claim // nil if the folder is not claimed
	Plan     *Plan
	Replaces bool     // there is already a run in it, which the plan replaces
	created  []string // folders that were not there before, outermost first
	files    []string // files written so far
}

// Claim checks, before anything is computed, that a run can be written to a folder,
// and makes it if it does not exist. Without a path it chooses the first free one of
// runs/NAME-1, runs/NAME-2, … It changes nothing of an older run; begin does.
func Claim(path, data string, force bool) (*Folder, error) {
	r := &Folder{Path: path}
	if path == "" {
		if err := r.claimFree(data); err != nil {
			return nil, err
		}
	} else if err := r.mkdir(path); err != nil {
		r.Abandon()
		return nil, r.refuse(err)
	}
	if err := r.inspect(force); err != nil {
		r.Abandon()
		return nil, err
	}
	return r, nil
}

// inspect claims the folder if a run can be written there.
func (r *Folder) inspect(force bool) error {
	if info, err := os.Stat(r.Path); err == nil && !info.IsDir() {
		return r.refuse(syscall.ENOTDIR)
	}
	if err := r.take(); err != nil {
		if _, held := errors.AsType[*claim.Held](err); held {
			return fmt.Errorf("--out %s: %w; choose another folder", r.Path, err)
		}
		return r.refuse(err)
	}
	r.sweep() // first, because files that a killed process has left are no reason to refuse
	entries, err := os.ReadDir(r.Path)
	if err != nil {
		return r.refuse(err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return claim.Belongs(e.Name()) })
	if r.Replaces = len(entries) > 0; r.Replaces && !force {
		return fmt.Errorf("--out %s: the folder is not empty; --force replaces the run in it, --resume goes on with it, or choose another", r.Path)
	}
	for _, name := range []string{cli.PlanName, cli.ConfigName, cli.MetricsName, cli.WeightsName, cli.RecordingName, cli.MeasurementsName} {
		if err := checkOwn(filepath.Join(r.Path, name)); err != nil {
			return err
		}
	}
	checkpoints, err := ListCheckpoints(r.Path)
	if err != nil {
		return err
	}
	for _, c := range checkpoints {
		if err := checkOwn(c.Path); err != nil {
			return err
		}
	}
	if err := r.probe(); err != nil {
		return r.refuse(err)
	}
	return nil
}

func (r *Folder) refuse(err error) error {
	return fmt.Errorf("--out %s: cannot write there: %w", r.Path, terminal.Cause(err))
}

// claimFree makes the first free folder. Two runs that begin at the same time
// get different ones.
func (r *Folder) claimFree(data string) error {
	if err := r.mkdir("runs"); err != nil {
		return fmt.Errorf("cannot make the folder runs: %w; --out names another place", terminal.Cause(err))
	}
	for n := 1; ; n++ {
		r.Path = filepath.Join("runs", fmt.Sprintf("%s-%d", data, n))
		err := os.Mkdir(r.Path, 0o777)
		if err == nil {
			r.created = append(r.created, r.Path)
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			r.Abandon()
			return fmt.Errorf("cannot make the folder %s: %w; --out names another place", r.Path, terminal.Cause(err))
		}
	}
}

// mkdir makes a folder and its parents, and remembers which did not exist.
func (r *Folder) mkdir(path string) error {
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

// take claims the folder for this process, until release.
func (r *Folder) take() (err error) {
	r.claim, err = claim.Take(r.Path)
	if held, ok := errors.AsType[*claim.Held](err); ok {
		r.created = nil // the other process may be about to write, so we must not remove them
		return fmt.Errorf("another plateau works in it: %w", held)
	}
	return err
}

// Mine returns an error if another process has taken over the folder, because this one
// was suspended for so long that its claim ran out.
func (r *Folder) Mine() error {
	r.claim.Renew()
	return r.Lost()
}

// Lost does the same as mine without looking at the file, and notices it a little later.
func (r *Folder) Lost() error {
	if r.claim == nil {
		return nil
	}
	if err := r.claim.Err(); err != nil {
		return fmt.Errorf("this process must not write to %s any more: %w", r.Path, err)
	}
	return nil
}

// Release gives up the claim, so that other processes may write to the folder.
func (r *Folder) Release() {
	if r.claim != nil {
		r.claim.Release()
		r.claim = nil
	}
}

// probe writes a file to find out whether that is possible.
func (r *Folder) probe() error {
	f, err := atomicfile.Create(filepath.Join(r.Path, ".probe"))
	if err == nil {
		err = f.Abort()
	}
	return err
}

// sweep removes the temporary files that a killed process has left. No other process
// writes to a folder that is claimed.
func (r *Folder) sweep() {
	for _, name := range []string{".probe", cli.PlanName, cli.ConfigName, cli.MetricsName, cli.WeightsName, cli.RecordingName, cli.MeasurementsName, filepath.Join(cli.CheckpointsName, "*"+checkpointEnding)} {
		r.SweepBeside(filepath.Join(r.Path, name))
	}
}

// SweepBeside removes the temporary files of a file that a killed process was writing.
// The name of the file may be a pattern.
func (r *Folder) SweepBeside(path string) {
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

// Reopen claims the folder of a run that is to be resumed.
func Reopen(path string) (*Folder, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--resume %s: there is no such folder%s", path, cli.ResumableRuns())
	case err != nil:
		return nil, fmt.Errorf("--resume %s: %w", path, terminal.Cause(err))
	case !info.IsDir():
		return nil, fmt.Errorf("--resume %s: is not a folder; want the folder of a run", path)
	}
	if !cli.HoldsRun(path) {
		return nil, fmt.Errorf("--resume %s: is not the folder of a run: there is no %s in it%s", path, cli.ConfigName, cli.ResumableRuns())
	}
	r := &Folder{Path: path}
	if err := r.take(); err != nil {
		if _, held := errors.AsType[*claim.Held](err); !held {
			err = fmt.Errorf("cannot write there: %w", terminal.Cause(err))
		}
		return nil, fmt.Errorf("--resume %s: %w", path, err)
	}
	if err := r.probe(); err != nil {
		r.Release()
		return nil, fmt.Errorf("--resume %s: cannot write there: %w", path, terminal.Cause(err))
	}
	r.sweep()
	return r, nil
}

// Begin makes the folder that of the planned run: it writes the plan, then removes
// everything of an older run, then writes the configuration.
func (r *Folder) Begin(p *Plan) error {
	r.Plan = p
	if err := r.SavePlan(); err != nil {
		return err
	}
	if err := r.DropCheckpoints(-1); err != nil {
		return err
	}
	for _, name := range []string{cli.RecordingName, cli.WeightsName, cli.MeasurementsName, cli.MetricsName} {
		path := filepath.Join(r.Path, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replacing %s: %w", path, terminal.Cause(err))
		}
	}
	return r.write(cli.ConfigName, []byte(p.Config), atomicfile.Replace)
}

// RewriteConfig writes a new plan, and the configuration if it differs.
func (r *Folder) RewriteConfig(p *Plan) error {
	r.Plan = p
	if err := r.SavePlan(); err != nil {
		return err
	}
	old, err := os.ReadFile(filepath.Join(r.Path, cli.ConfigName))
	if err != nil || string(old) != p.Config {
		return r.write(cli.ConfigName, []byte(p.Config), atomicfile.Replace)
	}
	return nil
}

// write writes a file in the folder, completely or not at all.
func (r *Folder) write(name string, text []byte, create func(path string) (*atomicfile.File, error)) error {
	path := filepath.Join(r.Path, name)
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

// Within returns a path as it is stored in files of the run folder: relative to the
// folder if it is inside.
func (r *Folder) Within(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if base, err := filepath.Abs(r.Path); err == nil {
		if within, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(within) {
			path = within
		}
	}
	return filepath.ToSlash(path), nil
}

// Without is the inverse of within.
func (r *Folder) Without(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.Path, path)
}

// Abandon removes the files of a run that has failed to begin, and the folders made
// for it. If it has replaced another run, its plan stays, so that it can begin again.
func (r *Folder) Abandon() {
	if !r.Replaces {
		for _, path := range r.files {
			os.Remove(path)
		}
	}
	r.Release() // the claim is a file in the folder
	for i := len(r.created) - 1; i >= 0; i-- {
		os.Remove(r.created[i]) // fails, as it should, if something else is in it
	}
}

// AnewCommand is what to type so that a run is done once more in its folder, as it
// was asked for.
func (r *Folder) AnewCommand() string {
	words := []string{"train", "--config", filepath.Join(r.Path, cli.ConfigName), "--out", r.Path, "--force"}
	recording := filepath.Join(r.Path, cli.RecordingName)
	switch p := r.Plan; {
	case p == nil && IsRecording(recording) || p != nil && p.Recording == cli.RecordingName:
		words = append(words, "--record")
	case p != nil && p.Recording != "":
		words = append(words, "--record", cli.Argument(r.Without(p.Recording)))
	}
	if p := r.Plan; p != nil && p.Every != StandardInterval {
		words = append(words, "--checkpoint-every", p.Every)
	}
	return cli.Command(words...)
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
		return strings.HasPrefix(cli.FirstLine(path), checkpointFamily)
	}
	switch filepath.Base(path) {
	case cli.PlanName:
		return strings.HasPrefix(cli.FirstLine(path), planMark)
	case cli.ConfigName:
		return strings.HasPrefix(cli.FirstLine(path), cli.ConfigMark)
	case cli.MetricsName:
		return strings.HasPrefix(cli.FirstLine(path), `{"event":"start"`)
	case cli.WeightsName:
		r, err := npz.Open(path)
		if err != nil {
			return false
		}
		defer r.Close()
		_, err = r.Shape("W0")
		return err == nil
	case cli.MeasurementsName:
		r, err := npz.Open(path)
		if err != nil {
			return false
		}
		defer r.Close()
		return slices.ContainsFunc(r.Names(), func(name string) bool { return name == "examples" || name == "confusion" })
	case cli.RecordingName:
		return record.Begins(path)
	}
	return false
}
