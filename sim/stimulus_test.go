package sim_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/compartments"
	"plateau/internal/statistics"
	"plateau/sim"
)

// Rows of intensities that are all alike show the same spikes as one row.
func TestConstantRowsAreAConstantStimulus(t *testing.T) {
	row := []float32{1, 0, 0.5, 0.25, 0}
	run := func(intensity []float32) [][][3]int {
		r := newInjectionRig(t, 0, compartments.ForwardEuler).wire()
		return r.run(t, true, &sim.Phase{Name: "p", Steps: 300, Intensity: intensity}).spikes
	}
	want := run(row)
	if len(want[0]) == 0 || len(want[1]) == 0 {
		t.Fatal("nothing fires")
	}
	if got := run(slices.Repeat(row, 300)); !reflect.DeepEqual(got, want) {
		t.Error("other spikes with the row for each step")
	}
}

// Each step has its own rates.
func TestInputFollowsItsRows(t *testing.T) {
	const steps = 40_000
	rows := make([]float32, 5*steps)
	shares := []float32{0, 1, 0.5, 0.1}
	for k := range steps {
		rows[5*k+1], rows[5*k+4] = shares[k%4], shares[(k+1)%4]
	}
	r := newInjectionRig(t, 0, compartments.ForwardEuler)
	seen := r.run(t, true, &sim.Phase{Name: "p", Steps: steps, Intensity: rows})
	counts, expected := make([]int, 8), make([]float64, 8)
	for _, s := range seen.spikes[0] {
		switch step, neuron, n := s[0], s[1], s[2]; {
		case neuron != 1 && neuron != 4:
			t.Fatalf("input %d fires, whose rate is 0", neuron)
		case neuron == 1:
			counts[step%4] += n
		default:
			counts[4+step%4] += n
		}
	}
	for k := range 4 {
		expected[k], expected[4+k] = float64(shares[k])*0.2*steps/4, float64(shares[(k+1)%4])*0.2*steps/4
	}
	if counts[0] != 0 || counts[7] != 0 {
		t.Fatalf("inputs fire in steps in which their rate is 0: %v", counts)
	}
	statistics.ChiSquare(t, "spikes by step", counts[1:7], expected[1:7])
}

// In the rate mode, dendrites see the rates of each step.
func TestRatesFollowTheirRows(t *testing.T) {
	const steps = 300
	r := newInjectionRig(t, 0, compartments.ForwardEuler)
	p := r.engine.Params()
	p.Forward = sim.Rates
	engine, err := sim.New(r.net, p, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.engine = engine
	r.net.Layers[0].Weights.SetRow(2, []float32{1, 2, 3, 4})
	rows := make([]float32, 5*steps)
	for k := range steps {
		rows[5*k+2] = float32(k%10) / 10
	}
	seen := r.run(t, true, &sim.Phase{Name: "p", Steps: steps, Intensity: rows})
	for k := range steps {
		near(t, "basal", seen.result.Basal[0][k], []float64{0.02 * float64(k%10), 0.04 * float64(k%10), 0.06 * float64(k%10), 0.08 * float64(k%10)})
	}
}

// Given spikes are those that the input fires, and the network answers them as it
// answers its own.
func TestGivenSpikesAreFired(t *testing.T) {
	const steps = 300
	drawn := newInjectionRig(t, 0, compartments.ForwardEuler).wire().
		run(t, true, &sim.Phase{Name: "p", Steps: steps, Intensity: []float32{1, 0.5, 1, 0.2, 0.9}}).spikes
	given := make([][]int32, steps)
	for _, s := range drawn[0] {
		for range s[2] {
			given[s[0]] = append(given[s[0]], int32(s[1]))
		}
	}
	r := newInjectionRig(t, 0, compartments.ForwardEuler).wire()
	got := r.run(t, true, &sim.Phase{Name: "p", Steps: steps, Spikes: given}, &sim.Phase{Name: "q", Steps: 50, Intensity: []float32{1, 0, 0, 0, 0}}).spikes
	after := 0
	for layer := range got {
		k := slices.IndexFunc(got[layer], func(s [3]int) bool { return s[0] >= steps })
		if k < 0 {
			k = len(got[layer])
		}
		if !slices.Equal(got[layer][:k], drawn[layer]) {
			t.Errorf("layer %d: other spikes than when the same input was drawn", layer)
		}
		if layer == 0 {
			after = len(got[0]) - k
		}
	}
	if after == 0 {
		t.Error("the next phase, whose input is drawn, has no spikes of the input")
	}
}

// Stimuli that do not fit are errors that say what is wrong.
func TestStimuliAreChecked(t *testing.T) {
	for _, test := range []struct {
		phase sim.Phase
		want  string
	}{
		{sim.Phase{Intensity: make([]float32, 7)}, "7 intensities"},
		{sim.Phase{Intensity: append(make([]float32, 49), 2)}, "input 4"},
		{sim.Phase{Intensity: make([]float32, 5), Spikes: make([][]int32, 9)}, "9 steps"},
		{sim.Phase{Intensity: make([]float32, 5), Spikes: [][]int32{{0}, {5}, 9: nil}}, "Spikes[1] holds 5"},
		{sim.Phase{Intensity: make([]float32, 5), Spikes: [][]int32{{0}, {3, 1}, 9: nil}}, "ascending"},
		{sim.Phase{Intensity: make([]float32, 5), Spikes: [][]int32{{-1}, 9: nil}}, "holds -1"},
	} {
		r := newInjectionRig(t, 0, compartments.ForwardEuler)
		r.engine.Present(sim.Presentation{})
		test.phase.Name, test.phase.Steps = "p", 10
		if err := r.engine.Run(&test.phase, r.means); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}
