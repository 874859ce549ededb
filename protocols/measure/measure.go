package measure

import (
	"errors"
	"fmt"
	"math"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/training"
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

// All returns options that measure everything that a learner can tell.
func All(every int, l training.Learner) Options {
	o := Options{Every: every, Losses: true, Norms: true}
	if l, ok := l.(plateaus); ok {
		hidden := len(l.Network().Hidden) > 0
		o.Angles, o.Eigenvalue, o.Alignment, o.Rates = hidden, hidden, hidden, true
	}
	return o
}

// Validate reports every option that is invalid for a network with the given number of
// hidden layers.
func (o Options) Validate(hidden int) error {
	var errs []error
	if o.Every < 1 {
		errs = append(errs, fmt.Errorf("measure: Options.Every = %d examples, want at least 1", o.Every))
	}
	if hidden == 0 {
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

// Measurements sum up what a learner sees in its examples, over intervals.
type Measurements struct {
	options Options
	parts   []part
	shown   uint64 // number of the last example
	due     uint64 // number of the example that ends the interval; 0 before the first
}

// A part is one of the measurements. It may also be a seer or a listener.
type part interface {
	// finish adds the interval to a line and begins the next.
	finish(line *Line)
	// state returns everything that the part keeps from one example to the next, as
	// []float64 and []float32.
	state() []any
}

// A seer adds up what any learner sees in its examples.
type seer interface{ saw(training.Seen) }

// A listener adds up lessons, which only a learner with plateaus tells.
type listener interface {
	// heard adds a lesson. Left is the number of lessons that will follow in the
	// interval; in the last batch of an interval there may be more of them.
	heard(l protocols.Lesson, left int64)
}

// plateaus is what angles, eigenvalues, alignment and rates are measured of.
type plateaus interface {
	Model() protocols.Model
	Network() *network.Network
	AddWitness(w protocols.Witness, rates bool)
	CountSpikes() *protocols.SpikeCount
}

// New returns measurements of what a trainer trains, beginning with its next example.
func New(o Options, t *training.Trainer) (*Measurements, error) {
	learner := t.Learner()
	p, ok := learner.(plateaus)
	switch {
	case ok:
		if err := o.Validate(len(p.Network().Hidden)); err != nil {
			return nil, err
		}
	case o.Angles || o.Eigenvalue || o.Alignment || o.Rates:
		return nil, errors.New("measure: update angles, the eigenvalue, alignment and firing rates need plateau potentials; this rule has none")
	case o.Every < 1:
		return nil, o.Validate(1)
	}
	m := &Measurements{options: o}
	if o.Losses {
		m.parts = append(m.parts, newLosses(learner.Shape().Losses))
	}
	if o.Angles {
		m.parts = append(m.parts, newAngles(p.Model(), p.Network()))
	}
	if o.Eigenvalue {
		m.parts = append(m.parts, newEigenvalue(p.Model(), p.Network()))
	}
	if o.Norms {
		m.parts = append(m.parts, newNorms(learner.Weights()))
	}
	if o.Alignment {
		m.parts = append(m.parts, alignment{p.Network()})
	}
	if o.Rates {
		m.parts = append(m.parts, newRates(p))
	}
	if ok {
		p.AddWitness(lessons{m}, o.Rates && p.Model().Neurons.Forward == sim.Rates)
	}
	t.AddWitness(m)
	return m, nil
}

// Learnt adds a batch. The trainer calls it.
func (m *Measurements) Learnt(b *training.Batch) {
	m.begin(b.First)
	m.shown = b.First - 1 + uint64(b.Len())
	for _, p := range m.parts {
		if p, ok := p.(seer); ok {
			for _, seen := range b.Seen {
				p.saw(seen)
			}
		}
	}
}

// lessons tells the parts of lessons.
type lessons struct{ *Measurements }

// Learnt adds a lesson. The learner calls it.
func (m lessons) Learnt(l protocols.Lesson) {
	m.begin(l.Number)
	for _, p := range m.parts {
		if p, ok := p.(listener); ok {
			p.heard(l, int64(m.due)-int64(l.Number))
		}
	}
}

// begin begins the first interval with the example that has the given number.
func (m *Measurements) begin(number uint64) {
	if m.due == 0 {
		m.due = m.end(number - 1)
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
