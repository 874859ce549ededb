package figure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"
)

// small is a trial of a few neurons.
func small() *Trial {
	wave := func(height float64) []float64 {
		v := make([]float64, 100)
		for k := range v {
			v[k] = height * math.Sin(float64(k)/9)
		}
		return v
	}
	at := make([]float64, 100)
	for k := range at {
		at[k] = float64(k + 1)
	}
	t := &Trial{
		Title: "A trial: 1 < 2", Subtitle: "of nothing", Time: at,
		Image: image.NewGray(image.Rect(0, 0, 4, 4)),
		Phases: []Phase{
			{"forward", 0, 30, 50}, {"target", 50, 80, 100},
		},
		Populations: []Population{
			{Name: "input", Neurons: 16, SpikeTime: []float64{1, 2, 50}, SpikeNeuron: []int32{0, 8, 15}},
			{Name: "hidden0", Neurons: 5, SpikeTime: []float64{3, 4}, SpikeNeuron: []int32{1, 4}},
			{Name: "output", Neurons: 3, SpikeTime: []float64{5, 60}, SpikeNeuron: []int32{0, 2}},
		},
		Neurons: []Neuron{{
			Name: "hidden0, neuron 1", Apical: wave(0.5), Basal: wave(4), Soma: wave(3),
			Plateaus: []Plateau{{30, 50, 0.1, 0.52}, {80, 100, -0.2, 0.45}},
		}},
	}
	for k := range 3 {
		t.Classes = append(t.Classes, Class{Name: strconv.Itoa(k), Potential: wave(float64(2 - k)), True: k == 1, Read: k == 2})
	}
	return t
}

func course(name string, runs ...[]float64) Course {
	c := Course{Name: name}
	for _, errors := range runs {
		c.Runs = append(c.Runs, Run{TrainError: errors, TestError: errors, OutputLoss: errors, HiddenLosses: [][]float64{errors, errors}, Final: errors[len(errors)-1]})
	}
	return c
}

func compared() *Learning {
	return &Learning{Title: "Learning", Subtitle: "two courses", Tested: "test", Courses: []Course{
		course("one", []float64{0.5, 0.3, 0.2}, []float64{0.6, 0.35}), course("other", []float64{0.4, 0.2, 0.1}),
	}}
}

func render(t *testing.T, format Format, f Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, f, About{"A title: 1 < 2", "what α is", "plateau plot x", "plateau test"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func figures() map[string]Figure {
	return map[string]Figure{
		"trial": small(), "learning": compared(), "raster": busy(2000), "one trial": oneTrial(), "no raster": &Raster{},
		"changes": norms(3), "no changes": &Changes{}, "changes of nothing": &Changes{Rows: []Row{{Log: true}}},
		"confusion": threeClasses(), "no confusion": &Confusion{}, "fields": twoFields(), "no fields": &Fields{},
		"empty trial": &Trial{}, "no learning": &Learning{},
		"one epoch": &Learning{Courses: []Course{course("", []float64{0.5})}},
		"no number": &Learning{Courses: []Course{course("", []float64{math.NaN(), 0.5, math.Inf(1)})}},
	}
}

// Every figure can be drawn, twice with the same bytes: in every format, or in
// SVG and PDF if it is of a special case.
func TestFormats(t *testing.T) {
	for name, f := range figures() {
		for _, format := range []Format{SVG, PDF, PNG} {
			if format == PNG && strings.Contains(name, " ") {
				continue // it takes long, and shows what the others show
			}
			b := render(t, format, f)
			if !bytes.Equal(b, render(t, format, f)) {
				t.Errorf("%s: the second %s file differs from the first", name, format)
			}
			start := map[Format]string{SVG: "<?xml", PDF: "%PDF-", PNG: "\x89PNG"}[format]
			if !bytes.HasPrefix(b, []byte(start)) {
				t.Errorf("%s: the %s file begins with %q", name, format, b[:8])
			}
		}
	}
}

// count tells how many pixels are as good as of a colour.
func count(m image.Image, c color.NRGBA) (n int) {
	b := m.Bounds()
	key := func(c color.Color) uint32 {
		r, g, b, _ := c.RGBA()
		return r>>8<<16 | g>>8<<8 | b>>8
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if difference(key(m.At(x, y)), key(c)) < 24 {
				n++
			}
		}
	}
	return n
}

func decode(t *testing.T, f Figure) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(render(t, PNG, f)))
	if err != nil {
		t.Fatal(err)
	}
	x, y := f.Size()
	for _, s := range []struct {
		pixels int
		points vg.Length
	}{{m.Bounds().Dx(), x}, {m.Bounds().Dy(), y}} {
		if want := float64(s.points) * resolution / 72; math.Abs(float64(s.pixels)-want) > 1.5 {
			t.Errorf("%d pixels for %v points, want %v", s.pixels, s.points, want)
		}
	}
	return m
}

