package trial

import (
	"fmt"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
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
	OutputLoss   float64           `json:"output_loss"`
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

func (t *observed) event(o trialOptions) trialEvent {
	r := t.result
	last := len(r.Losses) - 1
	e := trialEvent{
		Event: "trial", Data: t.config.Data.Name, Split: o.split, Example: r.Example, Class: r.Class, Read: r.Predicted,
		Potentials:   t.potentials(),
		Populations:  []populationEvent{},
		Plateaus:     []plateauEvent{},
		HiddenLosses: append([]float64{}, r.Losses[:last]...), OutputLoss: r.Losses[last], Out: o.out, Recording: o.record,
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
	for m := range last {
		c := measure.ComparePlateaus(r.Forward[m].Plateau, r.Target[m].Plateau)
		e.Plateaus = append(e.Plateaus, plateauEvent{t.layers[m+1].name, c.Forward, c.Target, c.Rose, c.Fell, c.Mean, c.Most})
	}
	return e
}

func (t *observed) length(p phaseSpan) float64 { return sim.NewClock(t.dt).At(int64(p.end - p.begin)) }

// summary describes the trial for a person.
func (t *observed) summary(at terminal.Terminal, set *dataset.Set, o trialOptions) string {
	e := t.event(o)
	var b strings.Builder
	weights := "fresh weights"
	if o.run != "" {
		weights = "the weights of " + terminal.Printable(o.run)
	}
	fmt.Fprintf(&b, "%s, %s, image %d of the %s set\n\n", t.config.Title(), weights, e.Example, o.split)
	b.WriteString(t.verdict(at, set, e) + "\n\n")
	b.WriteString(t.spikes(at, e) + "\n")
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
	fmt.Fprintf(&b, "output %s %.4g\n\n", outputLoss, e.OutputLoss)
	if o.out != "" {
		fmt.Fprintf(&b, "all potentials, spikes and means are in %s:\n  python -c %s\n", terminal.Printable(o.out), cli.ShellWord(fmt.Sprintf(`import numpy; print(numpy.load(%q)["about"])`, o.out)))
	}
	if o.record != "" {
		fmt.Fprintf(&b, "everything is in %s: %s\n", terminal.Printable(o.record), cli.Command("inspect", cli.Argument(o.record)))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// verdict draws the image, beside it the output of each class, and below both the
// predicted class.
func (t *observed) verdict(at terminal.Terminal, set *dataset.Set, e trialEvent) string {
	info, _ := dataset.Lookup(t.config.Data.Name)
	left := at.Picture(set, e.Example)
	bars := func(width int) []string { return at.ClassBars(width, e.Potentials, info.Classes, e.Class, e.Read) }
	verdict := "right"
	if e.Read != e.Class {
		verdict = "wrong"
	}
	return at.Beside(left, bars) + fmt.Sprintf("\nclass %s, predicted %s: %s", info.Classes[e.Class], info.Classes[e.Read], verdict)
}

// spikes is the raster of the trial.
func (t *observed) spikes(at terminal.Terminal, e trialEvent) string {
	info, _ := dataset.Lookup(t.config.Data.Name)
	return strings.Join(t.raster(e, info.Classes).lines(at), "\n")
}

// silentOutput reports whether nothing uses the spikes of the output layer.
func (t *observed) silentOutput() bool { return len(t.config.Network.Hidden) == 0 }

func (t *observed) neurons(name string) int {
	i := slices.IndexFunc(t.layers, func(p population) bool { return p.name == name })
	return t.layers[i].neurons
}
