package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"plateau/internal/atomicfile"
)

// Lines of metrics.jsonl, which train --json prints too. Errors are shares of wrong
// predictions, times are in seconds.

type startEvent struct {
	Event        string `json:"event"` // start
	Version      string `json:"version"`
	Data         string `json:"data"`
	Examples     int    `json:"examples"`
	Validation   int    `json:"validation_examples,omitempty"`
	TestExamples int    `json:"test_examples"`
	Neurons      []int  `json:"neurons"`
	Epochs       int    `json:"epochs"`
	Seed         int64  `json:"seed"`
	Workers      int    `json:"workers"`
	Out          string `json:"out"`
}

type epochEvent struct {
	Event             string     `json:"event"` // epoch
	Epoch             int        `json:"epoch"`
	Examples          int        `json:"examples"`
	TrainError        float64    `json:"train_error"`
	TestError         *float64   `json:"test_error,omitempty"`       // there if no images are held out
	ValidationError   *float64   `json:"validation_error,omitempty"` // there if some are
	TrainSeconds      float64    `json:"train_seconds"`
	TestSeconds       float64    `json:"test_seconds"`
	ExamplesPerSecond float64    `json:"examples_per_second"`
	HiddenLosses      []quantity `json:"hidden_losses"`
	OutputLoss        quantity   `json:"output_loss"`
	Confusion         [][]int    `json:"confusion,omitempty"` // [true class][predicted class], if measured
}

// testError is the error on the images that the epoch was tested on: of
// those that are held out, if there are any, or of the test set.
func (e *epochEvent) testError() float64 {
	switch {
	case e.ValidationError != nil:
		return *e.ValidationError
	case e.TestError != nil:
		return *e.TestError
	}
	return math.NaN()
}

// endEvent is the last line of a run: done, or interrupted in the epoch after the last
// complete one.
type endEvent struct {
	Event         string   `json:"event"` // done, interrupted
	Epochs        int      `json:"epochs"`
	Examples      int      `json:"examples"`   // number in the unfinished epoch, or in all of them
	TestError     *float64 `json:"test_error"` // null before the first test
	Validation    *float64 `json:"validation_error,omitempty"`
	Linear        *float64 `json:"linear_error,omitempty"` // error of a linear classifier trained on the same images, once done
	Seconds       float64  `json:"seconds"`
	WeightsSHA256 string   `json:"weights_sha256"`
	Out           string   `json:"out"`
	Recording     string   `json:"recording,omitempty"`
}

// A resumeEvent is printed when a run is resumed. It is not part of the metrics, which
// are the same as those of an uninterrupted run.
type resumeEvent struct {
	Event    string `json:"event"`    // resume
	Epoch    int    `json:"epoch"`    // epoch in which the run goes on, counted from 1
	Examples int    `json:"examples"` // number shown since the run began
	Epochs   int    `json:"epochs"`
	Workers  int    `json:"workers"`
	Out      string `json:"out"`
}

// A metricsFile is written in complete lines, so that others can follow it.
type metricsFile struct {
	f     *os.File
	first int64 // length of the first line, 0 if it is not written yet
	size  int64
	sum   *metricsDigest
}

// openMetrics begins the metrics of a run.
func (r *runFolder) openMetrics() (*metricsFile, error) {
	path := filepath.Join(r.path, metricsName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil, writing(path, err)
	}
	r.files = append(r.files, path)
	return &metricsFile{f: f, sum: newMetricsDigest()}, nil
}

// errLost is the error if the metrics of a run are lost, so that they cannot be
// continued.
var errLost = errors.New("metrics are missing")

