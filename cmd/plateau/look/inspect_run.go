package look

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/claim"
	"plateau/network"
	"plateau/sim/record"
)

type runEvent struct {
	Event     string             `json:"event"` // run
	Run       string             `json:"run"`
	State     string             `json:"state"` // done, interrupted, running, killed
	Title     string             `json:"title"`
	Changed   map[string]any     `json:"settings"` // settings that are not defaults, as TOML
	Epochs    []run.EpochEvent   `json:"epochs"`
	Asked     int                `json:"epochs_asked_for"`
	Examples  int                `json:"examples"`
	TestError *float64           `json:"test_error"` // null before the first test
	Validated *float64           `json:"validation_error,omitempty"`
	Within    *run.ProgressEvent `json:"progress,omitempty"`   // of the epoch that is not finished
	KeptEpoch int                `json:"kept_epoch,omitempty"` // whose weights the run ended with, if it kept the best; both errors are then its
	Seconds   float64            `json:"seconds,omitempty"`
	Weights   string             `json:"weights_sha256,omitempty"`  // of the latest checkpoint, or those that were kept
	Origin    *record.Origin     `json:"initial_weights,omitempty"` // of the weights with which it began
	Kept      []keptEvent        `json:"checkpoints"`               // the earliest first
	Recording string             `json:"recording,omitempty"`
	Stopped   string             `json:"stopped,omitempty"` // why there are fewer epochs than asked for
}

// A keptEvent is a checkpoint of a run.
type keptEvent struct {
	Path     string `json:"path"`
	Examples int    `json:"examples"` // number shown since the run began
	Epochs   int    `json:"epochs"`   // number of epochs learnt and tested
	Bytes    int64  `json:"bytes"`
	State    string `json:"state"` // intact, damaged
	Why      string `json:"why,omitempty"`
	Weights  string `json:"weights_sha256,omitempty"`
}

// lookAtRun describes a run folder. It also returns the run's configuration, and what
// is wrong with its metrics.
func lookAtRun(path string) (e runEvent, c *settings.Config, spoilt, err error) {
	c, err = run.Config(path)
	if err != nil {
		return e, nil, nil, err
	}
	e = runEvent{Event: "run", Run: path, State: "killed", Title: c.Title(), Changed: map[string]any{}, Epochs: []run.EpochEvent{}, Kept: []keptEvent{}, Asked: c.Learning.Epochs}
	standard := settings.NewLayers()
	standard.SetText("", "data.name", c.Data.Name)
	standard.SetText("", "network.hidden", terminal.Join(c.Network.Hidden, ","))
	standard.Config.Derive()
	for _, k := range settings.Keys() {
		if text := k.Text(c); text != k.Text(standard.Config) && k.Name != "data.examples" && k.Name != "data.test_examples" && !k.OfOwnData() {
			e.Changed[k.Name] = text
		}
	}
	m, spoilt := run.ReadMetrics(path)
	e.add(m)
	if e.State == "killed" {
		e.State = unfinished(path)
	}
	if err := e.checkpoints(path); err != nil {
		return e, c, spoilt, err
	}
	if e.KeptEpoch > 0 {
		e.Weights = m.End.WeightsSHA256
	}
	if e.Weights == "" {
		if w := weightsOf(c, path); w != nil {
			e.Weights = w.SHA256()
		}
	}
	if name := run.OwnRecording(path); run.IsRecording(name) {
		e.Recording = name
	}
	return e, c, spoilt, nil
}

// inspectRun prints what is in a run folder. With verify it fails if the metrics, a
// checkpoint or the recording is damaged.
func inspectRun(ctx context.Context, con *terminal.Console, path string, verify bool) error {
	e, c, spoilt, err := lookAtRun(path)
	if err != nil {
		return err
	}
	run.NoteChanges(con, path, weightsOf(c, path))
	var changed []string
	for _, k := range settings.Keys() {
		if text, ok := e.Changed[k.Name]; ok {
			changed = append(changed, fmt.Sprintf("%s = %s", k.Name, text))
		}
	}
	con.Event(e)
	damaged := e.damaged(ctx, con, verify)
	if spoilt != nil && verify {
		damaged = errors.Join(spoilt, damaged)
	} else if spoilt != nil {
		con.Note("note: %v", spoilt)
	}
	if con.JSON {
		return damaged
	}
	con.Line("%s: %s, %s", path, e.Title, e.State)
	held := ""
	if n := c.Data.Validation; n > 0 {
		held = fmt.Sprintf("%s held out; ", terminal.Plural(n, "image"))
	}
	con.Line("%s requested, %s each; %s%s to test on; seed %d", terminal.Plural(e.Asked, "epoch"), terminal.Plural(c.Data.Shown(), "image"), held, terminal.Plural(int(c.Data.Test), "image"), c.Seed)
	if changed != nil {
		con.Line("settings that are not the defaults: %s", strings.Join(changed, ", "))
	}
	if e.Origin != nil {
		con.Line("it began with %s", run.DescribeOrigin(e.Origin))
	}
	con.Line("")
	con.Line("%5s  %11s  %16s  %10s", "epoch", "train error", settings.ErrorName(c), "examples/s")
	for _, epoch := range e.Epochs {
		con.Line("%5d  %11s  %16s  %10.0f", epoch.Epoch, terminal.Percent(epoch.TrainError), terminal.Percent(epoch.Checked()), epoch.ExamplesPerSecond)
	}
	if w := e.Within; w != nil {
		con.Line("%5d  %11s  after %d of %d images", w.Epoch, terminal.Percent(w.TrainError), w.Examples-len(e.Epochs)*e.Examples, e.Examples)
	}
	con.Line("")
	after := "after " + terminal.Plural(len(e.Epochs), "epoch")
	if e.KeptEpoch > 0 {
		after = fmt.Sprintf("with the weights of epoch %d, which were kept", e.KeptEpoch)
	}
	if e.Validated != nil {
		con.Line("validation error %s %s", terminal.WithAccuracy(*e.Validated), after)
	}
	if e.TestError != nil {
		con.Line("test error %s %s", terminal.WithAccuracy(*e.TestError), after)
	}
	if e.Stopped != "" {
		con.Line("it stopped early: for %s, the error on the images held out was not below its lowest", terminal.Plural(c.Learning.Patience, "epoch"))
	}
	if e.Seconds > 0 {
		con.Line("it took %s", terminal.Clock(time.Duration(e.Seconds*float64(time.Second))))
	}
	if e.Weights != "" {
		con.Line("weights %s", e.Weights)
	}
	for _, k := range e.Kept {
		state := k.State
		if k.Why != "" {
			state = k.Why
		}
		con.Line("checkpoint after %s, %s: %s", terminal.Plural(k.Examples, "example"), terminal.ByteSize(k.Bytes), state)
	}
	if e.Recording != "" {
		con.Line("to look into its recording: %s", cli.Command("inspect", cli.Argument(e.Recording)))
	}
	if (e.State == "interrupted" || e.State == "killed") && len(e.Kept) > 0 {
		con.Line("to go on with the run: %s", cli.ResumeCommand(path))
	}
	return damaged
}

