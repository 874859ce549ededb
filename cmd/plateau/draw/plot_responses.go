package draw

import (
	"fmt"
	"strconv"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
	"plateau/protocols/responses"
	"plateau/sim/record"
)

// responsePictures are those of what neurons did in many trials.
func responsePictures() []drawing {
	return []drawing{
		{Name: "tuning", Meaning: "the mean rate of each neuron of a population for each class", source: fromRecording,
			options: []string{"populations", "neurons"}, draw: drawTuning},
		{Name: "variability", Meaning: "Fano factors of spike counts over repeats, and the variation of intervals", source: fromRecording,
			options: []string{"populations"}, draw: drawVariability},
		{Name: "fi", Meaning: "mean rate against injected current", source: fromRecording, draw: drawCurrents},
	}
}

// respondent opens a recording and chooses the population whose responses are drawn: the
// one of --populations, or the first after the input that was recorded.
func respondent(o options) (r *record.Reader, population int, err error) {
	if r, err = run.OpenRecording(o.from[0]); err != nil {
		return nil, 0, err
	}
	h := r.Header()
	fail := func(err error) (*record.Reader, int, error) { r.Close(); return nil, 0, err }
	if o.populations != "" {
		if population, err = h.Population(o.populations); err != nil {
			return fail(cli.Misuse("--populations %s: want one population of %s", o.populations, o.from[0]))
		}
		if !h.Populations[population].Spikes {
			return fail(fmt.Errorf("%s: the spikes of %s were not recorded", o.from[0], o.populations))
		}
		return r, population, nil
	}
	for i := 1; i < len(h.Populations); i++ {
		if h.Populations[i].Spikes {
			return r, i, nil
		}
	}
	return fail(fmt.Errorf("%s: no spikes of neurons above the input were recorded", o.from[0]))
}

// responseError says which recording an error is about.
func responseError(o options, err error) error {
	return fmt.Errorf("%s: %s", o.from[0], cli.Plain(err))
}

func drawTuning(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	var about figure.About
	r, population, err := respondent(o)
	if err != nil {
		return nil, about, err
	}
	defer r.Close()
	h := r.Header()
	t, err := responses.TuningOf(r, population)
	if err != nil {
		return nil, about, responseError(o, err)
	}
	order := t.Order()
	chosen := order[0]
	for _, n := range order { // without a choice, the neuron that tells classes apart best
		if t.Range(n) > t.Range(chosen) {
			chosen = n
		}
	}
	if o.neurons != "" {
		if chosen, err = strconv.Atoi(o.neurons); err != nil || chosen < 0 || chosen >= len(order) {
			return nil, about, cli.Misuse("--neurons %s: want a neuron of %s, 0 to %d", o.neurons, h.Populations[population].Name, len(order)-1)
		}
	}
	trials := 0
	for _, n := range t.Trials {
		trials += n
	}
	name := h.Populations[population].Name
	about.Title = "Tuning of " + name
	about.Description = fmt.Sprintf("%s: mean rates in %s, in the phase without teaching", shortPath(o.from[0]), terminal.Plural(trials, "trial"))
	f := &figure.Tuning{
		Title: about.Title, Subtitle: about.Description, Names: settings.ClassNames(settings.DataOf(h), h.Network.Classes),
		Chosen: fmt.Sprintf("%s, neuron %d", name, chosen), Curve: t.Rates[chosen],
	}
	for _, n := range order {
		f.Rates = append(f.Rates, t.Rates[n])
	}
	return f, about, nil
}

func drawVariability(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	var about figure.About
	r, population, err := respondent(o)
	if err != nil {
		return nil, about, err
	}
	defer r.Close()
	v, err := responses.VariabilityOf(r, population)
	if err != nil {
		return nil, about, responseError(o, fmt.Errorf("%w; %s does that", err, cli.Command("trial", "--repeats")))
	}
	h := r.Header()
	about.Title = "Variability of " + h.Populations[population].Name
	shown := terminal.Plural(v.Examples, "image")
	if h.Split == "" && v.Examples == 1 {
		shown = "a stimulus"
	}
	about.Description = fmt.Sprintf("%s: %s shown repeatedly, spikes counted in %s ms", shortPath(o.from[0]), shown,
		terminal.Number(h.Clock().At(int64(v.Steps))))
	return &figure.Variability{Title: about.Title, Subtitle: about.Description, Mean: v.Mean, Fano: v.Fano, CV: v.CV}, about, nil
}

func drawCurrents(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	var about figure.About
	r, err := run.OpenRecording(o.from[0])
	if err != nil {
		return nil, about, err
	}
	defer r.Close()
	curves, err := responses.CurrentCurves(r)
	if err != nil {
		return nil, about, responseError(o, fmt.Errorf("%w; %s injects one", err, cli.Command("trial", "--current")))
	}
	about.Title = "f–I curve"
	about.Description = shortPath(o.from[0]) + ": mean rate of the neurons that got a constant current"
	f := &figure.Currents{Title: about.Title, Subtitle: about.Description}
	for _, c := range curves {
		f.Curves = append(f.Curves, figure.CurrentCurve{
			Name: fmt.Sprintf("%s, %s", r.Header().Populations[c.Population].Name, c.Into), Current: c.Current, Rate: c.Rate,
		})
	}
	return f, about, nil
}
