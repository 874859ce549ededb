package table

import (
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// spikes returns a table with a row for each spike, in the order of trial,
// population, step and neuron.
func spikes(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "spikes", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"population", Text, "who fired"},
		{"step", Int32, "time step"},
		{"time_ms", Float64, "its beginning, which is when the neuron fired"},
		{"neuron", Int32, "number of the neuron"},
	}}
	t.scan = func(b *batches) error {
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				return err
			}
			for p, pop := range h.Populations {
				if !pop.Spikes {
					continue
				}
				s := r.Spikes(i, p, 0, record.End)
				for s.Scan() {
					for _, spike := range s.Spikes() {
						add(b, 0, int32(trial.Index))
						add(b, 1, pop.Name)
						add(b, 2, spike.Step)
						add(b, 3, clock.At(int64(spike.Step)))
						add(b, 4, spike.Neuron)
						if err := b.row(); err != nil {
							return err
						}
					}
				}
				if s.Err() != nil {
					return s.Err()
				}
			}
		}
		return nil
	}
	return t
}