// The lines that a trial is about are there in their colours, and go when their
// data go.
func TestTrialLines(t *testing.T) {
	full := decode(t, small())
	without := small()
	without.Neurons[0].Apical, without.Neurons[0].Basal = nil, nil
	without.Classes[1].True, without.Classes[2].Read = false, false
	bare := decode(t, without)
	for name, c := range map[string]color.NRGBA{"apical": vermilion, "basal": blue, "true class": green, "class read": purple} {
		// Names stand beside curves in the same colour.
		if with, rest := count(full, c), count(bare, c); with < 1000 || rest > with/2 {
			t.Errorf("%s: %d pixels, and %d without the curve", name, with, rest)
		}
	}
}

func TestSpikesAreDrawn(t *testing.T) {
	silent := small()
	for i := range silent.Populations {
		silent.Populations[i].SpikeTime, silent.Populations[i].SpikeNeuron = nil, nil
	}
	busy := small()
	for k := range 2000 {
		p := &busy.Populations[0]
		p.SpikeTime, p.SpikeNeuron = append(p.SpikeTime, float64(k%100)), append(p.SpikeNeuron, int32(k%16))
	}
	if s, b := count(decode(t, silent), black), count(decode(t, busy), black); b < s+2000 {
		t.Errorf("%d dark pixels without spikes, %d with 2000 spikes", s, b)
	}
}

func TestLearningLines(t *testing.T) {
	m := decode(t, compared())
	if a, b := count(m, blue), count(m, vermilion); a < 1500 || b < 1500 {
		t.Errorf("%d and %d pixels of the two courses", a, b)
	}
	if band := count(m, faded(blue, 0.22)); band < 5000 {
		t.Errorf("%d pixels between the seeds", band)
	}
}

func TestMean(t *testing.T) {
	c := course("", []float64{1, 2, 5}, []float64{3, 4})
	epoch, mean, sd := c.mean(func(r Run) []float64 { return r.TestError })
	for k, want := range [][3]float64{{1, 2, math.Sqrt2}, {2, 3, math.Sqrt2}, {3, 5, 0}} {
		if epoch[k] != want[0] || mean[k] != want[1] || math.Abs(sd[k]-want[2]) > 1e-15 {
			t.Errorf("epoch %v: %v ± %v, want %v", epoch[k], mean[k], sd[k], want)
		}
	}
}

// Errors over a wide range have a logarithmic axis, on which equal factors are equally
// far apart and 0 is the lower edge; those over a narrow one fill theirs.
func TestErrorAxis(t *testing.T) {
	heights := func(values ...float64) []vg.Length {
		t.Helper()
		all, _ := marks(&Learning{Courses: []Course{course("", values)}})
		p := curves(all, blue, len(values))[0].path
		var y []vg.Length
		for _, at := range p {
			y = append(y, at.Pos.Y)
		}
		return y
	}
	top, bottom := vg.Length(330-68), vg.Length(38)
	if y := heights(0.4, 0.2, 0.1, 0.05); abs(y[0]-y[1]-(y[1]-y[2])) > 1e-9 || abs(y[1]-y[2]-(y[2]-y[3])) > 1e-9 || y[3]-bottom > 20 || top-y[0] > 20 {
		t.Errorf("40, 20, 10 and 5 %% are at %v", y)
	}
	if y := heights(0.4, 0.2, 0, 0.1); abs(y[2]-bottom) > 1e-9 || abs(2*(y[0]-y[1])-(y[0]-y[3])) > 1e-9 || y[3]-bottom < 14 {
		t.Errorf("40, 20, 0 and 10 %% are at %v", y)
	}
	if y := heights(0.14, 0.13, 0.12); abs(y[0]-y[1]-(y[1]-y[2])) > 1e-9 || y[2]-bottom > 40 || top-y[0] > 40 {
		t.Errorf("14, 13 and 12 %% are at %v", y)
	}
	if y := heights(0, 0, 0); y[0] != y[2] || abs(y[0]-bottom) > 1e-9 {
		t.Errorf("no errors are at %v", y)
	}
	if y := heights(0.9, 0.9, 0.9); y[0] != y[2] || y[0] < bottom+50 || y[0] > top-50 {
		t.Errorf("equal errors are at %v", y)
	}
}

