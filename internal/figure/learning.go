package figure

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Learning is the learning curves of training runs. A course belongs to one
// configuration: to one run, or to several that differ only in their seed.
type Learning struct {
	Title    string
	Subtitle string
	Tested   string // the images on which test errors were measured, "test" for a test set
	Each     bool   // every run has its own line
	Courses  []Course
}

// A Course has values for every epoch. If there are several runs, the line is their
// mean, and the band reaches one standard deviation to both sides.
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
	Final                 float64 // error on the test set in the end; NaN if not known
	Kept                  int     // the epoch whose weights were kept; 0 if that is the last
}

// Kept reports whether an epoch has a ring, because its weights were kept: in lines that
// belong to a single run.
func (l *Learning) Kept() bool {
	return slices.ContainsFunc(l.drawn(), func(d drawn) bool { return d.kept() > 0 })
}

// kept returns the epoch that has a ring, 0 if there is none.
func (c Course) kept() int {
	if len(c.Runs) != 1 || c.Runs[0].Kept > len(c.Runs[0].TestError) {
		return 0
	}
	return c.Runs[0].Kept
}

// fewCourses is the largest number of courses that colours can distinguish; their
// training and test errors share a panel.
const fewCourses = 6

// crowded reports whether there are more.
func (l *Learning) crowded() bool { return len(l.Courses) > fewCourses }

// Size implements Figure.
func (l *Learning) Size() (w, h vg.Length) {
	h = 330
	if l.crowded() {
		h = 430
	}
	return width, h + l.legend().height()
}

// last returns the last epoch of any run.
func (l *Learning) last() int {
	last := 1
	for _, course := range l.Courses {
		for _, r := range course.Runs {
			last = max(last, len(r.TestError), len(r.TrainError))
		}
	}
	return last
}

// dotted reports whether every epoch has a point: if there are few epochs and few lines.
func (l *Learning) dotted() bool { return l.last() <= 30 && !l.crowded() && !l.Each }

// legend names the courses, with the test errors in which they end.
func (l *Learning) legend() legend {
	g := legend{head: "test error"}
	for _, c := range l.Courses {
		g.names, g.notes = append(g.names, c.Name), append(g.notes, c.final(l.Each))
	}
	// A single course needs a name if its curve does not end at its final error.
	if len(g.names) == 1 && (l.Tested == "test" || g.notes[0] == "") {
		return legend{}
	}
	return g
}

// final prints the final test errors: that of each run, or their mean and standard
// deviation.
func (c Course) final(each bool) string {
	var errors []float64
	var list []string
	for _, r := range c.Runs {
		if finite(r.Final) {
			errors, list = append(errors, 100*r.Final), append(list, hundredth(100*r.Final))
		}
	}
	switch mean, sd := meanOf(errors); {
	case len(errors) == 0:
		return ""
	case len(errors) == 1 || each && len(errors) <= 5:
		return strings.Join(list, ", ") + " %"
	default:
		return hundredth(mean) + " ± " + hundredth(sd) + " %"
	}
}

