package trial

import (
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/sim"
)

// someRaster is of a trial of two phases, with spikes that are easy to find.
func someRaster(forward, target int, dt float64) *raster {
	r := &raster{dt: dt, phases: []phaseSpan{
		{name: "forward", begin: 0, from: forward * 3 / 5, end: forward},
		{name: "target", begin: forward, from: forward + target*3/5, end: forward + target},
	}}
	var all, late []int32
	for k := range int32(forward + target) {
		all = append(all, slices.Repeat([]int32{k}, 1+int(k)*8/(forward+target))...)
		if int(k) >= forward && k%3 == 0 {
			late = append(late, k)
		}
	}
	r.rows = []rasterRow{
		{label: "input", step: all, rates: []float64{25.25, 113.5}, paint: terminal.Cyan},
		{label: "hidden0", words: "rates, no spikes"},
		{label: "0", few: true, rates: []float64{0, 0}},
		{label: "1", few: true, step: []int32{0, 1, 3, 4, 4, int32(forward) - 1, int32(forward), int32(forward+target) - 1}, rates: []float64{1e2, 20}, paint: terminal.Green},
		{label: "2", few: true, step: late, rates: []float64{0, 333}, paint: terminal.Yellow},
	}
	return r
}

func TestRaster(t *testing.T) {
	for name, test := range map[string]struct {
		r  *raster
		at terminal.Terminal
	}{
		"raster-80.txt":     {someRaster(50, 50, 1), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
		"raster-120.txt":    {someRaster(50, 50, 1), terminal.Terminal{Columns: 120, Rows: 24, Unicode: true, Colours: 0}},
		"raster-40.txt":     {someRaster(50, 50, 1), terminal.Terminal{Columns: 40, Rows: 24, Unicode: true, Colours: 0}},
		"raster-ascii.txt":  {someRaster(51, 33, 1), terminal.Terminal{Columns: 80, Rows: 24, Unicode: false, Colours: 0}},
		"raster-colour.txt": {someRaster(20, 20, 1), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 16}},
		"raster-fine.txt":   {someRaster(500, 500, 0.1), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
		"raster-long.txt":   {someRaster(100, 600, 1), terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 0}},
	} {
		got := plateautest.Frame(t, test.at.Columns, terminal.ColumnsOf, test.r.lines(test.at))
		plateautest.Golden(t, name, got)
		if !test.at.Unicode && strings.ContainsFunc(got, func(c rune) bool { return c > 126 }) {
			t.Errorf("%s: more than ASCII:\n%s", name, got)
		}
	}
	for columns := range 200 {
		at := terminal.Terminal{Columns: columns + 1, Rows: 24, Unicode: true, Colours: 0}
		plateautest.Frame(t, at.Columns, terminal.ColumnsOf, someRaster(50, 77, 1).lines(at))
	}
}

// Every spike has its mark, at its own time.
func TestTicks(t *testing.T) {
	p := phaseSpan{begin: 10, end: 21}
	for _, test := range []struct {
		steps []int32
		bin   int
		want  string
	}{
		{nil, 1, "      "},
		{[]int32{10, 13, 14, 15, 20}, 1, "▖▗▄  ▖"},
		{[]int32{9, 10, 10, 21, 30}, 1, "▖     "}, // others are of other phases
		{[]int32{10, 13, 14, 15, 20}, 2, "▄▖▗"},
		{[]int32{10, 20}, 6, "▄"},
	} {
		if got := ticks(terminal.Terminal{Unicode: true}, test.steps, p, test.bin); got != test.want {
			t.Errorf("%v in bins of %d: %q, want %q", test.steps, test.bin, got, test.want)
		}
	}
}

// Heights are those of the rate, also in a last column that is shorter.
func TestDensity(t *testing.T) {
	p := phaseSpan{begin: 10, end: 17}
	steps := []int32{10, 10, 11, 11, 12, 16, 16}
	r := &raster{phases: []phaseSpan{p}, rows: []rasterRow{{step: steps}}}
	if most := r.most(r.rows[0], 1); most != 2 {
		t.Errorf("at most %v spikes a step, want 2", most)
	}
	if got := density(terminal.Terminal{Unicode: true}, steps, p, 1, 2); got != "█▂ █" {
		t.Errorf("got %q", got)
	}
	if got := density(terminal.Terminal{}, steps, p, 1, 2); got != "@. @" {
		t.Errorf("got %q", got)
	}
}

// A class has the spikes of all its neurons, and their mean rate.
func TestRasterOfClasses(t *testing.T) {
	c := settings.Defaults()
	c.Network.PerClass = 2
	tr := &observed{config: c, dt: 0.5, phases: []phaseSpan{{name: "forward", end: 40}, {name: "target", begin: 40, end: 140}}}
	for _, name := range []string{"input", "hidden0"} {
		tr.layers = append(tr.layers, population{name: name, neurons: 4, spikeStep: []int32{7}, spikeNeuron: []int32{1}})
	}
	tr.layers = append(tr.layers, population{
		name: "output", neurons: 6, spikeStep: []int32{3, 3, 5, 39, 40, 139, 139}, spikeNeuron: []int32{0, 2, 1, 3, 2, 4, 5},
	})
	e := trialEvent{Class: 2, Read: 1, Populations: make([]populationEvent, 3)}
	r := tr.raster(e, []string{"cat", "dog", "cow"})
	if len(r.rows) != 6 {
		t.Fatalf("%d rows, want 6", len(r.rows))
	}
	for k, want := range []rasterRow{
		{label: "cat", step: []int32{3, 5}, rates: []float64{50, 0}},
		{label: "dog", step: []int32{3, 39, 40}, rates: []float64{50, 10}, paint: terminal.Yellow},
		{label: "cow", step: []int32{139, 139}, rates: []float64{0, 20}, paint: terminal.Green},
	} {
		got := r.rows[3+k]
		if got.label != want.label || !got.few || !slices.Equal(got.step, want.step) || !slices.Equal(got.rates, want.rates) || got.paint != want.paint {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	c.Neurons.Forward = string(sim.Rates)
	for i, row := range tr.raster(e, []string{"cat", "dog", "cow"}).rows {
		if (row.words != "") != (i < 2) {
			t.Errorf("%s: %q, want words where there are no spikes", row.label, row.words)
		}
	}
}
