package main

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/figure"
	"plateau/sim/record/npz"
)

// maxShown neurons fit a page.
const maxShown = 8

// A trialFile reads the archive of a trial, up to the first fault.
type trialFile struct {
	path string
	r    *npz.Reader
	err  error
}

// trialFigure reads what plateau trial wrote.
func trialFigure(path, chosen string) (f *figure.Trial, title, description string, err error) {
	r, err := npz.Open(path)
	if err != nil {
		return nil, "", "", fmt.Errorf("%s: want the file of a trial, such as plateau trial writes, or the folder of a run: %s", path, plain(err))
	}
	defer r.Close()
	names := r.Names()
	switch {
	case slices.Contains(names, "W0") && slices.Contains(names, "b0"):
		return nil, "", "", fmt.Errorf("%s: holds weights; for the learning curves of the run: plateau plot %s", path, filepath.Dir(path))
	case !slices.Contains(names, "populations") || !slices.Contains(names, "phase_begin_ms"):
		return nil, "", "", fmt.Errorf("%s: is not the file of a trial: there is no array populations or phase_begin_ms in it; plateau trial makes one", path)
	}
	t := &trialFile{path: path, r: r}
	f, title, description = t.figure(chosen)
	if t.err != nil {
		return nil, "", "", t.err
	}
	return f, title, description, nil
}

func (t *trialFile) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: %s", t.path, fmt.Sprintf(format, args...))
	}
}

// take gets an array from one of the reader's methods.
func take[T any](t *trialFile, read func(string) ([]T, []int, error), name string) []T {
	values, _, err := read(name)
	if err != nil {
		t.fail("%s", plain(err))
	}
	return values
}

// single is the value of an array that holds one.
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

func (t *trialFile) figure(chosen string) (f *figure.Trial, title, description string) {
	f = &figure.Trial{}
	begin, window, end := take(t, t.r.Float64, "phase_begin_ms"), take(t, t.r.Float64, "phase_window_ms"), take(t, t.r.Float64, "phase_end_ms")
	phases := take(t, t.r.Strings, "phase_name")
	if t.err == nil && (len(phases) == 0 || len(begin) != len(phases) || len(window) != len(phases) || len(end) != len(phases)) {
		t.fail("phase_name, phase_begin_ms, phase_window_ms and phase_end_ms are of different lengths")
	}
	populations := take(t, t.r.Strings, "populations")
	if t.err == nil && len(populations) < 2 {
		t.fail("there are %d populations, want input and output", len(populations))
	}
	f.Time = take(t, t.r.Float64, "time_ms")
	if t.err != nil {
		return
	}
	for i, name := range phases {
		f.Phases = append(f.Phases, figure.Phase{Name: name, Begin: begin[i], Window: window[i], End: end[i]})
	}
	s := newSettings()
	s.read(t.path, []byte(single(t, t.r.Strings, "config")))
	data := s.config.data.name
	f.Image = t.image()

	for i, name := range populations {
		p := figure.Population{Name: name, Neurons: t.neurons(i, name)}
		p.SpikeTime, p.SpikeNeuron = take(t, t.r.Float64, name+"_spike_time_ms"), take(t, t.r.Int32, name+"_spike_neuron")
		if t.err == nil && len(p.SpikeTime) != len(p.SpikeNeuron) {
			t.fail("%s has %d spike times and %d neurons", name, len(p.SpikeTime), len(p.SpikeNeuron))
		}
		f.Populations = append(f.Populations, p)
	}
	for _, n := range t.choose(populations[1:len(populations)-1], chosen) {
		f.Neurons = append(f.Neurons, t.neuron(n, f.Phases, s.config.phases.window > 0))
	}
	class, read := single(t, t.r.Int64, "class"), single(t, t.r.Int64, "read")
	example, seed := single(t, t.r.Int64, "example"), single(t, t.r.Int64, "seed")
	names := classNames(data, len(take(t, t.r.Float64, "class_potential")))
	soma := t.columns("output_soma")
	if t.err != nil {
		return
	}
	each := len(soma) / max(len(names), 1)
	if each == 0 {
		t.fail("output_soma is of %d neurons, want some for each of %d classes", len(soma), len(names))
		return
	}
	for k, name := range names {
		f.Classes = append(f.Classes, figure.Class{
			Name: name, Potential: mean(soma[k*each : (k+1)*each]), True: int64(k) == class, Read: int64(k) == read,
		})
	}
	called := func(k int64) string {
		if k >= 0 && k < int64(len(names)) {
			return names[k]
		}
		return strconv.FormatInt(k, 10)
	}
	title = fmt.Sprintf("One trial: %s, read as %s", called(class), called(read))
	var sizes []int
	for _, p := range f.Populations {
		sizes = append(sizes, p.Neurons)
	}
	description = fmt.Sprintf("%s: %s on %s, image %d, seed %d", filepath.Base(t.path), join(sizes, "-"), data, example, seed)
	f.Title, f.Subtitle = title, description
	return f, title, description
}

