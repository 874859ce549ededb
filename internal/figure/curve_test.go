package figure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"
)

// pieces draws values at 0, 1, 2, … on a panel of 100 points and returns the curves
// that came of it, and the dots.
func pieces(wide vg.Length, values []float64) (curves []vg.Path, dots []vg.Point) {
	var c recorder.Canvas
	p := panelOn(&c, wide, 100)
	p.x1 = float64(max(len(values)-1, 1))
	p.y1 = 100
	x := make([]float64, len(values))
	for k := range x {
		x[k] = float64(k)
	}
	p.curve(1, blue, nil, x, values)
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.Stroke:
			curves = append(curves, a.Path)
		case *recorder.Fill: // a disc, which begins at its right
			dots = append(dots, a.Path[0].Pos.Sub(vg.Point{X: 1.5}))
		}
	}
	return curves, dots
}

// Where a value is missing the line has a gap, and what stands alone is a dot.
func TestGaps(t *testing.T) {
	nan := math.NaN()
	curves, dots := pieces(100, []float64{nan, 10, 20, nan, 30, nan, math.Inf(1), 40, 50, 60, nan})
	if len(curves) != 2 || len(curves[0]) != 2 || len(curves[1]) != 3 {
		t.Fatalf("curves are %v", curves)
	}
	for k, want := range []vg.Point{{X: 10, Y: 10}, {X: 20, Y: 20}} {
		if got := curves[0][k].Pos; abs(got.X-want.X) > 1e-9 || abs(got.Y-want.Y) > 1e-9 {
			t.Errorf("point %d is at %v, want %v", k, got, want)
		}
	}
	if first := curves[1][0].Pos.X; abs(first-70) > 1e-9 {
		t.Errorf("the last piece begins at %v, want 70", first)
	}
	if len(dots) != 1 || abs(dots[0].X-40) > 1e-9 || abs(dots[0].Y-30) > 1e-9 {
		t.Errorf("dots are at %v, want 40, 30", dots)
	}
}

// However many values there are, each half point has the least and the largest of
// them.
func TestManyValues(t *testing.T) {
	values := make([]float64, 1e6)
	for k := range values {
		values[k] = 50 + 40*math.Sin(float64(k)/10)*math.Sin(float64(k)/1e5)
	}
	values[123456], values[654321] = 99, 1 // single peaks are seen
	curves, _ := pieces(100, values)
	if len(curves) != 1 || len(curves[0]) > 403 || len(curves[0]) < 300 {
		t.Fatalf("%d curves, the first of %d points", len(curves), len(curves[0]))
	}
	low, high := vg.Length(50), vg.Length(50)
	for k, at := range curves[0] {
		low, high = min(low, at.Pos.Y), max(high, at.Pos.Y)
		if k > 0 && at.Pos.X < curves[0][k-1].Pos.X {
			t.Fatalf("point %d goes back", k)
		}
	}
	if low != 1 || high != 99 {
		t.Errorf("from %v to %v, want 1 to 99", low, high)
	}
	// Every second value missing makes no picture of a million pieces.
	for k := range values {
		if k/50000%2 == 1 || k%2 == 1 {
			values[k] = math.NaN()
		}
	}
	if curves, _ = pieces(100, values); len(curves) != 10 {
		t.Errorf("%d curves, want 10", len(curves))
	}
}

// A band has the gaps of its curve, and stays in its panel.
func TestBandGaps(t *testing.T) {
	var c recorder.Canvas
	p := panelOn(&c, 100, 100)
	p.x1, p.y1 = 10, 10
	nan := math.NaN()
	p.band(blue, []float64{0, 1, 2, 3, 4, 5}, []float64{1, 2, nan, -4, 5, 6}, []float64{2, 3, nan, 5, 6, 40})
	var found []vg.Path
	for _, a := range c.Actions {
		if f, ok := a.(*recorder.Fill); ok {
			found = append(found, f.Path)
		}
	}
	if len(found) != 2 || len(found[0]) != 5 || len(found[1]) != 7 {
		t.Fatalf("bands are %v", found)
	}
	for _, at := range found[1] {
		if at.Type != vg.CloseComp && (at.Pos.Y < 0 || at.Pos.Y > 100) {
			t.Errorf("a band reaches %v", at.Pos)
		}
	}
}

// A trial of a hundred times as many steps has a file that is hardly larger.
func TestSVGOfManySteps(t *testing.T) {
	long := func(steps int) *Trial {
		f := small()
		wave := make([]float64, steps)
		f.Time = make([]float64, steps)
		spikes := &f.Populations[1]
		spikes.SpikeTime, spikes.SpikeNeuron = nil, nil
		for k := range wave {
			f.Time[k] = 100 * float64(k+1) / float64(steps)
			wave[k] = math.Sin(float64(k)*1.7) * math.Sin(float64(k)*0.01)
			spikes.SpikeTime, spikes.SpikeNeuron = append(spikes.SpikeTime, f.Time[k]), append(spikes.SpikeNeuron, int32(k%5))
		}
		n := &f.Neurons[0]
		n.Apical, n.Basal, n.Soma = wave, wave, wave
		for k := range f.Classes {
			f.Classes[k].Potential = wave
		}
		return f
	}
	few, many := len(render(t, SVG, long(5000))), len(render(t, SVG, long(500000)))
	if many > few*3/2 || many > 200000 {
		t.Errorf("%d bytes for 5000 steps, %d for 500000", few, many)
	}
}