// hundredth prints a share in percent to two decimals.
func hundredth(v float64) string {
	if v >= 1e4 { // which is no share
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// mean of one quantity over the runs of a course, by epoch, with its standard
// deviation; epochs that a run has not reached are left out of it.
func (c Course) mean(of func(Run) []float64) (epoch, mean, sd []float64) {
	for e := 0; ; e++ {
		var values []float64
		reached := false
		for _, r := range c.Runs {
			if v := of(r); e < len(v) {
				reached = true
				if finite(v[e]) {
					values = append(values, v[e])
				}
			}
		}
		if !reached {
			return epoch, mean, sd
		}
		m, s := meanOf(values)
		epoch, mean, sd = append(epoch, float64(e+1)), append(mean, m), append(sd, s)
	}
}

// drawn returns the courses as they are drawn: each run by itself if that is wanted.
type drawn struct {
	Course
	look int
}

func (l *Learning) drawn() (all []drawn) {
	for i, c := range l.Courses {
		if !l.Each {
			all = append(all, drawn{c, i})
			continue
		}
		for _, r := range c.Runs {
			all = append(all, drawn{Course{c.Name, []Run{r}}, i})
		}
	}
	return all
}

// A series is one quantity of all courses in one panel.
type series struct {
	of    func(Run) []float64
	faint bool // thin and without points
}

// percent turns shares into percent.
func percent(of func(Run) []float64) func(Run) []float64 {
	return func(r Run) []float64 {
		v := of(r)
		scaled := make([]float64, len(v))
		for i := range v {
			scaled[i] = 100 * v[i]
		}
		return scaled
	}
}

// A plan is what a panel shows.
type plan struct {
	name  string
	kinds []string // of lines, if there are two
	all   []series
}

// Draw implements Figure.
func (l *Learning) Draw(c draw.Canvas) {
	heading(c, l.Title, l.Subtitle)
	g := l.legend()
	g.draw(c)
	high := c.Max.Y - 68 - g.height()
	const low = 38
	last, layers := l.last(), 0
	for _, course := range l.Courses {
		for _, r := range course.Runs {
			layers = max(layers, len(r.HiddenLosses))
		}
	}
	box := func(x0, x1, y0, y1 vg.Length) panel {
		p := panel{Canvas: c, box: vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}, left: 36}
		p.x0, p.x1 = 1, float64(last)
		if last == 1 {
			p.x0, p.x1 = 0, 2
		}
		return p
	}
	test := series{of: percent(func(r Run) []float64 { return r.TestError })}
	train := series{of: percent(func(r Run) []float64 { return r.TrainError })}
	left := plan{"Error (%)", []string{l.Tested, "training, before each was learnt"}, []series{test, {train.of, true}}}
	var right []plan
	if l.crowded() {
		left = plan{capital(l.Tested) + " error (%)", nil, []series{test}}
		right = append(right, plan{"Training error (%), before each was learnt", nil, []series{train}})
	}
	right = append(right, plan{"Output loss", nil, []series{{of: func(r Run) []float64 { return r.OutputLoss }}}})
	if layers > 0 {
		right = append(right, l.hidden(layers))
	}

	const numbers, between = 44, 36 // to the right of the errors; between panels
	errors := box(50, 350, low, high)
	l.panel(&errors, left, 6, true)
	l.rings(&errors, test)
	l.ends(&errors, test, last, numbers)
	x1 := vg.Length(width - 18)
	if layers > 1 && len(l.Courses) < 2 {
		x1 = 620 // leaves room for the names of layers
	}
	each := (high-low+between)/vg.Length(len(right)) - between
	for i, r := range right {
		bottom := high - vg.Length(i)*(each+between) - each
		p := box(434, x1, bottom, bottom+each)
		ends := l.panel(&p, r, max(int(each/34), 3), i == len(right)-1)
		if len(ends) == layers && layers > 1 && len(l.Courses) < 2 && i == len(right)-1 {
			for m, y := range apart(ends, 11, p.box.Min.Y, p.box.Max.Y) {
				write(c, aligned(words(smallSize, grey), text.XLeft, text.YCenter), p.box.Max.X+5, y, fmt.Sprintf("hidden%d", m))
			}
		}
	}
}

// hidden is the panel of the hidden layers.
func (l *Learning) hidden(layers int) plan {
	p := plan{name: "Hidden loss"}
	for m := range layers {
		p.all = append(p.all, series{of: func(r Run) []float64 {
			if m < len(r.HiddenLosses) {
				return r.HiddenLosses[m]
			}
			return nil
		}, faint: m > 0})
	}
	switch {
	case layers < 2 || len(l.Courses) < 2:
	case layers == 2:
		p.kinds = []string{"hidden0", "hidden1"}
	default:
		p.kinds = []string{"hidden0", "the others"}
	}
	return p
}

const ringRadius = 5.5

// rings marks the epochs whose weights were kept.
func (l *Learning) rings(p *panel, test series) {
	for _, course := range l.drawn() {
		if e := course.kept(); e > 0 {
			colour, _ := lineLook(course.look)
			if y := p.height(test.of(course.Runs[0])[e-1]); finite(y) {
				p.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: ringRadius, Shape: draw.RingGlyph{}}, p.at(float64(e), y))
			}
		}
	}
}

