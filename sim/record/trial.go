package record

import "plateau/sim"

// A Trial is one presentation in a recording. Trials follow one another: the
// next begins where the one before ended.
type Trial struct {
	Index   int // in the recording, from 0
	Purpose sim.Purpose
	Number  uint64 // of the presentation; with seed and purpose it determines every random draw
	Sample  int    // index of the example in its data set
	Class   int    // its true class
	Read    int    // the class read out in the forward phase; −1 if not known
	Place   int    // which of the places of a batch showed it; 0 begins a batch
	Rested  bool   // whether it began at rest; else it went on from the state that the last one at this place left

	// First is the step of the recording with which the trial begins; times of
	// spikes and samples within a trial count from there. First·dt is its start
	// time in ms.
	First int64
	Steps int
	// Whole is false for the last trial of a recording that broke off in it; then
	// Steps is how many were saved.
	Whole bool

	Phases []Phase
	Losses []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23); nil if not known

	// Weights is the SHA-256 digest of the weights (see network.Network.SHA256)
	// last taken down before the trial, which was for the time Snapshot, from 0. In
	// training they have been changed since by Updates trials; with Updates = 0
	// they are the trial's own. It is empty if that part of the recording is
	// damaged.
	Weights  string
	Snapshot int
	Updates  int
}

// Phase is a phase of a trial. Steps count from the start of the trial.
type Phase struct {
	Name   string
	First  int  // its first step
	Steps  int  // its length
	From   int  // first step of the window of its averages, from the start of the phase
	Taught bool // whether the teaching current flowed
	Class  int  // the class taught, if Taught
	// PlateauWindow is the length in steps of the window of each plateau, if
	// plateaus came at times of their own; 0 if they all came at the end of the
	// phase, with the phase's own window.
	PlateauWindow int
}

// End returns the step after the last.
func (p Phase) End() int { return p.First + p.Steps }

// Plateaus are the plateau potentials of a hidden layer in one phase.
type Plateaus struct {
	Step  []int32   // at the end of which step of the trial each neuron's began
	Value []float32 // α = σ(mean apical potential)
}

// A Spike is one spike of a population whose neurons count from 0.
type Spike struct {
	Step   int32 // of the trial; the spike is at Step·dt
	Neuron int32
}
