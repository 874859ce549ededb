package kernels

import (
	"fmt"
	"math"

	"plateau/internal/elementary"
)

// DoubleExponential is a causal kernel of unit area (eq. 12):
//
//	κ(t) = (e^(−t/Decay) − e^(−t/Rise)) / (Decay − Rise),  t ≥ 0
//
// For equal time constants use its limit, Alpha.
type DoubleExponential struct {
	Rise  float64 // τ_s, synaptic time constant (ms); > 0
	Decay float64 // τ_L, leak time constant (ms); ≥ 1.01 Rise
}

// At returns κ(t) in 1/ms.
func (k DoubleExponential) At(t float64) float64 {
	if t < 0 {
		return 0
	}
	return (elementary.Exp(-t/k.Decay) - elementary.Exp(-t/k.Rise)) / (k.Decay - k.Rise)
}

// Integral returns ∫κ from 0 to t.
func (k DoubleExponential) Integral(t float64) float64 {
	if t <= 0 {
		return 0
	}
	slow := float64(k.Decay * (1 - elementary.Exp(-t/k.Decay)))
	fast := float64(k.Rise * (1 - elementary.Exp(-t/k.Rise)))
	return (slow - fast) / (k.Decay - k.Rise)
}

// PeakTime returns Rise·Decay/(Decay − Rise)·ln(Decay/Rise), in ms.
func (k DoubleExponential) PeakTime() float64 {
	return float64(k.Rise*k.Decay) / (k.Decay - k.Rise) * elementary.Log(k.Decay/k.Rise)
}

// Recursion returns κ sampled at dt, 2 dt, …: one sum for each exponential.
func (k DoubleExponential) Recursion(dt float64) Recursion {
	gain := 1 / (k.Decay - k.Rise)
	return Recursion{
		Decay1: decay(dt, k.Decay), Gain1: gain,
		Decay2: decay(dt, k.Rise), Gain2: -gain,
	}
}

// Apart is the smallest Decay/Rise that is accepted. The trace is a difference of
// two sums divided by Decay − Rise, which magnifies rounding errors: at a ratio of
// 1.01 a float32 state still gives the trace to 1e-4, at smaller ratios it soon
// means nothing.
const Apart = 1.01

// Validate reports every parameter outside its domain.
func (k DoubleExponential) Validate() error {
	if !(k.Rise > 0 && k.Decay > k.Rise && k.Decay < math.Inf(1)) {
		return fmt.Errorf("kernels: DoubleExponential has Rise = %v ms and Decay = %v ms, want 0 < Rise < Decay", k.Rise, k.Decay)
	}
	if k.Decay < float64(Apart*k.Rise) {
		return fmt.Errorf("kernels: DoubleExponential has Rise = %v ms and Decay = %v ms, want Decay ≥ %v Rise; for equal time constants use Alpha", k.Rise, k.Decay, Apart)
	}
	return nil
}
