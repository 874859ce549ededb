package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
)

// Metrics is the content of metrics.jsonl.
type Metrics struct {
	Start    StartEvent
	Epochs   []EpochEvent
	Progress []ProgressEvent
	Measured []MeasureEvent
	End      *EndEvent // nil if there is none: the run is in progress, or was killed
}

// ReadMetrics reads the metrics of a run, which may be in progress: it ignores a last
// line that is incomplete. The error is that of the first wrong line; run has the
// content of all others.
func ReadMetrics(folder string) (run Metrics, err error) {
	path := filepath.Join(folder, cli.MetricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return run, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if wrong := run.Read(line); wrong != nil && err == nil && bytes.HasSuffix(line, []byte("\n")) {
			err = fmt.Errorf("%s:%d: not a line of metrics: %w", path, n, wrong)
		}
	}
	return run, err
}

// Read adds a line. If a run was resumed at an earlier checkpoint, a repeated epoch
// replaces the earlier one and everything after it.
func (r *Metrics) Read(line []byte) error {
	var kind struct {
		Event string `json:"event"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return err
	}
	switch kind.Event {
	case "start":
		var e StartEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		r.Start = e
	case "epoch":
		var e EpochEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.Epoch < 1 || e.Epoch > len(r.Epochs)+1 {
			return fmt.Errorf("epoch %d, want %d", e.Epoch, len(r.Epochs)+1)
		}
		r.Epochs = append(r.Epochs[:e.Epoch-1], e)
	case "progress":
		var e ProgressEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		n := len(r.Progress)
		for n > 0 && r.Progress[n-1].Examples >= e.Examples {
			n--
		}
		r.Progress = append(r.Progress[:n], e)
	case "measure":
		var e MeasureEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		n := len(r.Measured)
		for n > 0 && r.Measured[n-1].Examples >= e.Examples {
			n--
		}
		r.Measured = append(r.Measured[:n], e)
	case "done", "interrupted":
		var e EndEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		r.End = &e
	}
	return nil
}

// Within returns the progress within the epoch after the last complete one, nil if there is
// none.
func (r *Metrics) Within() *ProgressEvent {
	if n := len(r.Progress); n > 0 && r.Progress[n-1].Epoch == len(r.Epochs)+1 {
		return &r.Progress[n-1]
	}
	return nil
}

// Confused returns the last epoch with a confusion matrix, nil if there is none.
func (r *Metrics) Confused() *EpochEvent {
	for i := len(r.Epochs) - 1; i >= 0; i-- {
		if r.Epochs[i].Confusion != nil {
			return &r.Epochs[i]
		}
	}
	return nil
}
