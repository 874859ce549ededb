package network

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// moments returns mean, standard deviation, least and largest of some weights.
func moments(rows func(j int) []float32, n int) (mean, sd, least, most float64, count int) {
	least, most = math.Inf(1), math.Inf(-1)
	var square float64
	for j := range n {
		for _, w := range rows(j) {
			v := float64(w)
			mean += v
			square += v * v
			least, most = min(least, v), max(most, v)
			count++
		}
	}
	mean /= float64(count)
	return mean, math.Sqrt(square/float64(count) - mean*mean), least, most, count
}

// uniformly fails unless the weights are uniform over Mean ± HalfWidth.
func uniformly(t *testing.T, what string, u Uniform, rows func(j int) []float32, n int) {
	t.Helper()
	mean, sd, least, most, count := moments(rows, n)
	e := u.HalfWidth / math.Sqrt(3*float64(count)) // standard error of the mean
	if !(math.Abs(mean-u.Mean) <= 4.5*e+1e-7) {
		t.Errorf("%s: mean %v, want %v ± %v", what, mean, u.Mean, 4.5*e)
	}
	// A uniform distribution has kurtosis 9/5, so the relative standard error of
	// the variance is √(4/5n), and that of the standard deviation half as much.
	if want, e := u.HalfWidth/math.Sqrt(3), u.HalfWidth/math.Sqrt(15*float64(count)); !(math.Abs(sd-want) <= 4.5*e+1e-7) {
		t.Errorf("%s: standard deviation %v, want %v ± %v", what, sd, want, 4.5*e)
	}
	// The extremes lie within some spacings of the sample of the ends, never beyond.
	rim := 2 * u.HalfWidth * 20 / float64(count)
	rounding := (math.Abs(u.Mean) + u.HalfWidth) * 0x1p-24
	if low := u.Mean - u.HalfWidth; !(least >= low-rounding && least <= low+rim) {
		t.Errorf("%s: least %v, want %v", what, least, low)
	}
	if high := u.Mean + u.HalfWidth; !(most <= high+rounding && most >= high-rim) {
		t.Errorf("%s: largest %v, want %v", what, most, high)
	}
}

// The paper's law in numbers, for the 784-500-10 network at φ_max = 0.2.
func TestOptimisedLaw(t *testing.T) {
	law := DefaultOptimised(0.2)
	for _, senders := range []int{784, 500, 10} {
		n, nu := float64(senders), 0.2/4
		weight, bias := law.Forward(senders)
		if want := (3 - 0.8) / (nu * n * 3); math.Abs(weight.Mean-want) > 1e-15 {
			t.Errorf("%d senders: W̄ = %v, want %v", senders, weight.Mean, want)
		}
		if bias.Mean != 0.8 || math.Abs(bias.HalfWidth-0.003465) > 1e-15 {
			t.Errorf("%d senders: biases %+v, want 0.8 ± 0.003465", senders, bias)
		}
		// W_sd is the one for which V_b = Σ W ν V + b has a standard deviation of 3
		// if the senders' V have it, all terms being independent:
		//	N ν² (E[W²] E[V²] − W̄² V̄²) = 3²,  E[V²] = 3² + 3².
		sd := weight.HalfWidth / 3.465
		variance := n * nu * nu * ((sd*sd+weight.Mean*weight.Mean)*18 - weight.Mean*weight.Mean*9)
		if math.Abs(variance-9) > 1e-9 {
			t.Errorf("%d senders: W_sd makes potentials with variance %v, want 9", senders, variance)
		}
		if f, c := law.Feedback(senders); f != weight || c != bias {
			t.Errorf("feedback to %d neurons has another law than %d senders", senders, senders)
		}
	}
	if w, _ := law.Forward(784); math.Abs(w.Mean-0.018707) > 1e-6 || math.Abs(w.HalfWidth-1.749) > 1e-3 {
		t.Errorf("784 senders: %+v, want 0.018707 ± 1.749", w)
	}
}

// Senders with potentials of mean 3 and standard deviation 3, firing with rates νV,
// cause dendritic potentials of mean 3. Their standard deviation is 6 rather than
// the 3 that W_sd is made for, because the factor of 3.465 from a standard
// deviation to a half-width is twice the √3 of a uniform distribution.
func TestOptimisedPotentials(t *testing.T) {
	const nu, senders, receivers = 0.05, 400, 2000
	a := Architecture{Inputs: senders, Classes: receivers, PerClass: 1, Feedback: Broadcast}
	n := New(a)
	src := &source{6}
	n.Draw(DefaultOptimised(4*nu), src)
	v := make([]float64, receivers)
	for i := range v {
		v[i] = float64(n.Layers[0].Bias[i])
	}
	for j := range senders {
		// Each receiver has its own senders, so that potentials are independent.
		for i, w := range n.Layers[0].Weights.Row(j) {
			sender := 3 + 3*math.Sqrt(3)*(2*src.Uniform()-1)
			v[i] += float64(w) * nu * sender
		}
	}
	var mean, square float64
	for _, x := range v {
		mean += x / receivers
		square += x * x / receivers
	}
	sd := math.Sqrt(square - mean*mean)
	if e := 6 / math.Sqrt(receivers); !(math.Abs(mean-3) <= 4.5*e) {
		t.Errorf("potentials have mean %v, want 3 ± %v", mean, 4.5*e)
	}
	// The part of the variance that comes from W_sd is (3.465/√3)² = 4.002 times
	// as large.
	if e := 6 / math.Sqrt(2*receivers); !(math.Abs(sd-6) <= 4.5*e) {
		t.Errorf("potentials have standard deviation %v, want 6 ± %v", sd, 4.5*e)
	}
}

