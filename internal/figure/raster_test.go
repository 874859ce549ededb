package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// busy is about so many spikes of 784-500-10 neurons in ten trials.
func busy(spikes int) *Raster {
	r := &Raster{Title: "busy", Step: 1, Populations: []Population{{Name: "input", Neurons: 784}, {Name: "hidden0", Neurons: 500}, {Name: "output", Neurons: 10}}}
	for k := range 10 {
		at := float64(100 * k)
		r.Trials = append(r.Trials, Shown{
			Names: []string{fmt.Sprintf("%d: 3, read as 5", k), fmt.Sprint(k)}, Begin: at, End: at + 100,
			Phases: []Phase{{"forward", at, at + 30, at + 50}, {"target", at + 50, at + 80, at + 100}},
		})
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range r.Populations {
		p := &r.Populations[i]
		for step := range 1000 {
			for n := range p.Neurons {
				if random.Float64() < float64(spikes)/(1000*1294) {
					p.SpikeTime, p.SpikeNeuron = append(p.SpikeTime, float64(step)), append(p.SpikeNeuron, int32(n))
				}
			}
		}
	}
	return r
}

func oneTrial() *Raster {
	r := busy(2000)
	r.Trials = r.Trials[:1]
	r.Populations = r.Populations[2:]
	r.Populations[0].Names = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	return r
}

// strokes draws spikes and returns the strokes that came of it.
func strokes(t *testing.T, pop Population, height vg.Length) (all []vg.Path) {
	t.Helper()
	var c recorder.Canvas
	p := panelOn(&c, 100, 100)
	p.x1, p.y0, p.y1 = 100, float64(pop.Neurons), 0
	spikes(p, pop, nil, black, height, 0.5)
	for _, a := range c.Actions {
		if s, ok := a.(*recorder.Stroke); ok {
			all = append(all, s.Path)
		}
	}
	return all
}

// Every spike has a stroke, in a few paths, but for those that would overlap.
func TestStrokes(t *testing.T) {
	// 50 neurons, 2 points each, strokes of 1.6: all apart.
	pop := Population{Neurons: 50}
	for k := range 10000 {
		pop.SpikeTime, pop.SpikeNeuron = append(pop.SpikeTime, float64(k/50)/2), append(pop.SpikeNeuron, int32(k*7%50))
	}
	parts, marks := strokes(t, pop, 1.6), 0
	for _, path := range parts {
		marks += len(path) / 2
	}
	if marks != 10000 || len(parts) != 3 {
		t.Errorf("%d strokes in %d paths, want 10000 in 3", marks, len(parts))
	}
	// Higher ones touch: one for each time, over all neurons.
	marks = 0
	for _, path := range strokes(t, pop, 2.5) {
		marks += len(path) / 2
		if high, low := path[0].Pos.Y, path[1].Pos.Y; high < 100 || low > 0 {
			t.Errorf("a stroke from %v to %v, want more than 100 to 0", high, low)
		}
	}
	if marks != 200 {
		t.Errorf("%d strokes, want 200", marks)
	}
}

// A place for every spike: neuron 0 at the top, time from left to right.
func TestStrokePlaces(t *testing.T) {
	paths := strokes(t, Population{Neurons: 10, SpikeTime: []float64{25, 0}, SpikeNeuron: []int32{9, 0}}, 2)
	want := vg.Path{
		{Type: vg.MoveComp, Pos: vg.Point{X: 0, Y: 96}}, {Type: vg.LineComp, Pos: vg.Point{X: 0, Y: 94}},
		{Type: vg.MoveComp, Pos: vg.Point{X: 25, Y: 6}}, {Type: vg.LineComp, Pos: vg.Point{X: 25, Y: 4}},
	}
	same := func(a, b vg.PathComp) bool {
		return a.Type == b.Type && abs(a.Pos.X-b.Pos.X) < 1e-9 && abs(a.Pos.Y-b.Pos.Y) < 1e-9
	}
	if len(paths) != 1 || !slices.EqualFunc(paths[0], want, same) {
		t.Errorf("got %v, want %v", paths, want)
	}
}

func abs(v vg.Length) vg.Length { return max(v, -v) }

// Compacted paths go where the long ones went, to a hundredth of a point.
func TestCompacted(t *testing.T) {
	for long, want := range map[string]string{
		"M1.5,2L1.5,3M1.25,70.104L1.25,69M100,0L100,0.05": "M1.5 2v1m-.25 67.1v-1.1m98.75 -69v.05",
		"M1,2L1,3":               "M1,2L1,3", // not worth it
		"M1,2L1,3M1,2L4,3":       "M1 2v1m0-1 3 1",
		"M1,2L1,3M4,2L4,3L5,5":   "M1 2v1m3-1v1l1 2",
		"M10,20L11,19L12,21L8,2": "M10 20l1-1 1 2-4-19",
		"M1,2L3,2L4,2L4,4L4,3":   "M1 2h2 1v2-1",
		"M1,2L1,3M1,2Q1,3,4,5":   "M1,2L1,3M1,2Q1,3,4,5",
		"M1,2L1,3ZM1,2L1,4":      "M1,2L1,3ZM1,2L1,4",
		"":                       "",
	} {
		want = strings.ReplaceAll(want, "98.75 -69", "98.75-69") // a minus parts numbers as well as a space does
		file := `<svg><path d="` + long + `" style="x"/><path d="M9,9Z"/></svg>`
		if got := string(compacted([]byte(file))); got != strings.Replace(file, long, want, 1) {
			t.Errorf("%s becomes %s, want %s", long, got, want)
		}
	}
}

// The file of many spikes has a few paths, about a dozen bytes for each spike, and
// is whole.
func TestSVGOfManySpikes(t *testing.T) {
	r := busy(40000)
	file := render(t, SVG, r)
	total := 0
	for _, p := range r.Populations {
		total += len(p.SpikeTime)
	}
	if paths := bytes.Count(file, []byte("<path")); paths > 150 {
		t.Errorf("%d paths", paths)
	}
	if each := len(file) / total; each > 16 {
		t.Errorf("%d bytes for each of %d spikes, want at most 16", each, total)
	}
	d := xml.NewDecoder(bytes.NewReader(file))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Trials are named as fully as fits, and where not even numbers fit some of them.
func TestTrialNames(t *testing.T) {
	shown := func(trials int) []string {
		r := &Raster{Step: 1, Populations: []Population{{Name: "output", Neurons: 3}}}
		for k := range trials {
			r.Trials = append(r.Trials, Shown{Names: []string{fmt.Sprintf("%d: trouser, read as ankle boot", k), fmt.Sprint(k)}, Begin: float64(k), End: float64(k + 1)})
		}
		svg := string(render(t, SVG, r))
		_, after, _ := strings.Cut(svg, ">trial<")
		before, _, _ := strings.Cut(after, ">output<")
		var names []string
		for _, m := range regexp.MustCompile(`>([^<>]+)</text>`).FindAllStringSubmatch(before, -1) {
			names = append(names, m[1])
		}
		return names
	}
	if got := shown(2); !slices.Equal(got, []string{"0: trouser, read as ankle boot", "1: trouser, read as ankle boot"}) {
		t.Errorf("two: %q", got)
	}
	if got := shown(8); !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5", "6", "7"}) {
		t.Errorf("eight: %q", got)
	}
	if got := shown(300); len(got) != 15 || got[1] != "20" || got[14] != "280" {
		t.Errorf("three hundred: %q", got)
	}
}

// BenchmarkRaster draws 100,000 spikes.
func BenchmarkRaster(b *testing.B) {
	f := busy(100000)
	for _, format := range []Format{SVG, PDF, PNG} {
		b.Run(string(format), func(b *testing.B) {
			size := 0
			for b.Loop() {
				var file bytes.Buffer
				if err := Write(&file, format, f, About{}); err != nil {
					b.Fatal(err)
				}
				size = file.Len()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

// panelOn is a panel that fills a canvas.
func panelOn(c vg.Canvas, x, y vg.Length) panel {
	box := vg.Rectangle{Max: vg.Point{X: x, Y: y}}
	return panel{Canvas: draw.NewCanvas(c, x, y), box: box, x1: 1, y1: 1}
}
