// Package kernels holds the response kernels κ(t) of a dendrite to one
// presynaptic spike: as functions of time, with their areas and peaks, and as
// recursions, which filter a whole spike train with two numbers of state.
//
// Times are in ms and κ in 1/ms, so that a kernel of unit area turns a firing
// rate in spikes/ms into a trace of the same mean.
//
// # From a kernel to a recursion
//
// A postsynaptic trace is s(t) = Σ κ(t − t_k) over the spikes t_k of one neuron
// (eq. 11 of Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901). On a grid of
// step dt the newest spike that a trace can see counts κ(dt), a spike one step older
// κ(2 dt), and so on. The next value of a decaying exponential follows from the
// present one alone, so the trace is kept as two decaying sums instead of a list
// of spikes; see Recursion. With a finite memory, each spike is subtracted again
// when it gets too old; see Finite.
//
// The package knows nothing about neurons.
package kernels

import "math"

// A Kernel is the response to one spike at time 0. It is causal, never negative,
// and has unit area unless it is cut off.
type Kernel interface {
	// At returns κ(t) in 1/ms; 0 for t < 0.
	At(t float64) float64
	// Integral returns ∫κ from 0 to t, a number without a unit; 0 for t < 0.
	Integral(t float64) float64
	// PeakTime returns the time in ms at which κ is largest.
	PeakTime() float64
	// Recursion returns κ sampled at dt, 2 dt, … as a recursion; the engine uses nothing
	// else. A kernel of one's own best takes the decays from Exponential.Recursion, as
	// results of math.Exp differ between processors.
	Recursion(dt float64) Recursion
	// Validate reports every parameter outside its domain.
	Validate() error
}

// Area returns ∫κ over all time.
func Area(k Kernel) float64 { return k.Integral(math.Inf(1)) }
