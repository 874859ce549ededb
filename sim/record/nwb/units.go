package nwb

import (
	"fmt"

	"plateau/sim/record"
	"plateau/sim/record/hdf5"
)

// A unit is a neuron whose spikes were recorded.
type unit struct {
	population int
	neuron     int
	spikes     int64
	next       int64 // row of spike_times of its next spike
}

// spikeChunk is the number of spike times in a chunk. For each neuron two chunks may be
// open at once: the current one, and the one with its first spikes, which also gets the
// last spikes of the neuron before.
const spikeChunk = 4096

// units writes the spikes. A recording has them in the order of time, but NWB wants them
// neuron by neuron. So they are read twice: first to count them, and then to write each
// to its final place.
func (x *exporter) units() error {
	var units []unit
	first := make([]int, len(x.h.Populations)) // unit of a population's first neuron
	for p, pop := range x.h.Populations {
		first[p] = len(units)
		for n := range pop.Size {
			if pop.Spikes {
				units = append(units, unit{population: p, neuron: n})
			}
		}
	}
	if units == nil {
		return nil
	}
	for p, pop := range x.h.Populations {
		if !pop.Spikes {
			continue
		}
		own := units[first[p]:]
		err := x.eachSpike(p, func(_ int64, spikes []record.Spike) error {
			for _, s := range spikes {
				own[s.Neuron].spikes++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}

	var total int64
	for i := range units {
		total += units[i].spikes
	}
	table := x.table(x.file.Root, "units", "Units", "the neurons whose spikes were recorded, silent ones included")
	population := table.column("population", "the population of the neuron", hdf5.String)
	neuron := table.column("neuron", "the number of the neuron in its population, from 0", hdf5.Int64)
	name := table.column("unit_name", "population and number", hdf5.String)
	times := table.column("spike_times", "the spike times for each unit in seconds", hdf5.Float64)
	times.Chunk = spikeChunk
	times.Attr("resolution", x.seconds(1))
	ends := table.index("spike_times", times, total)
	observed := table.column("obs_intervals", "the observation intervals for each unit: all of the recording, without trials that are damaged", hdf5.Float64, 2)
	intervals := x.observationIntervals()
	observedEnds := table.index("obs_intervals", observed, int64(len(units)*len(intervals)/2))
	var end int64
	for i := range units {
		u := &units[i]
		u.next = end
		end += u.spikes
		pop := x.h.Populations[u.population].Name
		table.row()
		population.Append(pop)
		neuron.Append(u.neuron)
		name.Append(fmt.Sprintf("%s_%d", pop, u.neuron))
		ends.append(end)
		observed.Append(intervals)
		if err := observedEnds.append(int64((i + 1) * len(intervals) / 2)); err != nil {
			return err
		}
	}

	for from := 0; from < len(units); {
		to, open := from, int64(0)
		for to < len(units) {
			open += min(units[to].spikes, 2*spikeChunk)
			if to > from && 8*(open+spikeChunk) > int64(x.options.Memory) {
				break
			}
			to++
		}
		if err := x.sortSpikes(units, from, to, first, times); err != nil {
			return err
		}
		from = to
	}
	return table.close()
}

// observationIntervals lists when neurons were observed: start, end, start, end, …
// Neo needs at least one interval.
func (x *exporter) observationIntervals() []float64 {
	if len(x.observed) == 0 {
		return []float64{0, 0}
	}
	var list []float64
	for _, s := range x.observed {
		list = append(list, x.seconds(s.From), x.seconds(s.To))
	}
	return list
}

// batch is the number of spikes that are sorted at once.
const batch = 1 << 16

// sortSpikes writes the spikes of the units from ≤ i < to.
func (x *exporter) sortSpikes(units []unit, from, to int, first []int, times *hdf5.Dataset) error {
	var (
		which  = make([]int32, 0, batch) // units of the spikes read
		when   = make([]float64, 0, batch)
		sorted = make([]float64, batch)
		ends   = make([]int32, to-from+1)
	)
	flush := func() error {
		// Sorted by counting, which keeps the order of time.
		clear(ends)
		for _, i := range which {
			ends[i+1]++
		}
		for i := range to - from {
			ends[i+1] += ends[i]
		}
		for k, i := range which {
			sorted[ends[i]] = when[k]
			ends[i]++
		}
		var start int32
		for i, end := range ends[:to-from] {
			if end == start {
				continue
			}
			u := &units[from+i]
			if err := times.WriteAt(sorted[start:end], u.next); err != nil {
				return err
			}
			u.next += int64(end - start)
			start = end
		}
		which, when = which[:0], when[:0]
		return nil
	}
	for p, pop := range x.h.Populations {
		if !pop.Spikes || first[p] >= to || first[p]+pop.Size <= from {
			continue
		}
		err := x.eachSpike(p, func(start int64, spikes []record.Spike) error {
			for _, s := range spikes {
				i := first[p] + int(s.Neuron) - from
				if i < 0 || i >= to-from {
					continue
				}
				which = append(which, int32(i))
				when = append(when, x.seconds(start+int64(s.Step)))
				if len(which) == batch {
					if err := flush(); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return flush()
}

// eachSpike calls f for the spikes of a population; start is the first step of their
// trial.
func (x *exporter) eachSpike(population int, f func(start int64, spikes []record.Spike) error) error {
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		s := x.r.Spikes(i, population, 0, record.End)
		for s.Scan() {
			if err := f(t.First, s.Spikes()); err != nil {
				return err
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	return nil
}
