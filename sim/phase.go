package sim

import (
	"errors"
	"fmt"

	"plateau/network"
)

// A Phase is a stretch of time with one stimulus, in which the teaching current flows or
// not.
type Phase struct {
	Name      string
	Intensity []float32 // rate of each input in units of φ_max, in [0, 1]; or a row of them for each step
	Spikes    [][]int32 // if not nil, the inputs that fire in each step, in ascending order, in place of draws from Intensity, which still has its length
	Steps     int       // length; ≥ 1
	From      int       // first step of the window over which means are taken
	Taught    bool      // whether the teaching current flows
	Class     int       // the true class, if Taught
	Currents  []Current // injected on top of everything else

	// PlateauStep, if not nil, holds for each hidden layer and each of its neurons
	// the step at whose end the plateau potential begins. The mean apical potential
	// is then over the PlateauWindow steps up to and including that one.
	PlateauStep   [][]int
	PlateauWindow int
}

// validate reports why a network cannot run the phase. Seen says that the same
// intensities have been checked before.
func (p *Phase) validate(a network.Architecture, forward Signal, seen bool) error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("sim: phase %q: "+format, append([]any{p.Name}, args...)...))
	}
	if n := len(p.Intensity); n != a.Inputs && n != p.Steps*a.Inputs {
		fail("%d intensities, want one for each of %d inputs, or that many for each of %d steps", n, a.Inputs, p.Steps)
	}
	if p.Spikes != nil && forward == Rates {
		fail("Spikes are given, but the network reads the rates of its inputs")
	}
	p.validateSpikes(a.Inputs, fail)
	for k := range p.Currents {
		if err := p.Currents[k].validate(a, p.Steps); err != nil {
			fail("Currents[%d]%v", k, err)
		}
	}
	if !seen {
		for j, x := range p.Intensity {
			if !(x >= 0 && x <= 1) {
				fail("intensity of input %d is %v, want 0 to 1", j%a.Inputs, x)
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

// validateSpikes reports given spikes that the inputs cannot fire.
func (p *Phase) validateSpikes(inputs int, fail func(format string, args ...any)) {
	if p.Spikes == nil {
		return
	}
	if len(p.Spikes) != p.Steps {
		fail("Spikes for %d steps, want %d", len(p.Spikes), p.Steps)
	}
	for step, list := range p.Spikes {
		for k, j := range list {
			if j < 0 || int(j) >= inputs || k > 0 && j < list[k-1] {
				fail("Spikes[%d] holds %d, want numbers of inputs, 0 to %d, in ascending order", step, j, inputs-1)
				return
			}
		}
	}
}

// begin sets the input and the teaching current of a phase.
func (e *Engine) begin(p *Phase) {
	e.in.set(p.Intensity)
	e.in.given = p.Spikes
	if e.params.Forward == Rates && !e.in.varies() {
		first := e.inputs.rate(0)
		e.inputRates(first, p.Intensity)
		for step := 1; step < min(p.Steps, blockSteps); step++ {
			copy(e.inputs.rate(step), first)
		}
	}
	e.teach(p)
	e.inject(p)
	e.followApical(e.params.Hidden.Apical > 0 || p.PlateauStep != nil)
}

// inputRates turns intensities into rates (spikes/ms).
func (e *Engine) inputRates(rates, intensity []float32) {
	for j, x := range intensity {
		rates[j] = float32(e.params.Noise.MaxRate * float64(x))
	}
	e.inputs.hush(rates, 0)
}

// followApical decides whether a phase computes apical potentials at every step:
// it does if somata or means need them, or if an observer watches them. When they
// are needed for the first time, they are computed anew even if an observer has
// been watching, because the two ways to compute them round differently and a run
// must not depend on observers.
func (e *Engine) followApical(needed bool) {
	follow := needed || e.potentials
	if follow && !e.fresh || needed && !e.needed {
		for _, l := range e.layers {
			for _, g := range l.groups {
				g.stale.apical = g.apical != nil
			}
		}
	}
	e.fresh, e.needed = follow, needed
}

// teach sets the teaching current of the output neurons.
func (e *Engine) teach(p *Phase) {
	l := e.layers[len(e.layers)-1]
	if !p.Taught {
		l.step, l.driven = e.params.Output.Step(e.params.Integration, e.params.Dt), false
		return
	}
	step, up, down := e.params.Output.TaughtStep(e.params.Integration, e.params.Dt)
	l.step, l.driven = step, true
	for _, g := range l.groups {
		for i := range g.size() {
			g.drive[i] = down
			if (g.from+i)/e.net.PerClass == p.Class {
				g.drive[i] = up
			}
		}
	}
}
