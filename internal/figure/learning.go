package figure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Learning is the course of training runs. A course is of one configuration:
// of one run, or of several that differ in their seed only.
type Learning struct {
	Title    string
	Subtitle string
	Tested   string // on what the test errors are from, "test" for a test set
	Courses  []Course
}

// A Course has values for every epoch. Where there are several runs, the line is
// their mean and the band reaches one standard deviation to both sides.
type Course struct {
	Name string
	Runs []Run
}

// A Run has a value for each of its "epoch", the first of which is epoch 1.
// Errors are shares of the examples.
type Run struct {
	TrainError, TestError []float64
	HiddenLosses          [][]float64 // of each hidden layer, by epoch
	OutputLoss            []float64
}

// Size implements Figure.
func (l *Learning) Size() (w, h vg.Length) { return width, 330 + legendHeight(l.names()) }

// names of the courses.
func (l *Learning) names() (names []string) {
	for _, c := range l.Courses {
		names = append(names, c.Name)
	}
	return names
}

// mean of one quantity over the runs of a course, by epoch, with its standard
// deviation; epochs that a run has not reached are left out of it.
func (c Course) mean(of func(Run) []float64) (epoch, mean, sd []float64) {
	for e := 0; ; e++ {
		var values []float64
		for _, r := range c.Runs {
			if v := of(r); e < len(v) {
				values = append(values, v[e])
			}
		}
		if values == nil {
			return epoch, mean, sd
		}
		m, s := meanOf(values)
		epoch, mean, sd = append(epoch, float64(e+1)), append(mean, m), append(sd, s)
	}
}

// A series is one quantity of all courses in one panel.
type series struct {
	of    func(Run) []float64
	faint bool // thin and without points
}

// Draw implements Figure.
func (l *Learning) Draw(c draw.Canvas) {
	top := c.Max.Y
	heading(c, l.Title, l.Subtitle)
	legend(c, l.names())
	high := top - 68 - legendHeight(l.names())
	const low = 38
	last, layers := 1, 0
	for _, course := range l.Courses {
		for _, r := range course.Runs {
			last = max(last, len(r.TestError), len(r.TrainError))
			layers = max(layers, len(r.HiddenLosses))
		}
	}
	box := func(x0, x1, y0, y1 vg.Length) panel {
		p := panel{Canvas: c, box: vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}}
		p.x0, p.x1 = 1, float64(last)
		if last == 1 {
			p.x0, p.x1 = 0, 2
		}
		return p
	}

	errors := box(46, 344, low, high)
	percent := func(of func(Run) []float64) func(Run) []float64 {
		return func(r Run) []float64 {
			v := of(r)
			scaled := make([]float64, len(v))
			for i := range v {
				scaled[i] = 100 * v[i]
			}
			return scaled
		}
	}
	test := series{of: percent(func(r Run) []float64 { return r.TestError })}
	train := series{of: percent(func(r Run) []float64 { return r.TrainError }), faint: true}
	l.head(errors, "Misread images (%)", l.Tested, "training, before each was learnt")
	l.draw(&errors, 5, "epoch", train, test)
	var ends []endLabel
	for i, course := range l.Courses {
		colour, _ := lineLook(i)
		_, mean, _ := course.mean(test.of)
		// Of a run that is far behind, a number at the edge would be taken for one there.
		if end, ok := lastFinite(mean); ok && 10*len(mean) >= 9*last {
			ends = append(ends, endLabel{fmt.Sprintf("%.1f", end), colour, true, errors.y(end)})
		}
	}
	if len(ends) <= 8 {
		errors.endLabels(ends, 40)
	}

	l.losses(box, layers, high, low)
}

