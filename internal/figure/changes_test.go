package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// A mark is a path that was stroked or filled, in a colour.
type mark struct {
	colour color.Color
	filled bool
	path   vg.Path
}

// marks draws a figure and returns what was drawn, and the words on it.
func marks(f Figure) (all []mark, text []string) {
	var c recorder.Canvas
	drawOn(&c, f)
	var colour color.Color
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			colour = a.Color
		case *recorder.Stroke:
			all = append(all, mark{colour, false, a.Path})
		case *recorder.Fill:
			all = append(all, mark{colour, true, a.Path})
		case *recorder.FillString:
			text = append(text, a.String)
		}
	}
	return all, text
}

func drawOn(c *recorder.Canvas, f Figure) {
	x, y := f.Size()
	f.Draw(draw.NewCanvas(c, x, y))
}

// curves are strokes of a colour through so many points.
func curves(all []mark, colour color.Color, points int) (found []mark) {
	for _, m := range all {
		if !m.filled && m.colour == colour && len(m.path) == points {
			found = append(found, m)
		}
	}
	return found
}

func samples(values ...float64) Samples {
	s := Samples{Value: values}
	for k := range values {
		s.Examples = append(s.Examples, float64(100*(k+1)))
	}
	return s
}

// norms are of two layers, in as many runs as asked for.
func norms(runs int) *Changes {
	row := Row{Name: "Change", Unit: "‖ΔW‖ / ‖W‖", Log: true}
	for _, part := range []string{"hidden0", "output"} {
		l := Line{Part: part}
		for k := range runs {
			f := 1 + 0.1*float64(k)
			l.Runs = append(l.Runs, samples(1*f, 10*f, 100*f))
		}
		row.Lines = append(row.Lines, l)
	}
	return &Changes{Title: "Norms", Courses: []string{"one"}, Rows: []Row{row}}
}

