package run

import (
	"math"

	"plateau/sim/record"
)

// Lines of metrics.jsonl, which train --json prints too. Errors are shares of wrong
// predictions, times are in seconds.

// A StartEvent is the first line of a run.
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

	InitialWeights *record.Origin `json:"initial_weights,omitempty"` // where they were taken from; absent if they were drawn
}

// An EpochEvent is written after the test of an epoch.
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

// A ProgressEvent is written about ten times within an epoch. Its error and losses are
// means over the epoch so far.
type ProgressEvent struct {
	Event        string     `json:"event"` // progress
	Epoch        int        `json:"epoch"`
	Examples     int        `json:"examples"` // number shown since the run began
	TrainError   float64    `json:"train_error"`
	HiddenLosses []Quantity `json:"hidden_losses"`
	OutputLoss   Quantity   `json:"output_loss"`
}

// ProgressEvery returns the number of examples from one ProgressEvent to the next, in
// epochs of the given length: a tenth of it, and not so few that lines crowd.
func ProgressEvery(examples int) int { return max((examples+9)/10, 1000) }

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
	Examples      int      `json:"examples"`             // number in the unfinished epoch, or in all of them
	KeptEpoch     int      `json:"kept_epoch,omitempty"` // the epoch whose weights were kept, if the best is; TestError and Validation are theirs
	Stopped       string   `json:"stopped,omitempty"`    // why there are fewer epochs than asked for: OutOfPatience
	TestError     *float64 `json:"test_error"`           // null before the first test
	Validation    *float64 `json:"validation_error,omitempty"`
	Linear        *float64 `json:"linear_error,omitempty"` // error of a linear classifier trained on the same images, once done
	Seconds       float64  `json:"seconds"`
	WeightsSHA256 string   `json:"weights_sha256"`
	Out           string   `json:"out"`
	Recording     string   `json:"recording,omitempty"`
}

// OutOfPatience is why a run stopped early: it had no lower error for learning.patience
// epochs.
const OutOfPatience = "patience"

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

// MeasureEvent is a line of measurements. What is not measured is not in it.
type MeasureEvent struct {
	Event    string `json:"event"` // measure
	Epoch    int    `json:"epoch"`
	Examples uint64 `json:"examples"`

	HiddenLosses      []Quantity `json:"hidden_losses,omitempty"`
	OutputLoss        *Quantity  `json:"output_loss,omitempty"`
	LossCorrelation   []Quantity `json:"loss_correlation,omitempty"`
	UpdateAngles      []Quantity `json:"update_angles_deg,omitempty"`
	LargestEigenvalue *Quantity  `json:"largest_eigenvalue,omitempty"`
	WeightNorms       []Quantity `json:"weight_norms,omitempty"`
	WeightChanges     []Quantity `json:"weight_changes,omitempty"`
	GradientChanges   []Quantity `json:"gradient_changes,omitempty"`
	AlignmentAngle    *Quantity  `json:"alignment_angle_deg,omitempty"`
	Rates             []Quantity `json:"rates_hz,omitempty"`
}
