package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plateau/internal/claim"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// resumeFlags add --resume and --resume-at to a command that records.
func resumeFlags(cmd *cobra.Command) (folder *string, at *int) {
	flags := cmd.Flags()
	folder = flags.String("resume", "", "go on with the run in a folder; with --out DIR, begin it if there is none")
	flags.Lookup("resume").NoOptDefVal = standardFile
	describe(flags, headOutput, "resume", "[DIR]")
	at = flags.Int("resume-at", -1, "go on from the checkpoint after N examples (default: the last)")
	describe(flags, headOutput, "resume-at", "N")
	record := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		// To pflag, --resume DIR is an option without a value, and an argument.
		if len(args) > 0 && *folder == standardFile && !flags.Changed("out") {
			*folder, args = args[0], args[1:]
		}
		return record(cmd, args)
	}
	return folder, at
}

// resumedFolder returns the folder of the run to resume, from --resume and --out.
func resumedFolder(cmd *cobra.Command, folder, out string, force bool) (string, error) {
	switch {
	case cmd.Flags().Changed("config") && folder != standardFile:
		return "", misuse("--config and --resume DIR do not go together: a run goes on with its own configuration; --out DIR --resume begins it if it is not there yet")
	case force:
		return "", misuse("--force and --resume do not go together: one replaces a run, the other goes on with it")
	case folder == "":
		return "", misuse(`--resume "": want the folder of a run%s`, resumableRuns())
	case folder == standardFile && out == "":
		return "", misuse("--resume needs the folder of a run, as in %s%s", resumeCommand("runs/digits-1"), resumableRuns())
	case folder == standardFile:
		return out, nil
	case out != "" && filepath.Clean(out) != filepath.Clean(folder):
		return "", misuse("--out %s and --resume %s are two folders; a run goes on in its own", out, folder)
	}
	return folder, nil
}

// holdsRun reports whether there is a run in a folder to go on with.
func holdsRun(path string) bool {
	for _, name := range []string{planName, configName, checkpointsName} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return true
		}
	}
	return false
}

// resumableRuns lists runs in the usual place.
func resumableRuns() string { return listRuns(filepath.Join("runs", "*", configName)) }

// resumeCommand returns what to type to resume a run.
func resumeCommand(run string) string { return command("train", "--resume", argument(run)) }

// anewCommand is what to type so that a run is done once more in its folder, as it
// was asked for.
func (r *runFolder) anewCommand() string {
	words := []string{"train", "--config", filepath.Join(r.path, configName), "--out", r.path, "--force"}
	recording := filepath.Join(r.path, recordingName)
	switch p := r.plan; {
	case p == nil && isRecording(recording) || p != nil && p.Recording == recordingName:
		words = append(words, "--record")
	case p != nil && p.Recording != "":
		words = append(words, "--record", argument(r.without(p.Recording)))
	}
	if p := r.plan; p != nil && p.Every != standardInterval {
		words = append(words, "--checkpoint-every", p.Every)
	}
	return command(words...)
}

