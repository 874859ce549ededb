package figure

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Changes are quantities that change while networks learn, one below the other.
// With one configuration there is a line for each part of the network; with several
// there is a column for each part, and a line for each configuration.
type Changes struct {
	Title    string
	Subtitle string
	Courses  []string // names of the configurations
	Each     bool     // every run has its own line
	Rows     []Row
}

// A Row is one quantity.
type Row struct {
	Name  string
	Unit  string
	Log   bool      // whether its axis is logarithmic, if all values allow it
	Mark  *float64  // a value with a meaning, which is marked; nil if there is none
	Zero  bool      // whether the axis begins at 0, if no value is below
	Ticks []float64 // of the axis, in place of round values
	Lines []Line
}

// A Line is a quantity of one part of the network in the runs of one course. With
// several runs it is their mean, with a band of one standard deviation to both
// sides.
type Line struct {
	Course int
	Part   string // as hidden0, or "" for the whole
	Runs   []Samples
}

// Samples are values, each with the number of training examples before it. A value
// that is not finite is a gap.
type Samples struct {
	Examples []float64
	Value    []float64
}

// Places on the page, in points.
const (
	changeRow    = 118
	changeGap    = 44
	changeLeft   = 58
	changeRight  = 590 // leaves room for the names of lines
	changeBottom = 38
	columnGap    = 16
	partHeight   = 14 // of the names of columns
	narrow       = 48 // a column that is narrower has no room for numbers
)

func (ch *Changes) legend() legend { return legend{names: ch.Courses} }

// several reports whether configurations are compared.
func (ch *Changes) several() bool { return len(ch.Courses) > 1 }

// head returns the height of what stands above a row.
func (ch *Changes) head() vg.Length {
	if ch.several() {
		return changeGap + partHeight
	}
	return changeGap
}

// Size implements Figure.
func (ch *Changes) Size() (w, h vg.Length) {
	return width, 26 + ch.legend().height() + vg.Length(max(len(ch.Rows), 1))*(ch.head()+changeRow) + changeBottom
}

// parts lists the parts of a row in the order of their first lines.
func (r Row) parts() (names []string) {
	for _, l := range r.Lines {
		if !slices.Contains(names, l.Part) {
			names = append(names, l.Part)
		}
	}
	return names
}

// mean returns the mean of the runs at every number of examples for which a run has a
// sample, NaN if none has a value there.
func (l Line) mean() (examples, mean, sd []float64) {
	at := map[float64][]float64{}
	for _, run := range l.Runs {
		for k, x := range run.Examples {
			at[x] = append(at[x], run.Value[k])
		}
	}
	for _, x := range slices.Sorted(maps.Keys(at)) {
		m, s := meanOf(slices.DeleteFunc(at[x], func(v float64) bool { return !finite(v) }))
		examples, mean, sd = append(examples, x), append(mean, m), append(sd, s)
	}
	return examples, mean, sd
}

// meanOf returns mean and standard deviation. With a single value the deviation is 0;
// with none both are NaN.
func meanOf(values []float64) (mean, sd float64) {
	if len(values) == 0 {
		return math.NaN(), math.NaN()
	}
	largest := 0.0 // the squares of large numbers may be too large
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		return 0, 0
	}
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		d := v/largest - mean/largest
		sd += d * d / max(n-1, 1)
	}
	return mean, min(largest*math.Sqrt(sd), math.MaxFloat64)
}

// Draw implements Figure.
func (ch *Changes) Draw(c draw.Canvas) {
	heading(c, ch.Title, ch.Subtitle)
	ch.legend().draw(c)
	y := c.Max.Y - 26 - ch.legend().height()
	for i, r := range ch.Rows {
		y -= ch.head()
		ch.row(c, r, y, i == len(ch.Rows)-1)
		y -= changeRow
	}
}

// single returns a line for every run.
func single(lines []Line) (all []Line) {
	for _, l := range lines {
		for _, run := range l.Runs {
			all = append(all, Line{l.Course, l.Part, []Samples{run}})
		}
	}
	return all
}

// columns returns the number of parts that stand side by side.
func (ch *Changes) columns() int {
	n := 1
	for _, r := range ch.Rows {
		if ch.several() {
			n = max(n, len(r.parts()))
		}
	}
	return n
}

// A scaledLine is a line as it is drawn: the mean and what lies one standard
// deviation below and above it.
type scaledLine struct {
	Line
	x, mean, low, high []float64
}

// row draws one quantity below a height.
func (ch *Changes) row(c draw.Canvas, r Row, top vg.Length, last bool) {
	scale, unit := ch.scale()
	if ch.Each {
		r.Lines = single(r.Lines)
	}
	lines, low, high, log := r.scaled(scale)
	name := bold(words(wordSize, black))
	y := top + 12
	if ch.several() {
		y += partHeight
	}
	write(c, aligned(name, text.XLeft, text.YCenter), 12, y, r.Name)
	write(c, aligned(words(smallSize, grey), text.XLeft, text.YCenter), 12+name.Width(r.Name)+8, y, r.Unit)

	columns := ch.columns()
	each, gap := vg.Length(changeRight-changeLeft), vg.Length(0)
	if ch.several() {
		each = (width - 14 - changeLeft + columnGap) / vg.Length(columns)
		gap = min(columnGap, each/3)
		each -= gap
	}
	parts := r.parts()
	for k := range columns {
		if k > 0 && k >= len(parts) {
			break
		}
		left := changeLeft + vg.Length(k)*(each+gap)
		p := panel{Canvas: c, box: vg.Rectangle{Min: vg.Point{X: left, Y: top - changeRow}, Max: vg.Point{X: left + each, Y: top}}, x1: ch.last() * scale, y0: low, y1: high}
		if p.x1 == 0 {
			p.x1 = 1
		}
		p.scaleLeft(r, log, k == 0)
		p.mark(r, log)
		below := ""
		if w := words(smallSize, grey).Width(unit); last && w <= each+gap {
			below = unit
		} else if last && k == 0 { // once for all columns
			write(c, aligned(words(smallSize, grey), text.XCenter, text.YTop), width/2, p.box.Min.Y-15, unit)
		}
		marks := ticks(0, p.x1, max(10/columns, 4))
		if each < narrow {
			marks = nil
		}
		p.ticksBelow(marks, below)
		if !ch.several() {
			p.lines(lines, func(l Line) int { return slices.Index(parts, l.Part) })
			p.nameLines(lines, parts)
			continue
		}
		if k < len(parts) {
			fit(c, words(smallSize, black), left, left+each, top+9, parts[k])
			p.lines(lines, func(l Line) int {
				if l.Part != parts[k] {
					return -1
				}
				return l.Course
			})
		}
	}
}

