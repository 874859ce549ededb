package responses

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// A CurrentCurve is how fast neurons of a population fire with a constant current: their
// f–I curve.
type CurrentCurve struct {
	Population int
	Into       sim.Compartment
	Current    []float64 // in ascending order
	Rate       []float64 // mean over the neurons that got it (Hz)
}

// CurrentCurves measures all phases in which a constant current flowed. Populations whose
// spikes were not recorded have no curve.
func CurrentCurves(reader *record.Reader) ([]CurrentCurve, error) {
	type electrode struct {
		population int
		into       sim.Compartment
	}
	type firing struct {
		spikes int
		time   float64 // of all neurons together (ms)
	}
	r, h := intact.Of(reader), reader.Header()
	found := map[electrode]map[float64]firing{}
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return nil, err
		}
		for _, p := range t.Phases {
			to := min(p.End(), t.Steps)
			for _, c := range p.Currents {
				if len(c.Values) != 1 || to <= p.First || !h.Populations[c.Layer].Spikes {
					continue
				}
				counts := make([]int, h.Populations[c.Layer].Size)
				if err := count(r, i, c.Layer, p.First, to, counts); err != nil {
					return nil, err
				}
				at := electrode{c.Layer, c.Into}
				if found[at] == nil {
					found[at] = map[float64]firing{}
				}
				f := found[at][float64(c.Values[0])]
				for _, n := range c.Neurons {
					f.spikes += counts[n]
				}
				f.time += float64(len(c.Neurons)) * h.Clock().At(int64(to-p.First))
				found[at][float64(c.Values[0])] = f
			}
		}
	}
	var curves []CurrentCurve
	for _, at := range slices.SortedFunc(maps.Keys(found), func(a, b electrode) int {
		return cmp.Or(cmp.Compare(a.population, b.population), cmp.Compare(a.into, b.into))
	}) {
		c := CurrentCurve{Population: at.population, Into: at.into, Current: slices.Sorted(maps.Keys(found[at]))}
		for _, level := range c.Current {
			f := found[at][level]
			c.Rate = append(c.Rate, 1000*float64(f.spikes)/f.time)
		}
		curves = append(curves, c)
	}
	if curves == nil {
		return nil, errors.New("no phase has a constant current into neurons whose spikes were recorded")
	}
	return curves, nil
}
