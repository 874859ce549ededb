package sim

import (
	"plateau/compartments"
	"plateau/internal/vec"
	"plateau/kernels"
	"plateau/network"
)

// window is the range of steps, from ≤ step < to, of a phase over which means are
// taken.
type window struct{ from, to int }

func clearMeans(m *network.Means) {
	clear(m.Trace)
	clear(m.Soma)
	clear(m.Rate)
	clear(m.FeedbackTrace)
	clear(m.Apical)
	clear(m.Plateau)
}

// addTrace adds the contribution of a block to the mean traces of the neurons below a layer.
func (e *Engine) addTrace(l *layer) {
	e.addTraceOf(e.means[l.index].Trace, l.groups[0].basal) // all groups read the same senders
}

// addFeedbackTrace does so for the neurons that feed back to a layer.
func (e *Engine) addFeedbackTrace(l *layer) {
	if l.apical() {
		e.addTraceOf(e.means[l.index].FeedbackTrace, l.groups[0].apical)
	}
}

func (e *Engine) addTraceOf(mean []float32, d *dendrite) {
	w := window{e.phase.From, e.phase.Steps}
	switch {
	case mean == nil:
	case d.rates:
		d.from.addMeanRate(mean, w, d.lag, e.first, e.block.Steps)
	default:
		d.from.addMean(mean, w, d.lag, e.first, e.block.Steps)
	}
}

// addMean adds the contribution of a block to the mean traces over a window of a
// phase, read with a lag. First is the step of the phase with which the block
// begins; the first block also counts the spikes before the phase.
//
// The traces themselves are not computed: a spike contributes the part of its
// kernel that falls into the window, which depends only on the time of the spike.
func (s *sender) addMean(mean []float32, w window, lag, first, steps int) {
	begin := 0
	if first == 0 {
		begin = -s.spikes.history
		if s.older != nil {
			s.addOlder(mean, w, lag)
		}
	}
	if s.kernel.Support > 0 {
		// Older spikes no longer act when the window begins.
		begin = max(begin, w.from-s.kernel.Support-lag-first)
	}
	for step := begin; step < steps; step++ {
		arrives := first + step + lag
		part := float32(s.kernel.sum(w.from-arrives, w.to-arrives) / float64(w.to-w.from))
		if part == 0 {
			continue
		}
		for _, j := range s.spikes.at(step) {
			mean[j] += part
		}
	}
}

// addOlder adds the contribution of the spikes before the history.
func (s *sender) addOlder(mean []float32, w window, lag int) {
	var slow, fast float64
	for t := w.from; t < w.to; t++ {
		advanced := t - lag + s.spikes.history + 1
		slow += s.kernel.Trace(s.kernel.after(kernels.State{X1: 1}, advanced))
		fast += s.kernel.Trace(s.kernel.after(kernels.State{X2: 1}, advanced))
	}
	n := float64(w.to - w.from)
	for j, x := range s.older {
		if x != (kernels.State{}) {
			mean[j] += float32((float64(slow*x.X1) + float64(fast*x.X2)) / n)
		}
	}
}

// addMeanRate does for rates what addMean does for spikes.
func (s *sender) addMeanRate(mean []float32, w window, lag, first, steps int) {
	for step := range steps {
		if t := first + step; t >= w.from && t < w.to {
			vec.AddScaled(mean, 1/float32(w.to-w.from), s.rate(step - lag)[:len(mean)])
		}
	}
}

// finish turns sums into means, and means of apical potentials into plateaus.
func (l *layer) finish(m *network.Means, p *Phase) {
	n := 1 / float32(p.Steps-p.From)
	scale(m.Soma, n)
	scale(m.Rate, n)
	if m.Apical == nil {
		return
	}
	if p.PlateauStep != nil {
		scale(m.Apical, 1/float32(p.PlateauWindow))
	} else {
		// V_a = Y s + c is linear in the traces, so its mean follows from theirs.
		for _, g := range l.groups {
			mean := m.Apical[g.from:g.to]
			g.apical.addRates(g.scratch, m.FeedbackTrace)
			copy(mean, g.scratch)
			if c := g.weights.FeedbackBias; c != nil {
				vec.Add(mean, c[g.from:g.to])
			}
			g.injected.addApicalMean(mean, window{p.From, p.Steps})
		}
	}
	compartments.Plateaus(m.Plateau, m.Apical)
}

func scale(x []float32, s float32) {
	for i := range x {
		x[i] *= s
	}
}
