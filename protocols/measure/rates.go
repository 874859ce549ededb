package measure

import (
	"plateau/network"
	"plateau/protocols"
)

// rates are the mean firing rates φ of all populations over the window of the
// forward phase, the neurons and the interval: of the input φ_max times the
// intensity, of the layers the mean of φ_max σ(V). Where neurons spike these are
// the rates of their Poisson processes; spikes scatter around them.
type rates struct {
	maxRate float64   // φ_max (spikes/ms)
	n       []float64 // examples, one element
	sum     []float64 // of each population, over examples
}

func newRates(m protocols.Model, net *network.Network) *rates {
	return &rates{maxRate: m.Neurons.Noise.MaxRate, n: make([]float64, 1), sum: make([]float64, 1+len(net.Layers))}
}

func (p *rates) learnt(l protocols.Lesson, _ int64) {
	p.n[0]++
	p.sum[0] += float64(p.maxRate * mean(l.Intensity))
	for m := range l.Forward {
		p.sum[m+1] += mean(l.Forward[m].Rate)
	}
}

func mean(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

func (p *rates) finish(line *Line) {
	line.Rates = each(len(p.sum), func(i int) float64 { return p.sum[i] / p.n[0] })
	clear(p.n)
	clear(p.sum)
}

func (p *rates) state() []any { return []any{p.n, p.sum} }