// Equal steps of a logarithmic axis are equal factors, and time goes on evenly.
func TestLogAxis(t *testing.T) {
	all, text := marks(norms(1))
	for _, colour := range []color.Color{blue, vermilion} {
		found := curves(all, colour, 3)
		if len(found) != 1 {
			t.Fatalf("%d curves of a layer, want 1", len(found))
		}
		p := found[0].path
		if up, more := p[1].Pos.Y-p[0].Pos.Y, p[2].Pos.Y-p[1].Pos.Y; up <= 10 || abs(up-more) > 1e-9 {
			t.Errorf("1, 10 and 100 are %v and %v apart", up, more)
		}
		if right, more := p[1].Pos.X-p[0].Pos.X, p[2].Pos.X-p[1].Pos.X; right <= 10 || abs(right-more) > 1e-9 {
			t.Errorf("100, 200 and 300 examples are %v and %v apart", right, more)
		}
	}
	for _, want := range []string{"1", "10", "100", "hidden0", "output", "training examples", "Change", "‖ΔW‖ / ‖W‖"} {
		if !slices.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
}

// What is 0 or less has no logarithm, so its axis is linear.
func TestNoLogOfZero(t *testing.T) {
	f := norms(1)
	f.Rows[0].Lines[0].Runs[0].Value[0] = 0
	all, _ := marks(f)
	p := curves(all, blue, 3)[0].path
	if up, more := p[1].Pos.Y-p[0].Pos.Y, p[2].Pos.Y-p[1].Pos.Y; math.Abs(float64(more/up)-9) > 1e-9 {
		t.Errorf("0, 10 and 100 are %v and %v apart", up, more)
	}
}

// Several runs are one line with a band; several configurations have a column for
// each layer.
func TestSeveralRuns(t *testing.T) {
	bands := func(all []mark) (n int) {
		for _, m := range all {
			if m.filled && len(m.path) == 7 { // there, back, and closed
				n++
			}
		}
		return n
	}
	all, _ := marks(norms(3))
	if n, lines := bands(all), len(curves(all, blue, 3)); n != 2 || lines != 1 {
		t.Errorf("%d bands and %d lines of a layer, want 2 and 1", n, lines)
	}
	one, _ := marks(norms(1))
	if n := bands(one); n != 0 {
		t.Errorf("%d bands of single runs", n)
	}
	f := norms(3)
	f.Courses = append(f.Courses, "other")
	f.Rows[0].Lines = append(f.Rows[0].Lines, Line{Course: 1, Part: "output", Runs: []Samples{samples(3, 4, 5)}})
	all, text := marks(f)
	first, second := curves(all, blue, 3), curves(all, vermilion, 3)
	if len(first) != 2 || len(second) != 1 || second[0].path[0].Pos.X != first[1].path[0].Pos.X || first[1].path[0].Pos.X < 300 {
		t.Errorf("%d lines of one and %d of the other configuration, or not in their columns", len(first), len(second))
	}
	if !slices.Contains(text, "other") {
		t.Errorf("no legend in %q", text)
	}
}

func TestLineMean(t *testing.T) {
	l := Line{Runs: []Samples{samples(1, 2, math.NaN()), samples(3), {}}}
	x, mean, sd := l.mean()
	if !slices.Equal(x, []float64{100, 200, 300}) || !slices.Equal(mean[:2], []float64{2, 2}) || math.Abs(sd[0]-math.Sqrt2) > 1e-15 || sd[1] != 0 || !math.IsNaN(mean[2]) {
		t.Errorf("%v: %v ± %v", x, mean, sd)
	}
}

// A line marks the value that matters, which is always within the axis.
func TestMark(t *testing.T) {
	v := 90.0
	f := &Changes{Courses: []string{""}, Rows: []Row{{Mark: &v, Zero: true, Ticks: []float64{0, 30, 60, 90, 120}, Lines: []Line{{Part: "", Runs: []Samples{samples(60, 30)}}}}}}
	all, text := marks(f)
	p := curves(all, blue, 2)[0].path
	var at vg.Length
	for _, m := range curves(all, grey, 2) {
		if m.path[1].Pos.X-m.path[0].Pos.X > 400 && m.path[0].Pos.Y > p[0].Pos.Y {
			at = m.path[0].Pos.Y
		}
	}
	if up, more := p[0].Pos.Y-p[1].Pos.Y, at-p[0].Pos.Y; abs(up-more) > 1e-9 {
		t.Errorf("30 and 60 are %v apart, 60 and the line at 90 %v", up, more)
	}
	if got := strings.Join(text[:4], " "); got != "0 30 60 90" {
		t.Errorf("ticks are %q", got)
	}
}

func TestScaleOfExamples(t *testing.T) {
	for last, want := range map[float64]string{19999: "training examples", 30000: "training examples (thousands)", 3.6e6: "training examples (millions)"} {
		f := norms(1)
		f.Rows[0].Lines[0].Runs[0].Examples[2] = last
		if _, text := marks(f); !slices.Contains(text, want) {
			t.Errorf("%v examples: no %q in %q", last, want, text)
		}
	}
}

// Long names are broken after commas, short ones stand in columns, and numbers belong
// to them.
func TestLegend(t *testing.T) {
	long := strings.TrimSuffix(strings.Repeat("network.hidden = [500], ", 12), ", ")
	lines := broken(words(wordSize, black), long, width-54)
	if len(lines) < 2 || strings.Join(lines, " ") != long {
		t.Errorf("got %q", lines)
	}
	for _, l := range lines {
		if w := words(wordSize, black).Width(l); w > width-54 {
			t.Errorf("%q is %v wide", l, w)
		}
	}
	if (legend{names: []string{"alone"}}).height() != 0 {
		t.Error("a legend of one")
	}
	var g legend
	for k := range 20 {
		g.names = append(g.names, fmt.Sprintf("run %d", k))
		g.notes = append(g.notes, "3.27 ± 0.12 %")
	}
	l := g.layout()
	if l.columns < 3 || l.columns*l.perColumn < 20 || vg.Length(l.columns)*l.each > width-2*legendLeft {
		t.Errorf("twenty short names are in %d columns of %v with %d lines", l.columns, l.each, l.perColumn)
	}
	for i := range g.names {
		g.names[i] = long
	}
	if l := g.layout(); l.columns != 1 || l.perColumn != 20*len(l.entries[0]) || len(l.entries[0]) > mostLines {
		t.Errorf("twenty long names are in %d columns, %d lines each", l.columns, len(l.entries[0]))
	}
}

func threeClasses() *Confusion {
	return &Confusion{Title: "Confusion", Names: []string{"cat", "dog", "frog"}, Images: [][]int{{8, 2, 0}, {10, 30, 0}, {0, 0, 0}}}
}

// Every cell has a colour of its share of the class, what is misread that of its
// share of the worst.
func TestConfusionCells(t *testing.T) {
	all, text := marks(threeClasses())
	var cells []color.Color
	for _, m := range all {
		if w := m.path[1].Pos.X - m.path[0].Pos.X; m.filled && (abs(w) > 100 || abs(m.path[2].Pos.X-m.path[0].Pos.X) > 100) {
			cells = append(cells, m.colour)
		}
	}
	want := []color.Color{
		faded(blue, 0.8), faded(vermilion, 0.75*0.2/0.25), faded(vermilion, 0.03),
		faded(vermilion, 0.75), faded(blue, 0.75), faded(vermilion, 0.03),
		faded(vermilion, 0.03), faded(vermilion, 0.03), faded(blue, 0.03),
	}
	if !slices.Equal(cells, want) {
		t.Errorf("colours are\n%v, want\n%v", cells, want)
	}
	for _, want := range []string{"8", "80.0 %", "20.0 %", "25.0 %", "frog", "predicted class"} {
		if !slices.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
}

func twoFields() *Fields {
	return &Fields{Title: "Fields", Width: 3, Height: 2, Neurons: []Field{
		{"7", []float64{0, 1, -1, 0.5, -0.5, math.NaN()}}, {"8", []float64{9, 0, 0, 0, 0, 0}},
	}}
}

// Weights of opposite sign are equally far from white, and lie where their pixels
// are.
func TestFieldPixels(t *testing.T) {
	f := twoFields()
	g := f.grid()
	m := f.maps(g, 1)
	x0, y0 := g.at(0, 0)
	for k, want := range []color.Color{white, vermilion, blue, faded(vermilion, 0.5), faded(blue, 0.5), white} {
		for _, in := range []int{0, g.times - 1} {
			if got := m.At(x0+k%3*g.times+in, y0+k/3*g.times+in); got != want {
				t.Errorf("pixel %d is %v, want %v", k, got, want)
			}
		}
	}
	x1, y1 := g.at(1, 0)
	if y1 != y0 || x1 <= x0+3*g.times || m.At(x1, y1) != color.Color(vermilion) || m.At(x1-1, y1) != color.Color(white) {
		t.Errorf("the second map begins at %d, %d with %v", x1, y1, m.At(x1, y1))
	}
}

func TestFieldScale(t *testing.T) {
	if got := twoFields().limit(); got != 1 { // one of eleven is larger: 199/200 of ten steps is the last but one
		t.Errorf("the scale ends at %v, want 1", got)
	}
	if got := (&Fields{Neurons: []Field{{"", []float64{0, 0}}}}).limit(); got != 1 {
		t.Errorf("of zeros the scale ends at %v, want 1", got)
	}
}

// Of a colour image each neuron has a map for each channel, side by side.
func TestColourFields(t *testing.T) {
	f := &Fields{Width: 2, Height: 1, Channels: []string{"red", "green", "blue"}, Neurons: []Field{{"0", []float64{1, 0, 0, 1, -1, 0}}, {"1", make([]float64, 6)}}}
	g := f.grid()
	m := f.maps(g, 1)
	last := -1
	for k, want := range [][]color.Color{{vermilion, white}, {white, vermilion}, {blue, white}} {
		x, y := g.at(0, k)
		if x <= last || m.At(x, y) != want[0] || m.At(x+g.times, y) != want[1] {
			t.Errorf("map %d is at %d after %d, %v and %v", k, x, last, m.At(x, y), m.At(x+g.times, y))
		}
		last = x + g.width
	}
	if _, text := marks(f); !slices.Contains(text, "green") {
		t.Errorf("no names of channels in %q", text)
	}
}

func TestLogTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{-0.1, 2.1, "1 10 100"}, {0, 1.1, "1 2 5 10"}, {-0.3, 0.2, "0.6 0.8 1 1.5"}, {-6.2, 0.1, "10 −6 10 −4 0.01 1"},
		{0.2, 1.9, "2 5 10 20 50"},
		{math.Log10(89.65), math.Log10(89.82), "89.65 89.7 89.75 89.8"}, // no round multiple within
		{math.Log10(5.2), math.Log10(6.7), "5.5 6 6.5"},                 // one within
		{-1e-9, 1e-9, "1"},                                              // as all numbers here are printed
	} {
		var canvas recorder.Canvas
		p := panelOn(&canvas, 100, 100)
		p.y0, p.y1 = c.low, c.high
		p.ticksLog(true)
		var got []string
		for _, a := range canvas.Actions {
			if s, ok := a.(*recorder.FillString); ok {
				got = append(got, s.String)
			}
		}
		// The exponent is written first.
		if s := fmt.Sprint(got); sorted(got) != sorted(strings.Fields(c.want)) {
			t.Errorf("from %v to %v: %s, want %s", c.low, c.high, s, c.want)
		}
	}
}

func sorted(words []string) string {
	words = slices.Clone(words)
	slices.Sort(words)
	return strings.Join(words, " ")
}
