package responses

import (
	"errors"
	"maps"
	"slices"

	"plateau/sim"
	"plateau/sim/record"
)

// A CurrentCurve is how fast neurons of a population fire with a constant current: their
// f–I curve.
type CurrentCurve struct {
	Population int
	Into       sim.Compartment
	Current    []float64 // in ascending order
	Rate       []float64 // mean over the neurons that got it (Hz)
}

// constant returns the current into each neuron at each site in a phase, for neurons
// in which it is constant: the sum, if there are several.
func constant(currents []sim.Current) map[sim.Site]map[int]float64 {
	found := map[sim.Site]map[int]float64{}
	for _, c := range currents {
		at := c.Site()
		if found[at] == nil {
			found[at] = map[int]float64{}
		}
		for _, n := range c.Neurons {
			found[at][n] += float64(c.Values[0])
		}
	}
	for _, c := range currents {
		if len(c.Values) > 1 {
			for _, n := range c.Neurons {
				delete(found[c.Site()], n)
			}
		}
	}
	return found
}

// CurrentCurves measures all phases in which a constant current flowed, once they have
// settled: over the window of their averages. Populations whose
// spikes were not recorded have no curve.
func CurrentCurves(reader *record.Reader) ([]CurrentCurve, error) {
	type firing struct {
		spikes int
		steps  int64 // of all neurons together
	}
	r, h := of(reader), reader.Header()
	found := map[sim.Site]map[float64]firing{}
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return nil, err
		}
		for _, p := range t.Phases {
			from, to := p.First+p.From, min(p.End(), t.Steps)
			if to <= from {
				continue
			}
			for at, levels := range constant(p.Currents) {
				if !h.Populations[at.Layer].Spikes || len(levels) == 0 {
					continue
				}
				counts := make([]int, h.Populations[at.Layer].Size)
				if err := r.count(i, at.Layer, from, to, counts); err != nil {
					return nil, err
				}
				if found[at] == nil {
					found[at] = map[float64]firing{}
				}
				for n, level := range levels {
					f := found[at][level]
					f.spikes += counts[n]
					f.steps += int64(to - from)
					found[at][level] = f
				}
			}
		}
	}
	var curves []CurrentCurve
	for _, at := range slices.SortedFunc(maps.Keys(found), sim.Site.Compare) {
		c := CurrentCurve{Population: at.Layer, Into: at.Into, Current: slices.Sorted(maps.Keys(found[at]))}
		for _, level := range c.Current {
			f := found[at][level]
			c.Rate = append(c.Rate, 1000*float64(f.spikes)/h.Clock().At(f.steps))
		}
		curves = append(curves, c)
	}
	if curves == nil {
		return nil, errors.New("no phase has a constant current into neurons whose spikes were recorded")
	}
	return curves, nil
}
