package sim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"plateau/sim"
)

// A variant is a model, a network and some examples with which the engine is
// tested. Together, the variants cover every option.
type variant struct {
	name     string
	model    denseModel
	weights  denseWeights
	examples []denseExample // without spikes
}

// variantOf makes up weights and examples for a variant: the paper's model with 12
// inputs, some hidden layers and 3 classes, altered by some functions.
func variantOf(name string, hidden []int, alter ...func(*variantPlan)) variant {
	p := &variantPlan{
		hidden: hidden, perClass: 1,
		lengths: [][2]int{{50, 50}, {50, 50}, {50, 50}},
		window:  denseWindow{First: 30},
		model: denseModel{
			Dt: 1, Rise: 3, Decay: 10, Memory: 10,
			Leak: 0.1, Basal: 0.6, Dendritic: 0.6, Excitation: 8, Inhibition: -8,
			MaxRate: 0.2, HiddenScale: 20 / 0.2, OutputScale: 20 / 0.04, Classes: 3,
		},
	}
	for _, f := range alter {
		f(p)
	}
	return p.variant(name)
}

type variantPlan struct {
	model    denseModel
	hidden   []int
	perClass int
	lengths  [][2]int // steps of forward and target phase of each example
	window   denseWindow
	plateaus bool // whether each neuron's plateau has its own time
	bias     bool // whether feedback has biases
	silent   bool
}

// variant draws what is random in a variant. All numbers are float32, so that
// engine and twin begin with the same numbers.
func (p *variantPlan) variant(name string) variant {
	random := rand.New(rand.NewPCG(7, uint64(len(name))))
	v := variant{name: name, model: p.model}
	const inputs = 12
	vector := func(n int, mean, width float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(float32(mean + width*(2*random.Float64()-1)))
		}
		return x
	}
	// These give potentials of a few units: traces are about 0.05/ms, rates 0.1/ms.
	matrix := func(to, from int) [][]float64 {
		w := make([][]float64, to)
		for i := range w {
			w[i] = vector(from, 0, 40/math.Sqrt(float64(from)))
		}
		return w
	}
	sizes := append(append([]int(nil), p.hidden...), p.perClass*v.model.Classes)
	below := inputs
	for m, size := range sizes {
		v.weights.W = append(v.weights.W, matrix(size, below))
		v.weights.B = append(v.weights.B, vector(size, 0.5, 0.5))
		v.model.ForwardEta = append(v.model.ForwardEta, 0.2)
		below = size
		if m == len(p.hidden) {
			break
		}
		from := len(p.hidden)
		if v.model.LayerWise {
			from = m + 1
		}
		y := matrix(size, sizes[from])
		v.weights.Y = append(v.weights.Y, y)
		if p.bias {
			v.weights.C = append(v.weights.C, vector(size, 0, 1))
		}
		v.model.FeedbackEta = append(v.model.FeedbackEta, 0.5)
		if p.silent {
			var silent []int
			for k := range size * sizes[from] {
				if random.IntN(2) == 0 {
					silent = append(silent, k)
					y[k/sizes[from]][k%sizes[from]] = 0
				}
			}
			v.model.Silent = append(v.model.Silent, silent)
		}
	}
	if v.model.Symmetric {
		d := newDense(v.model, v.weights)
		d.tieFeedback()
		d.silence()
		v.weights = d.weights
	}
	for i, steps := range p.lengths {
		e := denseExample{Label: i % v.model.Classes}
		for j := range inputs {
			rate := 0.0 // every fourth input is dark
			if j%4 != i%4 {
				rate = v.model.MaxRate * float64(float32(random.Float64()))
			}
			e.Rates = append(e.Rates, rate)
		}
		e.Forward = p.phase(steps[0], random)
		if steps[1] > 0 {
			e.Target = p.phase(steps[1], random)
		}
		v.examples = append(v.examples, e)
	}
	return v
}

func (p *variantPlan) phase(steps int, random *rand.Rand) densePhase {
	phase := densePhase{Steps: steps, Window: p.window}
	if phase.Window.First >= steps {
		phase.Window.First = steps - 1
	}
	if !p.plateaus {
		return phase
	}
	for _, size := range p.hidden {
		times := make([]int, size)
		for i := range times {
			first := p.window.Length - 1
			times[i] = first + random.IntN(steps-first)
		}
		phase.Plateau = append(phase.Plateau, times)
	}
	return phase
}

func unlimited(p *variantPlan)   { p.model.Memory = 0 }
func exponential(p *variantPlan) { p.model.Exponential = true }
func layerWise(p *variantPlan)   { p.model.LayerWise = true }
func learned(p *variantPlan)     { p.model.LearnFeedback = true }
func symmetric(p *variantPlan)   { p.model.Symmetric = true }
func biased(p *variantPlan)      { p.bias = true }
func sparse(p *variantPlan)      { p.silent = true }
func ratesUp(p *variantPlan)     { p.model.RateForward = true }
func ratesDown(p *variantPlan)   { p.model.RateFeedback = true }
func steady(p *variantPlan)      { p.model.SteadyState = true }

