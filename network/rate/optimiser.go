package rate

import (
	"fmt"
	"math"
)

// An Optimiser makes changes of weights of the updates that a rule asks for.
type Optimiser interface {
	// Memories is how many numbers it keeps for each weight.
	Memories() int
	// At returns the change of step t, counted from 1, with all learning rates multiplied
	// by a factor. It changes the weights w by the update u; memory has Memories slices
	// as long as w.
	At(t uint64, factor float64) Change
	Rate() float64 // η
	Validate() error
}

// A Change changes weights by an update.
type Change func(w, u []float32, memory [][]float32)

// Decay pulls weights towards zero: it adds −λ w to their update or, if it is Decoupled,
// multiplies them by 1 − η λ before each step (Loshchilov & Hutter 2019).
type Decay struct {
	Rate      float64 // λ; 0 for none
	Decoupled bool
	Biases    bool // whether biases decay too
}

// Validate reports a rate outside its domain.
func (d Decay) Validate() error {
	if !(d.Rate >= 0 && d.Rate <= 1e6) {
		return fmt.Errorf("rate: Decay.Rate = %v, want ≥ 0, at most 1e+06", d.Rate)
	}
	return nil
}

// apply lets weights decay that have the given update, with learning rate eta.
func (d Decay) apply(w, u []float32, eta float64) {
	switch {
	case d.Rate == 0:
	case d.Decoupled:
		keep := float32(1 - float64(eta*d.Rate))
		for i := range w {
			w[i] *= keep
		}
	default:
		lambda := float32(d.Rate)
		for i := range w {
			u[i] -= float32(lambda * w[i])
		}
	}
}

// above0 returns ε as a float32. One too small for that becomes the smallest there is, not
// 0: a weight that has never had an update divides 0 by ε.
func above0(epsilon float64) float32 {
	return max(float32(epsilon), math.SmallestNonzeroFloat32)
}

// root returns √x.
func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// inRange returns an error unless lowest ≤ x < highest.
func inRange(name string, x, lowest, highest float64) error {
	if x >= lowest && x < highest {
		return nil
	}
	return fmt.Errorf("rate: %s = %v, want at least %v and below %v", name, x, lowest, highest)
}

// positive returns an error unless x is positive and finite, also as a float32.
func positive(name string, x float64) error {
	if x > 0 && x <= math.MaxFloat32 {
		return nil
	}
	return fmt.Errorf("rate: %s = %v, want > 0 and at most %.2g", name, x, math.MaxFloat32)
}
