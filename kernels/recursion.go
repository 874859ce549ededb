package kernels

import "plateau/internal/elementary"

// Recursion filters a spike train through a kernel sampled at dt, 2 dt, …
// With u the input of a step (a number of spikes, or a sum of weights), two
// sums x₁ and x₂ that start at zero advance by
//
//	x₁ ← Decay1 (x₁ + u) − Drop1 u′
//	x₂ ← Decay2 (x₂ + u) + Carry x₁ − Drop2 u′
//
// where u′ is the input of Support steps ago (nothing is dropped when Support
// is 0, an unlimited memory), and the trace is
//
//	s = Gain1 x₁ + Gain2 x₂
//
// Carry uses the new x₁. It is zero for kernels that are differences of
// exponentials and one for an alpha function, whose two time constants agree.
type Recursion struct {
	Decay1, Decay2 float64 // factors per step
	Carry          float64 // share of x₁ that is added to x₂
	Gain1, Gain2   float64 // from the two sums to the trace (1/ms)
	Support        int     // number of steps for which a spike counts; 0: for ever
	Drop1, Drop2   float64 // what is left of a spike one step after Support
}

// State is the pair of decaying sums x₁, x₂ of one spike train.
type State struct{ X1, X2 float64 }

// Advance returns the state one step on, with input u in that step and old the
// input of Support steps ago.
func (r Recursion) Advance(s State, u, old float64) State {
	x1 := float64(r.Decay1*(s.X1+u)) - float64(r.Drop1*old)
	x2 := float64(r.Decay2*(s.X2+u)) + float64(r.Carry*x1) - float64(r.Drop2*old)
	return State{x1, x2}
}

// Trace returns the trace s of a state, in 1/ms.
func (r Recursion) Trace(s State) float64 {
	return float64(r.Gain1*s.X1) + float64(r.Gain2*s.X2)
}

// Cumulative returns the sums C[k] = κ(dt) + … + κ(k dt) for k = 0 … n. What one
// spike adds to the sum of a trace over a window is a difference of two of them,
// so the mean of a trace can be had without computing the trace.
func (r Recursion) Cumulative(n int) []float64 {
	c := make([]float64, n+1)
	s := State{}
	for k := 1; k <= n; k++ {
		u := 0.0
		if k == 1 {
			u = 1
		}
		s = r.Advance(s, u, 0)
		if r.Support > 0 && k > r.Support {
			s = State{}
		}
		c[k] = c[k-1] + r.Trace(s)
	}
	return c
}

// finite limits the memory of r to support steps, unless it is shorter already.
func (r Recursion) finite(support int) Recursion {
	if r.Support > 0 {
		support = min(support, r.Support)
	}
	s := r.Advance(State{}, 1, 0)
	for range support - 1 {
		s = r.Advance(s, 0, 0)
	}
	// In the step where the spike leaves, x₁ drops to zero before Carry sees it.
	r.Drop1 = float64(r.Decay1 * s.X1)
	r.Drop2 = float64(r.Decay2 * s.X2)
	r.Support = support
	return r
}

// decay is the factor by which a time constant tau shrinks in a step of dt.
func decay(dt, tau float64) float64 { return elementary.Exp(-dt / tau) }
