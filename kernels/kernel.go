// Package kernels holds the response kernels κ(t) of a dendrite to one
// presynaptic spike: as functions of time, with their areas and peaks, and in
// the recursive form that lets a simulator filter a whole spike train with two
// numbers of state.
//
// Times are in ms and κ in 1/ms, so that a kernel of unit area turns a firing
// rate in spikes/ms into a trace of the same mean.
//
// # From a kernel to a recursion
//
// A presynaptic trace is s(t) = Σ κ(t − t_k) over the spikes t_k (eq. 11 of
// Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901). On a grid of step dt
// the newest spike that a trace can see counts κ(dt), one step older κ(2 dt),
// and so on. Sums of decaying exponentials have the property that
// tomorrow's value needs only today's, so the trace is kept as two decaying
// sums instead of a list of spikes; see Recursion. A finite memory for spikes
// subtracts each spike again when it leaves; see Finite.
//
// The package knows nothing of neurons.
package kernels

import "math"

// A Kernel is the response to one spike at time 0: causal, never negative, of
// unit area if it lasts for ever.
type Kernel interface {
	// At returns κ(t) in 1/ms; 0 for t < 0.
	At(t float64) float64
	// Integral returns ∫κ from 0 to t, which has no unit; 0 for t < 0.
	Integral(t float64) float64
	// PeakTime returns the time in ms at which κ is largest.
	PeakTime() float64
	// Recursion returns κ sampled at dt, 2 dt, … in recursive form.
	Recursion(dt float64) Recursion
	// Validate reports every parameter outside its domain.
	Validate() error
}

// Area returns ∫κ over all time.
func Area(k Kernel) float64 { return k.Integral(math.Inf(1)) }
