package measure

import (
	"math"
	"strings"

	"plateau/network"
)

// norms measures how large the forward weights W of each layer are and how they
// change, with W₀, W₁ and W₂ one interval apart:
//
//	‖W₂‖_F
//	‖ΔW‖_F/‖W‖_F = ‖W₂ − W₁‖_F / ‖W₁‖_F
//	‖Δ∇‖_F/‖∇‖_F = ‖(W₂ − W₁) − (W₁ − W₀)‖_F / ‖W₁ − W₀‖_F
//
// The gradient ∇ of an interval is the sum of its updates, by which the weights moved;
// a constant learning rate cancels out. There is no change of it in the first
// interval.
type norms struct {
	forward network.Weights // W of each layer
	lines   []float64       // number of lines so far, one element
	last    [][]float32     // W₁ of each layer, row by row
	before  [][]float32     // W₀
}

func newNorms(weights network.Weights) *norms {
	p := &norms{lines: make([]float64, 1)}
	for _, a := range weights {
		if !strings.HasPrefix(a.Name, "W") {
			continue
		}
		p.forward = append(p.forward, a)
		p.last = append(p.last, network.Weights{a}.Append(nil))
		p.before = append(p.before, make([]float32, a.Count()))
	}
	return p
}

func (p *norms) finish(line *Line) {
	for m, w := range p.forward {
		var now, then, moved, movedBefore, turned float64 // squared
		for j, row := range w.All() {
			last, before := p.last[m][j*w.Cols:][:w.Cols], p.before[m][j*w.Cols:][:w.Cols]
			for i, x := range row {
				w2, w1, w0 := float64(x), float64(last[i]), float64(before[i])
				gradient, gradientBefore := w2-w1, w1-w0
				change := gradient - gradientBefore
				now += float64(w2 * w2)
				then += float64(w1 * w1)
				moved += float64(gradient * gradient)
				movedBefore += float64(gradientBefore * gradientBefore)
				turned += float64(change * change)
				before[i], last[i] = last[i], x
			}
		}
		line.WeightNorms = append(line.WeightNorms, math.Sqrt(now))
		line.WeightChanges = append(line.WeightChanges, math.Sqrt(moved)/math.Sqrt(then))
		gradientChange := math.Sqrt(turned) / math.Sqrt(movedBefore)
		if p.lines[0] == 0 {
			gradientChange = math.NaN()
		}
		line.GradientChanges = append(line.GradientChanges, gradientChange)
	}
	p.lines[0]++
}

func (p *norms) state() []any {
	list := []any{p.lines}
	for m := range p.last {
		list = append(list, p.last[m], p.before[m])
	}
	return list
}