// scale returns the scale of the horizontal axis.
func (ch *Changes) scale() (scale float64, unit string) {
	switch last := ch.last(); {
	case last >= 2e6:
		return 1e-6, "training examples (millions)"
	case last >= 2e4:
		return 1e-3, "training examples (thousands)"
	}
	return 1, "training examples"
}

func (ch *Changes) last() (last float64) {
	for _, r := range ch.Rows {
		for _, l := range r.Lines {
			for _, s := range l.Runs {
				for _, x := range s.Examples {
					last = max(last, x)
				}
			}
		}
	}
	return last
}

// scaled returns the lines on the axes of the row, and the limits of the vertical
// one, which may be of logarithms.
func (r Row) scaled(scale float64) (lines []scaledLine, low, high float64, log bool) {
	low, high = math.Inf(1), math.Inf(-1)
	least := math.Inf(1) // of the means
	for _, l := range r.Lines {
		x, mean, sd := l.mean()
		s := scaledLine{Line: l, mean: mean}
		for k, m := range mean {
			below, above := max(m-sd[k], -math.MaxFloat64), min(m+sd[k], math.MaxFloat64)
			if !finite(m) {
				below, above = m, m
			}
			s.x, s.low, s.high = append(s.x, scale*x[k]), append(s.low, below), append(s.high, above)
			if finite(m) {
				least, low, high = min(least, m), min(low, below), max(high, above)
			}
		}
		lines = append(lines, s)
	}
	if r.Mark != nil {
		least, low, high = min(least, *r.Mark), min(low, *r.Mark), max(high, *r.Mark)
	}
	if low > high {
		return lines, 0, 1, false
	}
	if log = r.Log && least > 1e-300; log {
		low, high = math.Log10(max(low, least/2)), math.Log10(high)
		for _, s := range lines {
			for _, values := range [][]float64{s.mean, s.low, s.high} {
				for k, v := range values {
					if finite(v) {
						values[k] = max(math.Log10(max(v, 0)), low-1) // values below 0 go to the edge
					}
				}
			}
		}
	}
	room := 0.12 * (high/2 - low/2)
	switch {
	case room > 0:
	case log:
		room = 0.05
	case high == 0:
		room = 1
	default:
		room = 0.1 * math.Abs(high)
	}
	below, above := max(low-room, -math.MaxFloat64), min(high+room, math.MaxFloat64)
	if r.Zero && low >= 0 && !log {
		below = 0
	}
	return lines, below, above, log
}

// scaleLeft draws the vertical axis, with numbers if it is the first of a row.
func (p *panel) scaleLeft(r Row, log, numbers bool) {
	switch {
	case log:
		p.ticksLog(numbers)
	case r.Ticks != nil:
		outside := func(v float64) bool { return v < p.y0 || v > p.y1 }
		p.ticksLeft(slices.DeleteFunc(slices.Clone(r.Ticks), outside), true, numbers)
	default:
		p.ticksLeft(scaleTicks(p.y0, p.y1, 4), true, numbers)
	}
}

// mark draws the marked value.
func (p *panel) mark(r Row, log bool) {
	if r.Mark == nil {
		return
	}
	v := *r.Mark
	if log {
		v = math.Log10(v)
	}
	line(p.Canvas, 1, grey, []vg.Length{4, 2}, p.at(p.x0, v), p.at(p.x1, v))
}

// lines draws the lines whose look is 0 or more, and their bands below them.
func (p *panel) lines(lines []scaledLine, look func(Line) int) {
	thickness := vg.Length(1.4)
	if len(lines) > 3*fewCourses {
		thickness = 0.9
	}
	for _, bands := range []bool{true, false} {
		for _, l := range lines {
			i := look(l.Line)
			if i < 0 {
				continue
			}
			colour, dashes := lineLook(i)
			switch {
			case bands && len(l.Runs) > 1:
				p.band(faded(colour, 0.22), l.x, l.low, l.high)
			case !bands:
				p.curve(thickness, colour, dashes, l.x, l.mean)
			}
		}
	}
}

// nameLines writes the parts beside the ends of their lines.
func (p *panel) nameLines(lines []scaledLine, parts []string) {
	var labels []endLabel
	for i, part := range parts {
		colour, _ := lineLook(i)
		for _, l := range lines {
			if end, ok := lastFinite(l.mean); ok && l.Part == part {
				labels = append(labels, endLabel{part, colour, false, p.y(end)})
				break
			}
		}
	}
	p.endLabels(labels, width-p.box.Max.X-10)
}
