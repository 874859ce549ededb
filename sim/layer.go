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
	stride int
	basal  *dendrite
	apical *dendrite // nil for the output layer
	out    *sender
	thin   *thinner
	fires  bool // whether anything reads its spikes

	step   compartments.Step
	drive  []float32 // what the teaching current adds to V in a step
	driven bool      // whether the teaching current flows
	soma   []float32 // rows of V: the step before the block, then the block

	scratch []float32 // padded
}

// potential returns the row of somatic potentials of a step of the block, or of
// the step before.
func (l *layer) potential(step int) []float32 { return row(l.soma, 1+step, l.stride) }

// coupled reports whether the soma sees the apical dendrite.
func (l *layer) coupled() bool { return l.apical != nil && l.step.Apical != 0 }

// advance computes the basal and somatic potentials after step t of the block.
func (l *layer) advance(t int) {
	if !l.coupled() && !l.driven && !l.basal.keep && !l.basal.rates {
		l.basal.advanceSoma(t, l.step, l.potential(t), l.potential(t-1))
		return
	}
	l.basal.advance(t)
	var apical, drive []float32
	if l.coupled() {
		apical = l.apical.potential(t)
	}
	if l.driven {
		drive = l.drive
	}
	l.step.Advance(l.potential(t), l.potential(t-1), l.basal.potential(t), apical, drive)
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
	}
	compartments.Plateaus(m.Plateau, m.Apical)
}

func scale(x []float32, s float32) {
	for i := range x {
		x[i] *= s
	}
}
