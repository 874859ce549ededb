// Package arrays writes recordings, and what else is known about their trials, as NumPy
// arrays: .npz files with the same names whichever command writes them. Their array
// about describes all arrays: their types, what their axes count and what they mean.
//
//	dt_ms, seed, program, data, config, …   what there is once
//	trial_class, trial_predicted, …         one value for each trial; the columns of package table
//	phase_trial, phase_name, …              one value for each phase of each trial
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
	"errors"
	"fmt"
	"io"
	"math"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
	"plateau/sim/record/npz"
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
	for _, part := range []struct {
		prefix, axes string
		table        table.Table
	}{
		{"trial_", "trials", table.Trials(x.r)}, {"phase_", "phases", table.Phases(x.r)}, {"missing_", "stretches", table.Missing(x.r)},
	} {
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
	a.Put(Label{"populations", "populations", "their names, from the input up"}, names, len(names))
	a.Put(Label{"population_sizes", "populations", "number of neurons of each"}, sizes, len(sizes))
	if classes != nil {
		a.Put(Label{"class_names", "classes", "what the classes are called"}, classes, len(classes))
	}
}

// Step adds dt_ms.
func (a *Archive) Step(dt float64) {
	a.Put(Label{"dt_ms", "", "length of a time step"}, []float64{dt})
}

