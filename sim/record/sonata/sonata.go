// Package sonata exports recordings to SONATA: the spikes of all populations to
// one HDF5 file, and each recorded variable to a report of its own, another.
//
// Nodes are the neurons of a population, counted from 0. Time is in ms since the
// start of the recording, in which trials follow one another without gaps. A
// spike is at the start of its step; spikes are in the order of time. A frame of
// a report is the values at the end of a step. Element 0 is the only one of a
// node: which compartment it is is in the name of the variable. Of trials that
// are damaged a report has frames of NaN.
package sonata

import (
	"fmt"
	"io"
	"math"
	"slices"

	"plateau/sim/record"
	"plateau/sim/record/hdf5"
	"plateau/sim/record/intact"
)

// Spikes writes the spikes of all populations that were recorded.
func Spikes(w io.WriterAt, r *record.Reader) error {
	return write(w, func(root *hdf5.Group) error {
		r := intact.Of(r)
		h := r.Header()
		group := root.Group("spikes")
		for p, pop := range h.Populations {
			if !pop.Spikes {
				continue
			}
			g := group.Group(pop.Name)
			times := g.Dataset("timestamps", hdf5.Float64)
			times.Attr("units", "ms")
			nodes := g.Dataset("node_ids", hdf5.Uint64)
			if err := spikes(r, p, times, nodes); err != nil {
				return err
			}
		}
		return nil
	})
}

func spikes(r *intact.Recording, population int, times, nodes *hdf5.Dataset) error {
	clock := r.Header().Clock()
	var at []float64
	var who []uint64
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return err
		}
		s := r.Spikes(i, population, 0, record.End)
		for s.Scan() {
			at, who = at[:0], who[:0]
			for _, spike := range s.Spikes() {
				at = append(at, clock.At(t.First+int64(spike.Step)))
				who = append(who, uint64(spike.Neuron))
			}
			times.Append(at)
			if err := nodes.Append(who); err != nil {
				return err
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	return nil
}

// Variables returns the variables of which there can be a report.
func Variables(h *record.Header) []record.Variable {
	var list []record.Variable
	for _, t := range h.Traces {
		if !slices.Contains(list, t.Variable) {
			list = append(list, t.Variable)
		}
	}
	return list
}

// Report writes what was recorded of a variable, population by population. Where
// it was recorded of a population more than once, of other neurons, the second
// time has the name of the population and _2. It fails if samples are not evenly
// spaced, because the length of a trial is no multiple of the interval: SONATA
// cannot say that.
func Report(w io.WriterAt, r *record.Reader, v record.Variable) error {
	return write(w, func(root *hdf5.Group) error {
		r := intact.Of(r)
		h := r.Header()
		group := root.Group("report")
		seen := map[int]int{}
		for i, t := range h.Traces {
			if t.Variable != v || len(t.Neurons) == 0 {
				continue
			}
			name := h.Populations[t.Population].Name
			if seen[t.Population]++; seen[t.Population] > 1 {
				name = fmt.Sprintf("%s_%d", name, seen[t.Population])
			}
			if err := report(group.Group(name), r, i); err != nil {
				return err
			}
		}
		if len(seen) == 0 {
			return fmt.Errorf("variable %q: %w; there are %q", string(v), record.ErrNotRecorded, Variables(h))
		}
		return nil
	})
}

func report(g *hdf5.Group, r *intact.Recording, trace int) error {
	h := r.Header()
	t := h.Traces[trace]
	data := g.Dataset("data", hdf5.Float32, int64(len(t.Neurons)))
	data.Attr("units", unitOf(t.Variable))
	var end int64 // of the trial before
	gap := make([]float32, len(t.Neurons))
	for k := range gap {
		gap[k] = float32(math.NaN())
	}
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			return err
		}
		// Frames have no times of their own, so those of trials that were left out
		// are there.
		missing := trial.First - end
		end = trial.First + int64(trial.Steps)
		if missing%int64(t.Interval) != 0 {
			return fmt.Errorf("%s of %s: %d steps are damaged, no multiple of the %d between samples, which SONATA cannot say",
				t.Variable, h.Populations[t.Population].Name, missing, t.Interval)
		}
		for range missing / int64(t.Interval) {
			if err := data.Append(gap); err != nil {
				return err
			}
		}
		if i < r.Trials()-1 && trial.Steps%t.Interval != 0 {
			return fmt.Errorf("%s of %s: a sample every %d steps in trials of %d steps is not evenly spaced, which SONATA cannot say",
				t.Variable, h.Populations[t.Population].Name, t.Interval, trial.Steps)
		}
		s := r.Samples(i, trace, 0, record.End)
		for s.Scan() {
			if err := data.Append(s.Values()); err != nil {
				return err
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}

	n := len(t.Neurons)
	nodes, pointers := make([]uint64, n), make([]uint64, n+1)
	for i, neuron := range t.Neurons {
		nodes[i], pointers[i+1] = uint64(neuron), uint64(i+1)
	}
	mapping := g.Group("mapping")
	mapping.Write("node_ids", nodes)
	mapping.Write("index_pointers", pointers)
	mapping.Write("element_ids", make([]uint32, n))
	clock, every := h.Clock(), int64(t.Interval)
	time := mapping.Write("time", []float64{h.Dt(), clock.At(1 + every*data.Rows()), clock.At(every)})
	time.Attr("units", "ms")
	return data.Close()
}

func unitOf(v record.Variable) string {
	if v == record.Rate {
		return "spikes/ms"
	}
	return "dimensionless"
}

// write makes a file of what f puts into it.
func write(w io.WriterAt, f func(root *hdf5.Group) error) error {
	file := hdf5.Create(w)
	file.Plain = true // libsonata's own HDF5 cannot inflate
	file.Root.Attr("magic", uint32(0x0a7a))
	file.Root.Attr("version", []uint32{0, 1})
	err := f(file.Root)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return fmt.Errorf("sonata: %w", err)
	}
	return nil
}
