package sim

import (
	"plateau/internal/vec"
	"plateau/kernels"
)

// sender holds what other populations read of a population: its spikes or, in the
// rate mode, its rates.
type sender struct {
	size   int
	kernel *kernel
	spikes *spikes
	rates  []float32 // φ (spikes/ms), a row for the step before the block, then the block; nil if only spikes are read
	stride int

	// older is, for an unlimited kernel, the state of its recursion from all spikes
	// before the history of spikes; for other kernels it is nil.
	older []kernels.State
}

func newSender(size, stride int, k *kernel, rates bool) *sender {
	s := &sender{size: size, stride: stride, kernel: k, spikes: newSpikes(k.history())}
	if rates {
		s.rates = make([]float32, (1+blockSteps)*stride)
	}
	if k.Support == 0 {
		s.older = make([]kernels.State, size)
	}
	return s
}

// rate returns the row of rates of a step of the block, or of the step before.
func (s *sender) rate(step int) []float32 { return row(s.rates, 1+step, s.stride) }

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

// window is the range of steps, from ≤ step < to, of a phase over which means are
// taken.
type window struct{ from, to int }
