package draw

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
	"plateau/protocols/dataset"
	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

// A recordedTrial is a trial of a recording, whose potentials are recomputed.
type recordedTrial struct {
	con    *terminal.Console
	path   string
	r      *record.Reader
	header *record.Header
	shown  *record.Trial
	replay *replay.Replay
}

func newTrialRecording(con *terminal.Console, r *record.Reader, o options) (*recordedTrial, error) {
	t, err := trialOf(r, o.from[0], o.trial)
	if err != nil {
		return nil, err
	}
	search := &run.WeightSearch{Header: r.Header(), Run: o.run, File: o.weights}
	return &recordedTrial{con: con, path: o.from[0], r: r, header: r.Header(), shown: t, replay: replay.New(r, search.Find)}, nil
}

// trialOf returns trial i of a recording.
func trialOf(r *record.Reader, path string, i int) (*record.Trial, error) {
	switch {
	case r.Trials() == 0:
		return nil, fmt.Errorf("%s holds no trials", path)
	case i < 0 || i >= r.Trials():
		return nil, cli.Misuse("--trial %d: want 0 to %d, a trial of %s", i, r.Trials()-1, path)
	}
	t, err := r.Trial(i)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", path, cli.Plain(err))
	}
	return t, nil
}

func (s *recordedTrial) trial() (*shownTrial, error) {
	h := s.header
	out := &shownTrial{
		from: fmt.Sprintf("%s, %s %d", shortPath(s.path), trialWord(s.shown), s.shown.Index), data: settings.DataOf(h), example: s.shown.Example, class: s.shown.Class, read: s.shown.Predicted,
		seed: h.Seed, classes: h.Network.Classes, noise: h.Neurons.Noise, phases: phasesOf(s.shown, 0, h.Dt()),
	}
	w := newReplayWatch(s, nil)
	if err := s.run(w); err != nil {
		return nil, err
	}
	out.populations, out.plateaus, out.outputSoma, out.time = w.populations, w.plateaus, w.output, w.time
	out.image = s.image(out.populations[0])
	return out, nil
}

func (s *recordedTrial) potentials(units []unit) (apical, basal, soma [][]float64, err error) {
	if len(units) == 0 {
		return nil, nil, nil, nil
	}
	w := newReplayWatch(s, units)
	err = s.run(w)
	return w.apical, w.basal, w.soma, err
}

func (s *recordedTrial) run(w *replayWatch) error {
	if err := s.replay.Trial(s.shown.Index, w); err != nil {
		return fmt.Errorf("%s: %s; %s draws what was recorded", s.path, cli.Plain(err), cli.Command("plot", cli.Argument(s.path), "--what", "raster"))
	}
	return nil
}

// trialWord says whether a trial was for training or for a test.
func trialWord(t *record.Trial) string {
	if word := t.Purpose.String(); word == "training" || word == "test" {
		return word + " trial"
	}
	return "trial"
}

// phasesOf lists the phases of a trial that begins at a time (ms), as far as
// they were recorded.
func phasesOf(t *record.Trial, start, dt float64) (all []figure.Phase) {
	at := func(step int) float64 { return start + float64(min(step, t.Steps))*dt }
	for _, ph := range t.Phases {
		if ph.First < t.Steps {
			all = append(all, figure.Phase{Name: ph.Name, Begin: at(ph.First), Window: at(ph.First + ph.From), End: at(ph.End())})
		}
	}
	return all
}

// image returns the image that was shown. If the data set cannot be found, it draws how
// often each input neuron fired instead.
func (s *recordedTrial) image(input figure.Population) image.Image {
	info := settings.DataOf(s.header)
	shape := []int{info.Channels, info.Height, info.Width}
	if info.Channels*info.Height*info.Width != input.Neurons {
		return nil
	}
	why := errors.New("the recording does not say where its data set is")
	if images := run.NewRecordedImages(s.header); images != nil {
		var set *dataset.Set
		if set, why = images.Shown(s.shown); why == nil {
			return ink(set.Image(0), shape)
		}
	}
	s.con.Note("the images of %s were not found (%s), so the picture shows instead how often each input neuron fired", s.header.Data, cli.Plain(why))
	return counted(input, shape)
}