// ends writes the last errors beside the ends of their curves, if there is room.
func (l *Learning) ends(p *panel, test series, last int, room vg.Length) {
	var ends []endLabel
	for _, course := range l.drawn() {
		colour, _ := lineLook(course.look)
		_, mean, _ := course.mean(test.of)
		// If a run is far behind, a number at the edge would seem to belong to the last epoch.
		if end, ok := lastFinite(mean); ok && 10*len(mean) >= 9*last {
			ends = append(ends, endLabel{hundredth(end), colour, true, p.y(p.height(end))})
		}
	}
	if len(ends) <= 12 {
		p.endLabels(ends, room)
	}
}

// head names a panel above it, with the looks of its lines if it has two kinds.
func (l *Learning) head(p *panel, r plan) {
	y := p.box.Max.Y + 14
	x := p.box.Min.X - 38
	put := func(s text.Style, words string) {
		write(p.Canvas, aligned(s, text.XLeft, text.YCenter), x, y, words)
		x += s.Width(words)
	}
	put(bold(words(wordSize, black)), r.name)
	x += 10
	if p.log {
		put(words(smallSize, grey), "log scale")
		x += 14
	}
	for i, kind := range r.kinds {
		if i == 0 {
			line(p.Canvas, 2, grey, nil, vg.Point{X: x, Y: y}, vg.Point{X: x + 18, Y: y})
			if l.dotted() {
				p.DrawGlyphNoClip(draw.GlyphStyle{Color: grey, Radius: 2.4, Shape: draw.CircleGlyph{}}, vg.Point{X: x + 9, Y: y})
			}
		} else {
			line(p.Canvas, 1, grey, []vg.Length{3, 2}, vg.Point{X: x, Y: y}, vg.Point{X: x + 18, Y: y})
		}
		x += 22
		put(words(smallSize, grey), kind)
		x += 10
	}
}

// panel draws one, and returns where each series of the first course ends.
func (l *Learning) panel(p *panel, r plan, marks int, below bool) (ends []vg.Length) {
	courses := l.drawn()
	var values [][]float64
	for _, course := range courses {
		for _, s := range r.all {
			_, mean, _ := course.mean(s.of)
			values = append(values, mean)
		}
	}
	p.scale(values)
	l.head(p, r)
	p.ticks(marks)
	unit := ""
	if below {
		unit = "epoch"
	}
	p.ticksBelow(wholeTicks(math.Ceil(p.x0), p.x1, 8), unit)
	for _, course := range courses {
		colour, _ := lineLook(course.look)
		for _, s := range r.all {
			if epoch, mean, sd := course.mean(s.of); len(course.Runs) > 1 {
				low, high := make([]float64, len(mean)), make([]float64, len(mean))
				for k := range mean {
					low[k], high[k] = p.height(mean[k]-sd[k]), p.height(mean[k]+sd[k])
				}
				p.band(faded(colour, 0.22), epoch, low, high)
			}
		}
	}
	for i, course := range courses {
		for _, s := range r.all {
			epoch, mean, _ := course.mean(s.of)
			for k := range mean {
				mean[k] = p.height(mean[k])
			}
			l.line(p, course.look, s.faint, epoch, mean)
			if end, ok := lastFinite(mean); ok && i == 0 {
				ends = append(ends, p.y(end))
			}
		}
	}
	return ends
}

// line draws one.
func (l *Learning) line(p *panel, look int, faint bool, epoch, height []float64) {
	colour, dashes := lineLook(look)
	switch {
	case faint:
		p.curve(1, colour, []vg.Length{3, 2}, epoch, height)
		return
	case l.crowded() || l.Each:
		p.curve(1.2, colour, dashes, epoch, height)
		return
	}
	p.curve(1.8, colour, dashes, epoch, height)
	for k := range epoch {
		if finite(height[k]) && l.dotted() {
			p.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 2.4, Shape: draw.CircleGlyph{}}, p.at(epoch[k], height[k]))
		}
	}
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
