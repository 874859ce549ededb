package nwb

import (
	"fmt"
	"strings"

	"plateau/sim/record"
	"plateau/sim/record/hdf5"
)

// series writes the recorded variables as TimeSeries, with a column for each
// neuron.
func (x *exporter) series() error {
	group := x.file.Root.Group("acquisition")
	names := map[string]int{}
	for i, t := range x.h.Probes {
		name := fmt.Sprintf("%s_%s", x.h.Populations[t.Population].Name, t.Variable)
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, names[name]) // the same variable of other neurons
		}
		if x.sampled[i].samples == 0 || len(t.Neurons) == 0 {
			continue
		}
		if err := x.timeSeries(group, name, i); err != nil {
			return err
		}
	}
	return nil
}

// timeSeries writes one recorded variable. It is one TimeSeries even if there are few
// samples, although some tools suspect an axis that is longer than time.
func (x *exporter) timeSeries(group *hdf5.Group, name string, probe int) error {
	t := x.h.Probes[probe]
	series := group.Group(name)
	x.is(series, "core", "TimeSeries")
	neurons := ranges(t.Neurons)
	series.Attr("description", fmt.Sprintf("%s of neurons %s of %s", describe(t.Variable), neurons, x.h.Populations[t.Population].Name))
	series.Attr("comments", "columns: neurons "+neurons)
	data := series.Dataset("data", hdf5.Float32, int64(len(t.Neurons)))
	unit, conversion := unitOf(t.Variable)
	data.Attr("unit", unit)
	data.Attr("conversion", conversion)
	data.Attr("offset", 0.0)
	data.Attr("resolution", -1.0)
	var times *hdf5.Dataset // nil if evenly spaced
	if x.sampled[probe].even {
		start := series.Write("starting_time", x.seconds(1))
		start.Attr("rate", 1000/(x.dt*float64(t.Every)))
		start.Attr("unit", "seconds")
	} else {
		times = timestamps(series)
	}

	var at []float64
	for i := range x.r.Trials() {
		trial, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		s := x.r.Samples(i, probe, 0, record.End)
		for s.Scan() {
			if times != nil {
				at = at[:0]
				for k := range s.Len() {
					at = append(at, x.seconds(trial.First+int64(s.Step()+k*t.Every)+1))
				}
				times.Append(at)
			}
			if err := data.Append(s.Values()); err != nil {
				return err
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	if times != nil {
		times.Close()
	}
	return data.Close()
}

// timestamps adds the times of a series that is not evenly spaced.
func timestamps(series *hdf5.Group) *hdf5.Dataset {
	times := series.Dataset("timestamps", hdf5.Float64)
	times.Attr("interval", int32(1))
	times.Attr("unit", "seconds")
	return times
}

func describe(v record.Variable) string {
	switch v {
	case record.Basal:
		return "potential of the basal dendrite, relative to rest and without dimension,"
	case record.Apical:
		return "potential of the apical dendrite, relative to rest and without dimension,"
	case record.Soma:
		return "potential of the soma, relative to rest and without dimension,"
	case record.Rate:
		return "firing rate"
	}
	return string(v)
}

// unitOf returns the SI unit of a variable and the factor that converts to it.
func unitOf(v record.Variable) (unit string, conversion float64) {
	if v == record.Rate {
		return "hertz", 1000
	}
	return "dimensionless", 1
}

// ranges writes ascending numbers as 0-4, 7, 9-12.
func ranges(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(list[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", list[i], list[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
