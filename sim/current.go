package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"plateau/network"
)

// Compartment is a part of a neuron into which a current can be injected.
type Compartment string

const (
	Soma   Compartment = "soma"
	Basal  Compartment = "basal"  // of output neurons, their only dendrite
	Apical Compartment = "apical" // output neurons have none
)

// A Current is injected into one compartment of some neurons during a phase, as
// through an electrode. Potentials have no unit here, so it is measured by what it
// does: a current I into the soma adds I (1/ms) to dV/dt, as the teaching current
// does (eq. 18). A dendrite has no capacitance in the model, so I moves its potential
// by I, for as long as it flows.
type Current struct {
	Layer   int // of the neurons; layers count from 1, the first hidden layer
	Into    Compartment
	Neurons []int // numbered from 0, in ascending order

	// Values is the current: one number, if it is constant; one for each step of the
	// phase, which every neuron gets; or for each step one for each neuron.
	Values []float32
}

// A Site is a compartment of a population.
type Site struct {
	Layer int // as in a Current
	Into  Compartment
}

// Site returns where the current flows.
func (c *Current) Site() Site { return Site{c.Layer, c.Into} }

// Compare orders sites by their layers, from the input up.
func (s Site) Compare(t Site) int {
	return cmp.Or(cmp.Compare(s.Layer, t.Layer), cmp.Compare(s.Into, t.Into))
}

// At returns the current into neuron k of Neurons in a step of a phase that has the
// given number of steps.
func (c *Current) At(step, k, steps int) float32 {
	switch len(c.Values) {
	case 1:
		return c.Values[0]
	case steps:
		return c.Values[step]
	}
	return c.Values[step*len(c.Neurons)+k]
}

// validate reports why a network cannot get the current in a phase of the given number
// of steps. The error continues the name of the current: it begins with .Layer or so.
func (c *Current) validate(a network.Architecture, steps int) error {
	sizes := a.Sizes()
	if c.Layer < 1 || c.Layer > len(sizes) {
		return fmt.Errorf(".Layer = %d, want 1 to %d: the input has no potentials", c.Layer, len(sizes))
	}
	switch c.Into {
	case Soma, Basal:
	case Apical:
		if c.Layer == len(sizes) {
			return fmt.Errorf(".Into = %q, but output neurons have no apical dendrite", c.Into)
		}
	default:
		return fmt.Errorf(".Into = %q, want %q, %q or %q", c.Into, Soma, Basal, Apical)
	}
	if len(c.Neurons) == 0 {
		return fmt.Errorf(".Neurons is empty")
	}
	for k, i := range c.Neurons {
		if i < 0 || i >= sizes[c.Layer-1] || k > 0 && i <= c.Neurons[k-1] {
			return fmt.Errorf(".Neurons holds %d, want numbers of neurons, 0 to %d, in ascending order", i, sizes[c.Layer-1]-1)
		}
	}
	if n := len(c.Values); n != 1 && n != steps && n != steps*len(c.Neurons) {
		return fmt.Errorf(".Values has %d numbers, want 1, %d (steps) or %d (steps × neurons)", n, steps, steps*len(c.Neurons))
	}
	for _, v := range c.Values {
		if !(math.Abs(float64(v)) <= maxCurrent) {
			return fmt.Errorf(".Values holds %v, want −%g to %[2]g", v, maxCurrent)
		}
	}
	return nil
}

// maxCurrent keeps potentials finite, however long the current flows.
const maxCurrent = 1e6

// injected are the currents of a phase into the neurons of a group.
type injected struct {
	steps               int // of the phase
	first               int // step of the phase with which the block begins
	from                int // first neuron of the group
	soma, basal, apical []part
}

// part is what flows into some of the neurons of a current: Neurons[from:to].
type part struct {
	*Current
	from, to int
}

// inject sorts the currents of a phase by groups and compartments.
func (e *Engine) inject(p *Phase) {
	for _, l := range e.layers {
		for _, g := range l.groups {
			in := &g.injected
			in.steps, in.first, in.from = p.Steps, 0, g.from
			in.soma, in.basal, in.apical = in.soma[:0], in.basal[:0], in.apical[:0]
			for k := range p.Currents {
				if c := &p.Currents[k]; c.Layer == l.index+1 {
					in.sort(c, g)
				}
			}
		}
	}
}

// sort keeps a current for its compartment, if it flows into neurons of a group.
func (in *injected) sort(c *Current, g *group) {
	from, _ := slices.BinarySearch(c.Neurons, g.from)
	to, _ := slices.BinarySearch(c.Neurons, g.to)
	if from == to {
		return
	}
	switch p := (part{c, from, to}); c.Into {
	case Soma:
		in.soma = append(in.soma, p)
	case Basal:
		in.basal = append(in.basal, p)
	case Apical:
		in.apical = append(in.apical, p)
	}
}

// add adds gain times the currents of step t of the block to potentials v of the group.
func (in *injected) add(v []float32, currents []part, t int, gain float32) {
	for _, c := range currents {
		for k := c.from; k < c.to; k++ {
			v[c.Neurons[k]-in.from] += float32(gain * c.At(in.first+t, k, in.steps))
		}
	}
}

// addApicalMean adds to the mean apical potentials of the group over a window what the
// currents contribute.
func (in *injected) addApicalMean(mean []float32, w window) {
	for _, c := range in.apical {
		for k := c.from; k < c.to; k++ {
			sum := 0.0
			for t := w.from; t < w.to; t++ {
				sum += float64(c.At(t, k, in.steps))
			}
			mean[c.Neurons[k]-in.from] += float32(sum / float64(w.to-w.from))
		}
	}
}
