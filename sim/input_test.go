package sim

import (
	"fmt"
	"slices"
	"testing"

	"plateau/internal/stream"

	"plateau/internal/statistics"
)

// Inputs fire as independent Poisson processes with rates φ_max x, uniform in
// time.
func TestInputSpikesArePoisson(t *testing.T) {
	intensity := []float32{0, 0.1, 1, 0.5, 1e-3, 0.999, 0, 0.25, 0.7, 1}
	for _, test := range []struct {
		maxRate, dt float64
		steps, n    int // steps of a phase, and how often it is repeated
	}{
		{0.2, 1, 1, 40_000},
		{0.2, 1, 2, 20_000},
		{0.2, 1, 50, 800},
		{0.2, 0.25, blockSteps, 400},
		{3, 1, 50, 400},
		{3, 1, blockSteps, 1000},
		{3, 1, 1, 20_000},
	} {
		what := fmt.Sprintf("φ_max dt = %v, %d steps", test.maxRate*test.dt, test.steps)
		in := newInput(len(intensity), test.maxRate, test.dt)
		in.set(intensity)
		key := stream.Key(21, TrialSpikes, uint64(test.steps))
		r := newRaster(len(intensity), test.steps*test.n)
		perStep := make([]int, test.steps)
		var list []int32
		for k := range test.n {
			in.begin(test.steps)
			for step := range test.steps {
				list = in.draw(list[:0], step, stream.StepKey(key, 0, 0, k*test.steps+step))
				r.add(t, k*test.steps+step, list)
				perStep[step] += len(list)
			}
		}
		means := make([]float64, len(intensity))
		all := 0.0
		for j, x := range intensity {
			means[j] = test.maxRate * test.dt * float64(x)
			all += means[j]
		}
		r.check(t, what, means)
		expected := make([]float64, test.steps)
		for step := range expected {
			expected[step] = all * float64(test.n)
		}
		statistics.ChiSquare(t, what+", spikes over time", perStep, expected)
	}
}

// A new phase has its own intensities, and draws depend on nothing but key and
// intensities.
func TestInputIsAFunctionOfItsStep(t *testing.T) {
	a, b := newInput(4, 1, 1), newInput(4, 1, 1)
	draw := func(in *input, key uint64, steps int) (list []int32) {
		in.begin(steps)
		for step := range steps {
			list = in.draw(list, step, key+uint64(step)*stream.Golden)
		}
		return list
	}
	bright, dark := []float32{1, 1, 0, 0.5}, []float32{0, 0, 1, 0}
	a.set(bright)
	first := draw(a, 5, 20)
	b.set(dark)
	for _, j := range draw(b, 5, 30) {
		if j != 2 {
			t.Fatalf("input %d of intensity 0 fired", j)
		}
	}
	b.set(bright)
	if again := draw(b, 5, 20); !slices.Equal(first, again) || len(first) == 0 {
		t.Errorf("the same steps gave %v and %v", first, again)
	}
	if other := draw(b, 6, 20); slices.Equal(first, other) {
		t.Error("another key gave the same spikes")
	}
	b.set([]float32{0, 0, 0, 0})
	if none := draw(b, 5, 20); len(none) != 0 {
		t.Errorf("a dark input fired: %v", none)
	}
}
