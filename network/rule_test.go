package network

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"plateau/compartments"
)

func rule(layers int, feedback bool) Rule {
	r := Rule{
		HiddenScale: 100, OutputScale: 500, HiddenGain: 0.8, OutputGain: 6.0 / 7,
		Noise: compartments.EscapeNoise{MaxRate: 0.2},
	}
	for m := range layers {
		r.Rates = append(r.Rates, 0.1+0.05*float64(m))
	}
	if feedback {
		r.FeedbackRates = []float64{}
		for m := range layers - 1 {
			r.FeedbackRates = append(r.FeedbackRates, 0.3+0.1*float64(m))
		}
	}
	return r
}

// someMeans makes up means for a network; every third trace is zero.
func someMeans(n *Network, src *source) []Means {
	vector := func(size int, from, to float64) []float32 {
		v := make([]float32, size)
		for i := range v {
			v[i] = float32(from + (to-from)*src.Uniform())
		}
		return v
	}
	var list []Means
	for m := range n.Layers {
		l := &n.Layers[m]
		means := Means{
			Trace: vector(l.Weights.Rows, 0, 0.2), Soma: vector(l.Size(), -4, 4), Rate: vector(l.Size(), 0, 0.2),
		}
		for j := 0; j < len(means.Trace); j += 3 {
			means.Trace[j] = 0
		}
		if m < len(n.Layers)-1 {
			means.FeedbackTrace = vector(l.Feedback.Rows, 0, 0.2)
			for j := 1; j < len(means.FeedbackTrace); j += 3 {
				means.FeedbackTrace[j] = 0
			}
			means.Apical = vector(l.Size(), -4, 4)
			means.Plateau = vector(l.Size(), 0, 1)
		}
		list = append(list, means)
	}
	return list
}

// The rule agrees with eqs. 23 and 28–35, written out neuron by neuron and synapse
// by synapse in float64.
func TestRuleFollowsTheEquations(t *testing.T) {
	sigma := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	slope := func(v float64) float64 { return sigma(v) * (1 - sigma(v)) }
	for _, test := range []struct {
		name  string
		alter func(*Architecture)
		learn bool // feedback
	}{
		{"one hidden layer", func(a *Architecture) {}, false},
		{"none", func(a *Architecture) { a.Hidden = nil }, false},
		{"three, layer by layer", func(a *Architecture) { a.Hidden, a.Feedback = []int{17, 5, 6}, LayerWise }, false},
		{"feedback learns", func(a *Architecture) { a.Hidden, a.FeedbackBias = []int{17, 5}, true }, true},
		{"feedback learns without bias", func(a *Architecture) {}, true},
		{"sparse feedback learns", func(a *Architecture) { a.Silent, a.SilentGain = 0.5, 5 }, true},
		{"several blocks", func(a *Architecture) {
			a.Hidden, a.Feedback, a.PerClass, a.FeedbackBias = []int{130, 70}, LayerWise, 25, true
		}, true},
		{"no hidden layer, no feedback to learn", func(a *Architecture) { a.Hidden = nil }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := Architecture{Inputs: 7, Hidden: []int{5}, Classes: 3, PerClass: 2, Feedback: Broadcast}
			test.alter(&a)
			n := drawn(a, 10)
			src := &source{11}
			forward, target := someMeans(n, src), someMeans(n, src)
			r := rule(len(n.Layers), test.learn)
			if err := r.Validate(a); err != nil {
				t.Fatal(err)
			}
			u := r.NewUpdate(a)
			before := n.Clone()
			r.Learn(u, forward, target)
			if !reflect.DeepEqual(n, before) {
				t.Fatal("Learn changed the network")
			}
			n.Apply(u)
			checkPadding(t, n)

			out := len(n.Layers) - 1
			for m := range n.Layers {
				was, is, f, g := &before.Layers[m], &n.Layers[m], forward[m], target[m]
				loss := 0.0
				for i := range is.Size() {
					v := float64(f.Soma[i])
					var delta, full float64
					if m == out {
						e := float64(g.Rate[i]) - 0.2*sigma(v)
						loss += e * e                                 // eq. 23
						full = r.Rates[m] * 500 * (6.0 / 7) * 0.2 * e // eqs. 28, 29
					} else {
						e := float64(g.Plateau[i]) - float64(f.Plateau[i])
						loss += e * e                           // eq. 32
						full = r.Rates[m] * 100 * 0.8 * 0.2 * e // eqs. 33, 35
					}
					delta = full * slope(v)
					near(t, "b", is.Bias[i], was.Bias[i], delta, full)
					for j := range is.Weights.Rows {
						near(t, "W", is.Weights.Row(j)[i], was.Weights.Row(j)[i], delta*float64(f.Trace[j]), full*float64(f.Trace[j]))
					}
					if m == out {
						continue
					}
					var back, fullBack float64
					if test.learn {
						fullBack = r.FeedbackRates[m] * (0.2*sigma(v) - float64(f.Plateau[i]))
						back = fullBack * slope(float64(f.Apical[i]))
					}
					for j := range is.Feedback.Rows {
						y := is.Feedback.Row(j)[i]
						if is.Silent != nil && is.Silent[j*is.Feedback.Cols+i] {
							if y != 0 {
								t.Errorf("a silent synapse learned %v", y)
							}
							continue
						}
						near(t, "Y", y, was.Feedback.Row(j)[i], back*float64(f.FeedbackTrace[j]), fullBack*float64(f.FeedbackTrace[j]))
					}
					if is.FeedbackBias != nil {
						near(t, "c", is.FeedbackBias[i], was.FeedbackBias[i], back, fullBack)
					}
				}
				if !(math.Abs(u.Losses[m]-loss) <= 1e-12*loss) {
					t.Errorf("loss of layer %d = %v, want %v", m, u.Losses[m], loss)
				}
			}
		})
	}
}

