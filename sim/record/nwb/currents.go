package nwb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"plateau/sim"
	"plateau/sim/record/hdf5"
)

// injection is a compartment of a population that currents were injected into.
type injection struct {
	population int
	into       sim.Compartment
}

// currents writes the injected currents: a series for each compartment of a population,
// with a column for each neuron that ever got one.
func (x *exporter) currents(presentation *hdf5.Group) error {
	neurons := map[injection][]int{}
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		for _, p := range t.Phases {
			for _, c := range p.Currents {
				to := injection{c.Layer, c.Into}
				all := append(neurons[to], c.Neurons...)
				slices.Sort(all)
				neurons[to] = slices.Compact(all)
			}
		}
	}
	where := slices.SortedFunc(maps.Keys(neurons), func(a, b injection) int {
		return cmp.Or(cmp.Compare(a.population, b.population), cmp.Compare(a.into, b.into))
	})
	for _, to := range where {
		if err := x.current(presentation, to, neurons[to]); err != nil {
			return err
		}
	}
	return nil
}

// current writes one of these series. It has a row for every step of a phase in which a
// current of the series was injected.
func (x *exporter) current(presentation *hdf5.Group, to injection, neurons []int) error {
	name := x.h.Populations[to.population].Name
	series := presentation.Group(fmt.Sprintf("current_%s_%s", name, to.into))
	x.is(series, "core", "TimeSeries")
	series.Attr("description", fmt.Sprintf("current injected into the %s of neurons %s of %s, constant from each time to the next", to.into, ranges(neurons), name))
	series.Attr("comments", "columns: neurons "+ranges(neurons)+"; no current flows in phases without rows")
	data := series.Dataset("data", hdf5.Float32, int64(len(neurons)))
	unit := "dimensionless" // what it adds to the potential of a dendrite
	if to.into == sim.Soma {
		unit = "1/ms" // what it adds to dV/dt
	}
	data.Attr("unit", unit)
	data.Attr("conversion", 1.0)
	data.Attr("offset", 0.0)
	data.Attr("resolution", -1.0)
	times := timestamps(series)
	row := make([]float32, len(neurons))
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		for _, p := range t.Phases {
			list := slices.DeleteFunc(slices.Clone(p.Currents), func(c sim.Current) bool { return injection{c.Layer, c.Into} != to })
			if len(list) == 0 {
				continue
			}
			for step := range min(p.End(), t.Steps) - p.First {
				clear(row)
				for _, c := range list {
					for n, neuron := range c.Neurons {
						k, _ := slices.BinarySearch(neurons, neuron)
						row[k] += c.At(step, n, p.Steps)
					}
				}
				times.Append(x.seconds(t.First + int64(p.First+step)))
				if err := data.Append(row); err != nil {
					return err
				}
			}
		}
	}
	times.Close()
	return data.Close()
}