// A replayWatch keeps what a picture shows of a replayed trial.
type replayWatch struct {
	h     *record.Header
	t     *record.Trial
	units []unit // neurons whose potentials are kept

	populations         []figure.Population
	plateaus            [][]plateaus
	times               []plateaus // plateaus of the phase in progress, without sizes
	time                []float64
	output              [][]float64 // somatic potentials of output neurons
	apical, basal, soma [][]float64 // potentials of units
}

func newReplayWatch(s *recordedTrial, units []unit) *replayWatch {
	w := &replayWatch{h: s.header, t: s.shown, units: units}
	for _, p := range s.header.Populations {
		w.populations = append(w.populations, figure.Population{Name: p.Name, Neurons: p.Size})
	}
	w.output = make([][]float64, s.header.Network.Outputs())
	w.apical, w.basal, w.soma = make([][]float64, len(units)), make([][]float64, len(units)), make([][]float64, len(units))
	return w
}

// Observe implements sim.Observer.
func (w *replayWatch) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.PhaseBegan:
		w.began(e)
	case *sim.Block:
		for step := range e.Steps {
			w.step(e, step)
		}
	case *sim.PhaseEnded:
		w.ended(e)
	}
}

// began keeps the times of plateaus, and the windows of their means.
func (w *replayWatch) began(e *sim.PhaseBegan) {
	dt := w.h.Dt()
	w.times = nil
	for m, n := range w.h.Network.Hidden {
		p := plateaus{from: make([]float64, n), at: make([]float64, n)}
		for i := range n {
			end, from := e.Phase.Steps, e.Phase.From
			if e.Phase.PlateauStep != nil {
				end = e.Phase.PlateauStep[m][i] + 1
				from = end - e.Phase.PlateauWindow
			}
			p.from[i], p.at[i] = float64(e.Step+from)*dt, float64(e.Step+end)*dt
		}
		w.times = append(w.times, p)
	}
}

// ended keeps plateaus, unless the recording broke off before they came.
func (w *replayWatch) ended(e *sim.PhaseEnded) {
	k := len(w.plateaus)
	if k >= len(w.t.Phases) || w.t.Phases[k].End() > w.t.Steps {
		return
	}
	for m := range w.times {
		if e.Means[m].Plateau == nil || e.Means[m].Apical == nil {
			return
		}
		for i := range w.times[m].at {
			w.times[m].mean = append(w.times[m].mean, float64(e.Means[m].Apical[i]))
			w.times[m].size = append(w.times[m].size, float64(e.Means[m].Plateau[i]))
		}
	}
	w.plateaus = append(w.plateaus, w.times)
}

func (w *replayWatch) step(b *sim.Block, step int) {
	at := float64(b.First+step) * w.h.Dt()
	w.time = append(w.time, float64(b.First+step+1)*w.h.Dt())
	for i := range w.populations {
		p := &w.populations[i]
		fired := b.Spikes(i, step)
		p.SpikeNeuron = append(p.SpikeNeuron, fired...)
		for range fired {
			p.SpikeTime = append(p.SpikeTime, at)
		}
	}
	for i, v := range b.Soma(len(w.populations)-1, step) {
		w.output[i] = append(w.output[i], float64(v))
	}
	for k, u := range w.units {
		w.apical[k] = append(w.apical[k], float64(b.Apical(u.layer+1, step)[u.index]))
		w.basal[k] = append(w.basal[k], float64(b.Basal(u.layer+1, step)[u.index]))
		w.soma[k] = append(w.soma[k], float64(b.Soma(u.layer+1, step)[u.index]))
	}
}

// maxRaster is the largest number of spikes in a picture.
const maxRaster = 20000000

