package record

import (
	"fmt"
	"slices"

	"plateau/sim"
)

// injectable lists compartments by their numbers in the file.
var injectable = []sim.Compartment{sim.Soma, sim.Basal, sim.Apical}

// appendCurrents appends the currents of a phase.
func appendCurrents(b []byte, currents []sim.Current) []byte {
	b = appendUint(b, len(currents))
	for _, c := range currents {
		b = appendUint(b, c.Layer)
		b = append(b, byte(slices.Index(injectable, c.Into)))
		b = appendUint(b, len(c.Neurons))
		last := -1
		for _, i := range c.Neurons {
			b = appendUint(b, i-last-1)
			last = i
		}
		b = appendUint(b, len(c.Values))
		b = appendFloats(b, c.Values)
	}
	return b
}

// currents reads what appendCurrents appended, in a phase of the given number of steps.
func (p *parser) currents(h *Header, steps int) (list []sim.Current) {
	for range p.count(len(p.rest)) {
		c := sim.Current{Layer: p.count(len(h.Populations) - 1)}
		into := int(p.byte())
		if p.err != nil || c.Layer < 1 || into >= len(injectable) {
			p.fail()
			return nil
		}
		c.Into = injectable[into]
		size, next := h.Populations[c.Layer].Size, 0
		for range p.count(size) {
			i := next + p.count(size)
			if i >= size {
				p.fail()
			}
			if p.err != nil {
				return nil
			}
			c.Neurons = append(c.Neurons, i)
			next = i + 1
		}
		n := p.count(len(p.rest) / 4)
		if n != 1 && n != steps && n != p.times(steps, len(c.Neurons)) {
			p.fail() // sim.Current.At could not find its way in it
			return nil
		}
		c.Values = p.floats(n)
		list = append(list, c)
	}
	return list
}

// maxPhaseNumbers is the largest number of intensities and currents of a phase, so that
// a group of events can be unpacked.
const maxPhaseNumbers = 3 << 19

// keepable returns an error if a phase cannot be recorded.
func (h *Header) keepable(p *sim.Phase) error {
	n, own := 0, len(p.Currents) > 0
	if h.keepsIntensities() && len(p.Intensity) > h.Network.Inputs {
		n, own = len(p.Intensity), true
	}
	for _, c := range p.Currents {
		n += len(c.Values) + len(c.Neurons)
	}
	switch {
	case own && h.Protocol == "":
		return fmt.Errorf("record: phase %q has currents or rates that change; Header.Protocol must say what they are, because older programs cannot read such a recording", p.Name)
	case n > maxPhaseNumbers:
		return fmt.Errorf("record: phase %q has %d intensities and currents, want at most %d: make it shorter, or several phases", p.Name, n, maxPhaseNumbers)
	}
	return nil
}

// keepsIntensities reports whether phases are recorded with the intensities of the input:
// if there are no spikes, or no data set that has them.
func (h *Header) keepsIntensities() bool { return h.Neurons.Forward == sim.Rates || h.Protocol != "" }