// near fails unless a weight has changed from was by delta, up to rounding: once
// for the sum and a few times for delta. Slopes are in float32, with an error of a
// few 2⁻²⁴ of their largest value, so the tolerance also needs full, which is delta
// without the slope.
func near(t *testing.T, what string, is, was float32, delta, full float64) {
	t.Helper()
	want := float64(was) + delta
	if !(math.Abs(float64(is)-want) <= 0x1p-24*(math.Abs(want)+4*math.Abs(delta)+math.Abs(full))) {
		t.Errorf("%s = %v after %v, want %v", what, is, was, want)
	}
}

// Apply does not touch the rows of neurons that did not fire: −0 stays −0, and an
// infinite delta, which times 0 would be NaN, does not reach them.
func TestApplyLeavesSilentRows(t *testing.T) {
	a := Architecture{Inputs: 7, Hidden: []int{5}, Classes: 3, PerClass: 2, Feedback: Broadcast}
	n := drawn(a, 12)
	r := rule(2, true)
	u := r.NewUpdate(a)
	means := someMeans(n, &source{13})
	r.Learn(u, means, someMeans(n, &source{14}))
	minus := float32(math.Copysign(0, -1))
	for m := range n.Layers {
		l, d := &n.Layers[m], &u.Layers[m]
		d.Delta[0] = float32(math.Inf(1))
		for j := range l.Weights.Rows {
			l.Weights.Set(j, 1, minus)
		}
		if m == 0 {
			d.FeedbackDelta[0] = float32(math.Inf(1))
			for j := range l.Feedback.Rows {
				l.Feedback.Set(j, 1, minus)
			}
		}
	}
	before := n.Clone()
	n.Apply(u)
	for m := range n.Layers {
		rows(t, "W", before.Layers[m].Weights, n.Layers[m].Weights, means[m].Trace)
		if m == 0 {
			rows(t, "Y", before.Layers[m].Feedback, n.Layers[m].Feedback, means[m].FeedbackTrace)
		}
	}
}

func rows(t *testing.T, what string, before, after Projection, trace []float32) {
	t.Helper()
	for j, s := range trace {
		same := true
		for i := range before.Row(j) {
			same = same && math.Float32bits(before.Row(j)[i]) == math.Float32bits(after.Row(j)[i])
		}
		if same != (s == 0) {
			t.Errorf("%s: row %d with trace %v: unchanged %v", what, j, s, same)
		}
	}
}

// Feedback of a symmetric network follows the forward weights at once.
func TestApplyTies(t *testing.T) {
	a := Architecture{Inputs: 7, Hidden: []int{5, 4}, Classes: 3, PerClass: 2, Feedback: Broadcast, Symmetric: true}
	n := drawn(a, 15)
	r := rule(3, false)
	u := r.NewUpdate(a)
	src := &source{16}
	r.Learn(u, someMeans(n, src), someMeans(n, src))
	digest := n.Weights().SHA256()
	if n.Apply(u); n.Weights().SHA256() == digest {
		t.Fatal("nothing was learned")
	}
	checkTied(t, n, "after an update")
}

func TestRuleValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		alter func(*Rule, *Architecture)
		want  []string
	}{
		{func(r *Rule, _ *Architecture) { r.Rates = nil }, []string{"Rates has 0", "want 2"}},
		{func(r *Rule, _ *Architecture) { r.Rates = []float64{1, 2, 3} }, []string{"Rates has 3", "want 2"}},
		{func(r *Rule, _ *Architecture) { r.Rates[1] = -0.5 }, []string{"Rates[1] = -0.5"}},
		{func(r *Rule, _ *Architecture) { r.Rates[0] = nan }, []string{"Rates[0] = NaN"}},
		{func(r *Rule, _ *Architecture) { r.Rates[0] = inf }, []string{"Rates[0] = +Inf"}},
		{func(r *Rule, _ *Architecture) { r.FeedbackRates = []float64{} }, []string{"FeedbackRates has 0", "want 1"}},
		{func(r *Rule, _ *Architecture) { r.FeedbackRates[0] = nan }, []string{"FeedbackRates[0] = NaN"}},
		{func(_ *Rule, a *Architecture) { a.Symmetric = true }, []string{"FeedbackRates", "symmetric"}},
		{func(r *Rule, _ *Architecture) { r.HiddenScale = 0 }, []string{"HiddenScale = 0"}},
		{func(r *Rule, _ *Architecture) { r.HiddenScale = nan }, []string{"HiddenScale = NaN"}},
		{func(r *Rule, _ *Architecture) { r.OutputScale = -1 }, []string{"OutputScale = -1"}},
		{func(r *Rule, _ *Architecture) { r.OutputScale = inf }, []string{"OutputScale = +Inf"}},
		{func(r *Rule, _ *Architecture) { r.HiddenGain = nan }, []string{"HiddenGain = NaN"}},
		{func(r *Rule, _ *Architecture) { r.OutputGain = 0 }, []string{"OutputGain = 0"}},
		{func(r *Rule, _ *Architecture) { r.Noise.MaxRate = nan }, []string{"MaxRate = NaN"}},
		{func(r *Rule, _ *Architecture) { r.Rates[0], r.OutputScale, r.Noise.MaxRate = -7, -8, -9 }, []string{"-7", "-8", "-9"}},
	} {
		r, a := rule(2, true), plan(5)
		if err := r.Validate(a); err != nil {
			t.Fatal(err)
		}
		test.alter(&r, &a)
		err := r.Validate(a)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not say %q", err, want)
			}
		}
	}
}
