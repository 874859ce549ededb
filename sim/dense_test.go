package sim_test

import (
	"fmt"
	"math"
	"testing"
)

// This file is the engine's slow twin: a network written as the equations of
// eLife 6:e22901 read, in dense float64 loops, with traces as explicit sums of
// κ over every past spike. It shares no code with package sim and draws no random
// numbers: tests pass the spikes in.
//
// The fixtures settled what the equations leave open. TestDense fails if any of
// the following changes.
//
//   - Order in a step: V_b, V_a, V, then spikes, layer by layer from the input
//     up. The soma sees the dendrites' potentials of this step, and the
//     teaching current sees the soma's potential of the last step. Forward, the
//     trace of step t includes spikes up to step t; backward, spikes up to step
//     t−1. In both directions a spike counts κ(dt) in the first step in which it
//     acts, and it acts for Memory steps.
//   - Nothing is reset between phases or between examples: potentials go on,
//     and spikes go on acting, through the present weights. A dendrite has no
//     memory of its own: after an update, a spike from before it acts through
//     the new weight.
//   - The averaging window is the last Length steps, including the step of the
//     plateau; with 50 steps and Length 20 it is steps 30 to 49, all after
//     Δt_s. The reference program keeps Length for longer phases, so its window
//     then begins later than Δt_s. Our runs can have either (denseWindow).
//   - If each neuron has its own plateau time, only the mean of V_a (hence α) is
//     over that neuron's own window. V̄, s̄ and φ̄ are over the window at the
//     end of the phase, whatever the plateau time.
//   - All updates use the weights, means and plateaus from before any of them;
//     hidden updates do not see the output layer's update. Symmetric feedback is
//     tied after all updates: Y = Wᵀ of the new W, times the new Y above.
//   - Biases learn with the learning rate of W. The apical dendrite has no
//     bias unless the feedback has biases c.
//   - Feedback learning uses V̄_a of the neuron's plateau window; V̄ and s̄ of
//     the window at the end of the forward phase; and σ' of V̄_a, unscaled
//     (no P, no conductance).
//   - Sparse feedback: silent weights are 0 and stay 0. The others are made five
//     times stronger once, at the beginning, and not after every update.
//   - Rate mode has no traces and no integration: dendrites read the rates of
//     inputs and of somata. Forward they read the rates of this step, backward
//     those of the last step, also across phases and examples. At rest a rate is
//     0, not φ(0), so the first step of the first example has V_a = 0 (or c).
//   - The losses of eqs. 23 and 32 are sums; the fixtures' output_loss is the
//     mean over output neurons.

// denseModel holds the parameters of a dense network. Times are in ms, rates
// in spikes/ms, conductances in 1/ms, potentials relative to rest.
type denseModel struct {
	Dt          float64 // ms
	Rise, Decay float64 // τ_s and τ_L of κ
	Memory      int     // number of steps for which a spike acts; 0 means for ever
	Shape       string  // of κ: "" for eq. 12, "alpha" or "exponential" with Decay

	Leak, Basal, Apical, Dendritic float64 // g_l, g_b, g_a; g_d of the output layer
	Excitation, Inhibition         float64 // E_E, E_I
	MaxRate                        float64 // φ_max
	HiddenScale, OutputScale       float64 // P_0, P_1
	Classes                        int     // the output neurons are divided among the classes in order

	LayerWise     bool // feedback from the layer above; else from the output layer
	RateForward   bool // forward projections carry rates, not spikes
	RateFeedback  bool // feedback projections carry rates, not spikes
	SteadyState   bool // somata are at their steady state
	Exponential   bool // exponential step; else forward Euler
	LearnFeedback bool
	Symmetric     bool    // Y follows the forward weights
	Silent        [][]int // per hidden layer, row-major indices of Y kept at 0

	ForwardEta  []float64 // η of W and b, per layer
	FeedbackEta []float64 // η of Y and c, per hidden layer
}

