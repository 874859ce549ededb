package compartments

import (
	"fmt"

	"plateau/internal/elementary"
	"plateau/internal/vec"
)

// Integration says how a soma follows its dendrites in a step of dt.
type Integration string

const (
	// ForwardEuler is V + dt dV/dt, the method of the published results.
	ForwardEuler Integration = "euler"
	// Exponential is exact if the dendrites stay constant during a step.
	Exponential Integration = "exponential"
	// Steady puts the soma where it would come to rest, at the V with dV/dt = 0.
	// The rate mode uses it.
	Steady Integration = "steady"
)

// Step holds the factors of one step of an Integration, for a neuron with constant
// conductances:
//
//	V ← Retain V + Basal V_b + Apical V_a + drive
//
// The factors are float32 because the state is. A drive is the part of a
// constant current that arrives in one step, one value per neuron.
type Step struct {
	Retain, Basal, Apical float32
	gain                  float64 // what a current of 1 adds to V in a step
}

// step returns the step of a soma with total conductance g, of which basal and
// apical couple it to its dendrites.
func (m Integration) step(dt, g, basal, apical float64) Step {
	var retain, gain float64
	switch m {
	case ForwardEuler:
		retain, gain = 1-float64(dt*g), dt
	case Exponential:
		retain = elementary.Exp(-dt * g)
		gain = (1 - retain) / g
	case Steady:
		retain, gain = 0, 1/g
	default:
		panic("compartments: unknown integration " + string(m))
	}
	return Step{float32(retain), float32(gain * basal), float32(gain * apical), gain}
}

// StableEuler reports whether Euler steps of dt (ms) leave a soma whose conductances add
// up to g (1/ms) where it comes to rest: longer ones carry it further and further away.
func StableEuler(dt, g float64) bool { return float64(dt*g) < 2 }

// validate reports an unknown method, or a dt with which Euler's soma would grow
// without bound: it needs dt·g < 2.
func (m Integration) validate(dt, g float64, what string) error {
	switch m {
	case Exponential, Steady:
		return nil
	case ForwardEuler:
		if StableEuler(dt, g) {
			return nil
		}
		return fmt.Errorf("compartments: dt = %v ms is too long for Euler steps of %s, whose conductances add up to %v/ms; want dt < %.4g ms or the exponential step", dt, what, g, 2/g)
	}
	return fmt.Errorf("compartments: integration %q, want %q, %q or %q", string(m), ForwardEuler, Exponential, Steady)
}

// Drive returns the drive of a current (1/ms) into the soma.
func (s Step) Drive(current float64) float32 { return float32(s.gain * current) }

// Advance takes a population one step on: next becomes the somatic potentials
// after soma. Apical and drive may be nil, which is the same as zeros; all
// other slices have the length of next. Next may be soma itself.
func (s Step) Advance(next, soma, basal, apical, drive []float32) {
	vec.Combine(next, s.Retain, soma, s.Basal, basal)
	if apical != nil && s.Apical != 0 {
		vec.AddScaled(next, s.Apical, apical)
	}
	if drive != nil {
		vec.Add(next, drive)
	}
}