// Whatever a folder is called, SVG is XML, and says its name as far as it is text.
func TestNamesInSVG(t *testing.T) {
	for name, want := range map[string]string{
		`a<b>&"c'`:                  `a<b>&"c'`,
		"bell\a and escape\x1b[31m": "bell\uFFFD and escape\uFFFD[31m",
		"line\nend":                 "line\uFFFDend",
		"not text \xff\xfe":         "not text \uFFFD\uFFFD",
		"\ufffe\uffff \u202e":       "\uFFFD\uFFFD \uFFFD",
		"]]><!-- é 数 -->":           "]]><!-- é 数 -->",
	} {
		trial, learning, raster, changes, confusion, fields := small(), compared(), busy(100), norms(2), threeClasses(), twoFields()
		trial.Title, trial.Subtitle, trial.Phases[0].Name, trial.Neurons[0].Name, trial.Classes[1].Name, trial.Populations[0].Name = name, name, name, name, name, name
		learning.Title, learning.Subtitle, learning.Courses[0].Name, learning.Courses[1].Name = name, name, name, name
		raster.Title, raster.Subtitle, raster.Populations[0].Name, raster.Trials[0].Names = name, name, name, []string{name}
		changes.Title, changes.Subtitle, changes.Courses, changes.Rows[0].Name, changes.Rows[0].Lines[0].Part = name, name, []string{name, name}, name, name
		confusion.Title, confusion.Subtitle, confusion.Names[0] = name, name, name
		fields.Title, fields.Subtitle, fields.Neurons[0].Name = name, name, name
		for _, f := range []Figure{trial, learning, raster, changes, confusion, fields} {
			var file bytes.Buffer
			if err := Write(&file, SVG, f, About{name, name, name, name}); err != nil {
				t.Fatal(err)
			}
			var told strings.Builder
			d := xml.NewDecoder(&file)
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%q in %T: %v", name, f, err)
				}
				if text, ok := token.(xml.CharData); ok {
					told.Write(text)
				}
			}
			if n := strings.Count(told.String(), want); n < 6 {
				t.Errorf("%q in %T: %q is there %d times, want at least 6", name, f, want, n)
			}
		}
		for _, format := range []Format{PDF, PNG} {
			var file bytes.Buffer
			if err := Write(&file, format, compared(), About{name, name, name, name}); err != nil {
				t.Errorf("%q as %s: %v", name, format, err)
			}
		}
	}
}

// Numbers of an axis stand to the right of the page's edge, and can be told apart.
func TestTickLabels(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{0, 0.25, 0.5}, "0 0.25 0.5"},
		{[]float64{-100000, 100000}, "−100000 100000"},
		{[]float64{1234500, 1234600}, "1234500 1234600"},
		{[]float64{0, 2e7, 4e7}, "0 2·10^7 4·10^7"},
		{[]float64{-1e7, 1e7}, "−10^7 10^7"},
		{[]float64{0, 2e-5}, "0 2·10^−5"},
		{[]float64{1e25, 1.5e25}, "10^25 1.5·10^25"},
	} {
		var got []string
		for _, l := range tickLabels(c.values) {
			if l.exponent != "" {
				l.base += "^" + l.exponent
			}
			got = append(got, l.base)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v are %s, want %s", c.values, s, c.want)
		}
	}
	for _, values := range [][]float64{{1234567, 1234568}, {1e16, 1e16 + 8}, {1e300, 1.7e308}, {-1.7e308, 1.7e308}, {1e-300, 3e-300}, {-12345678, -12345677}, {0, 0}} {
		for _, log := range []bool{false, true} {
			f := norms(1)
			f.Rows[0].Log = log
			for k := range f.Rows[0].Lines {
				f.Rows[0].Lines[k].Runs[0].Value = []float64{values[0], values[1], values[0]}
			}
			inside(t, values, f)
		}
		if values[0] >= 0 { // as errors and losses are
			inside(t, values, &Learning{Courses: []Course{course("one", values), course("two", values)}})
		}
		trial := small()
		trial.Neurons[0].Soma, trial.Classes[0].Potential = slices.Repeat(values, 50), slices.Repeat(values, 50)
		inside(t, values, trial)
	}
}

// inside wants that nothing of a figure is beyond the edges of its page, or nowhere.
func inside(t *testing.T, what any, f Figure) {
	t.Helper()
	var c recorder.Canvas
	w, h := f.Size()
	drawOn(&c, f)
	on := func(at vg.Point) bool {
		return at.X >= -0.5 && at.X <= w+0.5 && at.Y >= -0.5 && at.Y <= h+0.5
	}
	var colour color.Color
	for _, a := range c.Actions {
		var path vg.Path
		switch a := a.(type) {
		case *recorder.SetColor:
			colour = a.Color
		case *recorder.Stroke:
			path = a.Path
		case *recorder.Fill:
			path = a.Path
		case *recorder.FillString:
			s := words(a.Size, black)
			if wide := s.Width(a.String); !on(a.Point) || !on(a.Point.Add(vg.Point{X: wide})) {
				t.Errorf("%v: %T has %q from %v to %v, and the page is %v wide and %v high", what, f, a.String, a.Point, a.Point.X+wide, w, h)
			}
		}
		for _, at := range path {
			if at.Type != vg.CloseComp && at.Type != vg.ArcComp && !on(at.Pos) {
				t.Errorf("%v: %T has a mark of %v at %v, and the page is %v wide and %v high", what, f, colour, at.Pos, w, h)
				break
			}
		}
	}
}