// neurons counts those of a population.
func (t *trialFile) neurons(i int, name string) int {
	if i == 0 {
		shape, err := t.r.Shape("image")
		if err != nil {
			t.fail("%s", plain(err))
			return 0
		}
		n := 1
		for _, d := range shape {
			n *= d
		}
		return n
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
		t.fail("%s", plain(err))
		return 0
	}
	return shape[1]
}

// columns are the potentials of some neurons, or of all.
func (t *trialFile) columns(name string, which ...int) [][]float64 {
	n := t.width(name)
	values := take(t, t.r.Float32, name)
	steps := len(take(t, t.r.Float64, "time_ms"))
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
		columns[k] = make([]float64, steps)
		for step := range steps {
			columns[k][step] = float64(values[step*n+i])
		}
	}
	return columns
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

// image is what was shown: ink on paper where there is one channel.
func (t *trialFile) image() image.Image {
	values, shape, err := t.r.Uint8("image")
	switch {
	case err != nil:
		t.fail("%s", plain(err))
		return nil
	case len(shape) == 2:
		g := image.NewGray(image.Rect(0, 0, shape[1], shape[0]))
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
	}
	return nil
}

// unit is a neuron of a hidden layer.
type unit struct {
	layer string
	index int
}

// choose finds the neurons to look into: those somebody chose, or of every
// hidden layer the one whose plateau changed most; of a single one, the one
// whose plateau rose most and the one whose plateau fell most.
func (t *trialFile) choose(layers []string, chosen string) (units []unit) {
	if chosen == "none" || t.err != nil {
		return nil
	}
	if chosen != "" {
		for _, word := range strings.Split(chosen, ",") {
			layer, number, ok := strings.Cut(strings.TrimSpace(word), ":")
			if !ok && len(layers) > 0 {
				layer, number = layers[0], layer
			}
			if !slices.Contains(layers, layer) {
				t.refuse("--neurons %s: there is no hidden layer %s%s", chosen, layer, suggest(layer, layers))
				return nil
			}
			i, err := strconv.Atoi(number)
			if n := t.width(layer + "_soma"); err != nil || i < 0 || i >= n {
				t.refuse("--neurons %s: neuron %q of %s, want a number from 0 to %d", chosen, number, layer, n-1)
				return nil
			}
			units = append(units, unit{layer, i})
		}
		if len(units) > maxShown {
			t.refuse("--neurons %s: %d neurons, want at most %d", chosen, len(units), maxShown)
		}
		return units
	}
	for _, layer := range layers[:min(len(layers), maxShown)] {
		change := take(t, t.r.Float32, layer+"_plateau_target")
		before := take(t, t.r.Float32, layer+"_plateau_forward")
		if t.err != nil || len(change) != len(before) || len(change) == 0 {
			t.fail("%s_plateau_forward and %s_plateau_target are not of the same neurons", layer, layer)
			return nil
		}
		order := make([]int, len(change))
		for i := range order {
			order[i] = i
			change[i] -= before[i]
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(change[b], change[a]) })
		rose, fell := order[0], order[len(order)-1]
		switch {
		case len(layers) == 1 && rose != fell:
			units = append(units, unit{layer, rose}, unit{layer, fell})
		case change[rose] >= -change[fell]:
			units = append(units, unit{layer, rose})
		default:
			units = append(units, unit{layer, fell})
		}
	}
	return units
}

// refuse is for what was asked for, rather than what is in the file.
func (t *trialFile) refuse(format string, args ...any) {
	if t.err == nil {
		t.err = misuse(format, args...)
	}
}

// neuron reads potentials and plateaus. Where windows have a length of their
// own, each neuron's ends with its plateau.
func (t *trialFile) neuron(u unit, phases []figure.Phase, moving bool) figure.Neuron {
	n := figure.Neuron{Name: fmt.Sprintf("%s, neuron %d", u.layer, u.index)}
	if t.err != nil {
		return n
	}
	apical, basal, soma := t.columns(u.layer+"_apical", u.index), t.columns(u.layer+"_basal", u.index), t.columns(u.layer+"_soma", u.index)
	if t.err != nil {
		return n
	}
	n.Apical, n.Basal, n.Soma = apical[0], basal[0], soma[0]
	for _, ph := range phases {
		average, alpha := take(t, t.r.Float32, u.layer+"_mean_apical_"+ph.Name), take(t, t.r.Float32, u.layer+"_plateau_"+ph.Name)
		at := take(t, t.r.Float64, u.layer+"_plateau_time_ms_"+ph.Name)
		if t.err == nil && (u.index >= len(average) || u.index >= len(alpha) || u.index >= len(at)) {
			t.fail("plateaus of %s are of fewer neurons than its potentials", u.layer)
		}
		if t.err != nil {
			return n
		}
		p := figure.Plateau{From: ph.Window, Time: at[u.index], Mean: float64(average[u.index]), Alpha: float64(alpha[u.index])}
		if moving {
			p.From -= ph.End - p.Time
		}
		n.Plateaus = append(n.Plateaus, p)
	}
	return n
}
