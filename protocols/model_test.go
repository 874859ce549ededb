package protocols_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
)

// The defaults are the numbers of the paper (Guerguiev, Lillicrap & Richards 2017), or
// of its program if they differ, in ms, spikes/ms and 1/ms.
func TestDefaultIsThePaper(t *testing.T) {
	m := protocols.Default(784, []int{500}, 10)
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	double, ok := m.Neurons.Kernel.(kernels.Finite)
	if !ok || double.Support != 10 || double.Kernel != (kernels.DoubleExponential{Rise: 3, Decay: 10}) {
		t.Errorf("kernel %+v, want τ_s = 3, τ_L = 10 and a support of 10 ms", m.Neurons.Kernel)
	}
	if want := (compartments.Pyramidal{Leak: 0.1, Basal: 0.6, Apical: 0}); m.Neurons.Hidden != want {
		t.Errorf("hidden neurons %+v, want %+v", m.Neurons.Hidden, want)
	}
	if want := (compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8}); m.Neurons.Output != want {
		t.Errorf("output neurons %+v, want %+v", m.Neurons.Output, want)
	}
	if want := (network.Optimised{MaxRate: 0.2, Mean: 3, SD: 3, Bias: 0.8, BiasSD: 0.001}); m.Initial != want {
		t.Errorf("initial weights %+v, want %+v", m.Initial, want)
	}
	if want := (protocols.TwoPhase{Forward: 50, Target: 50, Settle: 30}); m.Train != want {
		t.Errorf("training %+v, want %+v", m.Train, want)
	}
	if want := (protocols.TestPhase{Length: 250, Settle: 30}); m.Test != want {
		t.Errorf("test %+v, want %+v", m.Test, want)
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"time step (ms)", m.Neurons.Dt, 1.0},
		{"φ_max (spikes/ms)", m.Neurons.Noise.MaxRate, 0.2},
		{"integration", m.Neurons.Integration, compartments.ForwardEuler},
		{"forward signal", m.Neurons.Forward, sim.Spikes},
		{"feedback signal", m.Neurons.Feedback, sim.Spikes},
		{"feedback", m.Network.Feedback, network.Broadcast},
		{"inputs", m.Network.Inputs, 784},
		{"classes", m.Network.Classes, 10},
		{"output neurons of a class", m.Network.PerClass, 1},
		{"silent feedback", m.Network.Silent, 0.0},
		{"symmetric feedback", m.Network.Symmetric, false},
		{"feedback bias", m.Network.FeedbackBias, false},
		{"number of feedback rates", len(m.FeedbackRates), 0},
		{"batch", m.Batch, 1},
		{"k_b", float32(m.Rule().HiddenGain), float32(6.0 / 7)},
		{"k_d", float32(m.Rule().OutputGain), float32(6.0 / 7)},
		{"P₀", float32(m.HiddenScale), float32(100)},
		{"P₁", float32(m.OutputScale), float32(500)},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
	for _, want := range [][]float64{{0.19}, {0.21, 0.21}, {0.23, 0.23, 0.12}, {0.23, 0.23, 0.23, 0.12}} {
		hidden := make([]int, len(want)-1)
		for i := range hidden {
			hidden[i] = 3
		}
		m := protocols.Default(5, hidden, 2)
		if !slices.Equal(m.Rates, want) {
			t.Errorf("learning rates of %d hidden layers: %v, want %v", len(hidden), m.Rates, want)
		}
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// Validate names everything that is wrong with a model, in all of its parts.
func TestModelValidate(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		spoil func(*protocols.Model)
		want  []string
	}{
		{func(m *protocols.Model) { m.Initial = nil }, []string{"Model.Initial is missing"}},
		{func(m *protocols.Model) { m.Initial = nil; m.Train.Settle = -1; m.Test.Settle = -2 },
			[]string{"Model.Initial is missing", "TwoPhase.Settle = -1 ms", "TestPhase.Settle = -2 ms"}},
		{func(m *protocols.Model) { m.Initial = network.DefaultOptimised(nan) }, []string{"NaN"}},
		{func(m *protocols.Model) { m.Network.Inputs = 0 }, []string{"Inputs = 0, want"}},
		{func(m *protocols.Model) { m.Network.Hidden = []int{3, -7} }, []string{"Hidden[1] = -7", "Rates has 2 learning rates, want 3"}},
		{func(m *protocols.Model) { m.Network.Classes = 1 }, []string{"Classes = 1, want"}},
		{func(m *protocols.Model) { m.Neurons.Dt = nan }, []string{"Dt = NaN ms, want > 0"}},
		{func(m *protocols.Model) { m.Neurons.Dt = 2 }, []string{"dt = 2 ms is too long"}},
		{func(m *protocols.Model) {
			m.Neurons.Kernel = kernels.DoubleExponential{Rise: 3, Decay: 10}
			m.Neurons.Dt = 1e-300
		}, []string{"steps of Dt = 1e-300 ms, want at most 1e+09"}},
		{func(m *protocols.Model) { m.Neurons.Kernel = nil }, []string{"Kernel is missing"}},
		{func(m *protocols.Model) { m.Neurons.Noise.MaxRate = -0.2 }, []string{"MaxRate = -0.2 spikes/ms, want > 0"}},
		{func(m *protocols.Model) { m.Train.Forward = nan }, []string{"TwoPhase.Forward = NaN ms"}},
		{func(m *protocols.Model) { m.Test.Length = 1 }, []string{"TestPhase.Length = 1 ms, want > Settle (5 ms)"}},
		{func(m *protocols.Model) { m.Rates = nil }, []string{"Rates has 0 learning rates, want 2"}},
		{func(m *protocols.Model) { m.Rates[1] = nan }, []string{"Rates[1] = NaN, want ≥ 0"}},
		{func(m *protocols.Model) { m.Rates[0] = -1 }, []string{"Rates[0] = -1, want ≥ 0"}},
		{func(m *protocols.Model) { m.FeedbackRates = []float64{math.Inf(1)} }, []string{"FeedbackRates[0] = +Inf, want ≥ 0"}},
		{func(m *protocols.Model) { m.Batch = 0 }, []string{"Batch = 0, want 1 to 65536"}},
		{func(m *protocols.Model) { m.Batch = -3 }, []string{"Batch = -3, want 1 to 65536"}},
		{func(m *protocols.Model) { m.Batch = 65537 }, []string{"Batch = 65537, want 1 to 65536"}},
		{func(m *protocols.Model) { m.Course.Decay = 0 }, []string{"Decay = 0, want more than 0, at most 1"}},
		{func(m *protocols.Model) { m.Course.Decay = 1.01 }, []string{"Decay = 1.01, want more than 0, at most 1"}},
		{func(m *protocols.Model) { m.Course.Decay = nan }, []string{"Decay = NaN, want more than 0"}},
		{func(m *protocols.Model) { m.HiddenScale = nan }, []string{"HiddenScale = NaN, want > 0"}},
		{func(m *protocols.Model) { m.OutputScale = 0 }, []string{"OutputScale = 0, want > 0"}},
	} {
		m := protocolstest.Tiny(4)
		c.spoil(&m)
		err := m.Validate()
		if err == nil {
			t.Errorf("accepted, want %q", c.want)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
		// Nothing begins with such a model.
		net := protocolstest.Network(t, protocolstest.Tiny(4))
		if _, err := m.NewNetwork(); err == nil {
			t.Errorf("NewNetwork accepts %q", c.want)
		}
		if _, err := protocolstest.New(m, net, 1); err == nil {
			t.Errorf("NewTrainer accepts %q", c.want)
		}
		if _, err := protocolstest.NewTester(m, net, 1); err == nil {
			t.Errorf("NewTester accepts %q", c.want)
		}
		if _, err := protocols.RunTrial(m, net, protocolstest.Noise(1, 1, 6, 3), 0, nil); err == nil {
			t.Errorf("RunTrial accepts %q", c.want)
		}
	}
}

// Initial weights are a function of architecture, law and seed.
func TestNewNetworkDependsOnSeed(t *testing.T) {
	m := protocols.Default(20, []int{8, 6}, 3)
	want := protocolstest.Network(t, m).Weights().SHA256()
	if got := protocolstest.Network(t, m).Weights().SHA256(); got != want {
		t.Error("a second network has other weights")
	}
	other := m
	other.Rates, other.Train.Forward, other.Test.Length, other.Neurons.Dt = []float64{0, 1, 2}, 77, 99, 0.5
	if got := protocolstest.Network(t, other).Weights().SHA256(); got != want {
		t.Error("initial weights depend on how the network is to learn")
	}
	seen := map[string]uint64{want: m.Seed}
	for seed := range uint64(50) {
		if seed == m.Seed {
			continue
		}
		other := m
		other.Seed = seed
		sum := protocolstest.Network(t, other).Weights().SHA256()
		if twin, ok := seen[sum]; ok {
			t.Errorf("seeds %d and %d give the same weights", twin, seed)
		}
		seen[sum] = seed
	}
}

// A network of another shape, such as that of another run, is refused.
func TestModelMustFitTheNetwork(t *testing.T) {
	m := protocolstest.Tiny(4)
	m.Network.PerClass = 2
	for what, change := range map[string]func(*network.Architecture){
		"the network has 7 inputs": func(a *network.Architecture) { a.Inputs = 7 },
		"layers of [5 6]":          func(a *network.Architecture) { a.Hidden = []int{5} },
		"layers of [4 4 6]":        func(a *network.Architecture) { a.Hidden = []int{4, 4} },
		"layers of [6]":            func(a *network.Architecture) { a.Hidden = nil },
		"layers of [4 9]":          func(a *network.Architecture) { a.PerClass = 3 },
		"2 classes":                func(a *network.Architecture) { a.Classes, a.PerClass = 2, 3 },
		"layerwise feedback":       func(a *network.Architecture) { a.Feedback = network.LayerWise },
	} {
		a := m.Network
		change(&a)
		net := network.New(a)
		want := []string{what, "the model says 6, [4 6], 3 and broadcast"}
		_, err := protocolstest.New(m, net, 1)
		protocolstest.CheckSays(t, err, want)
		_, err = protocolstest.NewTester(m, net, 1)
		protocolstest.CheckSays(t, err, want)
		_, err = protocols.RunTrial(m, net, protocolstest.Noise(1, 5, a.Inputs, 2), 0, nil)
		protocolstest.CheckSays(t, err, want)
	}
	if _, err := protocolstest.New(m, network.New(m.Network), 1); err != nil {
		t.Error(err)
	}
}
