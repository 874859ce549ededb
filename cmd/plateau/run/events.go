package run

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

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
)

// Lines of metrics.jsonl, which train --json prints too. Errors are shares of wrong
// predictions, times are in seconds.

type StartEvent struct {
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

type EpochEvent struct {
	Event             string     `json:"event"` // epoch
	Epoch             int        `json:"epoch"`
	Examples          int        `json:"examples"`
	TrainError        float64    `json:"train_error"`
	TestError         *float64   `json:"test_error,omitempty"`       // there if no images are held out
	ValidationError   *float64   `json:"validation_error,omitempty"` // there if some are
	TrainSeconds      float64    `json:"train_seconds"`
	TestSeconds       float64    `json:"test_seconds"`
	ExamplesPerSecond float64    `json:"examples_per_second"`
	HiddenLosses      []Quantity `json:"hidden_losses"`
	OutputLoss        Quantity   `json:"output_loss"`
	Confusion         [][]int    `json:"confusion,omitempty"` // [true class][predicted class], if measured
}

// Checked is the error on the images that the epoch was tested on: of
// those that are held out, if there are any, or of the test set.
func (e *EpochEvent) Checked() float64 {
	switch {
	case e.ValidationError != nil:
		return *e.ValidationError
	case e.TestError != nil:
		return *e.TestError
	}
	return math.NaN()
}

// EndEvent is the last line of a run: done, or interrupted in the epoch after the last
// complete one.
type EndEvent struct {
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

// A ResumeEvent is printed when a run is resumed. It is not part of the metrics, which
// are the same as those of an uninterrupted run.
type ResumeEvent struct {
	Event    string `json:"event"`    // resume
	Epoch    int    `json:"epoch"`    // epoch in which the run goes on, counted from 1
	Examples int    `json:"examples"` // number shown since the run began
	Epochs   int    `json:"epochs"`
	Workers  int    `json:"workers"`
	Out      string `json:"out"`
}

// A MetricsFile is written in complete lines, so that others can follow it.
type MetricsFile struct {
	f     *os.File
	first int64 // length of the first line, 0 if it is not written yet
	size  int64
	Sum   *metricsDigest
}

// OpenMetrics begins the metrics of a run.
func (r *Folder) OpenMetrics() (*MetricsFile, error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil, terminal.Writing(path, err)
	}
	r.files = append(r.files, path)
	return &MetricsFile{f: f, Sum: newMetricsDigest()}, nil
}

// ErrLost is the error if the metrics of a run are lost, so that they cannot be
// continued.
var ErrLost = errors.New("metrics are missing")

// CheckMetrics checks that the metrics of a run can be continued at a checkpoint. It
// returns the lines after the checkpoint, and whether those before were changed since.
// The error is ErrLost if there are no metrics, or if all of them were written anew
// since.
func (r *Folder) CheckMetrics(point *Checkpoint) (tail []byte, changed bool, err error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, ErrLost
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	mark := point.Metrics
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start StartEvent
	if json.Unmarshal(first, &start) != nil || start.Event != "start" {
		return nil, false, fmt.Errorf("%s does not begin with the start of a run: it is damaged; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path)
	}
	if known, err := eventLines(point.Tested); err == nil && int64(len(known)) < mark && bytes.Equal(rest, known) {
		return nil, false, ErrLost
	}
	if int64(len(rest)) < mark || mark > 0 && rest[mark-1] != '\n' {
		return nil, false, fmt.Errorf("%s has changed since the checkpoint: want at least %d bytes after its first line, and a whole line there; put the whole file back, or remove it: what the checkpoint knows of it is then written anew", path, mark)
	}
	if sum := newMetricsDigest(); point.MetricsSHA256 != "" {
		sum.first(first)
		sum.add(rest[:mark])
		changed = sum.Hex() != point.MetricsSHA256
	}
	return rest[mark:], changed, nil
}

// RebuildMetrics writes lost metrics anew: the start of a run and its epochs. It returns
// the mark at their end.
func (r *Folder) RebuildMetrics(start StartEvent, epochs []EpochEvent) (mark int64, err error) {
	first, err := eventLines([]StartEvent{start})
	if err != nil {
		return 0, err
	}
	rest, err := eventLines(epochs)
	if err != nil {
		return 0, err
	}
	return int64(len(rest)), r.write(cli.MetricsName, append(first, rest...), atomicfile.Replace)
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

// ContinueMetrics truncates the metrics of a run at a mark that checkMetrics has
// accepted, and goes on with them. start replaces their first line, in which the number
// of epochs may have changed.
func (r *Folder) ContinueMetrics(mark int64, epochs int) (*MetricsFile, error) {
	path := filepath.Join(r.Path, cli.MetricsName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, terminal.Cause(err))
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var start StartEvent
	if err := json.Unmarshal(first, &start); err != nil {
		return nil, fmt.Errorf("%s:1: %w", path, err)
	}
	if start.Epochs != epochs {
		start.Epochs = epochs
		if first, err = json.Marshal(start); err != nil {
			return nil, err
		}
		text := slices.Concat(first, []byte("\n"), rest[:mark])
		if err := r.write(cli.MetricsName, text, atomicfile.Replace); err != nil {
			return nil, err
		}
	}
	m := &MetricsFile{first: int64(len(first)) + 1, Sum: newMetricsDigest()}
	m.Sum.first(first)
	m.Sum.add(rest[:mark])
	m.size = m.first + mark
	if err := os.Truncate(path, m.size); err != nil {
		return nil, terminal.Writing(path, err)
	}
	if m.f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return nil, terminal.Writing(path, err)
	}
	return m, nil
}

func (m *MetricsFile) Add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = m.f.Write(append(line, '\n'))
	}
	if err != nil {
		return terminal.Writing(m.f.Name(), err)
	}
	m.size += int64(len(line)) + 1
	if m.first == 0 {
		m.first = m.size
		m.Sum.first(line)
	} else {
		m.Sum.add(append(line, '\n'))
	}
	return nil
}

// Mark waits until everything is on the disk, and returns the number of bytes after the
// first line.
func (m *MetricsFile) Mark() (int64, error) {
	if err := m.f.Sync(); err != nil {
		return 0, terminal.Writing(m.f.Name(), err)
	}
	return m.size - m.first, nil
}

// Close ends the file, once all of it is on the disk.
func (m *MetricsFile) Close() error {
	err := m.f.Sync()
	if closed := m.f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return terminal.Writing(m.f.Name(), err)
	}
	return nil
}

// Finished returns the end of the run if tail, the metrics after the checkpoint, holds
// it. Then nothing is left to do with these settings.
func (c *Checkpoint) Finished(now *settings.Config, tail []byte) (end EndEvent, ok bool) {
	if c.Epochs != now.Learning.Epochs || json.Unmarshal(tail, &end) != nil {
		return end, false
	}
	return end, end.Event == "done" && end.Epochs == c.Epochs && end.TestError != nil
}
