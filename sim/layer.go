package sim

import "plateau/compartments"

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

	injected injected
	current  []float32 // what currents add to V in a step, with the teaching current

	scratch []float32 // padded
}

// potential returns the row of somatic potentials of a step of the block, or of
// the step before.
func (l *layer) potential(step int) []float32 { return row(l.soma, 1+step, l.stride) }

// coupled reports whether the soma sees the apical dendrite.
func (l *layer) coupled() bool { return l.apical != nil && l.step.Apical != 0 }

// advanceApical computes the apical potentials after step t of the block.
func (l *layer) advanceApical(t int) {
	l.apical.advance(t)
	l.injected.add(l.apical.potential(t), l.injected.apical, t, 1)
}

// advance computes the basal and somatic potentials after step t of the block.
func (l *layer) advance(t int) {
	if !l.coupled() && !l.driven && !l.basal.keep && !l.basal.rates && len(l.injected.basal)+len(l.injected.soma) == 0 {
		l.basal.advanceSoma(t, l.step, l.potential(t), l.potential(t-1))
		return
	}
	l.basal.advance(t)
	l.injected.add(l.basal.potential(t), l.injected.basal, t, 1)
	var apical, drive []float32
	if l.coupled() {
		apical = l.apical.potential(t)
	}
	if l.driven {
		drive = l.drive
	}
	if len(l.injected.soma) > 0 {
		clear(l.current)
		copy(l.current, drive)
		l.injected.add(l.current, l.injected.soma, t, l.step.Drive(1))
		drive = l.current
	}
	l.step.Advance(l.potential(t), l.potential(t-1), l.basal.potential(t), apical, drive)
}
