package sim_test

import (
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// A rig runs examples on the engine in the form in which dense runs them, so that
// the two can be compared with each other and with the fixtures.
type rig struct {
	engine          *sim.Engine
	net             *network.Network
	rule            network.Rule
	model           denseModel
	update          *network.Update
	forward, target []network.Means
	seen            recorder
	presented       uint64
}

// newRig builds the engine, network and rule of a model, and a recorder that watches
// everything.
func newRig(t testing.TB, m denseModel, w denseWeights) *rig {
	t.Helper()
	r := newBlindRig(t, m, w, 1)
	r.engine.Watch(&r.seen, true)
	return r
}

// newBlindRig is newRig without the recorder. It transposes the weights: the engine
// has a row for each sending neuron, fixtures and twin have one for each receiving
// neuron.
func newBlindRig(t testing.TB, m denseModel, w denseWeights, seed uint64) *rig {
	t.Helper()
	last := len(w.W) - 1
	a := network.Architecture{
		Inputs: len(w.W[0][0]), Classes: m.Classes, PerClass: len(w.W[last]) / m.Classes,
		Feedback: network.Broadcast, Symmetric: m.Symmetric, SilentGain: sparseGain,
	}
	for _, h := range w.W[:last] {
		a.Hidden = append(a.Hidden, len(h))
	}
	if m.LayerWise {
		a.Feedback = network.LayerWise
	}
	if m.Silent != nil {
		a.Silent = 0.5 // makes room for the list of silent synapses below
	}
	for _, c := range w.C {
		a.FeedbackBias = a.FeedbackBias || c != nil
	}
	net := network.New(a)
	for l := range net.Layers {
		layer := &net.Layers[l]
		transpose(layer.Weights, w.W[l])
		toFloat32(layer.Bias, w.B[l])
		if l == last {
			continue
		}
		transpose(layer.Feedback, w.Y[l])
		if a.FeedbackBias {
			toFloat32(layer.FeedbackBias, w.C[l])
		}
		if m.Silent != nil {
			for _, k := range m.Silent[l] {
				i, j := k/layer.Feedback.Rows, k%layer.Feedback.Rows
				layer.Silent[j*layer.Feedback.Cols+i] = true
			}
		}
	}
	var kernel kernels.Kernel = kernels.DoubleExponential{Rise: m.Rise, Decay: m.Decay}
	switch m.Shape {
	case "alpha":
		kernel = kernels.Alpha{Peak: m.Decay}
	case "exponential":
		kernel = kernels.Exponential{Decay: m.Decay}
	}
	if m.Memory > 0 {
		kernel = kernels.Finite{Kernel: kernel, Support: float64(m.Memory) * m.Dt}
	}
	p := sim.Params{
		Dt: m.Dt, Kernel: kernel,
		Hidden: compartments.Pyramidal{Leak: m.Leak, Basal: m.Basal, Apical: m.Apical},
		Output: compartments.Output{Leak: m.Leak, Dendritic: m.Dendritic, Teaching: 1,
			Excitatory: m.Excitation, Inhibitory: m.Inhibition},
		Noise:       compartments.EscapeNoise{MaxRate: m.MaxRate},
		Integration: compartments.ForwardEuler, Forward: sim.Spikes, Feedback: sim.Spikes,
	}
	switch {
	case m.SteadyState:
		p.Integration = compartments.Steady
	case m.Exponential:
		p.Integration = compartments.Exponential
	}
	if m.RateForward {
		p.Forward = sim.Rates
	}
	if m.RateFeedback {
		p.Feedback = sim.Rates
	}
	engine, err := sim.New(net, p, seed)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{engine: engine, net: net, model: m, rule: network.Rule{
		Rates: m.ForwardEta, HiddenScale: m.HiddenScale, OutputScale: m.OutputScale,
		HiddenGain: p.Hidden.Gain(), OutputGain: p.Output.Gain(), Noise: p.Noise,
	}}
	if m.LearnFeedback {
		r.rule.FeedbackRates = m.FeedbackEta
	}
	if err := r.rule.Validate(a); err != nil {
		t.Fatal(err)
	}
	r.update = r.rule.NewUpdate(a)
	r.forward, r.target = allMeans(net), allMeans(net)
	r.seen.layers = len(net.Layers)
	return r
}

// allMeans returns means with every slice, so that Run fills in all of them.
func allMeans(net *network.Network) []network.Means {
	means := make([]network.Means, len(net.Layers))
	for m := range means {
		l := &net.Layers[m]
		n := l.Size()
		means[m] = network.Means{
			Trace: make([]float32, l.Weights.Rows),
			Soma:  make([]float32, n),
			Rate:  make([]float32, n),
		}
		if m < len(means)-1 {
			means[m].FeedbackTrace = make([]float32, l.Feedback.Rows)
			means[m].Apical = make([]float32, n)
			means[m].Plateau = make([]float32, n)
		}
	}
	return means
}

// Run runs an example. With follow, the engine takes the example's spikes in
// place of its own draws.
func (r *rig) Run(t testing.TB, e denseExample, follow bool) *denseResult {
	t.Helper()
	if follow {
		r.engine.Follow(newScript(e))
	}
	r.seen.result = denseResult{
		Apical: make([][][]float64, r.seen.layers-1),
		Basal:  make([][][]float64, r.seen.layers),
		Soma:   make([][][]float64, r.seen.layers),
		Rate:   make([][][]float64, r.seen.layers),
	}
	r.seen.spikes = make([][][3]int, r.seen.layers+1)
	r.seen.noise = r.engine.Params().Noise
	r.presented++
	r.engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: r.presented, Class: e.Label})
	intensity := make([]float32, len(e.Rates))
	for j, rate := range e.Rates {
		intensity[j] = float32(rate / r.model.MaxRate)
	}
	run := func(name string, p densePhase, taught bool, means []network.Means) denseMeans {
		phase := &sim.Phase{Name: name, Intensity: intensity, Steps: p.Steps, From: p.Window.from(p.Steps - 1),
			Taught: taught, Class: e.Label, PlateauStep: p.Plateau, PlateauWindow: p.Window.Length}
		if err := r.engine.Run(phase, means); err != nil {
			t.Fatal(err)
		}
		return denseOf(means)
	}
	res := &r.seen.result
	res.Forward = run("forward", e.Forward, false, r.forward)
	if e.Target.Steps == 0 {
		return res
	}
	res.Target = run("target", e.Target, true, r.target)
	r.rule.Learn(r.update, r.forward, r.target)
	last := len(r.update.Losses) - 1
	res.HiddenLoss, res.OutputLoss = r.update.Losses[:last], r.update.Losses[last]
	r.net.Apply(r.update)
	return res
}

