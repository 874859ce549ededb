package trial

import (
	"fmt"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/measure"
	"plateau/sim"
)

type trialEvent struct {
	Event        string            `json:"event"` // trial
	Data         string            `json:"data"`
	Split        string            `json:"split"`
	Example      int               `json:"example"`
	Class        int               `json:"class"`
	Read         int               `json:"read"`
	Potentials   []float64         `json:"class_potentials"` // mean potentials, which decide the predicted class
	Milliseconds []float64         `json:"phases_ms"`        // lengths of the forward and the target phase
	Populations  []populationEvent `json:"populations"`
	Plateaus     []plateauEvent    `json:"plateaus"`
	HiddenLosses []float64         `json:"hidden_losses"`
	OutputLoss   *float64          `json:"output_loss,omitempty"`
	Phases       []string          `json:"phases,omitempty"` // their names, if they are not those of the configuration
	Stimulus     string            `json:"stimulus,omitempty"`
	Injected     []injectedEvent   `json:"injected,omitempty"`
	Out          string            `json:"out"`
	Recording    string            `json:"recording,omitempty"`
}

type populationEvent struct {
	Name    string    `json:"name"`
	Neurons int       `json:"neurons"`
	Spikes  []int     `json:"spikes"`  // number in the forward and in the target phase
	RateHz  []float64 `json:"rate_hz"` // mean rate of a neuron in these phases
}

// plateauEvent compares the plateaus of a hidden layer in the two phases.
type plateauEvent struct {
	Layer      string  `json:"layer"`
	Forward    float64 `json:"mean_forward"`
	Target     float64 `json:"mean_target"`
	Rose       int     `json:"rose"` // number that rose by more than measure.SmallPlateauChange
	Fell       int     `json:"fell"`
	MeanChange float64 `json:"mean_absolute_change"`
	MostChange float64 `json:"largest_absolute_change"`
}

// An injectedEvent is a current of a phase, and how the neurons that got it fired.
type injectedEvent struct {
	Phase       int     `json:"phase"` // counted from 0
	Population  string  `json:"population"`
	Compartment string  `json:"compartment"`
	Neurons     []int   `json:"neurons"`
	Current     float64 `json:"mean_current"` // over the window of averages, and the neurons
	RateHz      float64 `json:"rate_hz"`      // likewise
}

func (t *observed) event(o trialOptions) trialEvent {
	r, p := t.result, t.protocol
	e := trialEvent{
		Event: "trial", Data: t.config.Data.Short(), Split: o.split, Example: p.Example, Class: p.Class, Read: r.Predicted,
		Potentials:   t.potentials(),
		Populations:  []populationEvent{},
		Plateaus:     []plateauEvent{},
		HiddenLosses: []float64{}, Stimulus: o.stimulus, Injected: t.injected(), Out: o.out, Recording: o.record,
	}
	if p.Example < 0 {
		e.Split = ""
	}
	if last := len(r.Losses) - 1; last >= 0 {
		e.HiddenLosses, e.OutputLoss = append(e.HiddenLosses, r.Losses[:last]...), &r.Losses[last]
	}
	if p.own() {
		for _, phase := range p.phases {
			e.Phases = append(e.Phases, phase.Name)
		}
	}
	for _, p := range t.phases {
		e.Milliseconds = append(e.Milliseconds, t.length(p))
	}
	for i := range t.layers {
		l := populationEvent{Name: t.layers[i].name, Neurons: t.layers[i].neurons}
		for _, p := range t.phases {
			l.Spikes = append(l.Spikes, p.spikes[i])
			l.RateHz = append(l.RateHz, 1000*float64(p.spikes[i])/t.length(p)/float64(l.Neurons))
		}
		e.Populations = append(e.Populations, l)
	}
	if r.Target < 0 {
		return e
	}
	for m := range len(t.layers) - 2 {
		c := measure.ComparePlateaus(r.Means[r.Read][m].Plateau, r.Means[r.Target][m].Plateau)
		e.Plateaus = append(e.Plateaus, plateauEvent{t.layers[m+1].name, c.Forward, c.Target, c.Rose, c.Fell, c.Mean, c.Most})
	}
	return e
}

// injected lists the currents of all phases.
func (t *observed) injected() (list []injectedEvent) {
	clock := sim.NewClock(t.dt)
	for k, phase := range t.protocol.phases {
		for _, c := range phase.Currents {
			l, span := &t.layers[c.Layer], t.phases[k]
			current, spikes := 0.0, 0
			for step := phase.From; step < phase.Steps; step++ {
				for n := range c.Neurons {
					current += float64(c.At(step, n, phase.Steps))
				}
			}
			begin, end := within(l.spikeStep, span.from, span.end)
			for _, neuron := range l.spikeNeuron[begin:end] {
				if _, got := slices.BinarySearch(c.Neurons, int(neuron)); got {
					spikes++
				}
			}
			window := phase.Steps - phase.From
			list = append(list, injectedEvent{
				Phase: k, Population: l.name, Compartment: string(c.Into), Neurons: c.Neurons,
				Current: current / float64(window*len(c.Neurons)),
				RateHz:  1000 * float64(spikes) / clock.At(int64(window)) / float64(len(c.Neurons)),
			})
		}
	}
	return list
}

func (t *observed) length(p phaseSpan) float64 { return sim.NewClock(t.dt).At(int64(p.end - p.begin)) }

