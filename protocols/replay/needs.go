package replay

import (
	"errors"
	"fmt"

	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// everyPopulation is the set of all populations.
const everyPopulation = -1

// needs returns the populations on whose spikes a probe depends, as a set of bits or
// everyPopulation.
func (p *Replay) needs(t record.Probe) int {
	h := p.header
	if h.Neurons.Forward != sim.Spikes || h.Neurons.Feedback != sim.Spikes || len(h.Populations) > 60 {
		return everyPopulation
	}
	basal, apical := 1<<(t.Population-1), 0
	if t.Population <= len(h.Network.Hidden) {
		apical = 1 << (1 + h.Network.FeedbackFrom(t.Population-1))
	}
	switch {
	case t.Variable == record.Basal:
		return basal
	case t.Variable == record.Apical:
		return apical
	case h.Neurons.Hidden.Apical > 0:
		return basal | apical
	}
	return basal
}

// missing returns an error that names those of a set of populations whose spikes are
// needed but were not recorded.
func (p *Replay) missing(set int) error {
	var errs []error
	last := len(p.header.Populations) - 1
	for n, population := range p.header.Populations {
		read := n < last && p.header.Neurons.Forward == sim.Spikes || last > 1 && n > 1 && p.header.Neurons.Feedback == sim.Spikes &&
			(n == last || p.header.Network.Feedback == network.LayerWise)
		if read && set>>min(n, 62)&1 == 1 && !population.Spikes {
			errs = append(errs, fmt.Errorf("spikes of %s: %w", population.Name, record.ErrNotRecorded))
		}
	}
	return errors.Join(errs...)
}
