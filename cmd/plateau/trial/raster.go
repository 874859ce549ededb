package trial

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"plateau/cmd/plateau/terminal"
	"plateau/sim"
)

// A raster shows in lines of text when neurons fired: how many spikes a population
// had, or each spike of a single neuron.
type raster struct {
	dt     float64 // ms
	phases []phaseSpan
	rows   []rasterRow
}

// rasterRow is what one line of a raster shows.
type rasterRow struct {
	label string
	step  []int32 // step of each spike
	few   bool    // spikes are shown one by one
	rates []float64
	words string // shown instead of spikes, if there can be none
	paint terminal.Paint
}

// raster shows each population, and each class's output neurons.
func (t *observed) raster(e trialEvent, classes []string) *raster {
	r := &raster{dt: t.dt, phases: t.phases}
	last := len(t.layers) - 1
	for i := range t.layers {
		row := rasterRow{label: t.layers[i].name, step: t.layers[i].spikeStep, rates: e.Populations[i].RateHz, paint: terminal.Cyan}
		if i < last && t.config.Neurons.Forward == string(sim.Rates) {
			row.words, row.rates = "rates, no spikes", nil
		}
		r.rows = append(r.rows, row)
	}
	per := t.config.Network.PerClass
	for k, name := range classes {
		row := rasterRow{label: name, few: true}
		for n, neuron := range t.layers[last].spikeNeuron {
			if int(neuron)/per == k {
				row.step = append(row.step, t.layers[last].spikeStep[n])
			}
		}
		for _, p := range t.phases {
			row.rates = append(row.rates, 1000*float64(len(spikesWithin(row.step, p)))/t.length(p)/float64(per))
		}
		switch k {
		case e.Class:
			row.paint = terminal.Green
		case e.Read:
			row.paint = terminal.Yellow
		}
		r.rows = append(r.rows, row)
	}
	return r
}

// within returns which of some spikes, in the order of time, are in the steps from ≤ step < to.
func within(steps []int32, from, to int) (begin, end int) {
	begin, _ = slices.BinarySearch(steps, int32(from))
	end, _ = slices.BinarySearch(steps, int32(to))
	return begin, end
}

// spikesWithin returns the spikes of a phase.
func spikesWithin(steps []int32, p phaseSpan) []int32 {
	begin, end := within(steps, p.begin, p.end)
	return steps[begin:end]
}

const averaged = "averaged" // label of the windows of the means

// phasesInRaster is the largest number of phases whose mean rates fit beside a raster.
const phasesInRaster = 2

const ratesWidth = 16 // width of the columns with mean rates