func drawRaster(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	r, err := run.OpenRecording(o.from[0])
	if err != nil {
		return nil, figure.About{}, err
	}
	defer r.Close()
	h := r.Header()
	trials := []int{o.trial}
	switch {
	case o.trials != "" && slices.Contains(o.given, "trial"):
		return nil, figure.About{}, cli.Misuse("--trial and --trials do not go together")
	case o.trials != "":
		if trials, err = cli.ParseRanges(o.trials, 0, r.Trials()); err != nil {
			return nil, figure.About{}, cli.Misuse("--trials %v", err)
		}
	}
	which, err := rasterPopulations(h, o)
	if err != nil {
		return nil, figure.About{}, err
	}
	f := &figure.Raster{Step: h.Dt()}
	for _, i := range which {
		f.Populations = append(f.Populations, figure.Population{Name: h.Populations[i].Name, Neurons: h.Populations[i].Size})
	}
	names := settings.ClassNames(settings.DataOf(h), h.Network.Classes)
	if last := &f.Populations[len(f.Populations)-1]; last.Name == "output" && last.Neurons == len(names) && len(names) <= 20 {
		last.Names = names
	}
	start, total := 0.0, 0
	for _, i := range trials {
		t, err := trialOf(r, o.from[0], i)
		if err != nil {
			return nil, figure.About{}, err
		}
		shown := figure.Shown{Begin: start, End: start + float64(t.Steps)*h.Dt(), Phases: phasesOf(t, start, h.Dt())}
		shown.Names = trialNames(t, names)
		f.Trials = append(f.Trials, shown)
		for k, i := range which {
			p := &f.Populations[k]
			scan := r.Spikes(t.Index, i, 0, record.End)
			for scan.Scan() {
				for _, spike := range scan.Spikes() {
					p.SpikeTime, p.SpikeNeuron = append(p.SpikeTime, start+float64(spike.Step)*h.Dt()), append(p.SpikeNeuron, spike.Neuron)
				}
				if total += len(scan.Spikes()); total > maxRaster {
					return nil, figure.About{}, cli.Misuse("there are more than %d spikes; choose fewer --trials or --populations", maxRaster)
				}
			}
			if err := scan.Err(); err != nil {
				return nil, figure.About{}, fmt.Errorf("%s: %s", o.from[0], cli.Plain(err))
			}
		}
		start = shown.End
	}
	var sizes []int
	for _, p := range h.Populations {
		sizes = append(sizes, p.Size)
	}
	f.Title = "Spikes of " + trialsWords(trials)
	f.Subtitle = fmt.Sprintf("%s: %s on %s, seed %d; %s", filepath.Clean(o.from[0]), terminal.Join(sizes, "-"), h.Data, h.Seed, terminal.Plural(total, "spike"))
	return f, figure.About{Title: f.Title, Description: f.Subtitle}, nil
}

func trialsWords(trials []int) string {
	if len(trials) == 1 {
		return fmt.Sprintf("trial %d", trials[0])
	}
	if first, last := trials[0], trials[len(trials)-1]; last-first == len(trials)-1 {
		return fmt.Sprintf("trials %d to %d", first, last)
	}
	return fmt.Sprintf("%d trials: %s", len(trials), cli.PrintRanges(trials))
}

// trialNames returns names of a trial with its number and classes, the longest first.
func trialNames(t *record.Trial, classes []string) []string {
	short := fmt.Sprint(t.Index)
	if t.Class < 0 || t.Class >= len(classes) || t.Predicted >= len(classes) {
		return []string{short}
	}
	if t.Predicted < 0 {
		return []string{fmt.Sprintf("%s: %s", short, classes[t.Class]), short}
	}
	return []string{
		fmt.Sprintf("%s: %s, predicted %s", short, classes[t.Class], classes[t.Predicted]),
		fmt.Sprintf("%s: %s → %s", short, classes[t.Class], classes[t.Predicted]), short,
	}
}

// rasterPopulations returns the chosen populations, or all that were recorded.
func rasterPopulations(h *record.Header, o options) (which []int, err error) {
	var recorded []string
	for i, p := range h.Populations {
		if p.Spikes {
			which, recorded = append(which, i), append(recorded, p.Name)
		}
	}
	if len(which) == 0 {
		return nil, fmt.Errorf("%s: holds no spikes", o.from[0])
	}
	if o.populations == "" {
		return which, nil
	}
	which = nil
	for _, name := range cli.SplitList(o.populations) {
		i, err := h.Population(name)
		if err != nil || !h.Populations[i].Spikes {
			return nil, cli.Misuse("--populations %s: there are no spikes of %s%s", o.populations, name, cli.Suggest(name, recorded))
		}
		if !slices.Contains(which, i) {
			which = append(which, i)
		}
	}
	slices.Sort(which)
	return which, nil
}
