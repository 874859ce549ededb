package sim

import "plateau/kernels"

// kernel is a recursion with the tables from which means over windows are computed.
type kernel struct {
	kernels.Recursion
	cumulative []float64 // κ(dt) + … + κ(k dt)
	// The state k steps after x₁ = 1 or x₂ = 1, without input. A spike adds 1 to
	// both.
	one, two []kernels.State
}

func newKernel(k kernels.Kernel, dt float64) *kernel {
	r := k.Recursion(dt)
	n := r.Support
	if n == 0 {
		n = blockSteps
	}
	return &kernel{Recursion: r, cumulative: r.Cumulative(n), one: []kernels.State{{X1: 1}}, two: []kernels.State{{X2: 1}}}
}

// history returns how many steps before a block can have spikes that act in it: the
// support, and one more because feedback is read with a lag.
func (k *kernel) history() int { return k.Support + 1 }

// sum returns κ((from+1) dt) + … + κ(to dt), without ages below dt.
func (k *kernel) sum(from, to int) float64 { return k.upTo(to) - k.upTo(from) }

func (k *kernel) upTo(n int) float64 {
	if n <= 0 {
		return 0
	}
	if n >= len(k.cumulative) {
		if k.Support > 0 {
			n = k.Support
		} else {
			k.cumulative = k.Cumulative(2 * n)
		}
	}
	return k.cumulative[n]
}

// after returns the state n steps after s, without input.
func (k *kernel) after(s kernels.State, n int) kernels.State {
	for len(k.one) <= n {
		last := len(k.one) - 1
		k.one = append(k.one, k.free(k.one[last]))
		k.two = append(k.two, k.free(k.two[last]))
	}
	return kernels.State{
		X1: s.X1 * k.one[n].X1,
		X2: float64(s.X1*k.one[n].X2) + float64(s.X2*k.two[n].X2),
	}
}

func (k *kernel) free(s kernels.State) kernels.State { return k.Advance(s, 0, 0) }
