package replay_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/sim"
)

// A space draws models at random from everything that a search may try, and counts
// its choices.
type space struct {
	*rand.Rand
	seen map[string]int
}

// choose returns one of the values, all with the same probability.
func choose[T any](s *space, what string, values ...T) T {
	v := values[s.IntN(len(values))]
	s.seen[fmt.Sprintf("%s = %v", what, v)]++
	return v
}

// between returns a number from low to high.
func (s *space) between(low, high float64) float64 { return low + (high-low)*s.Float64() }

func (s *space) yes(what string) bool { return choose(s, what, false, true) }

// model draws a point of the space.
func (s *space) model() protocols.Model {
	layers := choose(s, "hidden layers", 0, 1, 2, 3, 6)
	hidden := make([]int, layers)
	for i := range hidden {
		hidden[i] = 1 + s.IntN(20)
	}
	m := protocols.Default(6, hidden, 3)
	m.Seed = s.Uint64()
	s.network(&m.Network)
	s.neurons(&m.Neurons)
	s.phases(&m)
	s.learning(&m)
	m.Initial = network.DefaultOptimised(m.Neurons.Noise.MaxRate)
	if s.yes("plain weights") {
		m.Initial = network.Plain{Weights: network.Uniform{HalfWidth: s.between(0, 10)}, Bias: network.Uniform{HalfWidth: 1}, Return: network.Uniform{HalfWidth: 10}}
	}
	return m
}

func (s *space) network(a *network.Architecture) {
	a.PerClass = choose(s, "per class", 1, 3)
	a.Feedback = choose(s, "feedback", network.Broadcast, network.LayerWise)
	a.Silent = choose(s, "silent", 0, 0.5, 0.8)
	a.SilentGain = choose(s, "silent gain", 1.0, 5)
	a.FeedbackBias = s.yes("feedback bias")
	if a.Symmetric = s.yes("symmetric"); a.Symmetric {
		a.FeedbackNoise = choose(s, "noise", 0, 0.05)
	}
}

func (s *space) neurons(p *sim.Params) {
	p.Dt = choose(s, "dt", 1, 0.7, 0.5, 0.1)
	rise := s.between(1, 5)
	double := kernels.DoubleExponential{Rise: rise, Decay: rise + s.between(1, 15)}
	switch choose(s, "kernel", "double", "single", "alpha") {
	case "double":
		p.Kernel = double
	case "single":
		p.Kernel = kernels.Exponential{Decay: double.Decay}
	case "alpha":
		p.Kernel = kernels.Alpha{Peak: rise}
	}
	if support := choose(s, "memory", 0, 1, 10.0, 50); support > 0 { // 0: unlimited
		p.Kernel = kernels.Finite{Kernel: p.Kernel, Support: support}
	}
	p.Hidden = compartments.Pyramidal{Leak: 1 / double.Decay, Basal: s.between(0.2, 0.8), Apical: choose(s, "apical", 0, 0.05, 0.6)}
	p.Output = compartments.Output{Leak: 1 / double.Decay, Dendritic: s.between(0.2, 0.4), Teaching: choose(s, "teaching", 0.2, 1),
		Excitatory: s.between(2, 12), Inhibitory: s.between(-12, -2)}
	p.Noise.MaxRate = s.between(0.2, 0.5)
	p.Integration = choose(s, "integration", compartments.ForwardEuler, compartments.Exponential, compartments.Steady)
	p.Forward, p.Feedback = choose(s, "forward", sim.Spikes, sim.Rates), choose(s, "feedback", sim.Spikes, sim.Rates)
}

func (s *space) phases(m *protocols.Model) {
	p := &m.Train
	p.Forward, p.Target = choose(s, "forward ms", 2, 7.3, 50, 120), choose(s, "target ms", 2, 11, 50.0)
	shorter := min(p.Forward, p.Target)
	p.Settle = choose(s, "settled share", 0, 0.3, 0.9) * shorter
	p.Window = choose(s, "window share", 0, 0.4, 1) * shorter
	if s.yes("longer") {
		p.Longer = &protocols.Wald{Mean: s.between(0.5, 5), Scale: s.between(0.5, 5)}
	}
	if p.Window > 0 && p.Window < shorter && s.yes("plateau times") {
		p.PlateauSpread = shorter - p.Window
		p.PlateauSD = choose(s, "plateau law", 0, 3.0)
	}
	// In whole steps, the times may be a little longer.
	dt := m.Neurons.Dt
	if p.Settle > 0 && kernels.Steps(p.Settle, dt) >= kernels.Steps(shorter, dt) {
		p.Settle = 0
	}
	if p.PlateauSpread > 0 && kernels.Steps(p.Window, dt)+kernels.Steps(p.PlateauSpread, dt) > kernels.Steps(shorter, dt) {
		p.Window = max(p.Window-dt, dt)
	}
	m.Test = protocols.TestPhase{Length: choose(s, "test ms", 50, 250, 500.0), Settle: 30}
}