// columns writes the columns of a table, each as an array.
func (x *exporter) columns(prefix, axes string, t table.Table) error {
	rows := 0
	widths := make([]int, len(t.Columns)) // of texts
	err := t.Scan(func(b *table.Batch) error {
		rows += b.Rows
		for i, c := range b.Columns {
			if list, ok := c.([]string); ok {
				for _, s := range list {
					widths[i] = max(widths[i], len(s))
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		name := prefix + c.Name
		if prefix == c.Name+"_" {
			name = c.Name // trial, phase
		}
		err := x.to.stream(Label{name, axes, c.About}, typeOf(c.Kind, widths[i]), []int{rows}, func(s *npz.Stream) error {
			return t.Scan(func(b *table.Batch) error { return s.Write(b.Columns[i]) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func typeOf(k table.Kind, width int) npz.Type {
	switch k {
	case table.Int32:
		return npz.Int32
	case table.Int64:
		return npz.Int64
	case table.Uint64:
		return npz.Uint64
	case table.Float32:
		return npz.Float32
	case table.Float64:
		return npz.Float64
	case table.Bool:
		return npz.Bool
	case table.Text:
		return npz.Text(max(1, width))
	}
	panic(fmt.Sprintf("arrays: a column of kind %q", k))
}

// plateaus writes the plateaus of a hidden layer, NaN if they were not recorded.
func (x *exporter) plateaus(m int) error {
	name, size := x.h.Populations[1+m].Name+"_plateau", x.h.Network.Hidden[m]
	phases := 0
	each := func(f func(record.Plateaus) error) error {
		return table.EachPhase(x.r, func(i int, _ *record.Trial, k, _ int) error {
			p, err := x.r.Plateaus(i, k, m)
			if errors.Is(err, record.ErrNotRecorded) {
				p, err = intact.UnknownPlateaus(size), nil
			}
			if err != nil {
				return err
			}
			return f(p)
		})
	}
	if err := table.EachPhase(x.r, func(int, *record.Trial, int, int) error { phases++; return nil }); err != nil {
		return err
	}
	shape := []int{phases, size}
	const axes = "phases × neurons"
	err := x.to.stream(Label{name, axes, "plateau potential α (21), NaN if not known"}, npz.Float32, shape, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Value) })
	})
	if err != nil {
		return err
	}
	err = x.to.stream(Label{name + "_step", axes, "the time step at whose end it begins, −1 if not known"}, npz.Int32, shape, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Step) })
	})
	if err != nil {
		return err
	}
	return x.to.stream(Label{name + "_time_ms", axes, "when it begins, NaN if not known"}, npz.Float64, shape, func(s *npz.Stream) error {
		at := make([]float64, size)
		return each(func(p record.Plateaus) error {
			for i, step := range p.Step {
				if at[i] = math.NaN(); step >= 0 {
					at[i] = x.clock.At(int64(step) + 1)
				}
			}
			return s.Write(at)
		})
	})
}

// spikes writes the spikes of a population. They are counted first.
func (x *exporter) spikes(population int) error {
	name := x.h.Populations[population].Name + "_spike_"
	each := func(f func(trial int, spikes []record.Spike) error) error {
		for i := range x.r.Trials() {
			t, err := x.r.Trial(i)
			if err != nil {
				return err
			}
			s := x.r.Spikes(i, population, 0, record.End)
			for s.Scan() {
				if err := f(t.Index, s.Spikes()); err != nil {
					return err
				}
			}
			if s.Err() != nil {
				return s.Err()
			}
		}
		return nil
	}
	count := 0
	err := each(func(_ int, spikes []record.Spike) error {
		count += len(spikes)
		return nil
	})
	if err != nil {
		return err
	}
	for _, array := range []struct {
		name, about string
		of          func(trial int, s record.Spike) int32
	}{
		{"trial", "trial in which a neuron fired; spikes are in the order of time", func(trial int, _ record.Spike) int32 { return int32(trial) }},
		{"step", "in which time step", func(_ int, s record.Spike) int32 { return s.Step }},
		{"neuron", "which neuron", func(_ int, s record.Spike) int32 { return s.Neuron }},
	} {
		err := x.to.stream(Label{name + array.name, "spikes", array.about}, npz.Int32, []int{count}, func(s *npz.Stream) error {
			var values []int32
			return each(func(trial int, spikes []record.Spike) error {
				values = values[:0]
				for _, spike := range spikes {
					values = append(values, array.of(trial, spike))
				}
				return s.Write(values)
			})
		})
		if err != nil {
			return err
		}
	}
	return x.to.stream(Label{name + "time_ms", "spikes", "when: at the beginning of the step"}, npz.Float64, []int{count}, func(s *npz.Stream) error {
		var at []float64
		return each(func(_ int, spikes []record.Spike) error {
			at = at[:0]
			for _, spike := range spikes {
				at = append(at, x.clock.At(int64(spike.Step)))
			}
			return s.Write(at)
		})
	})
}

// samples writes what a probe recorded.
func (x *exporter) samples(probe int, name string) error {
	about := x.h.Probes[probe]
	samples := 0
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		samples += about.Samples(t.Steps)
	}
	labels := labelSamples(name, about)
	err := x.to.stream(labels.values, npz.Float32, []int{samples, len(about.Neurons)}, func(s *npz.Stream) error {
		var hz []float32
		for i := range x.r.Trials() {
			scan := x.r.Samples(i, probe, 0, record.End)
			for scan.Scan() {
				values := scan.Values()
				if about.Variable == record.Rate {
					hz = table.Hz(hz[:0], values)
					values = hz
				}
				if err := s.Write(values); err != nil {
					return err
				}
			}
			if scan.Err() != nil {
				return scan.Err()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = errors.Join(
		eachSample(x, about, labels.trial, npz.Int32, samples, func(trial, _ int) int32 { return int32(trial) }),
		eachSample(x, about, labels.step, npz.Int32, samples, func(_, step int) int32 { return int32(step) }),
		eachSample(x, about, labels.time, npz.Float64, samples, func(_, step int) float64 { return x.clock.At(int64(step) + 1) }),
	)
	x.to.Put(labels.neuron, numbers(about.Neurons), len(about.Neurons))
	return err
}

// eachSample writes an array with a value for each sample of a probe.
func eachSample[T any](x *exporter, about record.Probe, l Label, kind npz.Type, samples int, of func(trial, step int) T) error {
	return x.to.stream(l, kind, []int{samples}, func(s *npz.Stream) error {
		var values []T
		for i := range x.r.Trials() {
			t, err := x.r.Trial(i)
			if err != nil {
				return err
			}
			values = values[:0]
			for step := 0; step < t.Steps; step += about.Every {
				values = append(values, of(t.Index, step))
			}
			if err := s.Write(values); err != nil {
				return err
			}
		}
		return nil
	})
}

// sampleLabels are the labels of the arrays of a recorded variable.
type sampleLabels struct{ values, trial, step, time, neuron Label }

func labelSamples(name string, t record.Probe) sampleLabels {
	return sampleLabels{
		Label{name, "samples × neurons", table.About(t.Variable)},
		Label{name + "_trial", "samples", "the trial that a row of it is from"},
		Label{name + "_step", "samples", "the time step that a row is from"},
		Label{name + "_time_ms", "samples", "the end of that step, which is when the values are from"},
		Label{name + "_neuron", "neurons", "the neuron that a column belongs to"},
	}
}

func numbers(list []int) []int32 {
	all := make([]int32, len(list))
	for k, n := range list {
		all[k] = int32(n)
	}
	return all
}

// A Stretch is a variable of some neurons in consecutive steps of one trial.
type Stretch struct {
	Name   string // of the population
	Probe  record.Probe
	Trial  int
	First  int       // its first step
	Values []float32 // steps × neurons
}

// Samples adds a stretch in the same arrays as a recorded variable.
func (a *Archive) Samples(clock sim.Clock, s Stretch) {
	name, values := s.Name+"_"+string(s.Probe.Variable), s.Values
	if s.Probe.Variable == record.Rate {
		name, values = name+"_hz", table.Hz(nil, values)
	}
	labels, n := labelSamples(name, s.Probe), len(s.Probe.Neurons)
	steps := len(values) / n
	trial, step, at := make([]int32, steps), make([]int32, steps), make([]float64, steps)
	for k := range steps {
		trial[k], step[k], at[k] = int32(s.Trial), int32(s.First+k), clock.At(int64(s.First+k+1))
	}
	a.Put(labels.values, values, steps, n)
	a.Put(labels.trial, trial, steps)
	a.Put(labels.step, step, steps)
	a.Put(labels.time, at, steps)
	a.Put(labels.neuron, numbers(s.Probe.Neurons), n)
}
