package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"plateau/internal/claim"
	"plateau/network"
	"plateau/protocols/dataset"
)

type runEvent struct {
	Event     string         `json:"event"` // run
	Run       string         `json:"run"`
	State     string         `json:"state"` // done, interrupted, running, killed
	Title     string         `json:"title"`
	Changed   map[string]any `json:"settings"` // settings that are not defaults, as TOML
	Epochs    []epochEvent   `json:"epochs"`
	Asked     int            `json:"epochs_asked_for"`
	Examples  int            `json:"examples"`
	TestError *float64       `json:"test_error"` // null before the first test
	Validated *float64       `json:"validation_error,omitempty"`
	Seconds   float64        `json:"seconds,omitempty"`
	Weights   string         `json:"weights_sha256,omitempty"` // of the latest checkpoint
	Kept      []keptEvent    `json:"checkpoints"`              // the earliest first
	Recording string         `json:"recording,omitempty"`
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
func lookAtRun(path string) (e runEvent, c *config, spoilt, err error) {
	c, err = runConfig(path)
	if err != nil {
		return e, nil, nil, err
	}
	e = runEvent{Event: "run", Run: path, State: "killed", Title: c.title(), Changed: map[string]any{}, Epochs: []epochEvent{}, Kept: []keptEvent{}, Asked: c.learning.epochs}
	standard := newSettings()
	standard.setText("", "data.name", c.data.name)
	standard.setText("", "network.hidden", join(c.network.hidden, ","))
	standard.config.derive()
	for _, k := range keys() {
		if text := k.text(c); text != k.text(standard.config) && k.name != "data.examples" && k.name != "data.test_examples" {
			e.Changed[k.name] = text
		}
	}
	m, spoilt := readMetrics(path)
	e.add(m)
	if e.State == "killed" {
		e.State = unfinished(path)
	}
	if err := e.checkpoints(path); err != nil {
		return e, c, spoilt, err
	}
	if e.Weights == "" {
		if w := weightsOf(c, path); w != nil {
			e.Weights = w.SHA256()
		}
	}
	if name := ownRecording(path); isRecording(name) {
		e.Recording = name
	}
	return e, c, spoilt, nil
}

// inspectRun prints what is in a run folder. With verify it fails if the metrics, a
// checkpoint or the recording is damaged.
func inspectRun(ctx context.Context, con *console, path string, verify bool) error {
	e, c, spoilt, err := lookAtRun(path)
	if err != nil {
		return err
	}
	noteChanges(con, path, weightsOf(c, path))
	var changed []string
	for _, k := range keys() {
		if text, ok := e.Changed[k.name]; ok {
			changed = append(changed, fmt.Sprintf("%s = %s", k.name, text))
		}
	}
	con.event(e)
	damaged := e.damaged(ctx, con, verify)
	if spoilt != nil && verify {
		damaged = errors.Join(spoilt, damaged)
	} else if spoilt != nil {
		con.note("note: %v", spoilt)
	}
	if con.json {
		return damaged
	}
	con.line("%s: %s, %s", path, e.Title, e.State)
	held := ""
	if n := c.data.validation; n > 0 {
		held = fmt.Sprintf("%s held out; ", plural(n, "image"))
	}
	con.line("%s requested, %s each; %s%s to test on; seed %d", plural(e.Asked, "epoch"), plural(c.shown(), "image"), held, plural(int(c.data.test), "image"), c.seed)
	if changed != nil {
		con.line("settings that are not the defaults: %s", strings.Join(changed, ", "))
	}
	con.line("")
	con.line("%5s  %11s  %16s  %10s", "epoch", "train error", errorName(c), "examples/s")
	for _, epoch := range e.Epochs {
		con.line("%5d  %11s  %16s  %10.0f", epoch.Epoch, percent(epoch.TrainError), percent(epoch.testError()), epoch.ExamplesPerSecond)
	}
	con.line("")
	if e.Validated != nil {
		con.line("validation error %s after %s", withAccuracy(*e.Validated), plural(len(e.Epochs), "epoch"))
	}
	if e.TestError != nil {
		con.line("test error %s after %s", withAccuracy(*e.TestError), plural(len(e.Epochs), "epoch"))
	}
	if e.Seconds > 0 {
		con.line("it took %s", clock(time.Duration(e.Seconds*float64(time.Second))))
	}
	if e.Weights != "" {
		con.line("weights %s", e.Weights)
	}
	for _, k := range e.Kept {
		state := k.State
		if k.Why != "" {
			state = k.Why
		}
		con.line("checkpoint after %s, %s: %s", plural(k.Examples, "example"), byteSize(k.Bytes), state)
	}
	if e.Recording != "" {
		con.line("to look into its recording: %s", command("inspect", argument(e.Recording)))
	}
	if (e.State == "interrupted" || e.State == "killed") && len(e.Kept) > 0 {
		con.line("to go on with the run: %s", resumeCommand(path))
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
	files, err := listCheckpoints(path)
	if err != nil {
		return err
	}
	for _, f := range files {
		k := keptEvent{Path: f.path, Examples: f.examples, State: "intact"}
		if info, err := os.Stat(f.path); err == nil {
			k.Bytes = info.Size()
		}
		c, err := f.read()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // the run is in progress and has replaced it meanwhile
		case err != nil:
			e.Weights = "" // only the latest checkpoint has the weights of weights.npz
			k.State, k.Why = "damaged", strings.TrimPrefix(err.Error(), "checkpoint "+f.path+" ")
		default:
			c.close()
			k.Epochs, k.Weights = c.Epochs, c.Weights
			e.Weights = c.Weights
		}
		e.Kept = append(e.Kept, k)
	}
	return nil
}

// damaged returns an error if verify is set and a checkpoint or the recording is
// damaged.
func (e *runEvent) damaged(ctx context.Context, con *console, verify bool) error {
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
		checkpoints = fmt.Errorf("%s: %d of %s damaged", e.Run, n, plural(len(e.Kept), "checkpoint"))
	}
	return errors.Join(checkpoints, e.verifyRecording(ctx, con))
}

