package sim

import (
	"errors"
	"fmt"
	"math"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
)

// Signal says what a projection carries.
type Signal string

const (
	// Spikes act through the kernel.
	Spikes Signal = "spikes"
	// Rates act on the dendrite directly, φ_max σ(V) in place of a trace.
	Rates Signal = "rates"
)

// Params are the parameters of an Engine that do not change while it runs.
type Params struct {
	Dt          float64 // time step (ms)
	Kernel      kernels.Kernel
	Hidden      compartments.Pyramidal
	Output      compartments.Output
	Noise       compartments.EscapeNoise
	Integration compartments.Integration
	Forward     Signal // what W carries
	Feedback    Signal // what Y carries
}

// MaxSupport is the largest number of steps for which a spike may act, because each
// dendrite keeps that many rows.
const MaxSupport = 1 << 16

// MaxPerStep is the largest mean number of spikes of a neuron in a step. With a
// useful time step it is below one.
const MaxPerStep = 10

// Validate reports every field outside its domain.
func (p Params) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("sim: Params."+format, args...))
		}
	}
	dt := p.Dt > 0 && p.Dt < math.Inf(1)
	require(dt, "Dt = %v ms, want > 0", p.Dt)
	require(p.Kernel != nil, "Kernel is missing")
	if p.Kernel != nil {
		err := p.Kernel.Validate()
		errs = append(errs, err)
		if f, ok := p.Kernel.(kernels.Finite); ok && dt && err == nil {
			require(f.Support/p.Dt <= MaxSupport, "Kernel acts for %v steps, want at most %d; or an unlimited kernel", f.Support/p.Dt, MaxSupport)
		}
	}
	if dt {
		errs = append(errs, p.Hidden.Validate(p.Integration, p.Dt), p.Output.Validate(p.Integration, p.Dt))
	}
	if err := p.Noise.Validate(); err != nil {
		errs = append(errs, err)
	} else if dt {
		require(p.Noise.MaxRate*p.Dt <= MaxPerStep, "Noise.MaxRate × Dt = %v spikes a step, want at most %v", p.Noise.MaxRate*p.Dt, MaxPerStep)
	}
	for _, s := range []struct {
		name string
		Signal
	}{{"Forward", p.Forward}, {"Feedback", p.Feedback}} {
		require(s.Signal == Spikes || s.Signal == Rates, "%s = %q, want %q or %q", s.name, string(s.Signal), Spikes, Rates)
	}
	return errors.Join(errs...)
}

// A Phase is a stretch of time in which the input's rates and the teaching
// current are constant.
type Phase struct {
	Name      string
	Intensity []float32 // rate of each input in units of φ_max, in [0, 1]
	Steps     int       // length; ≥ 1
	From      int       // first step of the window over which means are taken
	Taught    bool      // whether the teaching current flows
	Class     int       // the true class, if Taught

	// PlateauStep, if not nil, holds for each hidden layer and each of its neurons
	// the step at whose end the plateau potential begins. The mean apical potential
	// is then over the PlateauWindow steps up to and including that one.
	PlateauStep   [][]int
	PlateauWindow int
}

// validate reports why a network cannot run the phase. Seen says that the same
// intensities have been checked before.
func (p *Phase) validate(a network.Architecture, seen bool) error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("sim: phase %q: "+format, append([]any{p.Name}, args...)...))
	}
	if len(p.Intensity) != a.Inputs {
		fail("%d intensities, want one for each of %d inputs", len(p.Intensity), a.Inputs)
	}
	if !seen {
		for j, x := range p.Intensity {
			if !(x >= 0 && x <= 1) {
				fail("intensity of input %d is %v, want 0 to 1", j, x)
				break
			}
		}
	}
	if p.Steps < 1 {
		fail("Steps = %d, want ≥ 1", p.Steps)
	}
	if p.From < 0 || p.From >= p.Steps {
		fail("From = %d, want a step below Steps (%d)", p.From, p.Steps)
	}
	if p.Taught && (p.Class < 0 || p.Class >= a.Classes) {
		fail("Class = %d, want 0 to %d", p.Class, a.Classes-1)
	}
	if p.PlateauStep == nil {
		return errors.Join(errs...)
	}
	if p.PlateauWindow < 1 {
		fail("PlateauWindow = %d steps, want ≥ 1", p.PlateauWindow)
	}
	if len(p.PlateauStep) != len(a.Hidden) {
		fail("PlateauStep for %d layers, want %d", len(p.PlateauStep), len(a.Hidden))
		return errors.Join(errs...)
	}
	for m, steps := range p.PlateauStep {
		if len(steps) != a.Hidden[m] {
			fail("PlateauStep[%d] for %d neurons, want %d", m, len(steps), a.Hidden[m])
		}
		for i, s := range steps {
			if s >= p.Steps || s < p.PlateauWindow-1 {
				fail("plateau of neuron %d of hidden layer %d is at step %d, want %d to %d", i, m, s, p.PlateauWindow-1, p.Steps-1)
				break
			}
		}
	}
	return errors.Join(errs...)
}
