package main

import (
	"fmt"
	"slices"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record/npz"
)

// A trace observes a trial and keeps all of it.
//
// Populations are called input, hidden0, hidden1, … and output. A spike of step
// t is at time t dt; a potential of step t is that at the end of the step, at
// time (t + 1) dt.
type trace struct {
	config *config
	dt     float64
	steps  int
	layers []population // the input first
	phases []phaseTrace
	result *protocols.Trial
}

// population is what one population did.
type population struct {
	name                string
	neurons             int
	basal, apical, soma []float32 // steps × neurons; nil where there is none
	spikeStep           []int32
	spikeNeuron         []int32
}

// phaseTrace is one phase, in steps since the trial began.
type phaseTrace struct {
	name             string
	begin, from, end int
	plateauStep      [][]int // of each hidden layer
	spikes           []int   // of each population
}

func newTrace(c *config, info dataset.Info, net *network.Network) *trace {
	t := &trace{config: c, dt: c.neurons.dt}
	names := populationNames(len(c.network.hidden))
	for i, n := range c.sizes(info) {
		t.layers = append(t.layers, population{name: names[i], neurons: n})
	}
	return t
}

// populationNames lists input, hidden0, …, output.
func populationNames(hidden int) []string {
	names := []string{"input"}
	for m := range hidden {
		names = append(names, fmt.Sprintf("hidden%d", m))
	}
	return append(names, "output")
}

// Observe keeps what an engine tells.
func (t *trace) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.PhaseBegan:
		p := phaseTrace{
			name: e.Phase.Name, begin: e.Step, from: e.Step + e.Phase.From, end: e.Step + e.Phase.Steps,
			spikes: make([]int, len(t.layers)),
		}
		for m := range len(t.layers) - 2 {
			at := make([]int, t.layers[m+1].neurons)
			for i := range at {
				at[i] = p.end - 1
				if e.Phase.PlateauStep != nil {
					at[i] = e.Step + e.Phase.PlateauStep[m][i]
				}
			}
			p.plateauStep = append(p.plateauStep, at)
		}
		t.phases = append(t.phases, p)
	case *sim.Block:
		for step := range e.Steps {
			t.addStep(e, step)
		}
		t.steps = e.First + e.Steps
	}
}

func (t *trace) addStep(b *sim.Block, step int) {
	for i := range t.layers {
		l := &t.layers[i]
		fired := b.Spikes(i, step)
		l.spikeNeuron = append(l.spikeNeuron, fired...)
		for range fired {
			l.spikeStep = append(l.spikeStep, int32(b.First+step))
		}
		t.phases[len(t.phases)-1].spikes[i] += len(fired)
		if i > 0 {
			l.basal = append(l.basal, b.Basal(i, step)...)
			l.apical = append(l.apical, b.Apical(i, step)...)
			l.soma = append(l.soma, b.Soma(i, step)...)
		}
	}
}

// finish adds what is known at the end.
func (t *trace) finish(result *protocols.Trial) { t.result = result }

// potentials are the mean somatic potentials of each class in the forward
// phase, from which the class is read out.
func (t *trace) potentials() []float64 {
	soma := t.result.Forward[len(t.result.Forward)-1].Soma
	per := t.config.network.perClass
	mean := make([]float64, len(soma)/per)
	for i, v := range soma {
		mean[i/per] += float64(v) / float64(per)
	}
	return mean
}

// save writes the trace as an archive of NumPy arrays.
func (t *trace) save(path string, replace bool, set *dataset.Set) error {
	f, err := createFile(path, replace)
	if err != nil {
		return err
	}
	defer f.Abort()
	w := &archive{to: npz.NewWriter(f)}
	t.write(w, set)
	if err := w.close(); err != nil {
		return err
	}
	return f.Commit()
}

// An archive remembers the first error, so that arrays can be listed plainly.
type archive struct {
	to  *npz.Writer
	err error
}

