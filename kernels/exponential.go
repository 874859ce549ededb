package kernels

import (
	"fmt"
	"math"

	"plateau/internal/elementary"
)

// Exponential is a kernel of unit area that jumps up and then decays:
//
//	κ(t) = e^(−t/Decay) / Decay,  t ≥ 0
type Exponential struct {
	Decay float64 // time constant (ms); > 0
}

// At returns κ(t) in 1/ms.
func (k Exponential) At(t float64) float64 {
	if t < 0 {
		return 0
	}
	return elementary.Exp(-t/k.Decay) / k.Decay
}

// Integral returns ∫κ from 0 to t.
func (k Exponential) Integral(t float64) float64 {
	if t <= 0 {
		return 0
	}
	return 1 - elementary.Exp(-t/k.Decay)
}

// PeakTime returns 0: the response is largest when the spike arrives.
func (k Exponential) PeakTime() float64 { return 0 }

// Recursion returns κ sampled at dt, 2 dt, …; it needs only one of the two sums.
func (k Exponential) Recursion(dt float64) Recursion {
	return Recursion{Decay1: decay(dt, k.Decay), Gain1: 1 / k.Decay}
}

// Validate reports a time constant outside its domain.
func (k Exponential) Validate() error {
	if !(k.Decay > 0 && k.Decay < math.Inf(1)) {
		return fmt.Errorf("kernels: Exponential has Decay = %v ms, want > 0", k.Decay)
	}
	return nil
}
