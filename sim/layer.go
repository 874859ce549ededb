package sim

import (
	"plateau/compartments"
	"plateau/internal/vec"
	"plateau/network"
)

// layer is the state of a population with its dendrites.
type layer struct {
	index  int // 0 for the first hidden layer
	size   int
	groups []*group
	runs   []vec.Run // the spikes of the groups, while they are gathered
	out    *sender
	fires  bool // whether anything reads its spikes

	// What a worker does for one of the groups, or of the blocks:
	advance, advanceApical func(worker, group int)
	goAhead                func(worker, block int)

	step   compartments.Step
	driven bool // whether the teaching current flows
}

// apical reports whether the layer has apical dendrites.
func (l *layer) apical() bool { return l.groups[0].apical != nil }

// coupled reports whether somata see their apical dendrites.
func (l *layer) coupled() bool { return l.step.Apical != 0 }

// rates reports whether the layer reads rates.
func (l *layer) rates() bool { return l.groups[0].basal.rates }

// gather makes the spikes of all groups in the steps of a block those of the layer.
func (l *layer) gather(steps int) {
	s := l.out.spikes
	n, fired := len(s.neurons), 0
	l.runs = l.runs[:0]
	for _, g := range l.groups {
		l.runs = append(l.runs, vec.Run{List: g.fired, Begins: g.begins[:]})
		fired += int(g.begins[steps])
	}
	s.neurons = room(s.neurons, fired+vec.Spare)
	s.start = s.start[:len(s.start)+steps]
	vec.Gather(s.neurons, n, s.start[len(s.start)-steps:], l.runs)
	s.neurons = s.neurons[:n+fired]
	s.cut()
}

// newLayer returns the layer at rest, without what the layers above it send back.
func newLayer(e *Engine, m int, w *network.Layer) *layer {
	net := e.net
	forwardRates, feedbackRates := e.params.Forward == Rates, e.params.Feedback == Rates
	last := len(net.Layers) - 1
	feeds := m == last && last > 0 || net.Feedback == network.LayerWise && m > 0
	l := &layer{
		index: m, size: w.Size(),
		fires: m < last && !forwardRates || feeds && !feedbackRates || m == last,
		out:   newSender(w.Size(), e.kernel, m < last && forwardRates || feeds && feedbackRates, net.Silenced(m+1)),
	}
	together := 1 // blocks of a group
	if e.takesTurns() {
		together = w.Weights.Len()
	}
	for k := 0; k < w.Weights.Len(); k += together {
		from, _ := w.Weights.Receivers(k)
		_, to := w.Weights.Receivers(k + together - 1)
		width := together * w.Weights.Width
		row := func() []float32 { return make([]float32, width) }
		g := &group{
			block: k, from: from, to: to, width: width, weights: w, out: l.out,
			basal: newDendrite(w.Weights, k, together, e.sender(m), 0, forwardRates, e.kernel),
			last:  row(), drive: row(), scratch: row(), current: row(),
			thin: newThinner(width, e.theta, e.params.Noise.MaxRate, e.params.Dt),
		}
		l.groups = append(l.groups, g)
	}
	return l
}
