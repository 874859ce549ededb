package measure

import (
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// newRates measures firing rates in the forward phase, averaged over the neurons of a
// population and over the interval.
func newRates(l plateaus) part {
	m, net := l.Model(), l.Network()
	populations := 1 + len(net.Layers)
	if m.Neurons.Forward == sim.Rates {
		return &meanRates{maxRate: m.Neurons.Noise.MaxRate, silenced: net.Silenced(0), n: make([]float64, 1), sum: make([]float64, populations)}
	}
	return &spikeRates{net: net, dt: m.Neurons.Dt, count: l.CountSpikes(), steps: make([]float64, 1), spikes: make([]float64, populations)}
}

// spikeRates counts spikes in whole forward phases, and divides by the number of
// neurons and by the time.
type spikeRates struct {
	net    *network.Network
	dt     float64 // ms
	count  *protocols.SpikeCount
	steps  []float64 // number of steps, one element
	spikes []float64 // number of spikes of each population
}

// collect adds what has been counted since the last call.
func (p *spikeRates) collect() {
	spikes, steps := p.count.Take()
	p.steps[0] += float64(steps)
	for i, n := range spikes {
		p.spikes[i] += float64(n)
	}
}

func (p *spikeRates) finish(line *Line) {
	p.collect()
	line.Rates = each(len(p.spikes), func(i int) float64 {
		neurons := p.net.Inputs
		if i > 0 {
			neurons = p.net.Layers[i-1].Size()
		}
		return p.spikes[i] / float64(p.steps[0]*p.dt) / float64(neurons)
	})
	clear(p.steps)
	clear(p.spikes)
}

func (p *spikeRates) state() []any {
	p.collect()
	return []any{p.steps, p.spikes}
}

// meanRates is for networks without spikes. The rate of an input is φ_max times its
// intensity; the rate of a neuron is the mean of φ_max σ(V) over the window of the
// forward phase.
type meanRates struct {
	maxRate  float64   // φ_max (spikes/ms)
	silenced []bool    // inputs that never fire
	n        []float64 // number of examples, one element
	sum      []float64 // sum of the mean rates of each population over examples
}

func (p *meanRates) heard(l protocols.Lesson, _ int64) {
	p.n[0]++
	p.sum[0] += float64(p.maxRate * mean(l.Intensity))
	for j, silenced := range p.silenced {
		if silenced {
			p.sum[0] -= float64(p.maxRate*float64(l.Intensity[j])) / float64(len(l.Intensity))
		}
	}
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

func (p *meanRates) finish(line *Line) {
	line.Rates = each(len(p.sum), func(i int) float64 { return p.sum[i] / p.n[0] })
	clear(p.n)
	clear(p.sum)
}

func (p *meanRates) state() []any { return []any{p.n, p.sum} }
