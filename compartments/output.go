package compartments

import (
	"errors"
	"fmt"
	"math"
)

// Output couples a soma to one dendrite and, while it is taught, to a teaching
// current (eqs. 18–20):
//
//	dV/dt = −Leak V + Dendritic (V_b − V) + I
//	I = Teaching (E − V)
//
// with E = Excitatory for the neurons of the true class and Inhibitory for
// the others. In the forward phase there is no current.
type Output struct {
	Leak       float64 // g_l (1/ms); > 0
	Dendritic  float64 // g_d (1/ms); > 0
	Teaching   float64 // g_E of the true class, g_I of the others (1/ms); ≥ 0
	Excitatory float64 // E_E, relative to rest
	Inhibitory float64 // E_I, relative to rest
}

// Gain returns k_d = g_d/(g_l + g_d): without a teaching current, the soma comes to
// rest at k_d times the dendritic potential.
func (o Output) Gain() float64 { return o.Dendritic / (o.Leak + o.Dendritic) }

// Step returns one step of dt (ms) without a teaching current.
func (o Output) Step(m Integration, dt float64) Step {
	return m.step(dt, o.Leak+o.Dendritic, o.Dendritic, 0)
}

// TaughtStep returns one step of dt (ms) under a teaching current, with its drive
// for neurons of the true class (up) and for all others (down).
func (o Output) TaughtStep(m Integration, dt float64) (step Step, up, down float32) {
	step = m.step(dt, o.Conductance(), o.Dendritic, 0)
	current := step.gain * o.Teaching
	return step, float32(current * o.Excitatory), float32(current * o.Inhibitory)
}

// Conductance returns the sum of all conductances while the teaching current flows
// (1/ms).
func (o Output) Conductance() float64 { return o.Leak + o.Dendritic + o.Teaching }

// Validate reports every parameter outside its domain, and a step dt (ms) that
// the integration cannot take.
func (o Output) Validate(m Integration, dt float64) error {
	var potentials error
	if !(o.Inhibitory < o.Excitatory && finite(o.Inhibitory) && finite(o.Excitatory)) {
		potentials = fmt.Errorf("compartments: Output.Excitatory = %v and Inhibitory = %v, want Inhibitory < Excitatory", o.Excitatory, o.Inhibitory)
	}
	err := errors.Join(
		conductance("Output.Leak", o.Leak, true),
		conductance("Output.Dendritic", o.Dendritic, true),
		conductance("Output.Teaching", o.Teaching, false),
		potentials)
	if err != nil {
		return err
	}
	return m.validate(dt, o.Conductance(), "taught output neurons")
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
