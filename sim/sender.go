package sim

import (
	"slices"

	"plateau/kernels"
)

// sender holds what other populations read of a population: its spikes or, in the
// rate mode, its rates.
type sender struct {
	size   int
	kernel *kernel
	spikes *spikes
	rates  []float32 // φ (spikes/ms), a row for the step before the block, then the block; nil if only spikes are read

	// older is, for an unlimited kernel, the state of its recursion from all spikes
	// before the history of spikes; for other kernels it is nil.
	older []kernels.State

	silenced []bool // neurons that never fire; nil if all may
}

func newSender(size int, k *kernel, rates bool, silenced []bool) *sender {
	s := &sender{size: size, kernel: k, spikes: newSpikes(size, k.history()), silenced: silenced}
	if rates {
		s.rates = make([]float32, (1+blockSteps)*size)
	}
	if k.Support == 0 {
		s.older = make([]kernels.State, size)
	}
	return s
}

// rate returns the row of rates of a step of the block, or of the step before.
func (s *sender) rate(step int) []float32 { return row(s.rates, 1+step, s.size) }

// endStep ends a step after its spikes have been appended. It drops those of silenced
// neurons: what is drawn for the others does not depend on who is silenced.
func (s *sender) endStep() {
	if t := s.spikes; s.silenced != nil {
		begin := t.start[len(t.start)-1]
		kept := slices.DeleteFunc(t.neurons[begin:], func(j int32) bool { return s.silenced[j] })
		t.neurons = t.neurons[:begin+len(kept)]
	}
	s.spikes.endStep()
}

// hush sets the rates of silenced neurons to 0; the first of the rates is that of neuron from.
func (s *sender) hush(rates []float32, from int) {
	for j := range rates {
		if s.silenced != nil && s.silenced[from+j] {
			rates[j] = 0
		}
	}
}

// shift begins a new block after a block of the given number of steps.
func (s *sender) shift(steps int) {
	if s.older != nil {
		s.absorb(steps)
	}
	s.spikes.shift()
	if s.rates != nil {
		copy(s.rate(-1), s.rate(steps-1))
	}
}

// absorb moves the spikes that are about to leave the history into older.
func (s *sender) absorb(steps int) {
	k, h := s.kernel, s.spikes.history
	for j := range s.older {
		if s.older[j] != (kernels.State{}) {
			s.older[j] = k.after(s.older[j], steps)
		}
	}
	for step := -h; step < steps-h; step++ {
		left := k.after(kernels.State{X1: 1, X2: 1}, steps-h-step)
		for _, j := range s.spikes.at(step) {
			s.older[j].X1 += left.X1
			s.older[j].X2 += left.X2
		}
	}
}

// clear puts the sender to rest.
func (s *sender) clear() {
	s.spikes.clear()
	if s.rates != nil {
		clear(s.rate(-1)) // the only row that is read before it is written
	}
	clear(s.older)
}