// resume goes on with a run as if it had never stopped.
func resume(ctx context.Context, con *console, options *options, o trainOptions) (err error) {
	folder, err := reopenRun(o.resume)
	if err != nil {
		return err
	}
	defer folder.release()
	folder.plan, err = readPlan(folder.path)
	if errors.Is(err, errDamagedPlan) {
		con.note("note: %v; it is written anew", err)
	} else if err != nil {
		return err
	}
	if o.everyText == "" {
		o.everyText = standardInterval
		if folder.plan != nil {
			o.everyText = folder.plan.Every
		}
		if o.every, err = parseInterval(o.everyText); err != nil {
			return err
		}
	}
	point, err := folder.findCheckpoint(o.resumeAt)
	if err != nil {
		return err
	}
	defer point.close()
	c, err := resumedConfig(options, folder, point)
	if err != nil {
		return err
	}
	noteRounded(con, c)
	if point == nil {
		return beginAnew(ctx, con, c, folder, o)
	}
	if err := point.checkEpochs(c); err != nil {
		return err
	}
	if folder.plan != nil {
		if text, err := os.ReadFile(filepath.Join(folder.path, configName)); err == nil {
			noteConfig(con, folder.path, folder.plan, string(text))
		}
	}
	tail, changed, err := folder.checkMetrics(point)
	lost := errors.Is(err, errLost)
	if err != nil && !lost {
		return err
	}
	if changed || !lost && folder.plan != nil && !folder.plan.sameMetrics(folder.path) {
		noteMetrics(con, folder.path)
	}
	if end, ok := point.finished(c, tail); ok {
		con.line("%s is done: %s, test error %s", folder.path, plural(end.Epochs, "epoch"), withAccuracy(*end.TestError))
		con.line("to train it longer: %s --epochs %d", resumeCommand(folder.path), 2*end.Epochs)
		con.event(end)
		return nil
	}
	mark := point.Recording
	if mark == nil && o.record != "" && folder.plan != nil && folder.plan.Recording != "" {
		con.note("note: the recording %s had failed before the checkpoint; the run goes on without it", folder.without(folder.plan.Recording))
		o.record = ""
	}
	if err := mark.check(folder, o.record); err != nil {
		return err
	}
	data, err := loadImages(con, c)
	if err != nil {
		return err
	}
	if digestOf(data) != point.Data {
		return fmt.Errorf("the images are not those that the run has learnt from: the contents of %s in %s have changed", c.data.name, data.Dir)
	}
	r := newSession(con, c, data, folder, o)
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.restore(point); err != nil {
		return fmt.Errorf("checkpoint %s: %s", checkpointPath(folder.path, point.Examples), plain(err))
	}
	point.close() // it may be removed
	now, _ := r.trainer.Current()
	if now.Number <= r.last.Epoch {
		now = training.Epoch{}
	}
	r.view.resume(r.tested, now)
	// From here on the folder changes: everything after the checkpoint is removed.
	if err := folder.wake(); err != nil {
		return err
	}
	if err := folder.dropCheckpoints(point.Examples); err != nil {
		return err
	}
	metrics := point.Metrics
	if lost {
		con.note("note: %s is missing; it is written anew from the checkpoint, which has its epochs, but no measurements", filepath.Join(folder.path, metricsName))
		if err := folder.keepMeasurements(con); err != nil {
			return err
		}
		if metrics, err = folder.rebuildMetrics(r.startEvent(), r.tested); err != nil {
			return err
		}
	}
	if r.metrics, err = folder.continueMetrics(metrics, c.learning.epochs); err != nil {
		return err
	}
	defer r.end(&err)
	p := &plan{Format: planFormat, Program: version(), Begun: true, Every: o.everyText, Config: runText(c)}
	if old := folder.plan; old != nil {
		p.Program, p.Recording = old.Program, old.Recording
	}
	if mark != nil {
		l, err := spikingOf(r.learner, "a recording")
		if err != nil {
			return err
		}
		if r.recording, err = continueRecording(mark.in(folder, o.record), mark, l.Network()); err != nil {
			return err
		}
		r.watch(l)
		if p.Recording, err = folder.within(r.recording.path); err != nil {
			return err
		}
	}
	if err := folder.rewriteConfig(p); err != nil {
		return err
	}
	return r.run(ctx)
}

// beginAnew restarts a run that was stopped before its first checkpoint.
func beginAnew(ctx context.Context, con *console, c *config, folder *runFolder, o trainOptions) error {
	// If the plan is not begun, weights in the folder are those of a run that it replaces.
	if folder.plan == nil || folder.plan.Begun {
		if _, err := os.Lstat(filepath.Join(folder.path, weightsName)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--resume %s: there are no checkpoints in it, but %s: it cannot go on; to begin it anew: %s",
				folder.path, weightsName, folder.anewCommand())
		}
	}
	con.note("note: there is no checkpoint yet in %s; the run begins anew", folder.path)
	switch p := folder.plan; {
	case o.record == standardFile || o.record == "" && p == nil && isRecording(filepath.Join(folder.path, recordingName)):
		o.record = filepath.Join(folder.path, recordingName)
	case o.record == "" && p != nil && p.Recording != "":
		o.record = folder.without(p.Recording)
	}
	if o.record != "" {
		folder.sweepBeside(o.record)
	}
	folder.replaces, o.force = true, true
	return begin(ctx, con, c, folder, o)
}

