package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// runMetrics is the content of metrics.jsonl.
type runMetrics struct {
	start    startEvent
	epochs   []epochEvent
	measured []measureEvent
	end      *endEvent // nil if there is none: the run is in progress, or was killed
}

// readMetrics reads the metrics of a run, which may be in progress: it ignores a last
// line that is incomplete. The error is that of the first wrong line; run has the
// content of all others.
func readMetrics(folder string) (run runMetrics, err error) {
	path := filepath.Join(folder, metricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return run, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if wrong := run.read(line); wrong != nil && err == nil && bytes.HasSuffix(line, []byte("\n")) {
			err = fmt.Errorf("%s:%d: not a line of metrics: %w", path, n, wrong)
		}
	}
	return run, err
}

// read adds a line. If a run was resumed at an earlier checkpoint, a repeated epoch
// replaces the earlier one and everything after it.
func (r *runMetrics) read(line []byte) error {
	var kind struct {
		Event string `json:"event"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return err
	}
	switch kind.Event {
	case "start":
		var e startEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		r.start = e
	case "epoch":
		var e epochEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.Epoch < 1 || e.Epoch > len(r.epochs)+1 {
			return fmt.Errorf("epoch %d, want %d", e.Epoch, len(r.epochs)+1)
		}
		r.epochs = append(r.epochs[:e.Epoch-1], e)
	case "measure":
		var e measureEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		n := len(r.measured)
		for n > 0 && r.measured[n-1].Examples >= e.Examples {
			n--
		}
		r.measured = append(r.measured[:n], e)
	case "done", "interrupted":
		var e endEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		r.end = &e
	}
	return nil
}

// confused returns the last epoch with a confusion matrix, nil if there is none.
func (r *runMetrics) confused() *epochEvent {
	for i := len(r.epochs) - 1; i >= 0; i-- {
		if r.epochs[i].Confusion != nil {
			return &r.epochs[i]
		}
	}
	return nil
}