// plateaus averages over the last steps of a phase and gives each neuron's plateau
// its own time.
func plateaus(p *variantPlan) {
	p.plateaus = true
	p.window = denseWindow{Length: 6}
}

func wholePhase(p *variantPlan) { p.window = denseWindow{First: 0} }

func apical(g float64) func(*variantPlan) {
	return func(p *variantPlan) { p.model.Apical = g }
}

func perClass(n int) func(*variantPlan) {
	return func(p *variantPlan) { p.perClass = n }
}

// shape sets another kernel, which has one time constant.
func shape(name string, decay float64) func(*variantPlan) {
	return func(p *variantPlan) { p.model.Shape, p.model.Decay = name, decay }
}

// fine sets the time step in ms and lets a spike act for as many steps as make 10 ms.
func fine(dt float64) func(*variantPlan) {
	return func(p *variantPlan) {
		p.model.Dt = dt
		if p.model.Memory > 0 {
			p.model.Memory = int(10 / dt)
		}
	}
}

// memory sets the number of steps for which a spike acts.
func memory(steps int) func(*variantPlan) {
	return func(p *variantPlan) { p.model.Memory = steps }
}

// uneven sets phases that are shorter than the spike memory, as long as a block of
// steps, longer than one block, and longer than two.
func uneven(p *variantPlan) {
	p.lengths = [][2]int{{7, 300}, {128, 9}, {129, 6}, {6, 7}, {260, 127}}
}

// tests shows some examples without teaching, and teaches the last.
func tests(p *variantPlan) { p.lengths = [][2]int{{60, 0}, {8, 0}, {140, 0}, {30, 20}} }

func variants() []variant {
	one, two, three := []int{8}, []int{9, 7}, []int{6, 5, 7}
	return []variant{
		variantOf("paper", one),
		variantOf("no hidden layer", nil),
		variantOf("no hidden layer, unlimited, uneven", nil, unlimited, uneven),
		variantOf("no hidden layer, rates", nil, ratesUp, ratesDown),
		variantOf("unlimited memory", one, unlimited),
		variantOf("unlimited memory, uneven phases", two, unlimited, uneven, wholePhase),
		variantOf("uneven phases", one, uneven),
		variantOf("uneven phases, window from 0", two, uneven, wholePhase),
		variantOf("tests only", two, tests, perClass(2)),
		variantOf("wide", []int{70, 33}, perClass(6)),
		variantOf("wide, rates up", []int{70, 66}, ratesUp, uneven),
		variantOf("dt 0.5", one, fine(0.5)),
		variantOf("dt 0.25, exponential, uneven", two, fine(0.25), exponential, uneven),
		variantOf("dt 0.25, unlimited, attenuated", one, unlimited, fine(0.25), apical(0.05)),
		variantOf("dt 0.5, strong apical, exponential, uneven", two, fine(0.5), apical(0.6), exponential, uneven),
		variantOf("memory of one step", two, memory(1), uneven),
		variantOf("memory of 150 steps", one, memory(150), uneven),
		variantOf("exponential", one, exponential),
		variantOf("three hidden, broadcast", three, uneven, perClass(2)),
		variantOf("three hidden, layer by layer", three, layerWise, uneven, perClass(2)),
		variantOf("layer by layer, unlimited, attenuated", two, layerWise, unlimited, apical(0.05), uneven),
		variantOf("strong apical", one, apical(0.6), wholePhase),
		variantOf("strong apical, three hidden, layer by layer", three, apical(0.6), layerWise, uneven),
		variantOf("plateau times", two, plateaus, uneven, biased),
		variantOf("plateau times, attenuated, unlimited", two, plateaus, unlimited, apical(0.05), uneven),
		variantOf("plateau times, layer by layer, rates down", two, plateaus, layerWise, ratesDown),
		variantOf("feedback bias", two, biased, perClass(3)),
		variantOf("learned feedback", two, learned, biased, perClass(2)),
		variantOf("learned feedback, layer by layer, no bias", three, learned, layerWise),
		variantOf("learned feedback, plateau times, sparse", two, learned, plateaus, sparse, biased),
		variantOf("symmetric", three, symmetric, biased),
		variantOf("symmetric, layer by layer, attenuated", three, symmetric, layerWise, apical(0.05)),
		variantOf("symmetric, sparse", three, symmetric, sparse, perClass(4)),
		variantOf("symmetric, sparse, layer by layer", three, symmetric, sparse, layerWise),
		variantOf("sparse", two, sparse, perClass(2)),
		variantOf("rates up", two, ratesUp, uneven),
		variantOf("rates up, layer by layer, unlimited", three, ratesUp, layerWise, unlimited, uneven),
		variantOf("rates down", two, ratesDown, uneven),
		variantOf("rates down, attenuated, layer by layer", three, ratesDown, apical(0.05), layerWise, uneven),
		variantOf("rates both ways, strong apical", two, ratesUp, ratesDown, apical(0.6), wholePhase),
		variantOf("rate mode", two, ratesUp, ratesDown, steady),
		variantOf("rate mode, layer by layer, learned, bias", three, ratesUp, ratesDown, steady, layerWise, learned, biased, uneven),
		variantOf("steady somata that spike", two, steady, uneven),
		variantOf("alpha function", two, shape("alpha", 4), uneven),
		variantOf("alpha function, unlimited, attenuated, dt 0.5", two, shape("alpha", 4), unlimited, apical(0.05), fine(0.5), uneven),
		variantOf("exponential kernel, layer by layer", three, shape("exponential", 6), layerWise, uneven),
		variantOf("exponential kernel, unlimited", two, shape("exponential", 6), unlimited, uneven),
	}
}

