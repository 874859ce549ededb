package protocols

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// Model says what a network is and how it learns. Together with the data it decides
// a run.
type Model struct {
	Network network.Architecture
	Initial network.Law
	Neurons sim.Params
	Train   TwoPhase
	Test    TestPhase

	Optimiser     Optimiser // how weights follow the updates
	Rates         []float64 // η of each layer, from the first hidden layer up
	FeedbackRates []float64 // η_b of the feedback to each hidden layer; nil: it does not learn
	HiddenScale   float64   // P₀
	OutputScale   float64   // P₁

	// Course says how all learning rates, also those of feedback, change from epoch to
	// epoch. In the paper they do not.
	Course network.Course

	// Batch is the number of examples that are shown with the same weights before
	// the sum of their updates, or with MeanUpdate the mean, changes them; ≥ 1. With
	// 1, the paper's online rule, weights change after each example. A batch has
	// Batch slots, and each keeps its own state of the network from batch to batch.
	Batch      int
	MeanUpdate bool

	Seed uint64 // root of every random stream
}

// Default returns the paper's model with the given sizes. Its learning rates are
// those of the paper for no, one and two hidden layers: 0.19; 0.21, 0.21; 0.23, 0.23,
// 0.12. Further hidden layers have the rate of the others.
func Default(inputs int, hidden []int, classes int) Model {
	const maxRate = 0.2
	m := Model{
		Network: network.Architecture{
			Inputs: inputs, Hidden: hidden, Classes: classes, PerClass: 1,
			Feedback: network.Broadcast, SilentGain: 5,
		},
		Initial: network.DefaultOptimised(maxRate),
		Neurons: sim.Params{
			Dt:     1,
			Kernel: kernels.Finite{Kernel: kernels.DoubleExponential{Rise: 3, Decay: 10}, Support: 10},
			Hidden: compartments.Pyramidal{Leak: 0.1, Basal: 0.6, Apical: 0},
			Output: compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1,
				Excitatory: 8, Inhibitory: -8},
			Noise:       compartments.EscapeNoise{MaxRate: maxRate},
			Integration: compartments.ForwardEuler,
			Forward:     sim.Spikes, Feedback: sim.Spikes,
		},
		Train:       DefaultTwoPhase(),
		Test:        DefaultTestPhase(),
		Rates:       DefaultRates(len(hidden)),
		HiddenScale: 20 / maxRate,
		OutputScale: 20 / (maxRate * maxRate),
		Course:      network.Course{Decay: 1, Every: 1},
		Batch:       1,
		Seed:        1,
	}
	return m
}

// DefaultRates returns the paper's learning rates for a number of hidden
// layers.
func DefaultRates(hidden int) []float64 {
	switch hidden {
	case 0:
		return []float64{0.19}
	case 1:
		return []float64{0.21, 0.21}
	}
	rates := make([]float64, hidden+1)
	for i := range rates {
		rates[i] = 0.23
	}
	rates[hidden] = 0.12
	return rates
}

// Rule returns the plasticity rule of the first epoch.
func (m Model) Rule() network.Rule {
	return network.Rule{
		Rates: m.Rates, FeedbackRates: m.FeedbackRates,
		HiddenScale: m.HiddenScale, OutputScale: m.OutputScale,
		HiddenGain: m.Neurons.Hidden.Gain(), OutputGain: m.Neurons.Output.Gain(),
		Noise: m.Neurons.Noise,
	}
}

// shape says from what the model learns: an example has a loss for each layer.
func (m Model) shape() training.Shape {
	return training.Shape{Inputs: m.Network.Inputs, Classes: m.Network.Classes, Losses: len(m.Network.Hidden) + 1}
}

// Schedule returns how the model learns from examples.
func (m Model) Schedule() training.Schedule {
	return training.Schedule{Batch: m.Batch, Course: m.Course, Seed: m.Seed}
}

// Validate reports everything that is outside its domain or does not fit
// together.
func (m Model) Validate() error {
	initial := errors.New("protocols: Model.Initial is missing")
	if m.Initial != nil {
		initial = m.Initial.Validate()
	}
	return errors.Join(
		m.Schedule().Validate(),
		m.Network.Validate(),
		initial,
		m.Neurons.Validate(),
		m.Train.Validate(),
		m.Test.Validate(),
		m.validateSteps(),
		m.Rule().Validate(m.Network),
		m.Optimiser.Validate())
}

// OnGrid returns the model as it runs, with every duration rounded to a multiple of
// the time step by the rule of kernels.Steps. If they all are multiples, the model
// stays as it is. Trainers, testers, trials and recordings all use OnGrid, so that
// the model that they report is the one that was run.
func (m Model) OnGrid() Model {
	dt := m.Neurons.Dt
	m.Train, m.Test = m.Train.OnGrid(dt), m.Test.OnGrid(dt)
	if k, ok := m.Neurons.Kernel.(kernels.Finite); ok {
		m.Neurons.Kernel = k.OnGrid(dt)
	}
	return m
}

// maxSteps is the largest number of steps of a phase, so that it can be counted.
const maxSteps = 1e9

// validateSteps reports a time step so short that no phase would ever end, and
// phases that leave nothing to average once their times are whole steps.
func (m Model) validateSteps() error {
	dt, longest := m.Neurons.Dt, max(m.Train.Forward, m.Train.Target, m.Test.Length)
	if !(dt > 0 && dt < math.Inf(1)) || m.Train.Validate() != nil || m.Test.Validate() != nil {
		return nil // the other checks report these
	}
	if longest/dt > maxSteps {
		return fmt.Errorf("protocols: a phase of %v ms has %.3g steps of Dt = %v ms, want at most %v", longest, longest/dt, dt, maxSteps)
	}
	m = m.OnGrid()
	if err := errors.Join(m.Train.Validate(), m.Test.Validate()); err != nil {
		return fmt.Errorf("protocols: in whole steps of Dt = %v ms: %w", dt, err)
	}
	return nil
}

// fits reports an invalid model, or one for another network.
func (m Model) fits(net *network.Network) error {
	if err := m.Validate(); err != nil {
		return err
	}
	a, b := net.Architecture, m.Network
	if a.Inputs != b.Inputs || !slices.Equal(a.Sizes(), b.Sizes()) || a.Classes != b.Classes || a.Feedback != b.Feedback {
		return fmt.Errorf("protocols: the network has %d inputs, layers of %v, %d classes and %s feedback; the model says %d, %v, %d and %s",
			a.Inputs, a.Sizes(), a.Classes, a.Feedback, b.Inputs, b.Sizes(), b.Classes, b.Feedback)
	}
	if !slices.Equal(a.Lesions, b.Lesions) {
		return fmt.Errorf("protocols: the network has the lesions %+v; the model says %+v", a.Lesions, b.Lesions)
	}
	return nil
}

// NewNetwork returns a network with initial weights, which depend only on the model.
func (m Model) NewNetwork() (*network.Network, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	n := network.New(m.Network)
	s := stream.New(m.Seed, stream.InitialWeights, 0, 0, 0)
	n.Draw(m.Initial, &s)
	m.TieFeedback(n)
	return n, nil
}

// TieFeedback makes symmetric feedback follow the forward weights as it does before the
// first example, with noise if the model has some. Other feedback stays as it is.
func (m Model) TieFeedback(n *network.Network) {
	n.TieFeedback()
	disturbFeedback(n, m.Seed, 0)
}