// With Each every run has a line, and the legend its error; else there are their mean
// and its standard deviation.
func TestEach(t *testing.T) {
	f := &Learning{Tested: "test", Courses: []Course{course("one", []float64{0.5, 0.4, 0.3}, []float64{0.5, 0.3, 0.2}), course("two", []float64{0.9, 0.8, 0.7})}}
	told := func() (lines int, text []string) {
		all, text := marks(f)
		return len(curves(all, blue, 3)), text
	}
	// In the panels of errors, output loss and hidden loss, two in the first and last.
	lines, text := told()
	if lines != 5 || !slices.Contains(text, "25.00 ± 7.07 %") || !slices.Contains(text, "70.00 %") {
		t.Errorf("%d lines, %q", lines, text)
	}
	f.Each = true
	if lines, text = told(); lines != 10 || !slices.Contains(text, "30.00, 20.00 %") || !slices.Contains(text, "70.00 %") {
		t.Errorf("each: %d lines, %q", lines, text)
	}
	ch := norms(3)
	ch.Each = true
	if all, _ := marks(ch); len(curves(all, blue, 3)) != 3 {
		t.Errorf("%d lines of a layer in three runs", len(curves(all, blue, 3)))
	}
}

// A ring marks the epoch whose weights were kept, on the curve of test errors, of each line
// that belongs to one run.
func TestRingOfKeptEpoch(t *testing.T) {
	rings := func(f *Learning) (at []vg.Point) {
		all, _ := marks(f)
		for _, m := range all {
			for _, part := range m.path {
				if part.Type == vg.ArcComp && part.Radius == ringRadius && !m.filled {
					at = append(at, part.Pos)
				}
			}
		}
		return at
	}
	f := &Learning{Courses: []Course{course("", []float64{0.4, 0.2, 0.3})}}
	if at := rings(f); at != nil || f.Kept() {
		t.Errorf("nothing was kept, but there are rings at %v", at)
	}
	f.Courses[0].Runs[0].Kept = 2
	all, _ := marks(f)
	want := curves(all, blue, 3)[0].path[1].Pos
	if at := rings(f); len(at) != 1 || abs(at[0].X-want.X) > 1e-9 || abs(at[0].Y-want.Y) > 1e-9 || !f.Kept() {
		t.Errorf("rings at %v, want one at %v", at, want)
	}
	f.Courses = []Course{course("", []float64{0.4, 0.2, 0.3}, []float64{0.4, 0.2, 0.3})}
	f.Courses[0].Runs[0].Kept, f.Courses[0].Runs[1].Kept = 2, 2
	if at := rings(f); at != nil || f.Kept() {
		t.Errorf("the mean of two runs has rings at %v", at)
	}
	if f.Each = true; len(rings(f)) != 2 {
		t.Errorf("two runs have rings at %v", rings(f))
	}
	f.Courses[0].Runs[0].Kept, f.Courses[0].Runs[1].TestError[1] = 4, math.NaN()
	if at := rings(f); at != nil {
		t.Errorf("rings at %v, where there is no error", at)
	}
}