func (a *archive) put(name string, data any, shape ...int) {
	if a.err == nil {
		a.err = a.to.Write(name, shape, data)
	}
}

func (a *archive) close() error {
	if a.err != nil {
		return a.err
	}
	return a.to.Close()
}

func (t *trace) write(w *archive, set *dataset.Set) {
	r := t.result
	image := []int{set.Height, set.Width}
	if set.Channels > 1 {
		image = []int{set.Channels, set.Height, set.Width}
	}
	w.put("image", slices.Clone(set.Image(r.Example)), image...)
	w.put("example", []int64{int64(r.Example)})
	w.put("class", []int64{int64(r.Class)})
	w.put("read", []int64{int64(r.Read)})
	w.put("class_potential", t.potentials(), set.Classes)
	w.put("losses", r.Losses, len(r.Losses))
	w.put("dt_ms", []float64{t.dt})
	w.put("seed", []int64{t.config.seed})
	w.put("config", []string{printConfig(t.config, false)})
	names := make([]string, len(t.layers))
	for i := range t.layers {
		names[i] = t.layers[i].name
	}
	w.put("populations", names, len(names))

	t.writePhases(w)
	time := make([]float64, t.steps)
	for k := range time {
		time[k] = float64(k+1) * t.dt
	}
	w.put("time_ms", time, t.steps)
	for i := range t.layers {
		l := &t.layers[i]
		at := make([]float64, len(l.spikeStep))
		for k, step := range l.spikeStep {
			at[k] = float64(step) * t.dt
		}
		w.put(l.name+"_spike_time_ms", at, len(at))
		w.put(l.name+"_spike_neuron", l.spikeNeuron, len(l.spikeNeuron))
		if i == 0 {
			continue
		}
		w.put(l.name+"_basal", l.basal, t.steps, l.neurons)
		if l.apical != nil {
			w.put(l.name+"_apical", l.apical, t.steps, l.neurons)
		}
		w.put(l.name+"_soma", l.soma, t.steps, l.neurons)
	}
	t.writeMeans(w)
}

func (t *trace) writePhases(w *archive) {
	n := len(t.phases)
	names, begin, from, end := make([]string, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for k, p := range t.phases {
		names[k] = p.name
		begin[k], from[k], end[k] = float64(p.begin)*t.dt, float64(p.from)*t.dt, float64(p.end)*t.dt
	}
	w.put("phase_name", names, n)
	w.put("phase_begin_ms", begin, n)
	w.put("phase_window_ms", from, n)
	w.put("phase_end_ms", end, n)
}

// writeMeans writes what the neurons know at the end of each phase.
func (t *trace) writeMeans(w *archive) {
	put := func(name string, mean []float32) {
		if mean != nil {
			w.put(name, mean, len(mean))
		}
	}
	for k, means := range [][]network.Means{t.result.Forward, t.result.Target} {
		phase := "_" + t.phases[k].name
		for m := range means {
			l := t.layers[m+1].name
			put(l+"_mean_soma"+phase, means[m].Soma)
			put(l+"_mean_apical"+phase, means[m].Apical)
			put(l+"_plateau"+phase, means[m].Plateau)
			put(l+"_mean_rate_hz"+phase, hertz(means[m].Rate))
			put(l+"_mean_trace_below_per_ms"+phase, means[m].Trace)
			put(l+"_mean_trace_feedback_per_ms"+phase, means[m].FeedbackTrace)
			if m < len(t.phases[k].plateauStep) {
				at := make([]float64, t.layers[m+1].neurons)
				for i, step := range t.phases[k].plateauStep[m] {
					at[i] = float64(step+1) * t.dt
				}
				w.put(l+"_plateau_time_ms"+phase, at, len(at))
			}
		}
	}
}

// hertz turns rates in spikes/ms into Hz.
func hertz(rates []float32) []float32 {
	if rates == nil {
		return nil
	}
	hz := make([]float32, len(rates))
	for i, r := range rates {
		hz[i] = 1000 * r
	}
	return hz
}