// lines draws the raster.
func (r *raster) lines(t terminal.Terminal) []string {
	label := len(averaged)
	for _, row := range r.rows {
		label = max(label, len(row.label))
	}
	room := t.Columns - 1 - label - 1 - (len(r.phases) - 1)
	rates := t.Columns >= terminal.Narrow && len(r.phases) <= phasesInRaster
	if rates {
		room -= ratesWidth
	}
	// A column shows two bins of equal numbers of steps.
	bin, width := 0, math.MaxInt
	for width > max(room, len(r.phases)) {
		bin, width = bin+1, 0
		for _, p := range r.phases {
			width += columnsFor(p, bin)
		}
	}
	begin := func(name string) *terminal.Row {
		l := &terminal.Row{T: t}
		l.Add(terminal.Plainly, fmt.Sprintf("%*s ", label, name))
		return l
	}

	head := begin("")
	for i, p := range r.phases {
		title := fmt.Sprintf("%s phase, %s ms", p.name, terminal.Number(sim.NewClock(r.dt).At(int64(p.end-p.begin))))
		if n := columnsFor(p, bin); len(title) > n {
			title = p.name[:min(len(p.name), n)]
		}
		r.boundary(head, i)
		head.Add(terminal.Plainly, terminal.Pad(title, columnsFor(p, bin)))
	}
	if rates {
		head.Add(terminal.Plainly, "  mean rate (Hz)")
	}
	lines := []string{head.String()}

	few := float64(2*bin)*r.dt <= fewMilliseconds
	for _, row := range r.rows {
		l, most := begin(row.label), r.most(row, bin)
		for i, p := range r.phases {
			r.boundary(l, i)
			switch {
			case row.words != "" && i == 0:
				l.Add(terminal.Dim, terminal.Pad(row.words[:min(len(row.words), columnsFor(p, bin))], columnsFor(p, bin)))
			case row.few && few:
				l.Add(row.paint, ticks(t, row.step, p, bin))
			default:
				l.Add(row.paint, density(t, row.step, p, bin, most))
			}
		}
		if rates && row.rates != nil {
			l.Add(terminal.Plainly, " ")
			for _, hz := range row.rates {
				l.Add(terminal.Plainly, fmt.Sprintf(" %6.1f", hz))
			}
		}
		lines = append(lines, l.String())
	}

	window := begin(averaged)
	mark := "━"
	if !t.Unicode {
		mark = "="
	}
	for i, p := range r.phases {
		r.boundary(window, i)
		from := (p.from - p.begin) / (2 * bin)
		n := columnsFor(p, bin)
		window.Add(terminal.Dim, strings.Repeat(" ", from)+strings.Repeat(mark, n-from))
	}
	return append(lines, window.String())
}

// fewMilliseconds is the longest time for which a column may stand if single spikes
// are shown.
const fewMilliseconds = 5

// boundary draws the line between two phases.
func (r *raster) boundary(l *terminal.Row, phase int) {
	switch {
	case phase == 0:
	case l.T.Unicode:
		l.Add(terminal.Dim, "│")
	default:
		l.Add(terminal.Dim, "|")
	}
}

func columnsFor(p phaseSpan, bin int) int {
	return (p.end - p.begin + 2*bin - 1) / (2 * bin)
}

// counts returns the spikes in each bin of a phase.
func counts(steps []int32, p phaseSpan, bin int) []int {
	n := make([]int, 2*columnsFor(p, bin))
	for _, s := range spikesWithin(steps, p) {
		n[(int(s)-p.begin)/bin]++
	}
	return n
}

// ticks draws a mark for each bin with a spike.
func ticks(t terminal.Terminal, steps []int32, p phaseSpan, bin int) string {
	marks := []rune(" ▖▗▄")
	if !t.Unicode {
		marks = []rune(" **#")
	}
	n := counts(steps, p, bin)
	var b strings.Builder
	for k := 0; k < len(n); k += 2 {
		b.WriteRune(marks[min(n[k], 1)+2*min(n[k+1], 1)])
	}
	return b.String()
}

// density draws the number of spikes in each column, as a share of most.
func density(t terminal.Terminal, steps []int32, p phaseSpan, bin int, most float64) string {
	heights := t.Heights()
	var b strings.Builder
	for _, share := range perStep(steps, p, bin) {
		if share == 0 {
			b.WriteByte(' ')
			continue
		}
		k := int(math.Ceil(share/most*float64(len(heights)))) - 1
		b.WriteRune(heights[min(max(k, 0), len(heights)-1)])
	}
	return b.String()
}

// perStep returns the mean number of spikes per step in each column; the last column may
// have fewer steps.
func perStep(steps []int32, p phaseSpan, bin int) []float64 {
	n := counts(steps, p, bin)
	var mean []float64
	for k := 0; k < len(n); k += 2 {
		length := min(2*bin, p.end-p.begin-k*bin)
		mean = append(mean, float64(n[k]+n[k+1])/float64(length))
	}
	return mean
}

// most returns the highest column of a row.
func (r *raster) most(row rasterRow, bin int) float64 {
	most := 0.0
	for _, p := range r.phases {
		for _, n := range perStep(row.step, p, bin) {
			most = max(most, n)
		}
	}
	return most
}