func TestDraw(t *testing.T) {
	hidden := Uniform{-0.25, 0.5}
	for _, law := range []Law{
		DefaultOptimised(0.2),
		Plain{Weights: Uniform{0.5, 0.1}, Bias: Uniform{-1, 0.2}, Return: hidden},
		Plain{}, // all zero
	} {
		for _, feedback := range []Feedback{Broadcast, LayerWise} {
			a := Architecture{Inputs: 90, Hidden: []int{80, 70}, Classes: 10, PerClass: 6, Feedback: feedback, FeedbackBias: true}
			n := New(a)
			n.Draw(law, &source{7})
			for m := range n.Layers {
				l := &n.Layers[m]
				weight, bias := law.Forward([]int{90, 80, 70}[m])
				what := fmt.Sprintf("%T, layer %d: ", law, m)
				uniformly(t, what+"W", weight, l.Weights.Row, l.Weights.Rows)
				uniformly(t, what+"b", bias, func(int) []float32 { return l.Bias }, 1)
				if m < 2 {
					weight, bias = law.Feedback([]int{80, 70}[m])
					uniformly(t, what+"Y", weight, l.Feedback.Row, l.Feedback.Rows)
					uniformly(t, what+"c", bias, func(int) []float32 { return l.FeedbackBias }, 1)
				}
			}
			checkPadding(t, n)
			again := New(a)
			again.Draw(law, &source{7})
			if n.Weights().SHA256() != again.Weights().SHA256() {
				t.Errorf("%T: two draws from one seed differ", law)
			}
		}
	}
}

// The share of silent synapses is exact, all are silent with the same probability,
// and the others are five times stronger than without silent ones.
func TestSilent(t *testing.T) {
	a := Architecture{Inputs: 4, Hidden: []int{25, 18}, Classes: 10, PerClass: 1, Feedback: Broadcast, SilentGain: 5}
	for _, share := range []float64{0.8, 0.5, 0.001, 0.999} {
		a.Silent = share
		n := drawn(a, 8)
		for m := range 2 {
			l := &n.Layers[m]
			silent := 0
			for j := range l.Feedback.Rows {
				for i, y := range l.Feedback.Row(j) {
					if l.Silent[j*l.Feedback.Cols+i] {
						silent++
						if y != 0 {
							t.Fatalf("a silent synapse has weight %v", y)
						}
					} else if y == 0 {
						t.Fatal("a synapse that is not silent has weight 0")
					}
				}
			}
			all := l.Feedback.Rows * l.Feedback.Cols
			if want := int(math.RoundToEven(share * float64(all))); silent != want {
				t.Errorf("layer %d: %d of %d synapses are silent, want %d", m, silent, all, want)
			}
		}
		checkPadding(t, n)
	}
	// Strength, in a network of one layer so that the draws that follow are known.
	a.Silent = 0.8
	a.Hidden = []int{25}
	n := drawn(a, 8)
	src := &source{8}
	for range 4*25 + 25 + 250 { // W0, b0, one for each synapse that may be silent
		src.Uniform()
	}
	law, _ := DefaultOptimised(0.2).Feedback(25)
	l := &n.Layers[0]
	for j := range l.Feedback.Rows {
		for i, y := range l.Feedback.Row(j) {
			if want := 5 * law.draw(src); !l.Silent[j*l.Feedback.Cols+i] && y != want {
				t.Fatalf("Y[%d][%d] = %v, want %v", j, i, y, want)
			}
		}
	}
	// Over many draws, every synapse is silent equally often.
	const draws = 2000
	counts := make([]int, len(l.Silent))
	for seed := range draws {
		clear(l.Silent)
		l.silence(0.8, &source{uint64(seed) * 1e6})
		for k, silent := range l.Silent {
			if silent {
				counts[k]++
			}
		}
	}
	chi := 0.0
	for j := range l.Feedback.Rows {
		for i := range l.Feedback.Cols {
			d := float64(counts[j*l.Feedback.Cols+i]) - 0.8*draws
			chi += d * d / (draws * 0.8 * 0.2)
		}
	}
	// With the sum fixed, χ² has 249 degrees of freedom.
	if e := math.Sqrt(2 * 249); !(math.Abs(chi*249/250-249) <= 4.5*e) {
		t.Errorf("how often each synapse is silent: χ² = %v, want 249 ± %v", chi, 4.5*e)
	}
}

