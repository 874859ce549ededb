package draw

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/compartments"
	"plateau/internal/figure"
	"plateau/protocols/dataset"
)

// maxShown is the number of neurons that fit on a page.
const maxShown = 8

// A shownTrial is what a picture of a trial needs, except potentials of hidden
// neurons.
type shownTrial struct {
	from           string // where it comes from, for the subtitle
	data           dataset.Info
	example        int
	class, read    int
	classes        int
	seed           uint64
	image          image.Image // nil if not known
	phases         []figure.Phase
	populations    []figure.Population
	plateaus       [][]plateaus // of each phase and hidden layer; nil if not known
	time           []float64    // times of the potentials (ms)
	outputSoma     [][]float64  // somatic potentials of each output neuron
	noise          compartments.EscapeNoise
	movingPlateaus bool
}

// plateaus are those of a hidden layer in one phase, by neuron.
type plateaus struct {
	from, at   []float64 // beginning and end of the averaging windows; plateaus come at the end (ms)
	mean, size []float64
}

// A trialSource is a file that a trial can be drawn from.
type trialSource interface {
	trial() (*shownTrial, error)
	// potentials returns potentials of hidden neurons, a list for each neuron.
	potentials(units []unit) (apical, basal, soma [][]float64, err error)
}

// unit is a neuron of a hidden layer.
type unit struct {
	layer int // from 0
	index int
}

func (u unit) layerName() string { return fmt.Sprintf("hidden%d", u.layer) }

func drawTrial(con *terminal.Console, o options) (figure.Figure, figure.About, error) {
	source, done, err := openTrial(con, o)
	if err != nil {
		return nil, figure.About{}, err
	}
	defer done()
	t, err := source.trial()
	if err != nil {
		return nil, figure.About{}, err
	}
	units, err := t.choose(o.neurons)
	if err != nil {
		return nil, figure.About{}, err
	}
	f := t.figure()
	apical, basal, soma, err := source.potentials(units)
	if err != nil {
		return nil, figure.About{}, err
	}
	for k, u := range units {
		f.Neurons = append(f.Neurons, figure.Neuron{
			Name: fmt.Sprintf("%s, neuron %d", u.layerName(), u.index), Apical: apical[k], Basal: basal[k], Soma: soma[k], Plateaus: t.plateausOf(u),
		})
	}
	return f, figure.About{Title: f.Title, Description: f.Subtitle}, nil
}

// openTrial opens the file of a trial or a recording.
func openTrial(con *terminal.Console, o options) (s trialSource, done func() error, err error) {
	path := o.from[0]
	if !run.BeginsWith(path, "PK") {
		r, err := run.OpenRecording(path)
		if err != nil {
			if run.TakenBy(path) != "" {
				return nil, nil, err
			}
			return nil, nil, fmt.Errorf("%w; want the file of a trial, written by %s, a recording, or the folder of a run", err, cli.Command("trial"))
		}
		s, err := newTrialRecording(con, r, o)
		if err != nil {
			r.Close()
			return nil, nil, err
		}
		return s, r.Close, nil
	}
	for _, name := range []string{"trial", "run", "weights"} {
		if slices.Contains(o.given, name) {
			return nil, nil, cli.Misuse("--%s is for recordings, but %s is the file of a single trial", name, path)
		}
	}
	f, err := openTrialFile(path)
	if err != nil {
		return nil, nil, err
	}
	return f, f.r.Close, nil
}

// figure is the picture without hidden neurons.
func (t *shownTrial) figure() *figure.Trial {
	f := &figure.Trial{Image: t.image, Phases: t.phases, Populations: t.populations, Time: t.time}
	for i := range f.Populations {
		if m := i - 1; m >= 0 && i < len(f.Populations)-1 {
			for _, layers := range t.plateaus {
				f.Populations[i].Plateaus = append(f.Populations[i].Plateaus, layers[m].at)
			}
		}
	}
	names := settings.ClassNames(t.data, t.classes)
	each := len(t.outputSoma) / max(t.classes, 1)
	for k, name := range names {
		neurons := t.outputSoma[k*each : (k+1)*each]
		var rates [][]float64
		for _, v := range neurons {
			rates = append(rates, t.rate(v))
		}
		f.Classes = append(f.Classes, figure.Class{
			Name: name, Potential: mean(neurons), Rate: mean(rates), True: k == t.class, Read: k == t.read,
		})
	}
	called := func(k int) string {
		if k >= 0 && k < len(names) {
			return names[k]
		}
		return strconv.Itoa(k)
	}
	f.Title = "One trial"
	if t.class >= 0 {
		f.Title += ": " + called(t.class)
	}
	if t.read >= 0 {
		f.Title += ", predicted " + called(t.read)
	}
	var sizes []int
	for _, p := range f.Populations {
		sizes = append(sizes, p.Neurons)
	}
	shown := "a stimulus of one's own"
	if t.example >= 0 {
		shown = fmt.Sprintf("image %d", t.example)
	}
	f.Subtitle = fmt.Sprintf("%s: %s on %s, %s, seed %d", t.from, terminal.Join(sizes, "-"), t.data.Name, shown, t.seed)
	return f
}

