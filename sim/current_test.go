package sim_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// injectionRig is an engine with a network in which a test can look at everything.
type injectionRig struct {
	engine *sim.Engine
	net    *network.Network
	means  []network.Means
	seen   recorder
}

// newInjectionRig has 5 inputs, 4 and 3 hidden neurons and 2 classes; apical is g_a.
func newInjectionRig(t *testing.T, apical float64, m compartments.Integration) *injectionRig {
	t.Helper()
	net := network.New(network.Architecture{
		Inputs: 5, Hidden: []int{4, 3}, Classes: 2, PerClass: 1,
		Feedback: network.Broadcast, SilentGain: 1, FeedbackBias: true,
	})
	engine, err := sim.New(net, sim.Params{
		Dt: 1, Kernel: kernels.Finite{Kernel: kernels.DoubleExponential{Rise: 3, Decay: 10}, Support: 10},
		Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6, Apical: apical},
		Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
		Noise:       compartments.EscapeNoise{MaxRate: 0.2},
		Integration: m, Forward: sim.Spikes, Feedback: sim.Spikes,
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := &injectionRig{engine: engine, net: net, means: allMeans(net)}
	r.seen.layers = len(net.Layers)
	return r
}

// wire gives the network weights that are neither all alike nor symmetric.
func (r *injectionRig) wire() *injectionRig {
	k := 0
	for _, a := range r.net.Weights() {
		for i := range a.Rows {
			row := a.Row(i)
			for j := range row {
				row[j] = float32(k*7919%101-45) / 20
				k++
			}
			a.SetRow(i, row)
		}
	}
	return r
}

// run shows phases from rest, with all that a recorder sees.
func (r *injectionRig) run(t *testing.T, watched bool, phases ...*sim.Phase) *recorder {
	t.Helper()
	r.seen.result = denseResult{
		Apical: make([][][]float64, r.seen.layers-1), Basal: make([][][]float64, r.seen.layers),
		Soma: make([][][]float64, r.seen.layers), Rate: make([][][]float64, r.seen.layers),
	}
	r.seen.spikes = make([][][3]int, r.seen.layers+1)
	if watched {
		r.engine.Watch(&r.seen, true)
	}
	r.engine.Rest()
	r.engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: 3})
	for _, p := range phases {
		if p.Intensity == nil {
			p.Intensity = make([]float32, 5)
		}
		if err := r.engine.Run(p, r.means); err != nil {
			t.Fatal(err)
		}
	}
	return &r.seen
}

// A current into the soma adds I to dV/dt, for the neurons that it is injected into and
// in the steps in which it flows, with every kind of step.
func TestCurrentIntoASoma(t *testing.T) {
	const steps, g = 150, 0.7
	ramp := make([]float32, steps)
	for k := range ramp {
		ramp[k] = float32(k)/100 - 0.5
	}
	for _, test := range []struct {
		integration  compartments.Integration
		retain, gain float64
	}{
		{compartments.ForwardEuler, 1 - g, 1},
		{compartments.Exponential, math.Exp(-g), (1 - math.Exp(-g)) / g},
		{compartments.Steady, 0, 1 / g},
	} {
		r := newInjectionRig(t, 0, test.integration)
		seen := r.run(t, true, &sim.Phase{Name: "p", Steps: steps, Currents: []sim.Current{
			{Layer: 2, Into: sim.Soma, Neurons: []int{0, 2}, Values: ramp},
			{Layer: 2, Into: sim.Soma, Neurons: []int{2}, Values: []float32{0.25}},
		}})
		v := make([]float64, 3)
		for k := range steps {
			v[0] = test.retain*v[0] + test.gain*float64(ramp[k])
			v[2] = test.retain*v[2] + test.gain*(float64(ramp[k])+0.25)
			for i, want := range v {
				if got := seen.result.Soma[1][k][i]; math.Abs(got-want) > 1e-5 {
					t.Fatalf("%s: V of neuron %d is %v after step %d, want %v", test.integration, i, got, k, want)
				}
			}
			if got := seen.result.Soma[0][k]; slices.Max(got) != 0 || slices.Min(got) != 0 {
				t.Fatalf("%s: the layer below moved: %v", test.integration, got)
			}
		}
	}
}

