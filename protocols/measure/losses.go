package measure

import (
	"math"

	"plateau/protocols/training"
)

// losses measures the means of the local losses over an interval, L_0 of each hidden
// layer and L_1, and Pearson's correlation of each L_0 with L_1 over the examples.
// Moments are about the running mean, so that no digits are lost if the losses vary
// little.
type losses struct {
	n       []float64 // number of examples, one element
	mean    []float64 // mean loss of each layer
	squares []float64 // sum of squared deviations from the mean
	product []float64 // sum of products of the deviations of each hidden layer and of the output layer
}

func newLosses(layers int) *losses {
	return &losses{n: make([]float64, 1), mean: make([]float64, layers), squares: make([]float64, layers), product: make([]float64, layers-1)}
}

func (p *losses) saw(s training.Seen) {
	p.n[0]++
	last := len(p.mean) - 1
	before := s.Losses[last] - p.mean[last] // deviation from the mean so far
	for m, loss := range s.Losses {
		d := loss - p.mean[m]
		p.mean[m] += d / p.n[0]
		p.squares[m] += float64(d * (loss - p.mean[m]))
		if m < last {
			p.product[m] += float64(before * (loss - p.mean[m]))
		}
	}
}

func (p *losses) finish(line *Line) {
	last := len(p.mean) - 1
	line.HiddenLosses = append([]float64{}, p.mean[:last]...)
	line.OutputLoss = p.mean[last]
	line.LossCorrelation = each(last, func(m int) float64 {
		return p.product[m] / (math.Sqrt(p.squares[m]) * math.Sqrt(p.squares[last]))
	})
	for _, s := range [][]float64{p.n, p.mean, p.squares, p.product} {
		clear(s)
	}
}

func (p *losses) state() []any { return []any{p.n, p.mean, p.squares, p.product} }
