package protocolstest

import (
	"bytes"
	"io"
	"testing"

	"plateau/compartments"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/training"
	"plateau/sim"
)

// Tiny is a model that needs some microseconds for an example.
func Tiny(hidden ...int) protocols.Model {
	m := protocols.Default(6, hidden, 3)
	m.Train = protocols.TwoPhase{Forward: 12, Target: 10, Settle: 4}
	m.Test = protocols.TestPhase{Length: 20, Settle: 5}
	return m
}

// Network returns a new network of a model.
func Network(t testing.TB, m protocols.Model) *network.Network {
	t.Helper()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Training is a learner and its trainer.
type Training struct {
	*training.Trainer
	*protocols.Learner
}

// New returns a training of a network.
func New(m protocols.Model, net *network.Network, workers int) (*Training, error) {
	learner, err := protocols.NewLearner(m, net, workers)
	if err != nil {
		return nil, err
	}
	trainer, err := training.NewTrainer(learner, m.Schedule())
	return &Training{trainer, learner}, err
}

// AddWitness tells a witness of every lesson; see protocols.Learner.AddWitness.
func (t *Training) AddWitness(w protocols.Witness, rates bool) { t.Learner.AddWitness(w, rates) }

// NewTester returns a tester of a network.
func NewTester(m protocols.Model, net *network.Network, workers int) (*training.Tester, error) {
	learner, err := protocols.NewLearner(m, net, 1)
	if err != nil {
		return nil, err
	}
	return training.NewTester(learner, workers)
}

// NewTraining returns the training of a new network, on one worker.
func NewTraining(t testing.TB, m protocols.Model) *Training {
	t.Helper()
	trainer, err := New(m, Network(t, m), 1)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// Train trains for a number of epochs.
func Train(t testing.TB, trainer *Training, data training.Examples, epochs int) (last training.Epoch) {
	t.Helper()
	for range epochs {
		var err error
		if last, err = trainer.Epoch(t.Context(), data, nil); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// Written returns a checkpoint of a trainer, and checks that it has the size that the
// trainer says.
func Written(t testing.TB, trainer *Training) []byte {
	t.Helper()
	var b bytes.Buffer
	size := trainer.StateSize()
	if err := trainer.WriteState(&b); err != nil || b.Len() != size {
		t.Fatalf("%d bytes, want %d: %v", b.Len(), size, err)
	}
	return b.Bytes()
}

// Section returns a reader of b.
func Section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// Test tests a network.
func Test(t testing.TB, m protocols.Model, net *network.Network, data training.Examples, workers int) training.Result {
	t.Helper()
	tester, err := NewTester(m, net, workers)
	if err != nil {
		t.Fatal(err)
	}
	r, err := tester.Test(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Everything returns room for all means of all layers.
func Everything(net *network.Network) []network.Means {
	means := make([]network.Means, len(net.Layers))
	for m := range means {
		l := &net.Layers[m]
		n := l.Size()
		means[m] = network.Means{Trace: make([]float32, l.Weights.Rows), Soma: make([]float32, n), Rate: make([]float32, n)}
		if !l.Feedback.Empty() {
			means[m].FeedbackTrace = make([]float32, l.Feedback.Rows)
			means[m].Apical, means[m].Plateau = make([]float32, n), make([]float32, n)
		}
	}
	return means
}

// Rates turns a model into the rate mode: real-valued signals, somata at
// their steady state, phases of two steps.
func Rates(m protocols.Model) protocols.Model {
	m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
	m.Neurons.Integration = compartments.Steady
	m.Train = protocols.TwoPhase{Forward: 2, Target: 2, Settle: 1}
	m.Test = protocols.TestPhase{Length: 2, Settle: 1}
	return m
}
