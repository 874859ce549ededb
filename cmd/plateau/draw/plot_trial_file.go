package draw

import (
	"fmt"
	"image"
	"path/filepath"
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/internal/figure"
	"plateau/protocols/dataset"
	"plateau/sim/record/npz"
)

// A trialFile reads the archive that plateau trial writes, until the first error.
type trialFile struct {
	path string
	r    *npz.Reader
	err  error
}

func openTrialFile(path string) (*trialFile, error) {
	r, err := npz.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: want the file of a trial, written by %s: %s", path, cli.Command("trial"), cli.Plain(err))
	}
	names := r.Names()
	switch {
	case slices.Contains(names, "W0") && slices.Contains(names, "b0"):
		err = fmt.Errorf("%s: holds weights; for pictures of the run: %s", path, cli.Command("plot", cli.Argument(filepath.Dir(path))))
	case slices.Contains(names, "class_potential"):
		err = fmt.Errorf("%s: was written by an older version of plateau, under other names; %s makes it anew", path, cli.Command("trial"))
	case !run.HoldsAll(names, "run", "populations", "phase_begin_ms"):
		err = fmt.Errorf("%s: is not the file of a trial: there is no array run, populations or phase_begin_ms in it; %s makes one%s", path, cli.Command("trial"), run.TakenBy(path))
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return &trialFile{path: path, r: r}, nil
}

func (t *trialFile) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: %s", t.path, fmt.Sprintf(format, args...))
	}
}

// take reads an array with one of the reader's methods.
func take[T any](t *trialFile, read func(string) ([]T, []int, error), name string) []T {
	values, _, err := read(name)
	if err != nil {
		t.fail("%s", cli.Plain(err))
	}
	return values
}

// single returns the only value of an array.
func single[T any](t *trialFile, read func(string) ([]T, []int, error), name string) (v T) {
	values := take(t, read, name)
	if t.err == nil && len(values) != 1 {
		t.fail("%s holds %d values, want 1", name, len(values))
	}
	if t.err == nil {
		v = values[0]
	}
	return v
}

func (t *trialFile) trial() (*shownTrial, error) {
	s := t.read()
	return s, t.err
}

func (t *trialFile) read() *shownTrial {
	s := &shownTrial{from: filepath.Base(t.path), phases: t.phases(), image: t.image()}
	populations := take(t, t.r.Strings, "populations")
	if t.err == nil && len(populations) < 2 {
		t.fail("there are %d populations, want input and output", len(populations))
	}
	s.time = take(t, t.r.Float64, "output_soma_time_ms")
	for i, name := range populations {
		p := figure.Population{Name: name, Neurons: t.neurons(i, name)}
		p.SpikeTime, p.SpikeNeuron = take(t, t.r.Float64, name+"_spike_time_ms"), take(t, t.r.Int32, name+"_spike_neuron")
		if t.err == nil && len(p.SpikeTime) != len(p.SpikeNeuron) {
			t.fail("%s has %d spike times and %d neurons", name, len(p.SpikeTime), len(p.SpikeNeuron))
		}
		s.populations = append(s.populations, p)
	}
	settings := settings.NewLayers()
	settings.Read(t.path, []byte(single(t, t.r.Strings, "config")))
	c := settings.Config
	info := c.Data.Info()
	if info.Name == "" {
		t.fail("%s", cli.Plain(&dataset.UnknownError{Name: c.Data.Name}))
		return nil
	}
	s.data, s.movingPlateaus = info, c.Phases.Window > 0
	s.noise = c.Model(info).Neurons.Noise
	s.class, s.read = int(single(t, t.r.Int32, "trial_class")), int(single(t, t.r.Int32, "trial_predicted"))
	s.example, s.seed = int(single(t, t.r.Int64, "trial_example")), single(t, t.r.Uint64, "seed")
	s.classes = len(take(t, t.r.Strings, "class_names"))
	s.outputSoma = t.columns("output_soma")
	if n := len(s.outputSoma); t.err == nil && (s.classes == 0 || n == 0 || n%s.classes != 0) {
		t.fail("output_soma has %d neurons, want the same number for each of %d classes", n, s.classes)
	}
	if t.err != nil {
		return nil
	}
	for k, ph := range s.phases {
		var layers []plateaus
		for _, p := range s.populations[1 : len(s.populations)-1] {
			layers = append(layers, t.plateaus(p, ph, k, s.movingPlateaus))
		}
		s.plateaus = append(s.plateaus, layers)
	}
	return s
}

