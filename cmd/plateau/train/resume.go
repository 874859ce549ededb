package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/training"
)

// resumeFlags add --resume and --resume-at to a command that records.
func resumeFlags(cmd *cobra.Command) (folder *string, at *int) {
	flags := cmd.Flags()
	folder = flags.String("resume", "", "go on with the run in a folder; with --out DIR, begin it if there is none")
	flags.Lookup("resume").NoOptDefVal = cli.StandardFile
	cli.Describe(flags, cli.HeadOutput, "resume", "[DIR]")
	at = flags.Int("resume-at", -1, "go on from the checkpoint after N examples (default: the last)")
	cli.Describe(flags, cli.HeadOutput, "resume-at", "N")
	record := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		// To pflag, --resume DIR is an option without a value, and an argument.
		if len(args) > 0 && *folder == cli.StandardFile && !flags.Changed("out") {
			*folder, args = args[0], args[1:]
		}
		return record(cmd, args)
	}
	return folder, at
}

// resumedFolder returns the folder of the run to resume, from --resume and --out.
func resumedFolder(cmd *cobra.Command, folder, out string, force bool) (string, error) {
	switch {
	case cmd.Flags().Changed("config") && folder != cli.StandardFile:
		return "", cli.Misuse("--config and --resume DIR do not go together: a run goes on with its own configuration; --out DIR --resume begins it if it is not there yet")
	case force:
		return "", cli.Misuse("--force and --resume do not go together: one replaces a run, the other goes on with it")
	case folder == "":
		return "", cli.Misuse(`--resume "": want the folder of a run%s`, cli.ResumableRuns())
	case folder == cli.StandardFile && out == "":
		return "", cli.Misuse("--resume needs the folder of a run, as in %s%s", cli.ResumeCommand("runs/digits-1"), cli.ResumableRuns())
	case folder == cli.StandardFile:
		return out, nil
	case out != "" && filepath.Clean(out) != filepath.Clean(folder):
		return "", cli.Misuse("--out %s and --resume %s are two folders; a run goes on in its own", out, folder)
	}
	return folder, nil
}

