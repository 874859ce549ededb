package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// runMetrics are what metrics.jsonl tells of a run.
type runMetrics struct {
	start    startEvent
	epochs   []epochEvent
	measured []measureEvent
	end      *endEvent // nil without: the run goes on, or was killed
}

// readMetrics reads what a run tells, which may be in progress: a last line that
// is not whole yet is left out.
func readMetrics(folder string) (run runMetrics, err error) {
	path := filepath.Join(folder, metricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return run, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if err := run.read(line); err != nil {
			if !bytes.HasSuffix(line, []byte("\n")) {
				break
			}
			return run, fmt.Errorf("%s:%d: not a line of metrics: %w", path, n, err)
		}
	}
	return run, nil
}

// read takes in a line. What is told once more, as a run went on from an earlier
// point, replaces what was told then.
func (r *runMetrics) read(line []byte) error {
	var kind struct {
		Event string `json:"event"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return err
	}
	switch kind.Event {
	case "start":
		return json.Unmarshal(line, &r.start)
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
		r.end = &endEvent{}
		return json.Unmarshal(line, r.end)
	}
	return nil
}

// confused is the last epoch that counted what was taken for what, nil if none did.
func (r *runMetrics) confused() *epochEvent {
	for i := len(r.epochs) - 1; i >= 0; i-- {
		if r.epochs[i].Confusion != nil {
			return &r.epochs[i]
		}
	}
	return nil
}
