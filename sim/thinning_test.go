package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"plateau/internal/stream"

	"plateau/internal/statistics"
)

// spread returns potentials from −5 to 5, and some beyond, in no order.
func spread(size int) []float32 {
	v := make([]float32, size)
	for i := range v {
		v[i] = float32(i*7%size)/float32(max(size-1, 1))*10 - 5
	}
	if size > 10 {
		v[3], v[5], v[8] = -40, 40, 0
	}
	return v
}

func meansOf(v []float32, rate float64) []float64 {
	means := make([]float64, len(v))
	for i := range v {
		means[i] = rate / (1 + math.Exp(-float64(v[i])))
	}
	return means
}

// A population fires as independent Poisson processes with rates φ_max σ(V)
// (eq. 17), in every step and for every neuron.
func TestThinnedSpikesArePoisson(t *testing.T) {
	for _, test := range []struct {
		size        int
		maxRate, dt float64
		steps       int
	}{
		{1, 0.2, 1, 40_000},
		{7, 0.2, 0.1, 40_000},
		{64, 0.2, 1, 10_000},
		{65, 0.2, 1, 10_000},
		{130, 0.2, 0.5, 10_000},
		{20, 1.7, 1, 20_000}, // two or more spikes are common
		{3, 5, 1, 20_000},
	} {
		h := newThinner(test.size, newThresholds(), test.maxRate, test.dt)
		v := spread(test.size)
		r := newRaster(test.size, test.steps)
		key := stream.Key(12, TrialSpikes, uint64(test.size))
		var list []int32
		for step := range test.steps {
			if step%blockSteps == 0 {
				h.begin(blockSteps)
			}
			list = h.draw(list[:0], step%blockSteps, step%blockSteps+1, stream.StepKey(key, 1, 0, step), v)
			r.add(t, step, list)
		}
		r.check(t, fmt.Sprintf("%d neurons, φ_max dt = %v", test.size, test.maxRate*test.dt), meansOf(v, test.maxRate*test.dt))
	}
}

// Thinning agrees with Poisson numbers that are drawn neuron by neuron by another
// method: over many seeds, both give the same frequencies of 0, 1, 2 and more spikes.
func TestThinningLikeDirectDraws(t *testing.T) {
	const size, seeds, steps, rate = 50, 100, 60, 0.9
	v := spread(size)
	means := meansOf(v, rate)
	random := rand.New(rand.NewPCG(1, 2))
	direct := func(mean float64) int { // Knuth's method: how many uniform factors until e^(−mean)
		k := 0
		for p := random.Float64(); p > math.Exp(-mean); p *= random.Float64() {
			k++
		}
		return k
	}
	var thinned, drawn [size][4]float64
	h := newThinner(size, newThresholds(), rate, 1)
	var list []int32
	for seed := range uint64(seeds) {
		key := stream.Key(seed, TrialSpikes, 0)
		for step := range steps {
			var counts [size]int
			list = alone(h, list[:0], stream.StepKey(key, 1, 0, step), v)
			for _, i := range list {
				counts[i]++
			}
			for i, c := range counts {
				thinned[i][min(c, 3)]++
				drawn[i][min(direct(means[i]), 3)]++
			}
		}
	}
	var total float64
	freedom := 0
	for i := range size {
		chi, cells := 0.0, 0
		for k := range 4 {
			if a, b := thinned[i][k], drawn[i][k]; a+b >= 20 {
				chi += (a - b) * (a - b) / (a + b)
				cells++
			}
		}
		statistics.CheckChi(t, fmt.Sprintf("neuron with V = %v", v[i]), chi, cells-1)
		total += chi
		freedom += cells - 1
	}
	statistics.CheckChi(t, "all neurons", total, freedom)
}

// A neuron far below rest never fires, and one far above fires with φ_max.
// Potentials may change from step to step, and the draws of a step depend on
// nothing but its key and its potentials.
func TestThinningIsAFunctionOfItsStep(t *testing.T) {
	const size = 100
	a, b := newThinner(size, newThresholds(), 3, 1), newThinner(size, newThresholds(), 3, 1)
	v := spread(size)
	for step := range 200 {
		alone(b, nil, uint64(step)*77, v) // what was drawn before is forgotten
		prefix := []int32{9, 5, 7}        // spikes of other steps are left alone
		x, y := alone(a, prefix, uint64(step), v), alone(b, nil, uint64(step), v)
		if !slices.Equal(x[:3], []int32{9, 5, 7}) || !slices.Equal(x[3:], y) {
			t.Fatalf("step %d: drew %v and %v", step, x, y)
		}
	}
}