// denseWeights holds the weights by layer m: W[m] is (size of m) × (size below),
// Y[m] is (size of m) × (size of the layer that feeds back). C is nil if feedback
// has no biases.
type denseWeights struct {
	W, Y [][][]float64
	B, C [][]float64
}

// A denseWindow says which steps of a phase are averaged: the last Length up
// to the plateau or, if Length is 0, all from step First.
type denseWindow struct {
	First, Length int
}

// from returns the first step of the window that ends with step last.
func (w denseWindow) from(last int) int {
	first := w.First
	if w.Length > 0 {
		first = last - w.Length + 1
	}
	if first < 0 || first > last {
		panic(fmt.Sprintf("dense: window of steps %d to %d", first, last))
	}
	return first
}

// densePhase is one phase of an example.
type densePhase struct {
	Steps   int
	Window  denseWindow
	Plateau [][]int // per hidden layer and neuron, a step of this phase; nil means the last
}

// A denseExample is one example with its draws. Spikes are [step, neuron,
// count]; steps count from the start of the example through both phases.
type denseExample struct {
	Rates           []float64 // of the inputs, per ms; read in rate mode only
	Label           int
	Forward, Target densePhase // without a target phase, there is no teaching and no learning
	Input           [][3]int
	Layers          [][][3]int
}

// denseMeans holds what is averaged over a phase's window, and the plateaus.
type denseMeans struct {
	Apical   [][]float64 // V̄_a per hidden layer, over each neuron's own window
	Alpha    [][]float64 // α = σ(V̄_a)
	Soma     [][]float64 // V̄
	Rate     [][]float64 // φ̄
	PSP      [][]float64 // s̄ of the neurons that project to the basal dendrites of layer m
	Feedback [][]float64 // s̄ of the neurons that project to the apical dendrites of hidden layer m
}

// denseResult holds everything that is computed for an example. Potentials are
// [layer][step][neuron], with the steps of both phases.
type denseResult struct {
	Apical, Basal, Soma, Rate [][][]float64
	PSP, Feedback             [][][]float64
	Forward, Target           denseMeans
	OutputLoss                float64   // L_1
	HiddenLoss                []float64 // L_0 of each hidden layer
	Class                     int       // predicted at the end of the forward phase
}

// dense is a network and its state.
type dense struct {
	model   denseModel
	weights denseWeights
	layers  int

	soma   [][]float64 // V
	rate   [][]float64 // φ(V), 0 at rest
	spikes []spikeList // [0] of the inputs, [m+1] of layer m
	now    int         // steps taken so far
}

// spikeList holds a population's spikes as [step, neuron, count], steps since
// the network was at rest.
type spikeList [][3]int

// newDense returns a network at rest with a copy of the weights.
func newDense(model denseModel, weights denseWeights) *dense {
	matrices := func(from [][][]float64) [][][]float64 {
		var to [][][]float64
		for _, m := range from {
			to = append(to, copyRows(m))
		}
		return to
	}
	d := &dense{model: model, layers: len(weights.W)}
	d.weights = denseWeights{W: matrices(weights.W), Y: matrices(weights.Y), B: copyRows(weights.B)}
	if weights.C != nil {
		d.weights.C = copyRows(weights.C)
	}
	d.Rest()
	return d
}

func copyRows(from [][]float64) [][]float64 {
	var to [][]float64
	for _, row := range from {
		to = append(to, append([]float64(nil), row...))
	}
	return to
}

