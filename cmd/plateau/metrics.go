package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
)

// Lines of metrics.jsonl, which train --json prints too. Errors are shares of
// all examples, times are in seconds.

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
	Event             string    `json:"event"` // epoch
	Epoch             int       `json:"epoch"`
	Examples          int       `json:"examples"`
	TrainError        float64   `json:"train_error"`
	TestError         *float64  `json:"test_error,omitempty"`       // there if no images are held out
	ValidationError   *float64  `json:"validation_error,omitempty"` // there if some are
	TrainSeconds      float64   `json:"train_seconds"`
	TestSeconds       float64   `json:"test_seconds"`
	ExamplesPerSecond float64   `json:"examples_per_second"`
	HiddenLosses      []float64 `json:"hidden_losses"`
	OutputLoss        float64   `json:"output_loss"`
}

// testError is the share misread of the images that the epoch was tested on: of
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

// endEvent is the last line of a run: done, or interrupted in the epoch after
// the last whole one.
type endEvent struct {
	Event         string   `json:"event"` // done, interrupted
	Epochs        int      `json:"epochs"`
	Examples      int      `json:"examples"`   // of the unfinished epoch, or of all
	TestError     *float64 `json:"test_error"` // null before the first test
	Validation    *float64 `json:"validation_error,omitempty"`
	Seconds       float64  `json:"seconds"`
	WeightsSHA256 string   `json:"weights_sha256"`
	Out           string   `json:"out"`
	Recording     string   `json:"recording,omitempty"`
}

// A metricsFile is written line by line, each one whole, so that it can be
// followed.
type metricsFile struct {
	f *os.File
}

// openMetrics begins the metrics of a run.
func (r *runFolder) openMetrics() (*metricsFile, error) {
	path := filepath.Join(r.path, metricsName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil, writing(path, err)
	}
	r.files = append(r.files, path)
	return &metricsFile{f}, nil
}

func (m *metricsFile) add(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = m.f.Write(append(line, '\n'))
	}
	if err != nil {
		return writing(m.f.Name(), err)
	}
	return nil
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
