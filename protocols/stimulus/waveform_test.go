package stimulus_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/protocols/stimulus"
)

func TestWaveforms(t *testing.T) {
	for name, test := range map[string]struct{ got, want []float32 }{
		"constant":             {stimulus.Constant(0.5), []float32{0.5}},
		"ramp":                 {stimulus.Ramp(-1, 1, 5), []float32{-1, -0.5, 0, 0.5, 1}},
		"ramp of one step":     {stimulus.Ramp(-1, 1, 1), []float32{-1}},
		"levels":               {stimulus.Levels([]float64{0, 1, 2}, 6), []float32{0, 0, 1, 1, 2, 2}},
		"levels, unevenly":     {stimulus.Levels([]float64{0, 1}, 5), []float32{0, 0, 0, 1, 1}},
		"constant, for a time": {stimulus.Between([]float32{3}, 1, 3, 5), []float32{0, 3, 3, 0, 0}},
		"ramp, for a time":     {stimulus.Between([]float32{1, 2}, 1, 3, 4), []float32{0, 1, 2, 0}},
		"rows, for a time":     {stimulus.Between([]float32{1, 2, 3, 4}, 1, 3, 4), []float32{0, 0, 1, 2, 3, 4, 0, 0}},
		"all the time":         {stimulus.Between([]float32{3}, 0, 5, 5), []float32{3}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

// Noise has the mean, the standard deviation and the correlation that were asked for,
// from its first step on, and is drawn for each neuron on its own.
func TestNoise(t *testing.T) {
	const dt, steps, neurons = 0.5, 20_000, 3
	for _, n := range []stimulus.Noise{{Mean: 0.3, SD: 2}, {Mean: -1, SD: 0.5, Tau: 5}} {
		values := n.Values(dt, steps, neurons, 1, 2, 0, 0)
		if len(values) != steps*neurons {
			t.Fatalf("%d values, want %d", len(values), steps*neurons)
		}
		independent := float64(steps) // number of independent values of a neuron
		want := 0.0
		if n.Tau > 0 {
			want = math.Exp(-dt / n.Tau)
			independent *= (1 - want) / (1 + want)
		}
		for i := range neurons {
			var mean, square, next, other float64
			for k := range steps {
				x := (float64(values[k*neurons+i]) - n.Mean) / n.SD
				mean += x
				square += x * x
				other += x * (float64(values[k*neurons+(i+1)%neurons]) - n.Mean) / n.SD
				if k > 0 {
					next += x * (float64(values[(k-1)*neurons+i]) - n.Mean) / n.SD
				}
			}
			bound := 4 / math.Sqrt(independent)
			for what, far := range map[string]float64{
				"mean": mean / steps, "variance": (square/steps - 1) / math.Sqrt2,
				"correlation of neighbours": next/steps - want*square/steps, "correlation of two neurons": other / steps,
			} {
				if math.Abs(far) > bound {
					t.Errorf("%+v, neuron %d: the %s is off by %v, want at most %v", n, i, what, far, bound)
				}
			}
		}
	}
	// The first value has the full spread.
	n, square := stimulus.Noise{SD: 1, Tau: 100}, 0.0
	first := n.Values(1, 1, 10_000, 1, 2, 0, 0)
	for _, x := range first {
		square += float64(x) * float64(x)
	}
	if math.Abs(square/10_000-1) > 4*math.Sqrt2/100 {
		t.Errorf("the variance of the first step is %v, want 1", square/10_000)
	}
	again := n.Values(1, 1, 10_000, 1, 2, 0, 0)
	if !reflect.DeepEqual(first, again) {
		t.Error("the same noise has other values")
	}
	for k, other := range [][]float32{n.Values(1, 1, 10, 2, 2, 0, 0), n.Values(1, 1, 10, 1, 3, 0, 0), n.Values(1, 1, 10, 1, 2, 1, 0), n.Values(1, 1, 10, 1, 2, 0, 1)} {
		if reflect.DeepEqual(first[:10], other) {
			t.Errorf("case %d: two noises have the same values", k)
		}
	}
}

func TestReadCurrent(t *testing.T) {
	one, err := stimulus.ReadCurrent(file("current.npy"), 4, 2)
	if err != nil || !slices.Equal(one, []float32{0.5, -1, 2, 0}) {
		t.Errorf("current.npy: %v, error %v", one, err)
	}
	two, err := stimulus.ReadCurrent(file("currents.npy"), 4, 2)
	if err != nil || !slices.Equal(two, []float32{0, 1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("currents.npy: %v, error %v", two, err)
	}
	if _, err := stimulus.ReadCurrent(file("currents.npy"), 4, 3); err == nil || !strings.Contains(err.Error(), "[4 3]") {
		t.Errorf("for three neurons: error %v", err)
	}
	if _, err := stimulus.ReadCurrent(file("current.npy"), 5, 1); err == nil || !strings.Contains(err.Error(), "[5]") {
		t.Errorf("for five steps: error %v", err)
	}
}