// Rest forgets all state but the weights, as a test does before each example.
func (d *dense) Rest() {
	d.soma, d.rate, d.now = nil, nil, 0
	d.spikes = make([]spikeList, d.layers+1)
	for _, b := range d.weights.B {
		d.soma = append(d.soma, make([]float64, len(b)))
		d.rate = append(d.rate, make([]float64, len(b)))
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logisticSlope(x float64) float64 { return logistic(x) * (1 - logistic(x)) } // σ'

// kappa is eq. 12, or another shape of unit area.
func (d *dense) kappa(t float64) float64 {
	if t <= 0 {
		return 0
	}
	switch tau := d.model.Decay; d.model.Shape {
	case "alpha":
		return t * math.Exp(-t/tau) / (tau * tau)
	case "exponential":
		return math.Exp(-t/tau) / tau
	}
	return (math.Exp(-t/d.model.Decay) - math.Exp(-t/d.model.Rise)) / (d.model.Decay - d.model.Rise)
}

// trace is eq. 11 for n neurons: s_j = Σ_k κ(age of spike k), where a spike of
// step newest has age dt, one of the step before 2 dt, and so on. There is no
// factor dt.
func (d *dense) trace(spikes spikeList, n, newest int) []float64 {
	s := make([]float64, n)
	for _, spike := range spikes {
		step, neuron, count := spike[0], spike[1], spike[2]
		age := newest - step + 1
		if age < 1 || d.model.Memory > 0 && age > d.model.Memory {
			continue
		}
		s[neuron] += float64(count) * d.kappa(float64(age)*d.model.Dt)
	}
	return s
}

// dendrite is eq. 13: V = W s + b.
func dendrite(w [][]float64, s, b []float64) []float64 {
	v := make([]float64, len(w))
	for i, row := range w {
		if b != nil {
			v[i] = b[i]
		}
		for j, wij := range row {
			v[i] += wij * s[j]
		}
	}
	return v
}

// somaStep is one step of eqs. 14, 18 and 19, which all read
// dV/dt = −g_l V + Σ_k g_k (E_k − V); pulls are the pairs {g_k, E_k}.
func (d *dense) somaStep(v float64, pulls [][2]float64) float64 {
	dVdt, conductance, current := -d.model.Leak*v, d.model.Leak, 0.0
	for _, pull := range pulls {
		g, e := pull[0], pull[1]
		dVdt += g * (e - v)
		conductance += g
		current += g * e
	}
	steady := current / conductance
	switch {
	case d.model.SteadyState:
		return steady
	case d.model.Exponential:
		return steady + (v-steady)*math.Exp(-d.model.Dt*conductance)
	default:
		return v + d.model.Dt*dVdt
	}
}

// teaching is eq. 20: g_E and g_I of output neuron i.
func (d *dense) teaching(i, label int) (gE, gI float64) {
	perClass := len(d.weights.B[d.layers-1]) / d.model.Classes
	if i/perClass == label {
		return 1, 0
	}
	return 0, 1
}

// feedbackOf returns the layer that projects to the apical dendrites of hidden
// layer m.
func (d *dense) feedbackOf(m int) int {
	if d.model.LayerWise {
		return m + 1
	}
	return d.layers - 1
}

// step takes one step of the whole network and appends its potentials and spikes
// to r.
func (d *dense) step(e *denseExample, target bool, r *denseResult) {
	t, model, w := d.now, &d.model, &d.weights
	for m := range d.layers {
		below, nBelow := e.Rates, len(w.W[m][0])
		if m > 0 {
			below = d.rate[m-1] // of this step: layer m−1 has stepped already
		}
		psp := append([]float64(nil), below...)
		if !model.RateForward {
			psp = d.trace(d.spikes[m], nBelow, t) // with the spikes of this step
		}
		basal := dendrite(w.W[m], psp, w.B[m]) // eq. 13, and 19 for the output layer

		if m == d.layers-1 {
			for i, vb := range basal { // eqs. 18, 20
				pulls := [][2]float64{{model.Dendritic, vb}}
				if target {
					gE, gI := d.teaching(i, e.Label)
					pulls = append(pulls, [2]float64{gE, model.Excitation}, [2]float64{gI, model.Inhibition})
				}
				d.soma[m][i] = d.somaStep(d.soma[m][i], pulls)
			}
		} else {
			from := d.feedbackOf(m)
			feedback := append([]float64(nil), d.rate[from]...) // of the last step: that layer has not stepped yet
			if !model.RateFeedback {
				feedback = d.trace(d.spikes[from+1], len(d.rate[from]), t-1)
			}
			var c []float64
			if w.C != nil {
				c = w.C[m]
			}
			apical := dendrite(w.Y[m], feedback, c) // eq. 13
			for i, vb := range basal {              // eq. 14
				va := apical[i]
				if model.SteadyState {
					va = 0 // V = k_b V_b: in rate mode the soma does not see the apical dendrite
				}
				d.soma[m][i] = d.somaStep(d.soma[m][i], [][2]float64{{model.Basal, vb}, {model.Apical, va}})
			}
			r.Apical[m] = append(r.Apical[m], apical)
			r.Feedback[m] = append(r.Feedback[m], feedback)
		}
		for i, v := range d.soma[m] { // eq. 17
			d.rate[m][i] = model.MaxRate * logistic(v)
		}
		r.PSP[m] = append(r.PSP[m], psp)
		r.Basal[m] = append(r.Basal[m], basal)
		r.Soma[m] = append(r.Soma[m], append([]float64(nil), d.soma[m]...))
		r.Rate[m] = append(r.Rate[m], append([]float64(nil), d.rate[m]...))
	}
	d.now++
}

// meanOver averages the steps first to last of a trace.
func meanOver(trace [][]float64, first, last int) []float64 {
	m := make([]float64, len(trace[first]))
	for _, row := range trace[first : last+1] {
		for i, v := range row {
			m[i] += v / float64(last-first+1)
		}
	}
	return m
}

// means averages over the window of a phase that began at step start.
func (d *dense) means(r *denseResult, phase densePhase, start int) denseMeans {
	var a denseMeans
	last := phase.Steps - 1
	first := phase.Window.from(last)
	for m := range d.layers {
		a.Soma = append(a.Soma, meanOver(r.Soma[m], start+first, start+last))
		a.Rate = append(a.Rate, meanOver(r.Rate[m], start+first, start+last))
		a.PSP = append(a.PSP, meanOver(r.PSP[m], start+first, start+last))
	}
	for m := range d.layers - 1 {
		a.Feedback = append(a.Feedback, meanOver(r.Feedback[m], start+first, start+last))
		apical := make([]float64, len(d.soma[m]))
		alpha := make([]float64, len(apical))
		for i := range apical { // eq. 21, neuron by neuron
			plateau := last
			if phase.Plateau != nil {
				plateau = phase.Plateau[m][i]
			}
			from := phase.Window.from(plateau)
			apical[i] = meanOver(r.Apical[m], start+from, start+plateau)[i]
			alpha[i] = logistic(apical[i])
		}
		a.Apical = append(a.Apical, apical)
		a.Alpha = append(a.Alpha, alpha)
	}
	return a
}

// Run runs one example from the present state with the given spikes. If it
// has a target phase, the weights learn.
func (d *dense) Run(e denseExample) *denseResult {
	for i, spikes := range append([][][3]int{e.Input}, e.Layers...) {
		for _, s := range spikes {
			d.spikes[i] = append(d.spikes[i], [3]int{d.now + s[0], s[1], s[2]})
		}
	}
	r := &denseResult{}
	for _, trace := range []*[][][]float64{&r.Basal, &r.Soma, &r.Rate, &r.PSP} {
		*trace = make([][][]float64, d.layers)
	}
	for _, trace := range []*[][][]float64{&r.Apical, &r.Feedback} {
		*trace = make([][][]float64, d.layers-1)
	}
	for range e.Forward.Steps {
		d.step(&e, false, r)
	}
	r.Forward = d.means(r, e.Forward, 0)
	r.Class = d.readOut(r.Forward.Soma[d.layers-1])
	if e.Target.Steps == 0 {
		return r
	}
	for range e.Target.Steps {
		d.step(&e, true, r)
	}
	r.Target = d.means(r, e.Target, e.Forward.Steps)
	d.learn(r)
	return r
}

// readOut returns the class whose output neurons have the highest mean somatic
// potential.
func (d *dense) readOut(soma []float64) int {
	sums := make([]float64, d.model.Classes)
	best := 0
	for i, v := range soma {
		sums[i/(len(soma)/d.model.Classes)] += v
	}
	for class, sum := range sums {
		if sum > sums[best] {
			best = class
		}
	}
	return best
}

// learn computes the losses and updates all weights.
func (d *dense) learn(r *denseResult) {
	model, w, f, t := &d.model, &d.weights, &r.Forward, &r.Target
	out := d.layers - 1
	kD := model.Dendritic / (model.Leak + model.Dendritic)
	kB := model.Basal / (model.Leak + model.Basal + model.Apical)

	for i := range w.B[out] {
		v := f.Soma[out][i]
		e := t.Rate[out][i] - model.MaxRate*logistic(v)
		r.OutputLoss += e * e // eq. 23
		// eqs. 28, 29
		delta := model.ForwardEta[out] * model.OutputScale * kD * model.MaxRate * e * logisticSlope(v)
		w.B[out][i] += delta
		for j, s := range f.PSP[out] {
			w.W[out][i][j] += delta * s
		}
	}
	for m := range out {
		r.HiddenLoss = append(r.HiddenLoss, 0)
		for i := range w.B[m] {
			v, apical := f.Soma[m][i], f.Apical[m][i]
			e := t.Alpha[m][i] - f.Alpha[m][i]
			r.HiddenLoss[m] += e * e // eq. 32
			// eqs. 33, 35
			delta := model.ForwardEta[m] * model.HiddenScale * kB * model.MaxRate * e * logisticSlope(v)
			w.B[m][i] += delta
			for j, s := range f.PSP[m] {
				w.W[m][i][j] += delta * s
			}
			if model.LearnFeedback {
				// Not in the paper: ΔY = η_b (φ_max σ(V̄^f) − α^f) σ'(V̄_a^f) ⊗ s̄_feedback^f.
				delta := model.FeedbackEta[m] * (model.MaxRate*logistic(v) - f.Alpha[m][i]) * logisticSlope(apical)
				for j, s := range f.Feedback[m] {
					w.Y[m][i][j] += delta * s
				}
				if w.C != nil {
					w.C[m][i] += delta
				}
			}
		}
	}
	if model.Symmetric {
		d.tieFeedback()
	}
	d.silence()
}

// tieFeedback makes Y of each hidden layer the transpose of the next layer's W or,
// with broadcast feedback, of the product of W of all layers above.
func (d *dense) tieFeedback() {
	w, out := &d.weights, d.layers-1
	gain := 1.0
	if d.model.Silent != nil {
		gain = sparseGain
	}
	for m := out - 1; m >= 0; m-- {
		above := w.W[m+1]
		for i := range w.Y[m] {
			for j := range w.Y[m][i] {
				if d.model.LayerWise || m == out-1 {
					w.Y[m][i][j] = gain * above[j][i]
					continue
				}
				sum := 0.0
				for k := range above {
					sum += above[k][i] * w.Y[m+1][k][j]
				}
				w.Y[m][i][j] = sum // the gain is in w.Y[m+1] already
			}
		}
	}
}

// sparseGain makes up for the four fifths of feedback weights that are silent.
const sparseGain = 5

// silence keeps silent feedback weights at 0.
func (d *dense) silence() {
	for m, silent := range d.model.Silent {
		for _, at := range silent {
			n := len(d.weights.Y[m][0])
			d.weights.Y[m][at/n][at%n] = 0
		}
	}
}

// denseFromFixture returns the network that a fixture's file describes.
func denseFromFixture(f *fixture) *dense {
	p := f.Params
	return newDense(denseModel{
		Dt: p.Dt, Rise: p.TauS, Decay: p.TauL, Memory: int(p.Memory),
		Leak: p.Leak, Basal: p.Basal, Apical: p.Apical, Dendritic: p.Dendritic,
		Excitation: p.Excitation, Inhibition: p.Inhibition,
		MaxRate: p.MaxRate, HiddenScale: p.HiddenScale, OutputScale: p.OutputScale,
		Classes:       f.classes(),
		LayerWise:     !f.Flags["use_broadcast"],
		RateForward:   !f.Flags["use_spiking_feedforward"],
		RateFeedback:  !f.Flags["use_spiking_feedback"],
		SteadyState:   !f.Flags["use_conductances"],
		LearnFeedback: f.Flags["update_feedback_weights"],
		Symmetric:     f.Flags["use_symmetric_weights"],
		Silent:        f.Silent,
		ForwardEta:    f.ForwardRates,
		FeedbackEta:   f.FeedbackRates,
	}, denseWeights{W: f.Initial.W, B: f.Initial.B, Y: f.Initial.Y, C: f.Initial.C})
}

// denseExampleOf returns example i of a fixture.
func denseExampleOf(f *fixture, i int) denseExample {
	e := &f.Examples[i]
	window := denseWindow{Length: int(f.Params.Window)}
	d := denseExample{
		Rates: e.Rates, Label: e.Label,
		Forward: densePhase{Steps: e.ForwardSteps, Window: window},
		Target:  densePhase{Steps: e.TargetSteps, Window: window},
		Input:   e.Spikes.Input, Layers: e.Spikes.Layers,
	}
	if e.PlateauSteps != nil {
		d.Forward.Plateau, d.Target.Plateau = e.PlateauSteps.Forward, e.PlateauSteps.Target
	}
	return d
}

// compareNumbers fails for each array of got that differs from want by more than
// tolerance times the largest number of the array, because the error of a sum
// depends on its largest terms.
func compareNumbers(t *testing.T, tolerance float64, what string, got, want any) {
	t.Helper()
	switch want := want.(type) {
	case float64:
		compareNumbers(t, tolerance, what, []float64{got.(float64)}, []float64{want})
	case [][][]float64:
		got := got.([][][]float64)
		if len(got) != len(want) {
			t.Fatalf("%s: %d layers, want %d", what, len(got), len(want))
		}
		for m := range want {
			compareNumbers(t, tolerance, fmt.Sprintf("%s[%d]", what, m), got[m], want[m])
		}
	case [][]float64: // a matrix, or neurons over time
		got := got.([][]float64)
		if len(got) != len(want) {
			t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
		}
		scale := 0.0
		for _, row := range want {
			scale = max(scale, largestOf(row))
		}
		for i := range want {
			if !withinBound(t, tolerance*max(scale, 0.05), fmt.Sprintf("%s[%d]", what, i), got[i], want[i]) {
				return
			}
		}
	case []float64:
		withinBound(t, tolerance*largestOf(want), what, got.([]float64), want)
	}
}

func largestOf(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	return m
}

func withinBound(t *testing.T, bound float64, what string, got, want []float64) bool {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= bound) {
			t.Errorf("%s[%d] = %.12g, want %.12g ± %.2g", what, i, got[i], want[i], bound)
			return false
		}
	}
	return true
}

