// Package arrays writes recordings, and what else is known about their trials, as NumPy
// arrays: .npz files with the same names whichever command writes them. Their array
// about describes all arrays: their types, what their axes count and what they mean.
//
//	dt_ms, seed, program, data, config, …   what there is once
//	trial_class, trial_predicted, …         one value for each trial; the columns of package table
//	phase_trial, phase_name, …              one value for each phase of each trial
//	current_trial, current, …               one value for each stretch of a constant current into a neuron
//	missing_first_trial, …                  one value for each stretch of trials that are damaged
//	hidden0_plateau, …                      phases × neurons
//	hidden0_spike_trial, _step, …           one value for each spike, in the order of time
//	hidden0_soma, …                         samples × neurons
//	hidden0_soma_trial, _step, …            of each row, the trial, step and time; of each column, the neuron
//
// Times and steps are as in package table. All arrays are there even if they are
// empty, and are read from the recording one by one, so memory does not grow with
// it.
package arrays

import (
	"fmt"
	"io"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
	"plateau/sim/record/table"
)

// Options of an export.
type Options struct {
	Deflate bool                   // compress the arrays
	Classes []string               // names of the classes; nil if not known
	More    func(a *Archive) error // adds what a recording does not hold; may be nil
}

// Export writes a recording.
func Export(w io.Writer, r *record.Reader, o Options) error {
	x := &exporter{r: intact.Of(r), h: r.Header(), clock: r.Header().Clock(), to: NewArchive(w)}
	x.to.to.Deflate = o.Deflate
	err := x.all(o.Classes)
	if err == nil && o.More != nil {
		err = o.More(x.to)
	}
	if err == nil {
		err = x.to.Close()
	}
	if err != nil {
		return fmt.Errorf("arrays: %w", err)
	}
	return nil
}

type exporter struct {
	r     *intact.Recording
	h     *record.Header
	clock sim.Clock
	to    *Archive
}

func (x *exporter) all(classes []string) error {
	x.once(classes)
	type part struct {
		prefix, axes string
		table        table.Table
	}
	parts := []part{{"trial_", "trials", table.Trials(x.r)}, {"phase_", "phases", table.Phases(x.r)}, {"missing_", "stretches", table.Missing(x.r)}}
	if x.h.Protocol != "" {
		parts = append(parts, part{"current_", "stretches of currents", table.Currents(x.r)})
	}
	for _, part := range parts {
		if err := x.columns(part.prefix, part.axes, part.table); err != nil {
			return err
		}
	}
	if x.h.Plateaus {
		for m := range x.h.Network.Hidden {
			if err := x.plateaus(m); err != nil {
				return err
			}
		}
	}
	for p, pop := range x.h.Populations {
		if pop.Spikes {
			if err := x.spikes(p); err != nil {
				return err
			}
		}
	}
	for i, name := range table.ProbeNames(x.h) {
		if len(x.h.Probes[i].Neurons) > 0 {
			if err := x.samples(i, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// once writes what belongs to the whole recording.
func (x *exporter) once(classes []string) {
	var names []string
	var sizes []int64
	for _, p := range x.h.Populations {
		names = append(names, p.Name)
		sizes = append(sizes, int64(p.Size))
	}
	a := x.to
	a.Step(x.h.Dt())
	a.Put(Label{"seed", "", "root of every random number"}, []uint64{x.h.Seed})
	a.Put(Label{"program", "", "what made the recording, with its version"}, []string{x.h.Program})
	a.Put(Label{"data", "", "data set"}, []string{x.h.Data})
	a.Put(Label{"split", "", "the set whose examples were shown: train or test; empty if not known"}, []string{x.h.Split})
	a.Put(Label{"config", "", "every setting, as TOML"}, []string{x.h.Config})
	if x.h.Protocol != "" {
		a.Put(Label{"protocol", "", "the phases and what was shown in them, as TOML"}, []string{x.h.Protocol})
	}
	a.Put(Label{"populations", "populations", "their names, from the input up"}, names, len(names))
	a.Put(Label{"population_sizes", "populations", "number of neurons of each"}, sizes, len(sizes))
	if classes != nil {
		a.Put(Label{"class_names", "classes", "what the classes are called"}, classes, len(classes))
	}
}
