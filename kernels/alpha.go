package kernels

import (
	"fmt"
	"math"

	"plateau/internal/elementary"
)

// Alpha is the alpha function, of unit area. It is the limit of
// DoubleExponential as both time constants tend to Peak.
//
//	κ(t) = t e^(−t/Peak) / Peak²,  t ≥ 0
type Alpha struct {
	Peak float64 // time constant, and the time of the maximum (ms); > 0
}

// At returns κ(t) in 1/ms.
func (k Alpha) At(t float64) float64 {
	if t < 0 {
		return 0
	}
	return t / (k.Peak * k.Peak) * elementary.Exp(-t/k.Peak)
}

// Integral returns ∫κ from 0 to t.
func (k Alpha) Integral(t float64) float64 {
	switch {
	case t <= 0:
		return 0
	case math.IsInf(t, 1):
		return 1
	}
	return 1 - float64((1+t/k.Peak)*elementary.Exp(-t/k.Peak))
}

// PeakTime returns Peak.
func (k Alpha) PeakTime() float64 { return k.Peak }

// Recursion returns κ sampled at dt, 2 dt, … A spike of n steps ago contributes
// dⁿ to x₁ and (1 + n) dⁿ to x₂, with d = e^(−dt/Peak); the trace is their
// difference n dⁿ times the gain.
func (k Alpha) Recursion(dt float64) Recursion {
	d, gain := decay(dt, k.Peak), dt/(k.Peak*k.Peak)
	return Recursion{
		Decay1: d, Gain1: -gain,
		Decay2: d, Gain2: gain, Carry: 1,
	}
}

// Validate reports a time constant outside its domain.
func (k Alpha) Validate() error {
	if !(k.Peak > 0 && k.Peak < math.Inf(1)) {
		return fmt.Errorf("kernels: Alpha has Peak = %v ms, want > 0", k.Peak)
	}
	return nil
}
