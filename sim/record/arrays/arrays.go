// Package arrays exports recordings as NumPy arrays: an .npz file with
//
//	dt_ms, seed, program, data, config, populations, population_sizes
//	trial_number, trial_class, …            one value for each trial; the columns of package table
//	phase_trial, phase_name, …              one value for each phase of each trial
//	hidden0_plateau                         phases × neurons
//	hidden0_plateau_step                    the steps of the trial at whose end they began
//	hidden0_spike_trial, _step, _neuron     one value for each spike, in the order of time
//	hidden0_soma, …                         samples × neurons
//	hidden0_soma_trial, _step, _neuron      of each row, the trial and the step; of each column, the neuron
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

	"plateau/sim/record"
	"plateau/sim/record/intact"
	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

// Options of an export.
type Options struct {
	Deflate bool // compress the arrays
}

// Export writes a recording.
func Export(w io.Writer, r *record.Reader, o Options) error {
	x := &exporter{r: intact.Of(r), h: r.Header(), to: npz.NewWriter(w)}
	x.to.Deflate = o.Deflate
	err := x.all()
	if err == nil {
		err = x.to.Close()
	}
	if err != nil {
		return fmt.Errorf("arrays: %w", err)
	}
	return nil
}

type exporter struct {
	r  *intact.Recording
	h  *record.Header
	to *npz.Writer
}

func (x *exporter) all() error {
	if err := x.about(); err != nil {
		return err
	}
	if err := x.columns("trial_", table.Trials(x.r)); err != nil {
		return err
	}
	if err := x.columns("phase_", table.Phases(x.r)); err != nil {
		return err
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
	for i, name := range table.TraceNames(x.h) {
		if len(x.h.Traces[i].Neurons) > 0 {
			if err := x.trace(i, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// about writes what there is once.
func (x *exporter) about() error {
	var names []string
	var sizes []int64
	for _, p := range x.h.Populations {
		names = append(names, p.Name)
		sizes = append(sizes, int64(p.Size))
	}
	for _, a := range []struct {
		name  string
		shape []int
		value any
	}{
		{"dt_ms", nil, []float64{x.h.Dt()}},
		{"seed", nil, []uint64{x.h.Seed}},
		{"program", nil, []string{x.h.Program}},
		{"data", nil, []string{x.h.Data}},
		{"config", nil, []string{x.h.Config}},
		{"populations", []int{len(names)}, names},
		{"population_sizes", []int{len(sizes)}, sizes},
	} {
		if err := x.to.Write(a.name, a.shape, a.value); err != nil {
			return err
		}
	}
	return nil
}

// columns writes the columns of a table, each as an array.
func (x *exporter) columns(prefix string, t table.Table) error {
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
		s, err := x.to.Stream(name, typeOf(c.Kind, widths[i]), []int{rows})
		if err != nil {
			return err
		}
		if err := t.Scan(func(b *table.Batch) error { return s.Write(b.Columns[i]) }); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
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

// plateaus writes those of a hidden layer, NaN where they were not recorded.
func (x *exporter) plateaus(m int) error {
	name, size := x.h.Populations[1+m].Name+"_plateau", x.h.Network.Hidden[m]
	phases := 0
	each := func(f func(record.Plateaus) error) error {
		return table.EachPhase(x.r, func(i int, _ *record.Trial, k, _ int) error {
			p, err := x.r.Plateaus(i, k, m)
			if errors.Is(err, record.ErrNotRecorded) {
				p, err = record.Plateaus{Step: make([]int32, size), Value: make([]float32, size)}, nil
				for i := range size {
					p.Step[i], p.Value[i] = -1, float32(math.NaN())
				}
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
	err := x.stream(name, npz.Float32, []int{phases, size}, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Value) })
	})
	if err != nil {
		return err
	}
	return x.stream(name+"_step", npz.Int32, []int{phases, size}, func(s *npz.Stream) error {
		return each(func(p record.Plateaus) error { return s.Write(p.Step) })
	})
}

func (x *exporter) stream(name string, t npz.Type, shape []int, fill func(*npz.Stream) error) error {
	s, err := x.to.Stream(name, t, shape)
	if err != nil {
		return err
	}
	if err := fill(s); err != nil {
		return err
	}
	return s.Close()
}

// spikes writes those of a population. They are counted first.
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
		name string
		of   func(trial int, s record.Spike) int32
	}{
		{"trial", func(trial int, _ record.Spike) int32 { return int32(trial) }},
		{"step", func(_ int, s record.Spike) int32 { return s.Step }},
		{"neuron", func(_ int, s record.Spike) int32 { return s.Neuron }},
	} {
		err := x.stream(name+array.name, npz.Int32, []int{count}, func(s *npz.Stream) error {
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
	return nil
}

// trace writes the samples of a variable.
func (x *exporter) trace(trace int, name string) error {
	about := x.h.Traces[trace]
	n := len(about.Neurons)
	samples := 0
	for i := range x.r.Trials() {
		t, err := x.r.Trial(i)
		if err != nil {
			return err
		}
		samples += about.Samples(t.Steps)
	}
	err := x.stream(name, npz.Float32, []int{samples, n}, func(s *npz.Stream) error {
		var hz []float32
		for i := range x.r.Trials() {
			scan := x.r.Samples(i, trace, 0, record.End)
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
	for _, array := range []struct {
		name string
		of   func(trial, step int) int32
	}{
		{"_trial", func(trial, _ int) int32 { return int32(trial) }},
		{"_step", func(_, step int) int32 { return int32(step) }},
	} {
		err := x.stream(name+array.name, npz.Int32, []int{samples}, func(s *npz.Stream) error {
			var values []int32
			for i := range x.r.Trials() {
				t, err := x.r.Trial(i)
				if err != nil {
					return err
				}
				values = values[:0]
				for step := 0; step < t.Steps; step += about.Interval {
					values = append(values, array.of(t.Index, step))
				}
				if err := s.Write(values); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	neurons := make([]int32, n)
	for k, number := range about.Neurons {
		neurons[k] = int32(number)
	}
	return x.to.Write(name+"_neuron", []int{n}, neurons)
}