// TestDense computes everything in a fixture from its recorded weights and spikes.
func TestDense(t *testing.T) {
	for _, path := range fixtures(t) {
		t.Run(fixtureName(path), func(t *testing.T) {
			f, err := loadFixture(path)
			if err != nil {
				t.Fatal(err)
			}
			tolerance := f.tolerance()
			d := denseFromFixture(f)
			for i := range f.Examples {
				compareExample(t, tolerance, f, i, d.Run(denseExampleOf(f, i)), d.weights)
				if t.Failed() {
					return // everything that follows differs too
				}
			}
		})
	}
}

// compareExample compares everything that was computed for example i of a fixture,
// and the weights after it, with the fixture.
func compareExample(t *testing.T, tolerance float64, f *fixture, i int, r *denseResult, after denseWeights) {
	t.Helper()
	want, last := f.Examples[i], len(f.Layers)-1
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"traces.basal", r.Basal, want.Traces.Basal},
		{"traces.apical", r.Apical, want.Traces.Apical},
		{"traces.soma", r.Soma, want.Traces.Soma},
		{"traces.rate", r.Rate, want.Traces.Rate},
		{"forward.mean_apical", perLayer(r.Forward.Apical), perLayer(want.Forward.MeanApical)},
		{"forward.alpha", perLayer(r.Forward.Alpha), perLayer(want.Forward.Alpha)},
		{"forward.mean_soma", perLayer(r.Forward.Soma), perLayer(want.Forward.MeanSoma)},
		{"forward.mean_psp", perLayer(r.Forward.PSP), perLayer(want.Forward.MeanPSP)},
		{"target.alpha", perLayer(r.Target.Alpha), perLayer(want.Target.Alpha)},
		{"target.mean_soma", perLayer(r.Target.Soma), perLayer(want.Target.MeanSoma)},
		{"target.mean_output_rate", r.Target.Rate[last], want.Target.MeanOutputRate},
		{"output_loss", r.OutputLoss / float64(f.Layers[last]), want.OutputLoss},
		{"after.W", after.W, want.After.W},
		{"after.b", perLayer(after.B), perLayer(want.After.B)},
		{"after.Y", after.Y, want.After.Y},
		{"after.c", perLayer(after.C), perLayer(want.After.C)},
	} {
		compareNumbers(t, tolerance, fmt.Sprintf("examples[%d].%s", i, c.what), c.got, c.want)
	}
}