// resume goes on with a run as if it had never stopped.
func resume(ctx context.Context, con *terminal.Console, options *settings.Options, o Options) (err error) {
	folder, err := run.Reopen(o.resume)
	if err != nil {
		return err
	}
	defer folder.Release()
	folder.Plan, err = run.ReadPlan(folder.Path)
	if errors.Is(err, run.ErrDamagedPlan) {
		con.Note("note: %v; it is written anew", err)
	} else if err != nil {
		return err
	}
	if o.EveryText == "" {
		o.EveryText = run.StandardInterval
		if folder.Plan != nil {
			o.EveryText = folder.Plan.Every
		}
		if o.Every, err = run.ParseInterval(o.EveryText); err != nil {
			return err
		}
	}
	point, err := folder.FindCheckpoint(o.resumeAt)
	if err != nil {
		return err
	}
	defer point.Close()
	c, err := resumedConfig(options, folder, point)
	if err != nil {
		return err
	}
	settings.NoteRounded(con, c)
	if point == nil {
		return beginAnew(ctx, con, c, folder, o)
	}
	if err := point.CheckEpochs(c); err != nil {
		return err
	}
	if folder.Plan != nil {
		if text, err := os.ReadFile(filepath.Join(folder.Path, cli.ConfigName)); err == nil {
			run.NoteConfig(con, folder.Path, folder.Plan, string(text))
		}
	}
	tail, changed, err := folder.CheckMetrics(point)
	lost := errors.Is(err, run.ErrLost)
	if err != nil && !lost {
		return err
	}
	if changed || !lost && folder.Plan != nil && !folder.Plan.SameMetrics(folder.Path) {
		run.NoteMetrics(con, folder.Path)
	}
	if end, ok := point.Finished(c, tail); ok {
		con.Line("%s is done: %s, test error %s", folder.Path, terminal.Plural(end.Epochs, "epoch"), terminal.WithAccuracy(*end.TestError))
		longer := fmt.Sprintf("--epochs %d", 2*end.Epochs)
		if end.Epochs < c.Learning.Epochs {
			longer = fmt.Sprintf("--patience %d", 2*c.Learning.Patience)
		}
		con.Line("to train it longer: %s %s", cli.ResumeCommand(folder.Path), longer)
		con.Event(end)
		return nil
	}
	mark := point.Recording
	if mark == nil && o.record != "" && folder.Plan != nil && folder.Plan.Recording != "" {
		con.Note("note: the recording %s had failed before the checkpoint; the run goes on without it", folder.Without(folder.Plan.Recording))
		o.record = ""
	}
	if err := mark.Check(folder, o.record); err != nil {
		return err
	}
	data, err := settings.LoadImages(con, c)
	if err != nil {
		return err
	}
	if data.SHA256() != point.Data {
		return fmt.Errorf("the images are not those that the run has learnt from: the contents of %s in %s have changed", c.Data.Short(), data.Dir)
	}
	r := NewSession(con, c, data, folder, o)
	r.resumed = true
	if err := r.Prepare(); err != nil {
		return err
	}
	if err := r.restore(point); err != nil {
		return fmt.Errorf("checkpoint %s: %s", run.CheckpointPath(folder.Path, point.Examples), cli.Plain(err))
	}
	point.Close() // it may be removed
	now, _ := r.trainer.Current()
	if now.Number <= r.Last.Epoch {
		now = training.Epoch{}
	}
	r.view.resume(r.tested, now)
	// From here on the folder changes: everything after the checkpoint is removed.
	if err := folder.Wake(); err != nil {
		return err
	}
	if err := folder.DropCheckpoints(point.Examples); err != nil {
		return err
	}
	metrics := point.Metrics
	if lost {
		con.Note("note: %s is missing; it is written anew from the checkpoint, which has its epochs, but no measurements", filepath.Join(folder.Path, cli.MetricsName))
		if err := folder.KeepMeasurements(con); err != nil {
			return err
		}
		if metrics, err = folder.RebuildMetrics(r.startEvent(), r.tested); err != nil {
			return err
		}
	}
	if r.Metrics, err = folder.ContinueMetrics(metrics, c.Learning.Epochs); err != nil {
		return err
	}
	defer r.End(&err)
	p := &run.Plan{Format: run.PlanFormat, Program: cli.Version(), Begun: true, Every: o.EveryText, Config: run.ConfigText(c), Origin: r.origin}
	if old := folder.Plan; old != nil {
		p.Program, p.Recording = old.Program, old.Recording
	}
	if mark != nil {
		l, ok := r.Learner.(settings.Spiking)
		if !ok {
			return c.Spikes("a recording")
		}
		if r.Recording, err = run.ContinueRecording(mark.In(folder, o.record), mark, l.Network()); err != nil {
			return err
		}
		r.watch(l)
		if p.Recording, err = folder.Within(r.Recording.Path); err != nil {
			return err
		}
	}
	if err := folder.RewriteConfig(p); err != nil {
		return err
	}
	return r.Run(ctx)
}

// beginAnew restarts a run that was stopped before its first checkpoint.
func beginAnew(ctx context.Context, con *terminal.Console, c *settings.Config, folder *run.Folder, o Options) error {
	// If the plan is not begun, weights in the folder are those of a run that it replaces.
	if folder.Plan == nil || folder.Plan.Begun {
		if _, err := os.Lstat(filepath.Join(folder.Path, cli.WeightsName)); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--resume %s: there are no checkpoints in it, but %s: it cannot go on; to begin it anew: %s",
				folder.Path, cli.WeightsName, folder.AnewCommand())
		}
	}
	con.Note("note: there is no checkpoint yet in %s; the run begins anew", folder.Path)
	switch p := folder.Plan; {
	case o.record == cli.StandardFile || o.record == "" && p == nil && run.IsRecording(filepath.Join(folder.Path, cli.RecordingName)):
		o.record = filepath.Join(folder.Path, cli.RecordingName)
	case o.record == "" && p != nil && p.Recording != "":
		o.record = folder.Without(p.Recording)
	}
	if o.record != "" {
		folder.SweepBeside(o.record)
	}
	folder.Replaces, o.Force = true, true
	return begin(ctx, con, c, folder, o)
}

