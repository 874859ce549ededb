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
	for i, t := range x.h.Traces {
		name := fmt.Sprintf("%s_%s", x.h.Populations[t.Population].Name, t.Variable)
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, names[name]) // the same variable of other neurons
		}
		if x.tracings[i].samples == 0 || len(t.Neurons) == 0 {
			continue
		}
		if err := x.trace(group, name, i); err != nil {
			return err
		}
	}
	return nil
}

// A block is the columns of one TimeSeries. Readers want no axis to be longer
// than time, so a short recording of many neurons is divided.
type block struct {
	from, to int // columns
	data     *hdf5.Dataset
	times    *hdf5.Dataset // nil if evenly spaced
}

func (x *exporter) trace(group *hdf5.Group, name string, trace int) error {
	t := x.h.Traces[trace]
	n := len(t.Neurons)
	about := x.tracings[trace]
	width := n
	if about.samples < int64(n) {
		width = int(about.samples)
	}
	var blocks []block
	for from := 0; from < n; from += width {
		b := block{from: from, to: min(from+width, n)}
		full := name
		if width < n {
			full = fmt.Sprintf("%s_%d_to_%d", name, t.Neurons[from], t.Neurons[b.to-1])
		}
		series := group.Group(full)
		x.is(series, "core", "TimeSeries")
		neurons := ranges(t.Neurons[b.from:b.to])
		series.Attr("description", fmt.Sprintf("%s of neurons %s of %s", describe(t.Variable), neurons, x.h.Populations[t.Population].Name))
		series.Attr("comments", "columns: neurons "+neurons)
		b.data = series.Dataset("data", hdf5.Float32, int64(b.to-b.from))
		unit, conversion := unitOf(t.Variable)
		b.data.Attr("unit", unit)
		b.data.Attr("conversion", conversion)
		b.data.Attr("offset", 0.0)
		b.data.Attr("resolution", -1.0)
		if about.even {
			start := series.Write("starting_time", x.seconds(1))
			start.Attr("rate", 1000/(x.dt*float64(t.Interval)))
			start.Attr("unit", "seconds")
		} else {
			b.times = series.Dataset("timestamps", hdf5.Float64)
			b.times.Attr("interval", int32(1))
			b.times.Attr("unit", "seconds")
		}
		blocks = append(blocks, b)
	}

	var part []float32
	var times []float64
	for i := range x.r.Trials() {
		trial, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		s := x.r.Samples(i, trace, 0, record.End)
		for s.Scan() {
			values := s.Values()
			times = times[:0]
			for k := range s.Len() {
				times = append(times, x.seconds(trial.First+int64(s.Step()+k*t.Interval)+1))
			}
			for _, b := range blocks {
				columns := values
				if len(blocks) > 1 {
					part = part[:0]
					for k := range s.Len() {
						part = append(part, values[k*n+b.from:k*n+b.to]...)
					}
					columns = part
				}
				if b.times != nil {
					b.times.Append(times)
				}
				if err := b.data.Append(columns); err != nil {
					return err
				}
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	for _, b := range blocks {
		if err := b.data.Close(); err != nil {
			return err
		}
	}
	return nil
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

// unitOf returns the SI unit of a variable and the factor that leads to it.
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
