package table

import (
	"errors"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// plateaus returns a table with a row for each plateau potential.
func plateaus(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "plateaus", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"phase", Int32, "number of the phase in its trial"},
		{"population", Text, "whose plateau it is"},
		{"neuron", Int32, "number of the neuron"},
		{"step", Int32, "the time step at whose end it begins"},
		{"time_ms", Float64, "when it begins"},
		{"plateau", Float32, "plateau potential α (21)"},
	}}
	t.scan = func(b *batches) error {
		return EachPhase(r, func(i int, trial *record.Trial, k, _ int) error {
			for m := range h.Network.Hidden {
				p, err := r.Plateaus(i, k, m)
				if errors.Is(err, record.ErrNotRecorded) {
					continue
				} else if err != nil {
					return err
				}
				for n, v := range p.Value {
					add(b, 0, int32(trial.Index))
					add(b, 1, int32(k))
					add(b, 2, h.Populations[1+m].Name)
					add(b, 3, int32(n))
					add(b, 4, p.Step[n])
					add(b, 5, clock.At(int64(p.Step[n])+1))
					add(b, 6, v)
					if err := b.row(); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return t
}
