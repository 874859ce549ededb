package compartments

import (
	"fmt"

	"plateau/internal/elementary"
	"plateau/internal/vec"
)

// EscapeNoise makes a soma fire as a Poisson process whose rate follows its
// potential (eq. 17):
//
//	φ(V) = MaxRate σ(V),  σ(V) = 1/(1 + e^(−V))
type EscapeNoise struct {
	MaxRate float64 // φ_max (spikes/ms); > 0
}

// Rate returns φ(V) in spikes/ms.
func (e EscapeNoise) Rate(v float64) float64 { return float64(e.MaxRate * elementary.Sigmoid(v)) }

// Rates sets rate to φ(V) in spikes/ms for a population with potentials v, in
// float32 like the state.
func (e EscapeNoise) Rates(rate, v []float32) {
	vec.Sigmoid(rate, v)
	for i := range rate {
		rate[i] *= float32(e.MaxRate)
	}
}

// Slopes sets slope to σ′(V), the slopes of the rates in units of MaxRate, for a
// population with potentials v.
func (e EscapeNoise) Slopes(slope, v []float32) {
	vec.Sigmoid(slope, v)
	for i, s := range slope {
		slope[i] = s * (1 - s)
	}
}

// Validate reports a rate outside its domain.
func (e EscapeNoise) Validate() error {
	if !(e.MaxRate > 0 && finite(e.MaxRate)) {
		return fmt.Errorf("compartments: EscapeNoise.MaxRate = %v spikes/ms, want > 0", e.MaxRate)
	}
	return nil
}

// Plateau returns α = σ(V̄_a), the strength of the plateau potential of an
// apical dendrite with a mean potential V̄_a over the averaging window (eq. 21).
func Plateau(meanApical float64) float64 { return elementary.Sigmoid(meanApical) }

// Plateaus sets plateau to α for a population with mean apical potentials, in
// float32 like the state.
func Plateaus(plateau, meanApical []float32) { vec.Sigmoid(plateau, meanApical) }