func perLayer(vectors [][]float64) [][][]float64 {
	var m [][][]float64
	for _, v := range vectors {
		m = append(m, [][]float64{v})
	}
	return m
}

// All fixtures have steps of 1 ms, a spike memory of 10 steps and Euler steps. What
// else the twin can do is compared here with closed forms: one input neuron, one
// hidden, one output, dt = 1/4 ms, unlimited memory, exponential steps.
func TestDenseFineSteps(t *testing.T) {
	const dt, w, y, b, steps = 0.25, 3.0, -2.0, 0.7, 200
	d := newDense(denseModel{
		Dt: dt, Rise: 3, Decay: 10, Leak: 0.1, Basal: 0.6, Apical: 0.05, Dendritic: 0.6,
		Excitation: 8, Inhibition: -8, MaxRate: 0.2, Classes: 1, Exponential: true,
		ForwardEta: []float64{0, 0},
	}, denseWeights{
		W: [][][]float64{{{w}}, {{0}}}, B: [][]float64{{0}, {b}}, Y: [][][]float64{{{y}}},
	})
	r := d.Run(denseExample{
		Forward: densePhase{Steps: steps, Window: denseWindow{First: 120}},
		Target:  densePhase{Steps: steps, Window: denseWindow{First: 120}},
		Input:   [][3]int{{5, 0, 2}},
		Layers:  [][][3]int{nil, {{7, 0, 1}}},
	})
	kappa := func(t float64) float64 {
		return max(0, (math.Exp(-t/10)-math.Exp(-t/3))/7)
	}
	relax := func(from, to, rate, t float64) float64 { return to + (from-to)*math.Exp(-rate*t) }
	near := func(what string, step int, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("step %d: %s = %v, want %v", step, what, got, want)
		}
	}
	last := relax(0, 0.6*b/0.7, 0.7, steps*dt)
	for step := range 2 * steps {
		// A spike of step 5 is 1 dt old in step 5 going forward; one of step 7
		// is 1 dt old in step 8 going backward.
		near("basal", step, r.Basal[0][step][0], w*2*kappa(float64(step-4)*dt))
		near("apical", step, r.Apical[0][step][0], y*kappa(float64(step-7)*dt))
		want := relax(0, 0.6*b/0.7, 0.7, float64(step+1)*dt)
		if step >= steps {
			want = relax(last, (0.6*b+8)/1.7, 1.7, float64(step+1-steps)*dt)
		}
		near("output soma", step, r.Soma[1][step][0], want)
	}
	sum := 0.0
	for step := 120; step < steps; step++ {
		sum += r.Soma[1][step][0]
	}
	near("window mean", steps, r.Forward.Soma[1][0], sum/80)
}
