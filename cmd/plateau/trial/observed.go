package trial

import (
	"math"
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/arrays"
	"plateau/sim/record/table"
)

// observed is a trial that was observed: its spikes and its result; potentials are kept
// in a recording. Populations are called input, hidden0, hidden1, … and output.
type observed struct {
	config   *settings.Config
	protocol *protocol
	dt       float64
	layers   []population // from the input up
	phases   []phaseSpan
	result   *protocols.Shown
}

// population is the activity of one population.
type population struct {
	name        string
	neurons     int
	spikeStep   []int32
	spikeNeuron []int32
}

// phaseSpan is one phase, in steps since the trial began.
type phaseSpan struct {
	name             string
	begin, from, end int
	spikes           []int // number of spikes of each population
}

func observe(c *settings.Config, info dataset.Info, p *protocol) *observed {
	t := &observed{config: c, protocol: p, dt: c.Neurons.Dt}
	names := settings.PopulationNames(len(c.Network.Hidden))
	for i, n := range c.Sizes(info) {
		t.layers = append(t.layers, population{name: names[i], neurons: n})
	}
	return t
}

// Observe implements sim.Observer.
func (t *observed) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.PhaseBegan:
		p := phaseSpan{
			name: e.Phase.Name, begin: e.Step, from: e.Step + e.Phase.From, end: e.Step + e.Phase.Steps,
			spikes: make([]int, len(t.layers)),
		}
		t.phases = append(t.phases, p)
	case *sim.Block:
		for step := range e.Steps {
			t.addStep(e, step)
		}
	}
}

func (t *observed) addStep(b *sim.Block, step int) {
	for i := range t.layers {
		l := &t.layers[i]
		fired := b.Spikes(i, step)
		l.spikeNeuron = append(l.spikeNeuron, fired...)
		for range fired {
			l.spikeStep = append(l.spikeStep, int32(b.First+step))
		}
		t.phases[len(t.phases)-1].spikes[i] += len(fired)
	}
}

// potentials returns the mean somatic potential of each class in the phase that was read
// out, nil if none was. The largest decides the predicted class.
func (t *observed) potentials() []float64 {
	if t.result.Read < 0 {
		return nil
	}
	means := t.result.Means[t.result.Read]
	return network.ClassPotentials(means[len(means)-1].Soma, t.config.Network.PerClass)
}

// save writes the recording of the trial, and what only the observer knows, as NumPy
// arrays.
func (t *observed) save(o trialOptions, r *record.Reader) error {
	f, err := cli.CreateFile(o.out, o.force)
	if err != nil {
		return err
	}
	defer f.Abort()
	more := func(a *arrays.Archive) error {
		t.more(a, o)
		return nil
	}
	if err := arrays.Export(f, r, arrays.Options{Classes: settings.ClassNames(settings.DataOf(r.Header()), r.Header().Network.Classes), More: more}); err != nil {
		return err
	}
	return f.Commit()
}

// more adds arrays that a recording does not have.
func (t *observed) more(a *arrays.Archive, o trialOptions) {
	if set := t.protocol.shown; set != nil {
		shape, axes := []int{set.Height, set.Width}, "height × width"
		if set.Channels > 1 {
			shape, axes = []int{set.Channels, set.Height, set.Width}, "colours × height × width"
		}
		a.Put(arrays.Label{Name: "image", Axes: axes, About: "what was shown; 255 is full intensity"}, slices.Clone(set.Image(t.protocol.index)), shape...)
	}
	a.Put(arrays.Label{Name: "run", About: "run folder or file that the weights are from; empty if they were drawn anew"}, []string{o.run})
	if potentials := t.potentials(); potentials != nil {
		a.Put(arrays.Label{Name: "trial_class_potential", Axes: "trials × classes", About: "mean somatic potential by which the class was read out"},
			potentials, 1, len(potentials))
	}
	for m := range t.result.Means[0] {
		for _, mean := range []struct {
			name, axes, about string
			of                func(network.Means) []float32
		}{
			{"_mean_soma", "phases × neurons", "V̄ over the window of the phase", func(m network.Means) []float32 { return m.Soma }},
			{"_mean_apical", "phases × neurons", "V̄_a over the window of each neuron's plateau", func(m network.Means) []float32 { return m.Apical }},
			{"_mean_rate_hz", "phases × neurons", "φ̄ over the window of the phase", func(m network.Means) []float32 { return table.Hz(nil, m.Rate) }},
			{"_mean_trace_below_per_ms", "phases × sending neurons", "s̄ of the layer below over the window of the phase", func(m network.Means) []float32 { return m.Trace }},
			{"_mean_trace_feedback_per_ms", "phases × sending neurons", "s̄ of the feedback over the window of the phase", func(m network.Means) []float32 { return m.FeedbackTrace }},
		} {
			var phases [][]float32
			for _, means := range t.result.Means {
				phases = append(phases, mean.of(means[m]))
			}
			putMeans(a, arrays.Label{Name: t.layers[m+1].name + mean.name, Axes: mean.axes, About: mean.about + "; NaN in phases that need none"}, phases...)
		}
	}
}

// putMeans adds means that were taken in at least one phase.
func putMeans(a *arrays.Archive, l arrays.Label, phases ...[]float32) {
	n := 0
	for _, p := range phases {
		n = max(n, len(p))
	}
	if n == 0 {
		return
	}
	var values []float32
	for _, p := range phases {
		if len(p) == 0 {
			p = slices.Repeat([]float32{float32(math.NaN())}, n)
		}
		values = append(values, p...)
	}
	a.Put(l, values, len(phases), n)
}
