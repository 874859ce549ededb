package arrays

import (
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

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
