package record

import (
	"plateau/compartments"
	"plateau/network"
)

// losses computes the losses of a trial, if the run computes the means that they need.
type losses struct {
	noise   compartments.EscapeNoise
	forward []network.Means // of the forward phase: plateaus of hidden layers, potentials of the output
	found   []float64       // of each layer; empty if not known
}

func newLosses(h *Header) losses {
	return losses{noise: h.Neurons.Noise, forward: make([]network.Means, len(h.Network.Hidden)+1)}
}

// reset forgets the trial before.
func (l *losses) reset() {
	for m := range l.forward {
		l.forward[m].Soma, l.forward[m].Plateau = l.forward[m].Soma[:0], l.forward[m].Plateau[:0]
	}
	l.found = l.found[:0]
}

// keep copies the means of the forward phase.
func (l *losses) keep(means []network.Means) {
	last := len(means) - 1
	for m := range means[:last] {
		l.forward[m].Plateau = append(l.forward[m].Plateau, means[m].Plateau...)
	}
	l.forward[last].Soma = append(l.forward[last].Soma, means[last].Soma...)
}

// find computes the losses from the means of the first target phase.
func (l *losses) find(target []network.Means) {
	if len(l.found) > 0 {
		return
	}
	last := len(target) - 1
	for m, t := range target[:last] {
		f := l.forward[m].Plateau
		if len(f) == 0 || len(t.Plateau) != len(f) {
			return
		}
	}
	f := l.forward[last].Soma
	if len(f) == 0 || len(target[last].Rate) != len(f) {
		return
	}
	l.found = network.AppendLosses(l.found, l.noise, l.forward, target)
}
