package compartments

import (
	"fmt"

	"plateau/internal/elementary"
)

// EscapeNoise makes a soma fire as a Poisson process whose rate follows its
// potential (eq. 17):
//
//	φ(V) = MaxRate σ(V),  σ(V) = 1/(1 + e^(−V))
type EscapeNoise struct {
	MaxRate float64 // φ_max (spikes/ms); > 0
}

// Rate returns φ(V) in spikes/ms.
func (e EscapeNoise) Rate(v float64) float64 { return e.MaxRate * elementary.Sigmoid(v) }

// Slope returns σ′(V), the slope of the rate in units of MaxRate.
func (e EscapeNoise) Slope(v float64) float64 {
	s := elementary.Sigmoid(v)
	return s * (1 - s)
}

// Validate reports a rate outside its domain.
func (e EscapeNoise) Validate() error {
	if !(e.MaxRate > 0 && finite(e.MaxRate)) {
		return fmt.Errorf("compartments: EscapeNoise.MaxRate = %v spikes/ms, want > 0", e.MaxRate)
	}
	return nil
}

// Plateau returns α = σ(V̄_a), the strength of the plateau potential of an
// apical dendrite whose mean potential over the window before was V̄_a
// (eq. 21).
func Plateau(meanApical float64) float64 { return elementary.Sigmoid(meanApical) }