func (s *space) learning(m *protocols.Model) {
	m.HiddenScale, m.OutputScale = 20/m.Neurons.Noise.MaxRate, 20/(m.Neurons.Noise.MaxRate*m.Neurons.Noise.MaxRate)
	for i := range m.Rates {
		m.Rates[i] = s.between(0.01, 0.5)
	}
	if len(m.Network.Hidden) > 0 && !m.Network.Symmetric && s.yes("feedback learns") {
		for range m.Network.Hidden {
			m.FeedbackRates = append(m.FeedbackRates, s.between(0, 0.5))
		}
	}
	m.Batch, m.MeanUpdate = choose(s, "batch", 1, 4), s.yes("mean update")
	m.Course.Decay = choose(s, "decay", 1, 0.6)
}

// Everywhere in the space of models, training ends with finite weights, which are the
// same with one worker and with two, recorded or not, and when training is resumed.
// What was recorded is replayed to the last bit, and a test does not depend on the
// number of workers. Other tests compare the engine with the equations; this one looks
// for options that do not go together.
func TestWholeSpace(t *testing.T) {
	points := 40
	if testing.Short() {
		points = 15
	}
	s := &space{rand.New(rand.NewPCG(1, 9)), map[string]int{}}
	for point := range points {
		m := s.model()
		t.Run(fmt.Sprint(point), func(t *testing.T) {
			if err := m.Validate(); err != nil {
				t.Fatalf("%+v: %v", m, err)
			}
			trySpace(t, m)
			if t.Failed() {
				t.Logf("%+v", m)
			}
		})
	}
	if testing.Short() {
		return
	}
	for what, n := range s.seen {
		if n < 2 {
			t.Errorf("%s was tried only %d times: more points are needed", what, n)
		}
	}
}

func trySpace(t *testing.T, m protocols.Model) {
	const examples = 6
	data := protocolstest.Noise(m.Seed, examples, m.Network.Inputs, m.Network.Classes)
	begin := func(workers int) *protocolstest.Training {
		trainer, err := protocolstest.New(m, protocolstest.Network(t, m), workers)
		if err != nil {
			t.Fatal(err)
		}
		return trainer
	}
	one := begin(1)
	first := one.Network().Weights().SHA256()
	protocolstest.Train(t, one, data, 1)
	checkpoint := protocolstest.Written(t, one)
	protocolstest.Train(t, one, data, 1)
	net := one.Network()
	if err := net.Weights().Check(); err != nil {
		t.Fatal(err)
	}
	want := net.Weights().SHA256()
	if want == first {
		t.Error("nothing was learnt")
	}

	two := begin(2)
	protocolstest.Train(t, two, data, 2)
	if two.Network().Weights().SHA256() != want {
		t.Error("two workers end with other weights than one")
	}
	resumed := begin(2)
	if err := resumed.ReadState(protocolstest.Section(checkpoint)); err != nil {
		t.Fatal(err)
	}
	protocolstest.Train(t, resumed, data, 1)
	if resumed.Network().Weights().SHA256() != want {
		t.Error("a run that is resumed ends with other weights")
	}

	recorded := begin(2)
	h, f := protocols.RecordingHeader(m), fullHeader(m)
	h.Weights, h.SnapshotEvery = true, 4
	if !m.Course.Constant() {
		h.EpochTrials, f.EpochTrials = examples, examples
	}
	spikes, full := newRecording(t, h, recorded.Network()), newRecording(t, f, recorded.Network())
	recorded.Watch(observers{spikes, full}, true)
	protocolstest.Train(t, recorded, data, 2)
	if recorded.Network().Weights().SHA256() != want {
		t.Error("a run that is recorded ends with other weights")
	}
	r, all := spikes.reader(t), full.reader(t)
	p := replay.New(r, nil)
	for i := range r.Trials() {
		if err := compareReplay(p, r, all, i); err != nil {
			t.Fatalf("replay of trial %d: %v", i, err)
		}
	}

	a, b := protocolstest.Test(t, m, net, data, 1), protocolstest.Test(t, m, net, data, 2)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("a test gives %v, with two workers %v", a, b)
	}
	if !bytes.Equal(protocolstest.Written(t, one), protocolstest.Written(t, two)) {
		t.Error("a test has changed the trainer")
	}
}