// Symmetric feedback is the transpose of the weights above, whatever was drawn.
func TestTieFeedback(t *testing.T) {
	for _, feedback := range []Feedback{Broadcast, LayerWise} {
		for _, hidden := range [][]int{nil, {5}, {5, 4}, {5, 4, 7}, {130, 70}} {
			for _, silent := range []float64{0, 0.5} {
				a := Architecture{Inputs: 6, Hidden: hidden, Classes: 3, PerClass: 2, Feedback: feedback,
					Silent: silent, SilentGain: 5, Symmetric: true}
				n := drawn(a, 9)
				checkTied(t, n, "drawn")
				n.Layers[len(hidden)].Weights.Set(0, 1, 3)
				n.TieFeedback()
				checkTied(t, n, "tied again")
				digest := n.Weights().SHA256()
				n.TieFeedback()
				if n.Weights().SHA256() != digest {
					t.Errorf("%s, hidden %v: tying twice differs from tying once", feedback, hidden)
				}
				checkPadding(t, n)
			}
		}
	}
	n := drawn(plan(5), 9)
	digest := n.Weights().SHA256()
	if n.TieFeedback(); n.Weights().SHA256() != digest {
		t.Error("TieFeedback changed a network that is not symmetric")
	}
}

func checkTied(t *testing.T, n *Network, when string) {
	t.Helper()
	gain := 1.0
	if n.Silent > 0 {
		gain = n.SilentGain
	}
	out := len(n.Layers) - 1
	for m := range out {
		l := &n.Layers[m]
		from := n.FeedbackFrom(m)
		for j := range l.Feedback.Rows {
			// path is what neuron j of the layer that feeds back gets from each
			// neuron of a layer below through all layers between them; size is the
			// same sum with absolute weights.
			path, size := make([]float64, n.Layers[from].Size()), make([]float64, n.Layers[from].Size())
			path[j], size[j] = 1, 1
			for k := from; k > m; k-- {
				w := n.Layers[k].Weights
				down, sizes := make([]float64, w.Rows), make([]float64, w.Rows)
				for i := range down {
					for b, v := range w.Row(i) {
						down[i] += float64(v) * path[b]
						sizes[i] += math.Abs(float64(v)) * size[b]
					}
				}
				path, size = down, sizes
			}
			for i, y := range l.Feedback.Row(j) {
				want := gain * path[i]
				if l.Silent != nil && l.Silent[j*l.Feedback.Cols+i] {
					want = 0
				}
				// Allows for the roundings of nested sums of float32 products.
				if !(math.Abs(float64(y)-want) <= 20*0x1p-24*gain*size[i]) {
					t.Fatalf("%s, %s feedback, layer %d, silent %v: Y[%d][%d] = %v, want %v", when, n.Feedback, m, n.Silent, j, i, y, want)
				}
			}
		}
	}
}

func TestLawValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := DefaultOptimised(0.2)
	optimised := func(alter func(*Optimised)) Optimised {
		o := good
		alter(&o)
		return o
	}
	for _, law := range []Law{good, optimised(func(o *Optimised) { o.Bias, o.BiasSD = -2, 0 }), Plain{}, Plain{Weights: Uniform{-3, 2}}} {
		if err := law.Validate(); err != nil {
			t.Errorf("%+v: %v", law, err)
		}
	}
	for _, law := range []Law{
		Optimised{},
		optimised(func(o *Optimised) { o.MaxRate = -1 }),
		optimised(func(o *Optimised) { o.MaxRate = nan }),
		optimised(func(o *Optimised) { o.MaxRate = inf }),
		optimised(func(o *Optimised) { o.Mean = 0 }),
		optimised(func(o *Optimised) { o.Mean = nan }),
		optimised(func(o *Optimised) { o.Mean = inf }),
		optimised(func(o *Optimised) { o.SD = 0 }),
		optimised(func(o *Optimised) { o.SD = nan }),
		optimised(func(o *Optimised) { o.SD = inf }),
		optimised(func(o *Optimised) { o.Bias = nan }),
		optimised(func(o *Optimised) { o.Bias = inf }),
		optimised(func(o *Optimised) { o.BiasSD = -1 }),
		optimised(func(o *Optimised) { o.BiasSD = nan }),
		optimised(func(o *Optimised) { o.BiasSD = inf }),
		Plain{Weights: Uniform{nan, 1}},
		Plain{Weights: Uniform{0, -1}},
		Plain{Bias: Uniform{inf, 1}},
		Plain{Bias: Uniform{0, nan}},
		Plain{Return: Uniform{0, inf}},
	} {
		if err := law.Validate(); err == nil || !strings.HasPrefix(err.Error(), "network: ") {
			t.Errorf("%+v: error %v, want one", law, err)
		}
	}
	err := Plain{Weights: Uniform{0, -11}, Bias: Uniform{0, -12}, Return: Uniform{0, -13}}.Validate()
	for _, want := range []string{"-11", "-12", "-13"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
}