// A higher potential never loses a spike, because the candidates are the same.
func TestThinningIsMonotone(t *testing.T) {
	const size = 40
	h := newThinner(size, newThresholds(), 2, 1)
	v, more := make([]float32, size), make([]float32, size)
	for key := range uint64(200) {
		for i := range v {
			v[i] = float32(i)/4 - 5
			more[i] = v[i] + float32(key)*0.001
		}
		few, many := map[int32]int{}, map[int32]int{}
		for _, i := range alone(h, nil, key, v) {
			few[i]++
		}
		for _, i := range alone(h, nil, key, more) {
			many[i]++
		}
		for i, n := range few {
			if many[i] < n {
				t.Fatalf("neuron %d fires %d times with V = %v and %d times with V = %v", i, n, v[i], many[i], more[i])
			}
		}
	}
}

// The rare third spike of a neuron in a step, and all further ones, are listed
// beside the first.
func TestThirdSpike(t *testing.T) {
	const size = 70
	h := newThinner(size, newThresholds(), 6, 1)
	v := make([]float32, size)
	for i := range v {
		v[i] = 30 // accept every candidate
	}
	most, spikes := 0, 0
	for key := range uint64(300) {
		list := alone(h, nil, key, v)
		if !slices.IsSorted(list) {
			t.Fatalf("spikes %v, want ascending order", list)
		}
		counts := map[int32]int{}
		for _, i := range list {
			counts[i]++
			most = max(most, counts[i])
		}
		spikes += len(list)
	}
	if most < 10 {
		t.Errorf("no neuron fired more than %d times in a step at 6 spikes per step", most)
	}
	statistics.Expect(t, "spikes per neuron and step", float64(spikes)/300/size, 6, math.Sqrt(6./300/size))
}

// Within a cell of the table, the probability still follows σ(V): a neuron whose
// σ(V) is half a cell, or less, fires accordingly seldom.
func TestRareSpikes(t *testing.T) {
	const size, steps, cells = 96, 4000, 1024
	h := newThinner(size, newThresholds(), 3, 1)
	var v []float32
	for i := range size {
		p := []float64{0.5, 0.1, 0.9}[i/32] / cells
		v = append(v, float32(math.Log(p/(1-p))))
	}
	var counts [3]float64
	for key := range uint64(steps) {
		for _, i := range alone(h, nil, key, v) {
			counts[i/32]++
		}
	}
	for k, got := range counts {
		mean := meansOf(v, 3)[32*k] * 32 * steps
		statistics.Expect(t, fmt.Sprintf("spikes at V = %v", v[32*k]), got, mean, math.Sqrt(mean))
	}
}

// Table and formula agree in comparing V with logit(u): the probability does not
// jump at the ends of the table's cells.
func TestAcceptanceAtCells(t *testing.T) {
	const size, steps = 64, 4000
	h := newThinner(size, newThresholds(), 2, 1)
	var v []float32
	for i := range size {
		// Potentials at, just below and just above cells of σ(V).
		p := float64(1+i/3*48) / 1024
		x := float32(math.Log(p / (1 - p)))
		switch i % 3 {
		case 1:
			x = math.Nextafter32(x, float32(math.Inf(-1)))
		case 2:
			x = math.Nextafter32(x, float32(math.Inf(1)))
		}
		v = append(v, x)
	}
	counts := make([]float64, size)
	for step := range uint64(steps) {
		for _, i := range alone(h, nil, step, v) {
			counts[i]++
		}
	}
	for i, mean := range meansOf(v, 2) {
		statistics.Expect(t, fmt.Sprintf("rate at V = %v", v[i]), counts[i]/steps, mean, math.Sqrt(mean/steps))
	}
}

// alone draws a block of one step.
func alone(h *thinner, list []int32, key uint64, v []float32) []int32 {
	h.begin(1)
	return h.draw(list, 0, 1, key, v)
}
