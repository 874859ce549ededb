package sim

import (
	"errors"
	"fmt"
	"math"

	"plateau/compartments"
	"plateau/kernels"
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