func (t *trialFile) phases() (all []figure.Phase) {
	begin, window, end := take(t, t.r.Float64, "phase_begin_ms"), take(t, t.r.Float64, "phase_window_ms"), take(t, t.r.Float64, "phase_end_ms")
	names := take(t, t.r.Strings, "phase_name")
	if t.err == nil && (len(names) == 0 || len(begin) != len(names) || len(window) != len(names) || len(end) != len(names)) {
		t.fail("phase_name, phase_begin_ms, phase_window_ms and phase_end_ms have different lengths")
	}
	if t.err != nil {
		return nil
	}
	for i, name := range names {
		all = append(all, figure.Phase{Name: name, Begin: begin[i], Window: window[i], End: end[i]})
	}
	return all
}

// plateaus returns those of a hidden layer in phase k. If windows move, each neuron's
// window ends with its plateau.
func (t *trialFile) plateaus(of figure.Population, ph figure.Phase, k int, moving bool) (p plateaus) {
	p.at = t.phase(take(t, t.r.Float64, of.Name+"_plateau_time_ms"), of, k)
	for _, part := range []struct {
		name string
		to   *[]float64
	}{{"_mean_apical", &p.mean}, {"_plateau", &p.size}} {
		var values []float64
		for _, v := range take(t, t.r.Float32, of.Name+part.name) {
			values = append(values, float64(v))
		}
		*part.to = t.phase(values, of, k)
	}
	for _, at := range p.at {
		from := ph.Window
		if moving {
			from -= ph.End - at
		}
		p.from = append(p.from, from)
	}
	return p
}

// phase takes the values of phase k from those of all phases.
func (t *trialFile) phase(values []float64, of figure.Population, k int) []float64 {
	n := of.Neurons
	if t.err == nil && len(values) < (k+1)*n {
		t.fail("there are %d plateaus of %s, want one for each of %d neurons in each phase", len(values), of.Name, n)
	}
	if t.err != nil {
		return nil
	}
	return values[k*n : (k+1)*n]
}

func (t *trialFile) potentials(units []unit) (apical, basal, soma [][]float64, err error) {
	for _, u := range units {
		of := func(what string) []float64 {
			if c := t.columns(u.layerName()+what, u.index); len(c) == 1 {
				return c[0]
			}
			return nil
		}
		apical, basal, soma = append(apical, of("_apical")), append(basal, of("_basal")), append(soma, of("_soma"))
	}
	return apical, basal, soma, t.err
}

// neurons returns the number of neurons of a population.
func (t *trialFile) neurons(i int, name string) int {
	if i == 0 {
		sizes := take(t, t.r.Int64, "population_sizes")
		if t.err == nil && len(sizes) == 0 {
			t.fail("population_sizes is empty")
		}
		if t.err != nil {
			return 0
		}
		return int(sizes[0])
	}
	return t.width(name + "_soma")
}

// width is the number of columns of an array of potentials.
func (t *trialFile) width(name string) int {
	shape, err := t.r.Shape(name)
	if err == nil && len(shape) != 2 {
		err = fmt.Errorf("%s has %d dimensions, want a row for each step and a column for each neuron", name, len(shape))
	}
	if err != nil {
		t.fail("%s", cli.Plain(err))
		return 0
	}
	return shape[1]
}

// columns returns the potentials of the given neurons, or of all.
func (t *trialFile) columns(name string, which ...int) [][]float64 {
	n := t.width(name)
	values := take(t, t.r.Float32, name)
	steps := len(take(t, t.r.Float64, "output_soma_time_ms"))
	if t.err == nil && len(values) != steps*n {
		t.fail("%s has %d values, want %d: one for each step and neuron", name, len(values), steps*n)
	}
	if t.err != nil {
		return nil
	}
	if which == nil {
		for i := range n {
			which = append(which, i)
		}
	}
	columns := make([][]float64, len(which))
	for k, i := range which {
		if i >= n {
			t.fail("%s has %d neurons, want more than %d", name, n, i)
			return nil
		}
		columns[k] = make([]float64, steps)
		for step := range steps {
			columns[k][step] = float64(values[step*n+i])
		}
	}
	return columns
}

// image returns the image that was shown, nil if the stimulus was none.
func (t *trialFile) image() image.Image {
	if !slices.Contains(t.r.Names(), "image") {
		return nil
	}
	values, shape, err := t.r.Uint8("image")
	if err != nil {
		t.fail("%s", cli.Plain(err))
		return nil
	}
	return ink(values, shape)
}