// checkMetrics checks that the metrics of a run can be continued at a checkpoint. It
// returns the lines after the checkpoint, and whether those before were changed since.
// The error is errLost if there are no metrics, or if all of them were written anew
// since.
func (r *runFolder) checkMetrics(point *checkpoint) (tail []byte, changed bool, err error) {
	path := filepath.Join(r.path, metricsName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, errLost
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	mark := point.Metrics
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start startEvent
	if json.Unmarshal(first, &start) != nil || start.Event != "start" {
		return nil, false, fmt.Errorf("%s does not begin with the start of a run: it is damaged; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path)
	}
	if known, err := eventLines(point.Tested); err == nil && int64(len(known)) < mark && bytes.Equal(rest, known) {
		return nil, false, errLost
	}
	if int64(len(rest)) < mark || mark > 0 && rest[mark-1] != '\n' {
		return nil, false, fmt.Errorf("%s has changed since the checkpoint: want at least %d bytes after its first line, and a whole line there; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path, mark)
	}
	if sum := newMetricsDigest(); point.MetricsSHA256 != "" {
		sum.first(first)
		sum.add(rest[:mark])
		changed = sum.hex() != point.MetricsSHA256
	}
	return rest[mark:], changed, nil
}

// rebuildMetrics writes lost metrics anew: the start of a run and its epochs. It returns
// the mark at their end.
func (r *runFolder) rebuildMetrics(start startEvent, epochs []epochEvent) (mark int64, err error) {
	first, err := eventLines([]startEvent{start})
	if err != nil {
		return 0, err
	}
	rest, err := eventLines(epochs)
	if err != nil {
		return 0, err
	}
	return int64(len(rest)), r.write(metricsName, append(first, rest...), atomicfile.Replace)
}

// eventLines returns events as lines of metrics.jsonl.
func eventLines[E any](events []E) (text []byte, err error) {
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		text = append(append(text, line...), '\n')
	}
	return text, nil
}

// continueMetrics truncates the metrics of a run at a mark that checkMetrics has
// accepted, and goes on with them. start replaces their first line, in which the number
// of epochs may have changed.
func (r *runFolder) continueMetrics(mark int64, epochs int) (*metricsFile, error) {
	path := filepath.Join(r.path, metricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start startEvent
	if err := json.Unmarshal(first, &start); err != nil {
		return nil, fmt.Errorf("%s:1: %w", path, err)
	}
	if start.Epochs != epochs {
		start.Epochs = epochs
		if first, err = json.Marshal(start); err != nil {
			return nil, err
		}
		text := slices.Concat(first, []byte("\n"), rest[:mark])
		if err := r.write(metricsName, text, atomicfile.Replace); err != nil {
			return nil, err
		}
	}
	m := &metricsFile{first: int64(len(first)) + 1, sum: newMetricsDigest()}
	m.sum.first(first)
	m.sum.add(rest[:mark])
	m.size = m.first + mark
	if err := os.Truncate(path, m.size); err != nil {
		return nil, writing(path, err)
	}
	if m.f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return nil, writing(path, err)
	}
	return m, nil
}

func (m *metricsFile) add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = m.f.Write(append(line, '\n'))
	}
	if err != nil {
		return writing(m.f.Name(), err)
	}
	m.size += int64(len(line)) + 1
	if m.first == 0 {
		m.first = m.size
		m.sum.first(line)
	} else {
		m.sum.add(append(line, '\n'))
	}
	return nil
}

// mark waits until everything is on the disk, and returns the number of bytes after the
// first line.
func (m *metricsFile) mark() (int64, error) {
	if err := m.f.Sync(); err != nil {
		return 0, writing(m.f.Name(), err)
	}
	return m.size - m.first, nil
}

// close ends the file, once all of it is on the disk.
func (m *metricsFile) close() error {
	err := m.f.Sync()
	if closed := m.f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return writing(m.f.Name(), err)
	}
	return nil
}

// finished returns the end of the run if tail, the metrics after the checkpoint, holds
// it. Then nothing is left to do with these settings.
func (c *checkpoint) finished(now *config, tail []byte) (end endEvent, ok bool) {
	if c.Epochs != now.learning.epochs || json.Unmarshal(tail, &end) != nil {
		return end, false
	}
	return end, end.Event == "done" && end.Epochs == c.Epochs && end.TestError != nil
}