// verifyRecording reads the recording of a run that is not running. Only a run that is
// done must have a whole one.
func (e *runEvent) verifyRecording(ctx context.Context, con *console) error {
	path := ownRecording(e.Run)
	if path == "" || strings.HasPrefix(e.State, "running") {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	r, err := openRecording(path)
	if err != nil {
		return err
	}
	defer r.Close()
	watch, end := watchBytes(ctx, con, "verifying", info.Size())
	lost, err := r.Lost(watch)
	end()
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return fmt.Errorf("%s: %s", path, plain(err))
	case len(lost) > 0:
		return fmt.Errorf("%s: %d of %s damaged; %s says where", path, len(lost), plural(r.Trials(), "trial"), command("inspect", argument(path), "--verify"))
	case e.State == "done" && !r.Complete():
		return fmt.Errorf("%s broke off%s, but the run is done", path, brokeOff(r.Failure()))
	}
	return nil
}

// add adds what the metrics say.
func (e *runEvent) add(m runMetrics) {
	e.Examples = m.start.Examples
	e.Epochs = append(e.Epochs, m.epochs...)
	if n := len(m.epochs); n > 0 {
		e.TestError, e.Validated = m.epochs[n-1].TestError, m.epochs[n-1].ValidationError
	}
	if m.end != nil {
		e.State, e.Seconds, e.TestError = m.end.Event, m.end.Seconds, m.end.TestError
	}
}

// weightsOf returns the weights in a run folder, nil if they cannot be read.
func weightsOf(c *config, path string) network.Weights {
	info, err := dataset.Lookup(c.data.name)
	if err != nil {
		return nil
	}
	l, err := loadLearner(c, info, path)
	if err != nil {
		return nil
	}
	return l.Weights()
}