// With the spikes that the engine drew, a network written as the equations read
// must come to the same numbers: potentials of every compartment at every step,
// means, plateaus, losses and weights, over several examples in a row.
func TestEngineMatchesTwin(t *testing.T) {
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			r, d := newRig(t, v.model, v.weights), newDense(v.model, v.weights)
			r.engine.Watch(&eventCount{}, false) // does without potentials; others still get them
			fired := make([]int, r.seen.layers+1)
			for i, e := range v.examples {
				got := r.Run(t, e, false)
				e.Input, e.Layers = r.seen.spikes[0], r.seen.spikes[1:]
				for layer, spikes := range r.seen.spikes {
					fired[layer] += len(spikes)
				}
				compareWithTwin(t, i, got, d.Run(e), r.weights(), d.weights)
				if t.Failed() {
					return // everything that follows differs too
				}
			}
			for layer, n := range fired {
				last := layer == len(fired)-1
				feeds := last && layer > 1 || v.model.LayerWise && layer > 1
				read := last || !v.model.RateForward || feeds && !v.model.RateFeedback
				if layer == 0 {
					read = !v.model.RateForward
				}
				if read != (n > 0) {
					t.Errorf("population %d fired %d times; anything reads its spikes: %v", layer, n, read)
				}
			}
		})
	}
}

func compareWithTwin(t *testing.T, example int, got, want *denseResult, after, wantAfter denseWeights) {
	t.Helper()
	taught := want.Target.Soma != nil
	type pair struct {
		what      string
		got, want any
	}
	list := []pair{
		{"basal", got.Basal, want.Basal},
		{"apical", got.Apical, want.Apical},
		{"soma", got.Soma, want.Soma},
		{"rate", got.Rate, want.Rate},
	}
	means := func(phase string, got, want denseMeans) {
		list = append(list,
			pair{phase + " trace", perLayer(got.PSP), perLayer(want.PSP)},
			pair{phase + " soma", perLayer(got.Soma), perLayer(want.Soma)},
			pair{phase + " rate", perLayer(got.Rate), perLayer(want.Rate)},
			pair{phase + " feedback trace", perLayer(got.Feedback), perLayer(want.Feedback)},
			pair{phase + " apical", perLayer(got.Apical), perLayer(want.Apical)},
			pair{phase + " plateau", perLayer(got.Alpha), perLayer(want.Alpha)})
	}
	means("forward", got.Forward, want.Forward)
	if taught {
		means("target", got.Target, want.Target)
		list = append(list,
			pair{"output loss", got.OutputLoss, want.OutputLoss},
			pair{"hidden losses", got.HiddenLoss, want.HiddenLoss})
	}
	list = append(list,
		pair{"W", after.W, wantAfter.W}, pair{"b", perLayer(after.B), perLayer(wantAfter.B)},
		pair{"Y", after.Y, wantAfter.Y}, pair{"c", perLayer(after.C), perLayer(wantAfter.C)})
	for _, p := range list {
		compareNumbers(t, float32Tolerance, p.what, p.got, p.want)
	}
	if t.Failed() {
		t.Logf("in example %d", example)
	}
}

// The variants must include phases as short and as long as the tests need.
func TestVariantsAreLongEnough(t *testing.T) {
	shorter, longer := false, false
	for _, v := range variants() {
		for _, e := range v.examples {
			shorter = shorter || e.Forward.Steps < v.model.Memory
			longer = longer || e.Forward.Steps > 2*sim.BlockSteps
		}
	}
	if !shorter || !longer {
		t.Errorf("a phase shorter than the spike memory: %v; one longer than two blocks: %v", shorter, longer)
	}
}
