// Package protocolstest has what tests of training need: made-up examples, and a model
// and its training in one. It is imported by tests only.
package protocolstest

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// Images are made-up examples, each with a row of intensities and a class.
type Images struct {
	Intensities [][]float32
	Classes     []int
}

// Len returns the number of images.
func (d Images) Len() int { return len(d.Classes) }

// Size returns the number of intensities of an image.
func (d Images) Size() int { return len(d.Intensities[0]) }

// Example copies an image and returns its class.
func (d Images) Example(i int, intensity []float32) (class int) {
	copy(intensity, d.Intensities[i])
	return d.Classes[i]
}

// Clone returns a copy that a test may spoil.
func (d Images) Clone() Images {
	c := Images{Classes: slices.Clone(d.Classes)}
	for _, row := range d.Intensities {
		c.Intensities = append(c.Intensities, slices.Clone(row))
	}
	return c
}

// Noise returns n images with random intensities and classes.
func Noise(seed uint64, n, inputs, classes int) Images {
	s := stream.New(seed, 1000, 0, 0, 0)
	var d Images
	for range n {
		row := make([]float32, inputs)
		for j := range row {
			row[j] = float32(s.Uniform())
		}
		d.Intensities = append(d.Intensities, row)
		d.Classes = append(d.Classes, s.Below(classes))
	}
	return d
}

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

// Logged examples keep the indices of the examples that are read. It is for one
// goroutine.
type Logged struct {
	training.Examples
	Asked *[]int
}

func (d Logged) Example(i int, intensity []float32) int {
	*d.Asked = append(*d.Asked, i)
	return d.Examples.Example(i, intensity)
}

// Spoilt returns ways to spoil an example, and what the error must say.
func Spoilt(i int) map[string]struct {
	Spoil func(Images)
	Want  []string
} {
	type fault = struct {
		Spoil func(Images)
		Want  []string
	}
	name := fmt.Sprintf("example %d: ", i)
	set := func(v float64) func(Images) {
		return func(d Images) { d.Intensities[i][2] = float32(v) }
	}
	return map[string]fault{
		"class too large": {func(d Images) { d.Classes[i] = 3 }, []string{name, "3", "want 0 to 2"}},
		"class below 0":   {func(d Images) { d.Classes[i] = -1 }, []string{name, "-1", "want 0 to 2"}},
		"NaN":             {set(math.NaN()), []string{name, "intensity of input 2 is NaN, want 0 to 1"}},
		"above 1":         {set(1.5), []string{name, "intensity of input 2 is 1.5, want 0 to 1"}},
		"below 0":         {set(-0.25), []string{name, "intensity of input 2 is -0.25, want 0 to 1"}},
		"infinite":        {set(math.Inf(1)), []string{name, "intensity of input 2 is +Inf, want 0 to 1"}},
	}
}

// CheckSays fails unless the error contains all texts.
func CheckSays(t testing.TB, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
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

// Digits are drawn once for all tests of a package.
var Digits = sync.OnceValue(func() *dataset.Data { return dataset.Digits(1, 4000, 500) })

// Rates turns a model into the rate mode: real-valued signals, somata at
// their steady state, phases of two steps.
func Rates(m protocols.Model) protocols.Model {
	m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
	m.Neurons.Integration = compartments.Steady
	m.Train = protocols.TwoPhase{Forward: 2, Target: 2, Settle: 1}
	m.Test = protocols.TestPhase{Length: 2, Settle: 1}
	return m
}
