package arrays

import (
	"errors"

	"plateau/sim/record"
	"plateau/sim/record/npz"
	"plateau/sim/record/table"
)

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