// A taught neuron gets its current beside the teaching current.
func TestCurrentBesideTeaching(t *testing.T) {
	r := newInjectionRig(t, 0, compartments.ForwardEuler)
	seen := r.run(t, true, &sim.Phase{Name: "p", Steps: 20, Taught: true, Class: 1, Currents: []sim.Current{
		{Layer: 3, Into: sim.Soma, Neurons: []int{1}, Values: []float32{0.85}},
	}})
	// g_l + g_d + g_E = 1.7; the dendrite is at 0: V∞ = (8 + 0.85)/1.7 and −8/1.7.
	got := seen.result.Soma[2][19]
	if math.Abs(got[1]-8.85/1.7) > 1e-2 || math.Abs(got[0]+8/1.7) > 1e-2 {
		t.Errorf("potentials %v, want %v and %v", got, -8/1.7, 8.85/1.7)
	}
}

// A current into a dendrite moves its potential, as a bias of the same size would.
func TestCurrentIntoADendriteIsABias(t *testing.T) {
	for _, apical := range []float64{0, 0.3} {
		for _, into := range []sim.Compartment{sim.Basal, sim.Apical} {
			phase := &sim.Phase{Name: "p", Intensity: []float32{1, 0.5, 0, 1, 0.2}, Steps: 140, From: 30}
			injected := *phase
			injected.Currents = []sim.Current{{Layer: 1, Into: into, Neurons: []int{1, 3}, Values: []float32{0.75}}}
			biased := newInjectionRig(t, apical, compartments.ForwardEuler).wire()
			bias := biased.net.Layers[0].Bias
			if into == sim.Apical {
				bias = biased.net.Layers[0].FeedbackBias
			}
			bias[1] += 0.75
			bias[3] += 0.75
			want := biased.run(t, true, phase)
			r := newInjectionRig(t, apical, compartments.ForwardEuler).wire()
			got := r.run(t, true, &injected)
			if !reflect.DeepEqual(got.spikes, want.spikes) {
				t.Errorf("g_a = %v, %s: other spikes than with a bias", apical, into)
			}
			for k := range want.result.Basal[0] {
				near(t, "basal", got.result.Basal[0][k], want.result.Basal[0][k])
				near(t, "apical", got.result.Apical[0][k], want.result.Apical[0][k])
				near(t, "soma", got.result.Soma[0][k], want.result.Soma[0][k])
			}
			near(t, "mean apical", toFloat64(r.means[0].Apical), toFloat64(biased.means[0].Apical))
			near(t, "plateau", toFloat64(r.means[0].Plateau), toFloat64(biased.means[0].Plateau))
		}
	}
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-4 {
			t.Fatalf("%s of neuron %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Means and plateaus average a current over the window, whichever way they are computed.
func TestPlateausSeeCurrents(t *testing.T) {
	const steps, from = 200, 60
	// A row for each step: neuron 2 gets its values, neuron 0 always 0.
	rows := make([]float32, 2*steps)
	sum := 0.0
	for k := range steps {
		rows[2*k+1] = float32(k%7) / 3
		if k >= from {
			sum += float64(k%7) / 3
		}
	}
	mean := sum / (steps - from)
	own := [][]int{{199, 199, 199, 199}, {199, 199, 199}}
	for name, p := range map[string]*sim.Phase{
		"all at the end":     {Name: "p", Steps: steps, From: from},
		"times of their own": {Name: "p", Steps: steps, From: from, PlateauStep: own, PlateauWindow: steps - from},
	} {
		p.Currents = []sim.Current{{Layer: 1, Into: sim.Apical, Neurons: []int{0, 2}, Values: rows}}
		r := newInjectionRig(t, 0, compartments.ForwardEuler)
		r.run(t, false, p)
		near(t, name, toFloat64(r.means[0].Apical), []float64{0, 0, mean, 0})
		near(t, name, toFloat64(r.means[0].Plateau), []float64{0.5, 0.5, 1 / (1 + math.Exp(-mean)), 0.5})
	}
}

// Currents and stimuli that change have the same bits whatever is observed, and whether
// or not all layers take turns. Afterwards they are gone.
func TestCurrentsDoNotDependOnTheSchedule(t *testing.T) {
	noise := make([]float32, 300*2)
	for k := range noise {
		noise[k] = float32(k*7919%211)/100 - 1
	}
	movie := make([]float32, 300*5)
	for k := range movie {
		movie[k] = float32(k*31%11) / 10
	}
	phases := func() []*sim.Phase {
		return []*sim.Phase{
			{Name: "a", Steps: 300, From: 10, Intensity: movie, Currents: []sim.Current{
				{Layer: 1, Into: sim.Soma, Neurons: []int{1, 2}, Values: noise},
				{Layer: 2, Into: sim.Basal, Neurons: []int{0}, Values: []float32{2}},
				{Layer: 1, Into: sim.Apical, Neurons: []int{0, 3}, Values: noise},
			}},
			{Name: "b", Steps: 40, From: 10, Intensity: []float32{0, 1, 0, 1, 0}},
		}
	}
	means := func(prepare func(*injectionRig), watched bool) []network.Means {
		r := newInjectionRig(t, 0, compartments.ForwardEuler).wire()
		prepare(r)
		r.run(t, watched, phases()...)
		return r.means
	}
	want := means(func(*injectionRig) {}, false)
	if got := means(func(*injectionRig) {}, true); !reflect.DeepEqual(got, want) {
		t.Error("a run that is observed has other means")
	}
	if got := means(func(r *injectionRig) { r.engine.Stepwise() }, false); !reflect.DeepEqual(got, want) {
		t.Error("a run step by step has other means")
	}
	plain := newInjectionRig(t, 0, compartments.ForwardEuler).wire()
	plain.run(t, true, &sim.Phase{Name: "b", Steps: 60, Intensity: []float32{0, 1, 0, 1, 0}})
	first := plain.seen
	plain.run(t, false, &sim.Phase{Name: "a", Steps: 300, Currents: []sim.Current{{Layer: 1, Into: sim.Soma, Neurons: []int{1}, Values: []float32{3}}}})
	again := plain.run(t, false, &sim.Phase{Name: "b", Steps: 60, Intensity: []float32{0, 1, 0, 1, 0}})
	if !reflect.DeepEqual(first.spikes, again.spikes) {
		t.Error("a current acts in a later trial")
	}
}

// Currents that cannot be injected are errors that say what is wrong.
func TestCurrentsAreChecked(t *testing.T) {
	for _, test := range []struct {
		current sim.Current
		want    string
	}{
		{sim.Current{Layer: 0, Into: sim.Soma, Neurons: []int{0}, Values: []float32{1}}, "Layer = 0"},
		{sim.Current{Layer: 4, Into: sim.Soma, Neurons: []int{0}, Values: []float32{1}}, "want 1 to 3"},
		{sim.Current{Layer: 1, Into: "axon", Neurons: []int{0}, Values: []float32{1}}, "axon"},
		{sim.Current{Layer: 3, Into: sim.Apical, Neurons: []int{0}, Values: []float32{1}}, "no apical"},
		{sim.Current{Layer: 1, Into: sim.Soma, Values: []float32{1}}, "empty"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{4}, Values: []float32{1}}, "0 to 3"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{2, 2}, Values: []float32{1}}, "ascending"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{2}, Values: make([]float32, 9)}, "9 numbers"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{2}}, "0 numbers"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{2}, Values: []float32{float32(math.NaN())}}, "NaN"},
		{sim.Current{Layer: 1, Into: sim.Soma, Neurons: []int{2}, Values: []float32{1e7}}, "1e+07"},
	} {
		r := newInjectionRig(t, 0, compartments.ForwardEuler)
		r.engine.Present(sim.Presentation{})
		err := r.engine.Run(&sim.Phase{Name: "p", Steps: 10, Intensity: make([]float32, 5), Currents: []sim.Current{test.current}}, r.means)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.current, err, test.want)
		}
	}
}
