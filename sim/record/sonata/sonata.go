// Package sonata exports recordings to SONATA: the spikes of all populations to one
// HDF5 file, and each recorded variable to its own HDF5 file, a report.
//
// Nodes are the neurons of a population, counted from 0. Time is in ms since the
// start of the recording, in which trials follow one another without gaps. A
// spike is at the start of its step; spikes are in the order of time. A frame of a
// report holds the values at the end of a step. Each node has one element, 0; the name
// of the variable says which compartment that is. Damaged trials are frames of NaN in
// a report.
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

// An Exporter writes the files of a recording.
type Exporter struct {
	r      *intact.Recording
	uneven map[int]string
}

// New looks at all trials of a recording.
func New(reader *record.Reader) (*Exporter, error) {
	x := &Exporter{r: intact.Of(reader), uneven: map[int]string{}}
	if err := x.survey(); err != nil {
		return nil, fmt.Errorf("sonata: %w", err)
	}
	return x, nil
}

// survey finds the probes whose samples are not evenly spaced.
func (x *Exporter) survey() error {
	h := x.r.Header()
	var end int64 // of the trial before
	for i := range x.r.Trials() {
		trial, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		gap := trial.First - end
		end = trial.First + int64(trial.Steps)
		for k, p := range h.Probes {
			why := ""
			switch {
			case gap%int64(p.Every) != 0:
				why = fmt.Sprintf("%d steps are damaged, no multiple of the %d between samples", gap, p.Every)
			case i < x.r.Trials()-1 && trial.Steps%p.Every != 0:
				why = fmt.Sprintf("a sample every %d steps in trials of %d steps is not evenly spaced", p.Every, trial.Steps)
			}
			if _, ok := x.uneven[k]; !ok && why != "" {
				x.uneven[k] = fmt.Sprintf("%s of %s: %s, which SONATA cannot store", p.Variable, h.Populations[p.Population].Name, why)
			}
		}
	}
	return nil
}

// Uneven lists the probes that no report can hold, by their number in the header, with
// the reason: frames of a report are evenly spaced, and samples are not if the length
// of a trial is no multiple of their period.
func (x *Exporter) Uneven() map[int]string { return x.uneven }

// Variables returns the variables that can have a report: those for which Uneven does
// not list every probe.
func (x *Exporter) Variables() []record.Variable {
	var list []record.Variable
	for i, p := range x.r.Header().Probes {
		if _, ok := x.uneven[i]; !ok && len(p.Neurons) > 0 && !slices.Contains(list, p.Variable) {
			list = append(list, p.Variable)
		}
	}
	return list
}

// Spikes writes the spikes of all populations that were recorded.
func (x *Exporter) Spikes(w io.WriterAt) error {
	return write(w, func(root *hdf5.Group) error {
		group := root.Group("spikes")
		for p, pop := range x.r.Header().Populations {
			if !pop.Spikes {
				continue
			}
			g := group.Group(pop.Name)
			times := g.Dataset("timestamps", hdf5.Float64)
			times.Attr("units", "ms")
			nodes := g.Dataset("node_ids", hdf5.Uint64)
			if err := spikes(x.r, p, times, nodes); err != nil {
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

// Report writes what was recorded of a variable, population by population, except for
// what Uneven lists. If a population has several probes of the variable, for different
// neurons, the second is named after the population with _2.
func (x *Exporter) Report(w io.WriterAt, v record.Variable) error {
	return write(w, func(root *hdf5.Group) error {
		h := x.r.Header()
		group := root.Group("report")
		seen, written := map[int]int{}, 0
		for i, p := range h.Probes {
			if p.Variable != v || len(p.Neurons) == 0 {
				continue
			}
			name := h.Populations[p.Population].Name
			if seen[p.Population]++; seen[p.Population] > 1 {
				name = fmt.Sprintf("%s_%d", name, seen[p.Population])
			}
			if _, ok := x.uneven[i]; ok {
				continue
			}
			written++
			if err := report(group.Group(name), x.r, i); err != nil {
				return err
			}
		}
		if written == 0 {
			return fmt.Errorf("there can be no report of variable %q: %w", string(v), record.ErrNotRecorded)
		}
		return nil
	})
}

func report(g *hdf5.Group, r *intact.Recording, probe int) error {
	h := r.Header()
	t := h.Probes[probe]
	data := g.Dataset("data", hdf5.Float32, int64(len(t.Neurons)))
	data.Attr("units", unitOf(t.Variable))
	data.Attr("variable", string(t.Variable))
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
		// Frames have no times, so trials that were left out need frames too.
		for range (trial.First - end) / int64(t.Every) {
			if err := data.Append(gap); err != nil {
				return err
			}
		}
		end = trial.First + int64(trial.Steps)
		s := r.Samples(i, probe, 0, record.End)
		for s.Scan() {
			if err := data.Append(s.Values()); err != nil {
				return err
			}
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	mapping(g.Group("mapping"), h, t, data.Rows())
	return data.Close()
}

// mapping writes which neuron each column of a report belongs to, and when its frames
// are. Two of its arrays are there twice, with the names of the specification and those
// that bmtk looks for.
func mapping(g *hdf5.Group, h *record.Header, t record.Probe, frames int64) {
	n := len(t.Neurons)
	nodes, pointers, middle := make([]uint64, n), make([]uint64, n+1), make([]float32, n)
	for i, neuron := range t.Neurons {
		nodes[i], pointers[i+1], middle[i] = uint64(neuron), uint64(i+1), 0.5
	}
	g.Write("node_ids", nodes)
	g.Write("index_pointers", pointers)
	g.Write("index_pointer", pointers)
	g.Write("element_ids", make([]uint32, n))
	g.Write("element_pos", middle)
	every := int64(t.Every)
	start, stop, step := h.Dt(), h.Clock().At(1+every*frames), h.Clock().At(every)
	// bmtk counts frames in this way, and could lose the last one to rounding.
	for int64((stop-start)/step) < frames {
		stop = math.Nextafter(stop, math.Inf(1))
	}
	time := g.Write("time", []float64{start, stop, step})
	time.Attr("units", "ms")
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
	file.Uncompressed = true // libsonata's own HDF5 cannot inflate
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