// rate returns the firing rates at the given somatic potentials (Hz).
func (t *shownTrial) rate(soma []float64) []float64 {
	v, r := make([]float32, len(soma)), make([]float32, len(soma))
	for k := range soma {
		v[k] = float32(soma[k])
	}
	t.noise.Rates(r, v)
	rate := make([]float64, len(r))
	for k := range r {
		rate[k] = 1000 * float64(r[k])
	}
	return rate
}

func mean(columns [][]float64) []float64 {
	if len(columns) == 0 {
		return nil
	}
	m := make([]float64, len(columns[0]))
	for _, c := range columns {
		for k := range m {
			m[k] += c[k] / float64(len(columns))
		}
	}
	return m
}

func (t *shownTrial) plateausOf(u unit) (all []figure.Plateau) {
	for _, layers := range t.plateaus {
		p := layers[u.layer]
		all = append(all, figure.Plateau{From: p.from[u.index], Time: p.at[u.index], Mean: p.mean[u.index], Alpha: p.size[u.index]})
	}
	return all
}

// choose returns the neurons to draw: the chosen ones, or by default the neuron of each
// hidden layer whose plateau changed most. If there is a single hidden layer, they are
// the neuron whose plateau rose most and the one whose plateau fell most.
func (t *shownTrial) choose(chosen string) (units []unit, err error) {
	hidden := t.populations[1 : len(t.populations)-1]
	switch chosen {
	case settings.Nothing:
		return nil, nil
	case "":
		return t.mostChanged(hidden), nil
	}
	var layers []string
	for _, p := range hidden {
		layers = append(layers, p.Name)
	}
	for _, word := range strings.Split(chosen, ",") {
		layer, number, ok := strings.Cut(strings.TrimSpace(word), ":")
		if !ok && len(layers) > 0 {
			layer, number = layers[0], layer
		}
		m := slices.Index(layers, layer)
		if m < 0 {
			return nil, cli.Misuse("--neurons %s: there is no hidden layer %s%s", chosen, layer, cli.Suggest(layer, layers))
		}
		i, err := strconv.Atoi(number)
		if n := hidden[m].Neurons; err != nil || i < 0 || i >= n {
			return nil, cli.Misuse("--neurons %s: neuron %q of %s, want a number from 0 to %d", chosen, number, layer, n-1)
		}
		units = append(units, unit{m, i})
	}
	if len(units) > maxShown {
		return nil, cli.Misuse("--neurons %s: %d neurons, want at most %d", chosen, len(units), maxShown)
	}
	return units, nil
}

func (t *shownTrial) mostChanged(hidden []figure.Population) (units []unit) {
	if len(t.plateaus) == 0 {
		return nil
	}
	for m := range hidden[:min(len(hidden), maxShown)] {
		change := slices.Clone(t.plateaus[len(t.plateaus)-1][m].size)
		if len(t.plateaus) > 1 {
			for i, before := range t.plateaus[0][m].size {
				change[i] -= before
			}
		}
		order := make([]int, len(change))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(change[b], change[a]) })
		rose, fell := order[0], order[len(order)-1]
		switch {
		case len(hidden) == 1 && rose != fell:
			units = append(units, unit{m, rose}, unit{m, fell})
		case change[rose] >= -change[fell]:
			units = append(units, unit{m, rose})
		default:
			units = append(units, unit{m, fell})
		}
	}
	return units
}

// ink draws an image with values from 0 to 255, dark on white if it has one channel.
func ink(values []uint8, shape []int) image.Image {
	switch {
	case len(shape) == 2 || len(shape) == 3 && shape[0] == 1:
		h, w := shape[len(shape)-2], shape[len(shape)-1]
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i, v := range values {
			g.Pix[i] = 255 - v
		}
		return g
	case len(shape) == 3 && shape[0] == 3:
		h, w := shape[1], shape[2]
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range w * h {
			m.SetNRGBA(i%w, i/w, color.NRGBA{values[i], values[w*h+i], values[2*w*h+i], 0xff})
		}
		return m
	case len(shape) == 3 && shape[0] > 1: // other channels than colours: their mean
		n := shape[1] * shape[2]
		mean := make([]uint8, n)
		for i := range mean {
			sum := 0
			for k := i; k < len(values); k += n {
				sum += int(values[k])
			}
			mean[i] = uint8(sum / shape[0])
		}
		return ink(mean, shape[1:])
	}
	return nil
}

// counted draws how often each input neuron fired, for use if the image is not known.
func counted(input figure.Population, shape []int) image.Image {
	count := make([]float64, input.Neurons)
	most := 0.0
	for _, n := range input.SpikeNeuron {
		count[n]++
		most = math.Max(most, count[n])
	}
	values := make([]uint8, len(count))
	for i, n := range count {
		values[i] = uint8(255 * n / math.Max(most, 1))
	}
	return ink(values, shape)
}

// shortPath shortens a path, but not so far that files of different runs look the same.
func shortPath(path string) string {
	if dir := filepath.Base(filepath.Dir(path)); filepath.Base(path) == cli.RecordingName && dir != "." {
		return filepath.Join(dir, cli.RecordingName)
	}
	return filepath.Base(path)
}
