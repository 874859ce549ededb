package measure

import (
	"errors"
	"fmt"
	"math"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// Options say what to measure and how often.
type Options struct {
	Every int // training examples from one Line to the next; ≥ 1

	Losses     bool // local losses and their correlation
	Angles     bool // angles between local and backpropagated updates; needs a hidden layer
	Eigenvalue bool // eigenvalue of Theorem 1; needs a hidden layer
	Norms      bool // norms of weights and of their changes
	Alignment  bool // alignment of forward and feedback weights; needs a hidden layer
	Rates      bool // firing rates
}

// All returns options that measure everything that a network has.
func All(every int, a network.Architecture) Options {
	hidden := len(a.Hidden) > 0
	return Options{Every: every, Losses: true, Angles: hidden, Eigenvalue: hidden, Norms: true, Alignment: hidden, Rates: true}
}

// Validate reports every option that is invalid for a network.
func (o Options) Validate(a network.Architecture) error {
	var errs []error
	if o.Every < 1 {
		errs = append(errs, fmt.Errorf("measure: Options.Every = %d examples, want at least 1", o.Every))
	}
	if len(a.Hidden) == 0 {
		for _, m := range []struct {
			name string
			on   bool
		}{{"Angles", o.Angles}, {"Eigenvalue", o.Eigenvalue}, {"Alignment", o.Alignment}} {
			if m.on {
				errs = append(errs, fmt.Errorf("measure: Options.%s needs a hidden layer, and the network has none", m.name))
			}
		}
	}
	return errors.Join(errs...)
}

// A Line holds what was measured over an interval of training examples. Values that
// were not measured are nil or NaN; so are values that are not defined, such as the
// correlation with a constant.
type Line struct {
	Examples uint64 // number of examples shown since the training began

	HiddenLosses    []float64 // L_0 of each hidden layer (eq. 32), mean over the interval
	OutputLoss      float64   // L_1 (eq. 23), mean over the interval
	LossCorrelation []float64 // correlation of L_0 of each hidden layer with L_1, over the examples of the interval

	UpdateAngles []float64 // angle between local and backpropagated update of each hidden layer, mean over the interval (degrees)

	LargestEigenvalue float64 // largest eigenvalue of (I − J_B J_G)ᵀ(I − J_B J_G), at the end of the interval

	WeightNorms     []float64 // ‖W‖_F of each layer, at the end of the interval
	WeightChanges   []float64 // ‖ΔW‖_F/‖W‖_F over the interval
	GradientChanges []float64 // ‖Δ∇‖_F/‖∇‖_F from the interval before to this one

	AlignmentAngle float64 // angle between W of the output layer and Yᵀ of the last hidden layer, at the end of the interval (degrees)

	Rates []float64 // mean firing rate of each population from the input up, in forward phases (spikes/ms)
}

// Measurements are a witness of training that sums up lessons.
type Measurements struct {
	options Options
	parts   []part
	shown   uint64 // number of the last lesson
	due     uint64 // number of the lesson that ends the interval; 0 before the first
}

// A part is one of the measurements.
type part interface {
	// learnt adds a lesson. Left is the number of lessons that will follow in the
	// interval; in the last batch of an interval there may be more of them.
	learnt(l protocols.Lesson, left int64)
	// finish adds the interval to a line and begins the next.
	finish(line *Line)
	// state returns everything that the part keeps from one lesson to the next, as
	// []float64 and []float32.
	state() []any
}

// New returns measurements of a trainer, beginning with its next example.
func New(o Options, t *protocols.Trainer) (*Measurements, error) {
	model, net := t.Model(), t.Network()
	if err := o.Validate(net.Architecture); err != nil {
		return nil, err
	}
	m := &Measurements{options: o}
	if o.Losses {
		m.parts = append(m.parts, newLosses(net))
	}
	if o.Angles {
		m.parts = append(m.parts, newAngles(model, net))
	}
	if o.Eigenvalue {
		m.parts = append(m.parts, newEigenvalue(model, net))
	}
	if o.Norms {
		m.parts = append(m.parts, newNorms(net))
	}
	if o.Alignment {
		m.parts = append(m.parts, alignment{net})
	}
	if o.Rates {
		m.parts = append(m.parts, newRates(t))
	}
	t.AddWitness(m, o.Rates && model.Neurons.Forward == sim.Rates)
	return m, nil
}

// Learnt adds a lesson. The trainer calls it.
func (m *Measurements) Learnt(l protocols.Lesson) {
	if m.due == 0 {
		m.due = m.end(l.Number - 1)
	}
	m.shown = l.Number
	for _, p := range m.parts {
		p.learnt(l, int64(m.due)-int64(l.Number))
	}
}

// end returns the number of examples at which the interval ends that is in progress
// after the given number.
func (m *Measurements) end(shown uint64) uint64 {
	every := uint64(m.options.Every)
	return (shown/every + 1) * every
}

// Next returns a line if an interval has ended, and begins the next interval. Call it
// after every batch, in the function to which Epoch reports progress: an interval ends
// with the batch in which the number of examples reaches the next multiple of Every.
func (m *Measurements) Next() (Line, bool) {
	if m.due == 0 || m.shown < m.due {
		return Line{}, false
	}
	line := Line{Examples: m.shown, OutputLoss: math.NaN(), LargestEigenvalue: math.NaN(), AlignmentAngle: math.NaN()}
	for _, p := range m.parts {
		p.finish(&line)
	}
	m.due = m.end(m.shown)
	return line, true
}
