package nwb

import (
	"fmt"
	"maps"
	"slices"

	"plateau/sim"
	"plateau/sim/record/hdf5"
)

// currents writes the injected currents: a series for each compartment of a population,
// with a column for each neuron that ever got one.
func (x *exporter) currents(presentation *hdf5.Group) error {
	neurons := map[sim.Site][]int{}
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		for _, p := range t.Phases {
			for _, c := range p.Currents {
				to := c.Site()
				all := append(neurons[to], c.Neurons...)
				slices.Sort(all)
				neurons[to] = slices.Compact(all)
			}
		}
	}
	for _, to := range slices.SortedFunc(maps.Keys(neurons), sim.Site.Compare) {
		if err := x.current(presentation, to, neurons[to]); err != nil {
			return err
		}
	}
	return nil
}

// current writes one of these series. It has a row for every step of a phase in which a
// current of the series was injected.
func (x *exporter) current(presentation *hdf5.Group, to sim.Site, neurons []int) error {
	name := x.h.Populations[to.Layer].Name
	series := presentation.Group(fmt.Sprintf("current_%s_%s", name, to.Into))
	x.is(series, "core", "TimeSeries")
	series.Attr("description", fmt.Sprintf("current injected into the %s of neurons %s of %s, constant from each time to the next", to.Into, ranges(neurons), name))
	series.Attr("comments", "columns: neurons "+ranges(neurons)+"; no current flows in phases without rows")
	data := series.Dataset("data", hdf5.Float32, int64(len(neurons)))
	unit := "dimensionless" // what it adds to the potential of a dendrite
	if to.Into == sim.Soma {
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
			list := slices.DeleteFunc(slices.Clone(p.Currents), func(c sim.Current) bool { return c.Site() != to })
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