// Whatever is drawn stays on its page.
func TestInside(t *testing.T) {
	for name, f := range figures() {
		inside(t, name, f)
	}
	long := strings.Repeat("a run with a very long name, ", 40)
	word := strings.Repeat("W", 3000)
	for _, name := range []string{"x", long, word} {
		for runs, some := range map[int][][]float64{
			1: {{0.5, 0.25, 0.1}, {0.5}, {0, 0}, {1e25, 1e-25}, {math.NaN(), 1, math.NaN()}, {0, 1e300}},
			2: {{0.5}, {0, 1e300}}, 7: {{0.5, 0.25, 0.1}}, 20: {{0, 0.5}}, 100: {{0.5, 0.25, 0.1}},
		} {
			for _, errors := range some {
				l := &Learning{Title: name, Subtitle: name, Tested: "validation"}
				ch := &Changes{Title: name, Subtitle: name, Rows: []Row{{Name: "Loss", Unit: "of nothing", Log: true}}}
				for i := range runs {
					l.Courses = append(l.Courses, course(name, errors, errors))
					ch.Courses = append(ch.Courses, name)
					ch.Rows[0].Lines = append(ch.Rows[0].Lines, Line{Course: i, Part: "output", Runs: []Samples{samples(errors...), samples(errors...)}})
				}
				for _, each := range []bool{false, true} {
					l.Each, ch.Each = each, each
					what := fmt.Sprintf("%d runs of %.10s… with %v", runs, name, errors)
					inside(t, what, l)
					inside(t, what, ch)
				}
			}
		}
	}
	trial := small()
	trial.Title, trial.Subtitle, trial.Phases[0].Name, trial.Neurons[0].Name, trial.Populations[0].Name, trial.Classes[1].Name, trial.Classes[2].Name = word, word, word, word, word, word, word
	raster := busy(500)
	raster.Title, raster.Populations[1].Name, raster.Trials[0].Names = word, word, []string{word}
	confusion, fields := threeClasses(), twoFields()
	confusion.Title, confusion.Names = word, []string{word, word, word}
	fields.Title, fields.Neurons[0].Name = word, word
	many := &Confusion{}
	for i := range 100 {
		many.Names, many.Images = append(many.Names, strconv.Itoa(i)), append(many.Images, slices.Repeat([]int{1e9}, 100))
	}
	deep := &Changes{Courses: []string{"one", "two"}, Rows: []Row{{Name: "Weights"}}}
	for i := range 60 {
		deep.Rows[0].Lines = append(deep.Rows[0].Lines, Line{Part: "hidden" + strconv.Itoa(i), Runs: []Samples{samples(1, 2)}})
	}
	for _, f := range []Figure{trial, raster, confusion, fields, many, deep} {
		inside(t, "long names", f)
	}
}

// However many classes or layers there are, no name is written over another.
func TestNamesApart(t *testing.T) {
	many := &Confusion{}
	for i := range 100 {
		many.Names, many.Images = append(many.Names, fmt.Sprintf("class %d", i)), append(many.Images, make([]int, 100))
	}
	deep := &Changes{Courses: []string{"one"}, Rows: []Row{{Name: "Weights"}}}
	for i := range 20 {
		deep.Rows[0].Lines = append(deep.Rows[0].Lines, Line{Part: fmt.Sprintf("class %d", i), Runs: []Samples{samples(1, 2)}})
	}
	for _, f := range []Figure{many, deep} {
		var c recorder.Canvas
		drawOn(&c, f)
		var boxes []vg.Rectangle
		for _, a := range c.Actions {
			if s, ok := a.(*recorder.FillString); ok && strings.HasPrefix(s.String, "class ") {
				// Letters reach 0.7 of their size above the line.
				boxes = append(boxes, vg.Rectangle{Min: s.Point, Max: s.Point.Add(vg.Point{X: words(s.Size, black).Width(s.String), Y: 0.7 * s.Size})})
			}
		}
		if len(boxes) < 20 {
			t.Fatalf("%T: %d names", f, len(boxes))
		}
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				if a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y {
					t.Fatalf("%T: a name at %v is over another at %v", f, a, b)
				}
			}
		}
	}
}

// What a file says of itself is where readers look for it.
func TestAbout(t *testing.T) {
	var doc struct {
		Title string `xml:"title"`
		Desc  string `xml:"desc"`
	}
	d := xml.NewDecoder(bytes.NewReader(render(t, SVG, small())))
	if err := d.Decode(&doc); err != nil || doc.Title != "A title: 1 < 2" || doc.Desc != "what α is\nplateau plot x\nplateau test" {
		t.Errorf("SVG: %+v, %v", doc, err)
	}
	if err := d.Decode(&doc); !errors.Is(err, io.EOF) {
		t.Errorf("SVG: more than one element: %v", err)
	}
	if b := render(t, PNG, small()); !bytes.Contains(b, []byte("iTXtDescription\x00\x00\x00\x00\x00what α is")) {
		t.Error("PNG: no description")
	}
	b := string(render(t, PDF, small()))
	if !strings.Contains(b, "/Title "+pdfText("A title: 1 < 2")) || !strings.Contains(b, "/Info ") {
		t.Error("PDF: no title")
	}
	// The last table says where the object is.
	fields := strings.Fields(b[strings.LastIndex(b, "startxref"):])
	at, _ := strconv.Atoi(fields[1])
	table := strings.Fields(b[at:])
	object, _ := strconv.Atoi(table[3])
	if table[0] != "xref" || !strings.HasPrefix(b[object:], table[1]+" 0 obj\n<< /Title") {
		t.Errorf("PDF: the table %q leads to %.30q", table[:6], b[object:])
	}
}

