package record

import "plateau/sim"

// A Trial is one presentation, as a recording keeps it. Each trial begins where the
// one before ended.
type Trial struct {
	Index     int // number in the recording, from 0
	Purpose   sim.Purpose
	Number    uint64 // number of the presentation; with seed and purpose it determines every random draw
	Example   int    // number of the example in its data set, from 0; −1 for a stimulus that is in none
	Class     int    // its true class; −1 if it has none
	Predicted int    // predicted class, read out in the forward phase; −1 if not known
	Slot      int    // slot of the batch in which it was shown, from 0; slot 0 begins a batch
	Rested    bool   // whether it began at rest; else it went on from where the trial before in this slot ended

	// First is the step of the recording with which the trial begins; First·dt is
	// its start time in ms. Steps of spikes and samples within the trial count from
	// there.
	First int64
	Steps int
	// Whole is false for the last trial of a recording that broke off within it.
	// Steps is then the number of steps that were saved.
	Whole bool

	Phases []Phase
	Losses []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23); nil if not known

	// Weights is the SHA-256 digest (see network.Weights.SHA256) of the last
	// snapshot of the weights before the trial, which is number Snapshot, from 0.
	// In training, Updates trials have changed the weights since then; if Updates
	// is 0, the trial had exactly these weights. Weights is empty if that part of
	// the recording is damaged.
	Weights  string
	Snapshot int
	Updates  int
}

// Correct reports whether the predicted class is the true one, and both are known.
func (t *Trial) Correct() bool { return t.Class >= 0 && t.Predicted == t.Class }

// Wrong reports whether the predicted class is not the true one, and both are known.
func (t *Trial) Wrong() bool { return t.Class >= 0 && t.Predicted >= 0 && t.Predicted != t.Class }

// Repeat returns how many times the example had been shown before in its recording's
// repeats, or for a stimulus that is in no data set, the stimulus; 0 for trials that are
// not repeated.
func (t *Trial) Repeat() int {
	if t.Purpose != sim.TrialSpikes && t.Purpose != sim.ProtocolSpikes {
		return 0
	}
	return sim.Repeat(t.Number)
}

// Phase is a phase of a trial. Steps count from the start of the trial.
type Phase struct {
	Name   string
	First  int  // its first step
	Steps  int  // its length
	From   int  // first step that its averages include, from the start of the phase
	Taught bool // whether the teaching current flowed
	Class  int  // the class taught, if Taught
	// PlateauWindow is the number of steps that each plateau averages over, if
	// plateaus begin at times of their own. It is 0 if they all begin at the end of
	// the phase, and average over the same steps as the phase.
	PlateauWindow int
	Currents      []sim.Current // injected during the phase
}

// End returns the step of the trial after the phase's last one.
func (p Phase) End() int { return p.First + p.Steps }

// Plateaus are the plateau potentials of a hidden layer in one phase.
type Plateaus struct {
	Step  []int32   // the step of the trial at whose end each neuron's plateau began
	Value []float32 // α = σ(mean apical potential)
}

// A Spike is one spike.
type Spike struct {
	Step   int32 // step of the trial; the spike is at Step·dt
	Neuron int32
}
