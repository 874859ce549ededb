package figure

import (
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Raster shows the spikes of some populations in trials that follow one another.
// Times are in ms since the first of them began.
type Raster struct {
	Title       string
	Subtitle    string
	Trials      []Shown
	Populations []Population
	Step        float64 // ms; a spike is not drawn much wider
}

// Shown is one trial of several.
type Shown struct {
	Names      []string // from the longest to the shortest: the first is used that fits
	Begin, End float64
	Phases     []Phase
}

// Places on the page, in points.
const (
	rasterLeft   = 124
	rasterRight  = 662
	rasterTop    = 88
	rasterBottom = 34
)

// rasterHeight returns the height of a population: few neurons have their own rows,
// many share them.
func rasterHeight(neurons int) vg.Length { return vg.Length(min(max(6*neurons, 48), 160)) }

// Size implements Figure.
func (r *Raster) Size() (w, h vg.Length) {
	h = rasterTop + rasterBottom
	for _, p := range r.Populations {
		h += rasterHeight(p.Neurons) + rowGap
	}
	return width, h
}

// Draw implements Figure.
func (r *Raster) Draw(c draw.Canvas) {
	top := c.Max.Y
	heading(c, r.Title, r.Subtitle)
	end := 1.0
	if n := len(r.Trials); n > 0 && r.Trials[n-1].End > 0 {
		end = r.Trials[n-1].End
	}
	box := func(high, low vg.Length) panel {
		return panel{Canvas: c, box: vg.Rectangle{Min: vg.Point{X: rasterLeft, Y: low}, Max: vg.Point{X: rasterRight, Y: high}}, x1: end, y1: 1}
	}
	whole := box(top-rasterTop+6, rasterBottom+rowGap)
	if len(r.Trials) == 1 {
		phases(whole, r.Trials[0].Phases)
	} else {
		r.trials(whole)
	}
	y := top - rasterTop
	thickness := min(max(0.8*(whole.x(r.Step)-whole.x(0)), 0.3), 1.2)
	last := whole
	for _, pop := range r.Populations {
		height := rasterHeight(pop.Neurons)
		last = box(y, y-height)
		last.y0, last.y1 = float64(max(pop.Neurons, 1)), 0
		each := height / vg.Length(max(pop.Neurons, 1))
		spikes(last, pop, nil, black, max(min(0.8*each, 7), 0.9), thickness)
		rowLabel(c, y, pop.Name, plural(pop.Neurons, "neuron"))
		for i, name := range pop.Names {
			s := aligned(words(min(smallSize, 0.92*each), grey), text.XRight, text.YCenter)
			write(c, s, last.box.Min.X-5, last.y(float64(i)+0.5), shortened(s, name, 54))
		}
		line(c, 0.6, grey, nil, last.box.Min, vg.Point{X: last.box.Min.X, Y: last.box.Max.Y})
		y -= height + rowGap
	}
	last.ticksBelow(ticks(0, end, 10), "time (ms)")
}

// trials shades several trials, with names for as many as there is room for.
func (r *Raster) trials(p panel) {
	low, high := p.box.Min.Y, p.box.Max.Y
	narrowest := p.box.Max.X - p.box.Min.X
	for _, t := range r.Trials {
		narrowest = min(narrowest, p.x(t.End)-p.x(t.Begin))
	}
	var names []string // of phases
	for i, t := range r.Trials {
		if narrowest < 14 { // phases would be a blur
			if i%2 == 1 {
				fill(p.Canvas, p.upright(t.Begin, t.End, low, high), faded(grey, 0.14))
			}
			continue
		}
		for k, ph := range t.Phases {
			fill(p.Canvas, p.upright(ph.Begin, ph.End, low, high), faded(tint(k), 0.12))
			fill(p.Canvas, p.upright(ph.Begin, ph.End, high, high+6), faded(tint(k), 0.38))
			if k == len(names) {
				names = append(names, ph.Name+" phase")
			}
		}
		if i > 0 {
			line(p.Canvas, 0.7, grey, nil, vg.Point{X: p.x(t.Begin), Y: low}, vg.Point{X: p.x(t.Begin), Y: high + 20})
		}
	}
	x := p.box.Max.X
	for k := len(names) - 1; k >= 0; k-- {
		s := words(smallSize, grey)
		x -= s.Width(names[k])
		write(p.Canvas, aligned(s, text.XLeft, text.YCenter), x, high+29, names[k])
		fill(p.Canvas, vg.Rectangle{Min: vg.Point{X: x - 13, Y: high + 24}, Max: vg.Point{X: x - 4, Y: high + 33}}, faded(tint(k), 0.38))
		x -= 26
	}
	r.trialNames(p, high+13)
}

// trialNames writes names of the length that fits all trials, or else the
// shortest of every second, fifth, tenth, … trial.
func (r *Raster) trialNames(p panel, y vg.Length) {
	s := words(smallSize, black)
	lengths := math.MaxInt
	for _, t := range r.Trials {
		lengths = min(lengths, len(t.Names))
	}
	if len(r.Trials) == 0 || lengths == 0 {
		return
	}
	name, every := lengths-1, 1
	room := func(every, name int) bool {
		end := vg.Length(-1)
		for i := 0; i < len(r.Trials); i += every {
			t := r.Trials[i]
			half := s.Width(t.Names[name])/2 + 2
			if x := (p.x(t.Begin) + p.x(t.End)) / 2; x-half >= end {
				end = x + half
				continue
			}
			return false
		}
		return true
	}
	for length := range lengths {
		if room(1, length) {
			name = length
			break
		}
	}
	for power := 1; !room(every, name) && every < len(r.Trials); power *= 10 {
		for _, f := range []int{1, 2, 5} {
			if every = f * power; room(every, name) {
				break
			}
		}
	}
	write(p.Canvas, aligned(words(smallSize, grey), text.XRight, text.YCenter), p.box.Min.X-6, y, "trial")
	for i := 0; i < len(r.Trials); i += every {
		t := r.Trials[i]
		x := (p.x(t.Begin) + p.x(t.End)) / 2
		write(p.Canvas, aligned(s, text.XCenter, text.YCenter), x, y, shortened(s, t.Names[name], 2*min(x, width-x)))
	}
}