// resumedConfig returns the settings of a resumed run; point is its checkpoint, nil if there
// is none. They are those with which it was begun, except settings that do not change
// what is learnt.
func resumedConfig(o *settings.Options, folder *run.Folder, point *run.Checkpoint) (*settings.Config, error) {
	path := filepath.Join(folder.Path, cli.ConfigName)
	s, before := settings.NewLayers(), settings.NewLayers()
	switch {
	case point != nil:
		part, ok := point.Part(run.PartSettings)
		if !ok {
			return nil, fmt.Errorf("checkpoint %s: there are no %s in it", run.CheckpointPath(folder.Path, point.Examples), run.PartSettings)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("checkpoint %s: %w", run.CheckpointPath(folder.Path, point.Examples), terminal.Cause(err))
		}
		before.Read("the checkpoint", text)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			s.Read("the checkpoint", text) // config.toml is written again
		} else if err := s.ReadRun(path); err != nil {
			return nil, err
		}
	case folder.Plan != nil:
		// config.toml may belong to a run that this one replaces.
		for _, to := range []*settings.Layers{s, before} {
			to.Read(filepath.Join(folder.Path, cli.PlanName), []byte(folder.Plan.Config))
		}
	default:
		for _, to := range []*settings.Layers{s, before} {
			if err := to.ReadRun(path); err != nil {
				return nil, err
			}
		}
	}
	if err := o.Change(s); err != nil {
		return nil, err
	}
	begun, err := before.Finish()
	if err != nil {
		return nil, err
	}
	// The stored configuration has the number of images in place of "all".
	for _, n := range []struct{ now, then *settings.Count }{{&s.Config.Data.Examples, &begun.Data.Examples}, {&s.Config.Data.Test, &begun.Data.Test}} {
		if *n.now == 0 {
			*n.now = *n.then
		}
	}
	c, err := s.Finish()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, k := range settings.Keys() {
		if slices.Contains([]string{"learning.epochs", "learning.patience", "data.dir"}, k.Name) ||
			k.OfOwnData() || k.Name == "data.name" && c.Data.Same(begun.Data) {
			continue
		}
		if now, then := k.Text(c), k.Text(begun); now != then {
			problems = append(problems, fmt.Sprintf("%s%s = %s: the run was begun with %s, and goes on with that", settings.Prefix(c.Given[k.Name]), k.Name, now, then))
		}
	}
	if problems != nil {
		return nil, &settings.Error{Problems: problems}
	}
	return c, nil
}

// restore restores the state of the training from a checkpoint.
func (r *session) restore(c *run.Checkpoint) error {
	for _, p := range c.Parts {
		if p.Name != run.PartSettings && r.keeper(p.Name) == nil {
			return fmt.Errorf("it holds a part named %s, which is not needed with these settings", p.Name)
		}
	}
	for _, k := range r.kept {
		content, ok := c.Part(k.name)
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
	if e, _ := r.trainer.Current(); e.Number > r.config.Learning.Epochs && e.Examples > 0 {
		return fmt.Errorf("epoch %d is in progress; want --epochs %d at least", e.Number, e.Number)
	}
	if n := len(c.Tested); n != c.Epochs {
		return fmt.Errorf("it has %s, but says that there are %d", terminal.Plural(n, "epoch"), c.Epochs)
	} else if n > 0 {
		r.tested, r.Last = c.Tested, c.Tested[n-1]
	}
	if r.best != nil && r.best.Epoch() != run.BestEpoch(r.tested) {
		return fmt.Errorf("it holds the weights of epoch %d as the best, but the best is epoch %d", r.best.Epoch(), run.BestEpoch(r.tested))
	}
	r.total.Before, r.learning.Before = terminal.Seconds(c.Seconds), terminal.Seconds(c.EpochSeconds)
	r.savedAt, r.origin = c.Examples, c.Origin
	return nil
}
