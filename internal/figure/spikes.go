package figure

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// A Population is neurons and their spikes.
type Population struct {
	Name        string
	Neurons     int
	Names       []string // of the neurons, if they are few and have some
	SpikeTime   []float64
	SpikeNeuron []int32
	// Plateaus are the times of the neurons' plateau potentials in each phase.
	Plateaus [][]float64
}

// spikes draws each spike as a stroke, all in a few paths. Strokes that would overlap,
// such as those of neighbours that fire together, become one, which looks the same. If
// there are more times than half points, the times within a half point become one.
func spikes(p panel, pop Population, keep func(neuron int32) bool, colour color.Color, height, thickness vg.Length) {
	type spike struct {
		x      vg.Length
		neuron int32
	}
	shown := make([]spike, 0, len(pop.SpikeTime))
	for k, at := range pop.SpikeTime {
		x, n := p.x(at), pop.SpikeNeuron[k]
		if x >= p.box.Min.X && x <= p.box.Max.X && (keep == nil || keep(n)) {
			shown = append(shown, spike{x, n})
		}
	}
	sorted := func() {
		inOrder := func(a, b spike) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.neuron, b.neuron)) }
		if !slices.IsSortedFunc(shown, inOrder) {
			slices.SortFunc(shown, inOrder)
		}
	}
	sorted()
	times := 0
	for k := range shown {
		if k == 0 || shown[k].x != shown[k-1].x {
			times++
		}
	}
	if times > int((p.box.Max.X-p.box.Min.X)/half) {
		for k := range shown {
			shown[k].x = vg.Length(math.Floor(float64(shown[k].x/half))+0.5) * half
		}
		sorted()
		thickness = max(thickness, half)
	}
	var path vg.Path
	for k := 0; k < len(shown); {
		first, last := shown[k], shown[k]
		for k++; k < len(shown) && shown[k].x == last.x && p.y(float64(last.neuron))-p.y(float64(shown[k].neuron)) <= height; k++ {
			last = shown[k]
		}
		path.Move(vg.Point{X: first.x, Y: p.y(float64(first.neuron)+0.5) + height/2})
		path.Line(vg.Point{X: first.x, Y: p.y(float64(last.neuron)+0.5) - height/2})
	}
	stroke(p, path, colour, thickness)
}

// plateaus draws when each neuron's plateau potential comes.
func plateaus(p panel, pop Population, height vg.Length) {
	var path vg.Path
	for _, phase := range pop.Plateaus {
		for n, at := range phase {
			if !finite(at) {
				continue
			}
			x, y := p.x(at), p.y(float64(n)+0.5)
			path.Move(vg.Point{X: x, Y: y + height/2})
			path.Line(vg.Point{X: x, Y: y - height/2})
		}
	}
	stroke(p, path, vermilion, 1.3)
}

// longPath is the largest number of parts of a path: the time to turn a path into
// pixels grows with its square.
const longPath = 8000

func stroke(p panel, path vg.Path, colour color.Color, thickness vg.Length) {
	p.SetColor(colour)
	p.SetLineWidth(thickness)
	p.SetLineDash(nil, 0)
	for part := range slices.Chunk(path, longPath) {
		p.Stroke(part)
	}
}