// losses draws one panel for the output layer and one for the hidden layers.
func (l *Learning) losses(box func(x0, x1, y0, y1 vg.Length) panel, layers int, high, low vg.Length) {
	const left, right = 412, 620
	output := series{of: func(r Run) []float64 { return r.OutputLoss }}
	if layers == 0 {
		p := box(left, right, low, high)
		l.head(p, "Output loss")
		l.draw(&p, 5, "epoch", output)
		return
	}
	middle := (high + low) / 2
	upper, lower := box(left, right, middle+14, high), box(left, right, low, middle-22)
	l.head(upper, "Output loss")
	l.draw(&upper, 3, "", output)
	var hidden []series
	for m := range layers {
		hidden = append(hidden, series{of: func(r Run) []float64 {
			if m < len(r.HiddenLosses) {
				return r.HiddenLosses[m]
			}
			return nil
		}, faint: m > 0})
	}
	switch {
	case layers < 2 || len(l.Courses) < 2:
		l.head(lower, "Hidden loss")
	case layers == 2:
		l.head(lower, "Hidden loss", "hidden0", "hidden1")
	default:
		l.head(lower, "Hidden loss", "hidden0", "the others")
	}
	names := l.draw(&lower, 3, "epoch", hidden...)
	if layers > 1 && len(names) == layers && len(l.Courses) < 2 {
		places := make([]vg.Length, layers)
		copy(places, names)
		for m, y := range apart(places, 11, lower.box.Min.Y, lower.box.Max.Y) {
			write(lower.Canvas, aligned(words(smallSize, grey), text.XLeft, text.YCenter), lower.box.Max.X+5, y, fmt.Sprintf("hidden%d", m))
		}
	}
}

// head names a panel above it, with the looks of its lines if it has two kinds.
func (l *Learning) head(p panel, name string, kinds ...string) {
	y := p.box.Max.Y + 14
	s := bold(words(wordSize, black))
	write(p.Canvas, aligned(s, text.XLeft, text.YCenter), p.box.Min.X-34, y, name)
	x := p.box.Min.X - 34 + s.Width(name) + 12
	for i, kind := range kinds {
		if i == 0 {
			line(p.Canvas, 2, grey, nil, vg.Point{X: x, Y: y}, vg.Point{X: x + 18, Y: y})
			p.DrawGlyphNoClip(draw.GlyphStyle{Color: grey, Radius: 2.4, Shape: draw.CircleGlyph{}}, vg.Point{X: x + 9, Y: y})
		} else {
			line(p.Canvas, 1, grey, []vg.Length{3, 2}, vg.Point{X: x, Y: y}, vg.Point{X: x + 18, Y: y})
		}
		write(p.Canvas, aligned(words(smallSize, grey), text.XLeft, text.YCenter), x+22, y, kind)
		x += 22 + words(smallSize, grey).Width(kind) + 10
	}
}

// draw fills a panel, whose axis begins at 0, and returns where each series of
// the first course ends.
func (l *Learning) draw(p *panel, marks int, unit string, all ...series) (ends []vg.Length) {
	p.y0, p.y1 = 0, 0
	for _, course := range l.Courses {
		for _, s := range all {
			_, mean, sd := course.mean(s.of)
			for i := range mean {
				if v := mean[i] + sd[i]; finite(v) {
					p.y1 = max(p.y1, 1.06*v)
				}
			}
		}
	}
	if p.y1 == 0 {
		p.y1 = 1
	}
	p.ticksLeft(ticks(0, p.y1, marks), true, true)
	p.ticksBelow(wholeTicks(math.Ceil(p.x0), p.x1, 8), unit)
	for i, course := range l.Courses {
		colour, dashes := lineLook(i)
		for _, s := range all {
			epoch, mean, sd := course.mean(s.of)
			if len(course.Runs) > 1 {
				low, high := slices.Clone(mean), slices.Clone(mean)
				for k := range sd {
					low[k], high[k] = low[k]-sd[k], high[k]+sd[k]
				}
				p.band(faded(colour, 0.22), epoch, low, high)
			}
		}
		for _, s := range all {
			epoch, mean, _ := course.mean(s.of)
			switch {
			case s.faint:
				p.curve(1, colour, []vg.Length{3, 2}, epoch, mean)
			default:
				p.curve(1.8, colour, dashes, epoch, mean)
			}
			if !s.faint && len(epoch) <= 30 || len(epoch) == 1 {
				for k := range epoch {
					if !finite(mean[k]) {
						continue
					}
					shape := draw.GlyphDrawer(draw.CircleGlyph{})
					if s.faint {
						shape = draw.RingGlyph{}
					}
					p.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 2.4, Shape: shape}, p.at(epoch[k], mean[k]))
				}
			}
			if i == 0 && len(mean) > 0 && finite(mean[len(mean)-1]) {
				ends = append(ends, p.y(mean[len(mean)-1]))
			}
		}
	}
	return ends
}