// unfinished says whether a run that has not ended is in progress.
func unfinished(path string) string {
	by, err := claim.Look(path)
	switch {
	case err != nil:
		return "running or killed"
	case by != nil:
		return "running"
	}
	return "killed"
}

// checkpoints adds the checkpoints of a run, each of which is read, and the
// weights of the latest, if that is intact.
func (e *runEvent) checkpoints(path string) error {
	files, err := run.ListCheckpoints(path)
	if err != nil {
		return err
	}
	for _, f := range files {
		k := keptEvent{Path: f.Path, Examples: f.Examples, State: "intact"}
		if info, err := os.Stat(f.Path); err == nil {
			k.Bytes = info.Size()
		}
		c, err := f.Read()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // the run is in progress and has replaced it meanwhile
		case err != nil:
			e.Weights = "" // only the latest checkpoint has the weights of weights.npz
			k.State, k.Why = "damaged", strings.TrimPrefix(err.Error(), "checkpoint "+f.Path+" ")
		default:
			c.Close()
			k.Epochs, k.Weights = c.Epochs, c.Weights
			e.Weights = c.Weights
		}
		e.Kept = append(e.Kept, k)
	}
	return nil
}

// damaged returns an error if verify is set and a checkpoint or the recording is
// damaged.
func (e *runEvent) damaged(ctx context.Context, con *terminal.Console, verify bool) error {
	if !verify {
		return nil
	}
	n := 0
	for _, k := range e.Kept {
		if k.State != "intact" {
			n++
		}
	}
	var checkpoints error
	if n > 0 {
		checkpoints = fmt.Errorf("%s: %d of %s damaged", e.Run, n, terminal.Plural(len(e.Kept), "checkpoint"))
	}
	return errors.Join(checkpoints, e.verifyRecording(ctx, con))
}

// verifyRecording reads the recording of a run that is not running. Only a run that is
// done must have a whole one.
func (e *runEvent) verifyRecording(ctx context.Context, con *terminal.Console) error {
	path := run.OwnRecording(e.Run)
	if path == "" || strings.HasPrefix(e.State, "running") {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, terminal.Cause(err))
	}
	r, err := run.OpenRecording(path)
	if err != nil {
		return err
	}
	defer r.Close()
	watch, end := cli.WatchBytes(ctx, con, "verifying", info.Size())
	lost, err := r.Lost(watch)
	end()
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return fmt.Errorf("%s: %s", path, cli.Plain(err))
	case len(lost) > 0:
		return fmt.Errorf("%s: %d of %s damaged; %s says where", path, len(lost), terminal.Plural(r.Trials(), "trial"), cli.Command("inspect", cli.Argument(path), "--verify"))
	case e.State == "done" && !r.Complete():
		return fmt.Errorf("%s broke off%s, but the run is done", path, brokeOff(r.Failure()))
	}
	return nil
}

// add adds what the metrics say.
func (e *runEvent) add(m run.Metrics) {
	e.Examples, e.Origin = m.Start.Examples, m.Start.InitialWeights
	e.Epochs = append(e.Epochs, m.Epochs...)
	e.Within = m.Within()
	if n := len(m.Epochs); n > 0 {
		e.TestError, e.Validated = m.Epochs[n-1].TestError, m.Epochs[n-1].ValidationError
	}
	if m.End != nil {
		e.State, e.Seconds, e.TestError = m.End.Event, m.End.Seconds, m.End.TestError
		if e.KeptEpoch = m.End.KeptEpoch; e.KeptEpoch > 0 {
			e.Validated = m.End.Validation
		}
		e.Stopped = m.End.Stopped
	}
}

// weightsOf returns the weights in a run folder, nil if they cannot be read.
func weightsOf(c *settings.Config, path string) network.Weights {
	info := c.Data.Info()
	l, err := run.LoadLearner(c, info, path)
	if err != nil {
		return nil
	}
	return l.Weights()
}
