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

// addMeans adds the contribution of a block to the means of a phase.
func (l *layer) addMeans(m *network.Means, p *Phase, first, steps int, noise compartments.EscapeNoise) {
	w := window{p.From, p.Steps}
	addTrace(m.Trace, l.basal, w, first, steps)
	if l.apical != nil {
		addTrace(m.FeedbackTrace, l.apical, w, first, steps)
		if p.PlateauStep != nil && m.Apical != nil {
			l.addApical(m.Apical, p.PlateauStep[l.index], p.PlateauWindow, first, steps)
		}
	}
	if m.Soma == nil && m.Rate == nil {
		return
	}
	for step := max(0, w.from-first); step < steps; step++ {
		v := l.potential(step)[:l.size]
		if m.Soma != nil {
			vec.Add(m.Soma, v)
		}
		if m.Rate != nil {
			noise.Rates(l.scratch[:l.size], v)
			l.out.hush(l.scratch)
			vec.Add(m.Rate, l.scratch[:l.size])
		}
	}
}

func addTrace(mean []float32, d *dendrite, w window, first, steps int) {
	switch {
	case mean == nil:
	case d.rates:
		d.from.addMeanRate(mean, w, d.lag, first, steps)
	default:
		d.from.addMean(mean, w, d.lag, first, steps)
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

// addApical sums apical potentials, for each neuron over its own window.
func (l *layer) addApical(sum []float32, plateau []int, width, first, steps int) {
	for step := range steps {
		v, t := l.apical.potential(step), first+step
		for i, last := range plateau {
			if t <= last && t > last-width {
				sum[i] += v[i]
			}
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
		l.apical.addRates(l.scratch, m.FeedbackTrace)
		vec.Add(l.scratch, l.apical.bias)
		copy(m.Apical, l.scratch)
		l.injected.addApicalMean(m.Apical, window{p.From, p.Steps})
	}
	compartments.Plateaus(m.Plateau, m.Apical)
}

func scale(x []float32, s float32) {
	for i := range x {
		x[i] *= s
	}
}