// summary describes the trial for a person.
func (t *observed) summary(at terminal.Terminal, e trialEvent, o trialOptions) string {
	var b strings.Builder
	weights := "fresh weights"
	if o.run != "" {
		weights = "the weights of " + terminal.Printable(o.run)
	}
	fmt.Fprintf(&b, "%s, %s, %s\n\n", t.config.Title(), weights, t.what(o))
	if text := t.verdict(at, e); text != "" {
		b.WriteString(text + "\n\n")
	}
	b.WriteString(t.spikes(at, e) + "\n")
	if len(t.phases) > phasesInRaster {
		b.WriteString("\n" + t.ratesByPhase(e))
	}
	if len(e.Injected) > 0 {
		b.WriteString("\n" + t.injectedTable(e))
	}
	if t.silentOutput() {
		b.WriteString("output neurons fire, but nothing uses their spikes\n")
	}
	b.WriteString("\n")
	for _, p := range e.Plateaus {
		n := t.neurons(p.Layer)
		fmt.Fprintf(&b, "%s plateaus: mean %.3f forward, %.3f target; %d of %d rose and %d fell\n  by more than %v, by %.3f in the mean and %.3f at most\n",
			p.Layer, p.Forward, p.Target, p.Rose, n, p.Fell, measure.SmallPlateauChange, p.MeanChange, p.MostChange)
	}
	// The paper's equations have names for the losses of a network with one hidden layer.
	hiddenLoss, outputLoss := "loss L_0", "loss L_1"
	if len(e.HiddenLosses) > 1 {
		hiddenLoss, outputLoss = "loss", "loss"
	}
	for m, loss := range e.HiddenLosses {
		fmt.Fprintf(&b, "%s %s %.4g\n", settings.PopulationNames(len(e.HiddenLosses))[m+1], hiddenLoss, loss)
	}
	if e.OutputLoss != nil {
		fmt.Fprintf(&b, "output %s %.4g\n\n", outputLoss, *e.OutputLoss)
	}
	if o.out != "" {
		fmt.Fprintf(&b, "all potentials, spikes and means are in %s:\n  python -c %s\n", terminal.Printable(o.out), cli.ShellWord(fmt.Sprintf(`import numpy; print(numpy.load(%q)["about"])`, o.out)))
	}
	if o.record != "" {
		fmt.Fprintf(&b, "everything is in %s: %s\n", terminal.Printable(o.record), cli.Command("inspect", cli.Argument(o.record)))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// what says what was shown.
func (t *observed) what(o trialOptions) string {
	switch {
	case t.protocol.Example >= 0 && t.protocol.own():
		return fmt.Sprintf("image %d of the %s set, in %s", t.protocol.Example, o.split, terminal.Plural(len(t.phases), "phase"))
	case t.protocol.Example >= 0:
		return fmt.Sprintf("image %d of the %s set", t.protocol.Example, o.split)
	case o.stimulus == noStimulus:
		return "no stimulus"
	case o.stimulus != "":
		return "stimulus " + terminal.Printable(o.stimulus)
	}
	return "phases of " + terminal.Printable(o.phases)
}

// ratesByPhase lists the mean rates of the populations in each phase, where there are
// too many phases for the raster to show them.
func (t *observed) ratesByPhase(e trialEvent) string {
	var b strings.Builder
	fmt.Fprintf(&b, "mean rate (Hz)      ms")
	for _, l := range e.Populations {
		fmt.Fprintf(&b, " %9s", l.Name)
	}
	b.WriteString("\n")
	for k, p := range t.phases {
		fmt.Fprintf(&b, "%3d %-10.10s %7s", k, p.name, terminal.Number(t.length(p)))
		for _, l := range e.Populations {
			fmt.Fprintf(&b, " %9.1f", l.RateHz[k])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// injectedTable lists the currents, and how the neurons that got them fired.
func (t *observed) injectedTable(e trialEvent) string {
	var b strings.Builder
	b.WriteString("injected                             phase   current  rate (Hz) since settling\n")
	for _, c := range e.Injected {
		where := fmt.Sprintf("%s:%s, %s", c.Population, cli.PrintRanges(c.Neurons), c.Compartment)
		fmt.Fprintf(&b, "%-36.36s %5d %9.4g %10.1f\n", where, c.Phase, c.Current, c.RateHz)
	}
	return b.String()
}

// verdict draws the image, beside it the output of each class, and below both the
// predicted class. Without an image or a prediction there is less to see.
func (t *observed) verdict(at terminal.Terminal, e trialEvent) string {
	if e.Read < 0 {
		return ""
	}
	info := t.config.Data.Info()
	left := []string{""}
	if p := t.protocol; p.shown != nil {
		left = at.Picture(p.shown, p.index)
	}
	bars := func(width int) []string { return at.ClassBars(width, e.Potentials, info.Classes, e.Class, e.Read) }
	if e.Class < 0 {
		return at.Beside(left, bars) + fmt.Sprintf("\npredicted class %s", info.Classes[e.Read])
	}
	verdict := "right"
	if e.Read != e.Class {
		verdict = "wrong"
	}
	return at.Beside(left, bars) + fmt.Sprintf("\nclass %s, predicted %s: %s", info.Classes[e.Class], info.Classes[e.Read], verdict)
}

// spikes is the raster of the trial.
func (t *observed) spikes(at terminal.Terminal, e trialEvent) string {
	info := t.config.Data.Info()
	return strings.Join(t.raster(e, info.Classes).lines(at), "\n")
}

// silentOutput reports whether nothing uses the spikes of the output layer.
func (t *observed) silentOutput() bool { return len(t.config.Network.Hidden) == 0 }

func (t *observed) neurons(name string) int {
	i := slices.IndexFunc(t.layers, func(p population) bool { return p.name == name })
	return t.layers[i].neurons
}
