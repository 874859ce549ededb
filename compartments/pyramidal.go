package compartments

import (
	"errors"
	"fmt"
	"math"
)

// Pyramidal couples a soma to a basal and an apical dendrite (eq. 14):
//
//	dV/dt = −Leak V + Basal (V_b − V) + Apical (V_a − V)
//
// It holds parameters only.
type Pyramidal struct {
	Leak   float64 // g_l (1/ms); > 0
	Basal  float64 // g_b (1/ms); > 0
	Apical float64 // g_a (1/ms); ≥ 0; with 0 the soma does not see the apical dendrite
}

// Gain returns k_b = g_b/(g_l + g_b + g_a): with the apical dendrite at 0, the soma
// comes to rest at k_b times the basal potential.
func (p Pyramidal) Gain() float64 { return p.Basal / p.Conductance() }

// Step returns one step of dt (ms).
func (p Pyramidal) Step(m Integration, dt float64) Step {
	return m.step(dt, p.Conductance(), p.Basal, p.Apical)
}

// Conductance returns the sum of all conductances (1/ms).
func (p Pyramidal) Conductance() float64 { return p.Leak + p.Basal + p.Apical }

// Validate reports every conductance outside its domain, and a step dt (ms)
// that the integration cannot take.
func (p Pyramidal) Validate(m Integration, dt float64) error {
	err := errors.Join(
		conductance("Pyramidal.Leak", p.Leak, true),
		conductance("Pyramidal.Basal", p.Basal, true),
		conductance("Pyramidal.Apical", p.Apical, false))
	if err != nil {
		return err
	}
	return m.validate(dt, p.Conductance(), "hidden neurons")
}

func conductance(name string, g float64, positive bool) error {
	if positive && !(g > 0 && g < math.Inf(1)) {
		return fmt.Errorf("compartments: %s = %v/ms, want > 0", name, g)
	}
	if !(g >= 0 && g < math.Inf(1)) {
		return fmt.Errorf("compartments: %s = %v/ms, want ≥ 0", name, g)
	}
	return nil
}