// reopenRun claims the folder of a run that is to be resumed.
func reopenRun(path string) (*runFolder, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--resume %s: there is no such folder%s", path, resumableRuns())
	case err != nil:
		return nil, fmt.Errorf("--resume %s: %w", path, cause(err))
	case !info.IsDir():
		return nil, fmt.Errorf("--resume %s: is not a folder; want the folder of a run", path)
	}
	if !holdsRun(path) {
		return nil, fmt.Errorf("--resume %s: is not the folder of a run: there is no %s in it%s", path, configName, resumableRuns())
	}
	r := &runFolder{path: path}
	if err := r.take(); err != nil {
		if _, held := errors.AsType[*claim.Held](err); !held {
			err = fmt.Errorf("cannot write there: %w", cause(err))
		}
		return nil, fmt.Errorf("--resume %s: %w", path, err)
	}
	if err := r.probe(); err != nil {
		r.release()
		return nil, fmt.Errorf("--resume %s: cannot write there: %w", path, cause(err))
	}
	r.sweep()
	return r, nil
}

// findCheckpoint reads the checkpoint to resume at: the one after the given number of
// examples or, if that is negative, the last one, nil if there is none yet.
func (r *runFolder) findCheckpoint(examples int) (*checkpoint, error) {
	files, err := listCheckpoints(r.path)
	if err != nil {
		return nil, err
	}
	if r.plan != nil && !r.plan.Begun {
		files = nil // they belong to a run that this one replaces
	}
	if examples >= 0 {
		var there []string
		for _, f := range files {
			if f.examples == examples {
				return f.read()
			}
			there = append(there, fmt.Sprint(f.examples))
		}
		if there == nil {
			return nil, fmt.Errorf("--resume-at %d: there are no checkpoints in %s", examples, r.path)
		}
		return nil, fmt.Errorf("--resume-at %d: there is no such checkpoint in %s, but %s", examples, r.path, strings.Join(there, " and "))
	}
	if len(files) == 0 {
		return nil, nil
	}
	last := len(files) - 1
	point, err := files[last].read()
	if err == nil {
		return point, nil
	}
	for i := last - 1; i >= 0; i-- {
		if before, unreadable := files[i].read(); unreadable == nil {
			before.close()
			return nil, fmt.Errorf("%w\nthe one before, after %d examples, is intact, and from there the run ends with the same bits: %s --resume-at %d",
				err, files[i].examples, resumeCommand(r.path), files[i].examples)
		}
	}
	return nil, fmt.Errorf("%w\nno other is left; to begin the run anew: %s", err, r.anewCommand())
}

// resumedConfig returns the settings of a resumed run; point is its checkpoint, nil if there
// is none. They are those with which it was begun, except settings that do not change
// what is learnt.
func resumedConfig(o *options, folder *runFolder, point *checkpoint) (*config, error) {
	path := filepath.Join(folder.path, configName)
	s, before := newSettings(), newSettings()
	switch {
	case point != nil:
		part, ok := point.part(partSettings)
		if !ok {
			return nil, fmt.Errorf("checkpoint %s: there are no %s in it", checkpointPath(folder.path, point.Examples), partSettings)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("checkpoint %s: %w", checkpointPath(folder.path, point.Examples), cause(err))
		}
		before.read("the checkpoint", text)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			s.read("the checkpoint", text) // config.toml is written again
		} else if err := s.readRun(path); err != nil {
			return nil, err
		}
	case folder.plan != nil:
		// config.toml may belong to a run that this one replaces.
		for _, to := range []*settings{s, before} {
			to.read(filepath.Join(folder.path, planName), []byte(folder.plan.Config))
		}
	default:
		for _, to := range []*settings{s, before} {
			if err := to.readRun(path); err != nil {
				return nil, err
			}
		}
	}
	if err := o.change(s); err != nil {
		return nil, err
	}
	begun, err := before.finish()
	if err != nil {
		return nil, err
	}
	// The stored configuration has the number of images in place of "all".
	for _, n := range []struct{ now, then *count }{{&s.config.data.examples, &begun.data.examples}, {&s.config.data.test, &begun.data.test}} {
		if *n.now == 0 {
			*n.now = *n.then
		}
	}
	c, err := s.finish()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, k := range keys() {
		if k.name == "learning.epochs" || k.name == "data.dir" {
			continue
		}
		if now, then := k.text(c), k.text(begun); now != then {
			problems = append(problems, fmt.Sprintf("%s%s = %s: the run was begun with %s, and goes on with that", prefix(c.given[k.name]), k.name, now, then))
		}
	}
	if problems != nil {
		return nil, &configError{problems}
	}
	return c, nil
}