// weights returns the network's weights in the layout of the twin.
func (r *rig) weights() denseWeights {
	var w denseWeights
	for m := range r.net.Layers {
		l := &r.net.Layers[m]
		w.W = append(w.W, transposed(l.Weights))
		w.B = append(w.B, toFloat64(l.Bias))
		if m == len(r.net.Layers)-1 {
			break
		}
		w.Y = append(w.Y, transposed(l.Feedback))
		if l.FeedbackBias != nil {
			w.C = append(w.C, toFloat64(l.FeedbackBias))
		}
	}
	return w
}

// recorder is an observer that keeps everything of one example.
type recorder struct {
	layers int
	noise  compartments.EscapeNoise
	spikes [][][3]int // of each population, the input first
	result denseResult
}

func (r *recorder) Observe(event sim.Event) {
	b, ok := event.(*sim.Block)
	if !ok {
		return
	}
	for step := range b.Steps {
		for l := range r.layers + 1 {
			r.spikes[l] = appendSpikes(r.spikes[l], b.First+step, b.Spikes(l, step))
			if l == 0 {
				continue
			}
			soma := toFloat64(b.Soma(l, step))
			rate := make([]float64, len(soma))
			for i, v := range soma {
				rate[i] = r.noise.Rate(v)
			}
			r.result.Basal[l-1] = append(r.result.Basal[l-1], toFloat64(b.Basal(l, step)))
			r.result.Soma[l-1] = append(r.result.Soma[l-1], soma)
			r.result.Rate[l-1] = append(r.result.Rate[l-1], rate)
			if l < r.layers {
				r.result.Apical[l-1] = append(r.result.Apical[l-1], toFloat64(b.Apical(l, step)))
			}
		}
	}
}

func appendSpikes(list [][3]int, step int, neurons []int32) [][3]int {
	for k, i := range neurons {
		if k > 0 && neurons[k-1] == i {
			list[len(list)-1][2]++
			continue
		}
		list = append(list, [3]int{step, int(i), 1})
	}
	return list
}

// script holds the spikes of an example by population and step.
type script struct{ neurons [][][]int32 }

func newScript(e denseExample) *script {
	s := &script{}
	for _, spikes := range append([][][3]int{e.Input}, e.Layers...) {
		steps := make([][]int32, e.Forward.Steps+e.Target.Steps)
		for _, k := range spikes {
			for range k[2] {
				steps[k[0]] = append(steps[k[0]], int32(k[1]))
			}
		}
		s.neurons = append(s.neurons, steps)
	}
	return s
}

func (s *script) Spikes(layer, step int) []int32 { return s.neurons[layer][step] }

func denseOf(means []network.Means) denseMeans {
	var d denseMeans
	for m := range means {
		d.Soma = append(d.Soma, toFloat64(means[m].Soma))
		d.Rate = append(d.Rate, toFloat64(means[m].Rate))
		d.PSP = append(d.PSP, toFloat64(means[m].Trace))
		if m < len(means)-1 {
			d.Apical = append(d.Apical, toFloat64(means[m].Apical))
			d.Alpha = append(d.Alpha, toFloat64(means[m].Plateau))
			d.Feedback = append(d.Feedback, toFloat64(means[m].FeedbackTrace))
		}
	}
	return d
}

func transpose(to network.Projection, from [][]float64) {
	for i, row := range from {
		for j, w := range row {
			to.Set(j, i, float32(w))
		}
	}
}

func transposed(from network.Projection) [][]float64 {
	to := make([][]float64, from.Cols)
	for i := range to {
		to[i] = make([]float64, from.Rows)
		for j := range to[i] {
			to[i][j] = float64(from.Row(j)[i])
		}
	}
	return to
}

func toFloat32(to []float32, from []float64) {
	for i, v := range from {
		to[i] = float32(v)
	}
}

func toFloat64(from []float32) []float64 {
	to := make([]float64, len(from))
	for i, v := range from {
		to[i] = float64(v)
	}
	return to
}