// Text in an SVG file is as wide as it was when it was placed, in whatever font.
func TestTextLengths(t *testing.T) {
	file := string(render(t, SVG, small()))
	texts := regexp.MustCompile(`<text textLength="([0-9.]+)" [^>]*>([^<]+)</text>`).FindAllStringSubmatch(file, -1)
	if len(texts) < 20 || len(texts) != strings.Count(file, "<text") {
		t.Fatalf("%d of %d texts have a length", len(texts), strings.Count(file, "<text"))
	}
	for _, m := range texts {
		if m[2] == "input" {
			if w, _ := strconv.ParseFloat(m[1], 64); math.Abs(w-float64(bold(words(wordSize, black)).Width("input"))) > 0.01 {
				t.Errorf("%q is %v wide", m[2], w)
			}
			return
		}
	}
	t.Error("the input has no name")
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{"a.svg": SVG, "b/c.d.PDF": PDF, "x.Png": PNG, "a.jpg": "", "svg": "", "": ""} {
		if f, err := FormatOf(name); f != want || (err == nil) != (want != "") {
			t.Errorf("FormatOf(%q) = %q, %v, want %q", name, f, err, want)
		}
	}
	if err := Write(io.Discard, "jpg", small(), About{}); err == nil {
		t.Error("a format that is not known is written")
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		wanted    int
		want      string
	}{
		{0, 100, 10, "0 10 20 30 40 50 60 70 80 90 100"}, {-0.7, 0.4, 2, "0"}, {-0.7, 0.52, 3, "−0.5 0 0.5"},
		{0, 0.029, 3, "0 0.01 0.02"}, {0, 0.35, 3, "0 0.2"}, {1, 5, 8, "1 1.5 2 2.5 3 3.5 4 4.5 5"}, {-3e7, 1e7, 2, "−2e+07 0"},
		// Where there is nothing round, or nothing at all, it does not take for ever.
		{1, 1, 3, ""}, {math.Inf(-1), 0, 3, ""}, {0, math.NaN(), 3, ""}, {-1.5e308, 1.5e308, 3, ""},
	} {
		var got []string
		for _, v := range ticks(c.low, c.high, c.wanted) {
			got = append(got, number(v))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("ticks(%v, %v, %d) are %s, want %s", c.low, c.high, c.wanted, s, c.want)
		}
	}
}

// Values that differ in their last digit only have some ticks, or none.
func TestTicksOfLargeValues(t *testing.T) {
	for _, high := range []float64{1e16 + 2, 1e300 * (1 + 1e-15), 5e-324} {
		if got := ticks(high-2, high, 3); len(got) > 30 {
			t.Errorf("up to %v: %d ticks", high, len(got))
		}
	}
	f := norms(1)
	f.Rows[0].Lines[0].Runs[0].Value = []float64{5e-324, 1e308, 1}
	marks(f)
}

func TestScaleTicks(t *testing.T) {
	for _, span := range [][2]float64{{-0.31, 0.42}, {-0.7, 0.4}, {4.4, 10.4}, {1, 1.1}, {-9, 900}} {
		if got := scaleTicks(span[0], span[1], 2); len(got) < 2 || len(got) > 5 {
			t.Errorf("from %v to %v: %v", span[0], span[1], got)
		}
	}
}

func TestApart(t *testing.T) {
	got := apart([]vg.Length{50, 52, 10}, 12, 0, 100)
	if got[1]-got[0] < 11.9 || got[2] != 10 {
		t.Errorf("got %v", got)
	}
}

// The last error of a course stands at the edge, unless it ends far from there.
func TestLastErrors(t *testing.T) {
	errors := func(n int, last float64) []float64 { return append(slices.Repeat([]float64{0.5}, n-1), last) }
	f := &Learning{Courses: []Course{course("to the end", errors(20, 0.111)), course("nearly", errors(18, 0.222)), course("far", errors(17, 0.333))}}
	svg := string(render(t, SVG, f))
	for label, want := range map[string]bool{"11.10": true, "22.20": true, "33.30": false} {
		if got := strings.Contains(svg, ">"+label+"<"); got != want {
			t.Errorf("%s at the edge: %v, want %v", label, got, want)
		}
	}
}