// checkEpochs refuses fewer epochs than the run has already learnt.
func (c *checkpoint) checkEpochs(now *config) error {
	if now.learning.epochs < c.Epochs {
		return &configError{[]string{fmt.Sprintf("%slearning.epochs = %d: the run has learnt %s already; want at least that number",
			prefix(now.given["learning.epochs"]), now.learning.epochs, plural(c.Epochs, "epoch"))}}
	}
	return nil
}

// restore restores the state of the training from a checkpoint.
func (r *session) restore(c *checkpoint) error {
	for _, p := range c.Parts {
		if p.Name != partSettings && r.keeper(p.Name) == nil {
			return fmt.Errorf("it holds a part named %s, which is not needed with these settings", p.Name)
		}
	}
	for _, k := range r.kept {
		content, ok := c.part(k.name)
		if !ok {
			return fmt.Errorf("there is no part named %s in it", k.name)
		}
		if err := k.state.ReadState(content); err != nil {
			return err
		}
	}
	if shown := r.trainer.Shown(); shown != uint64(c.Examples) {
		return fmt.Errorf("its trainer has shown %d examples, but the run %d", shown, c.Examples)
	}
	if e, _ := r.trainer.Current(); e.Number > r.config.learning.epochs && e.Examples > 0 {
		return fmt.Errorf("epoch %d is in progress; want --epochs %d at least", e.Number, e.Number)
	}
	if n := len(c.Tested); n != c.Epochs {
		return fmt.Errorf("it has %s, but says that there are %d", plural(n, "epoch"), c.Epochs)
	} else if n > 0 {
		r.tested, r.last = c.Tested, c.Tested[n-1]
	}
	r.total.before, r.learning.before = seconds(c.Seconds), seconds(c.EpochSeconds)
	r.savedAt, r.resumed = c.Examples, true
	return nil
}

// check returns an error if a recording cannot be continued at its mark; m is nil if
// there was no recording.
func (m *recordingMark) check(run *runFolder, asked string) error {
	if m == nil {
		if asked != "" {
			return errors.New("--record: the run was begun without a recording, which cannot begin in the middle")
		}
		return nil
	}
	path := m.in(run, asked)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the recording %s is missing: put it back, or say with --record FILE where it is now", path)
	}
	if err != nil {
		return fmt.Errorf("the recording %s: %w", path, cause(err))
	}
	if info.Size() < m.Size {
		return fmt.Errorf("the recording %s has %d bytes, want at least the %d that it had at the checkpoint: put the whole file back, or say with --record FILE where it is", path, info.Size(), m.Size)
	}
	return nil
}

// in returns the path of the recording: the one in the option, or where it was.
func (m *recordingMark) in(run *runFolder, asked string) string {
	if asked != "" && asked != standardFile {
		return asked
	}
	return run.without(m.Path)
}

// digestOf returns the SHA-256 of all images and labels, and their numbers.
func digestOf(d *dataset.Data) string {
	sum := sha256.New()
	for _, set := range []*dataset.Set{d.Train, d.Test} {
		sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(set.Len())))
		sum.Write(set.Pixels)
		sum.Write(set.Labels)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
