package table

import (
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Currents returns a table with a row for each neuron and each stretch of steps in which
// a current into it stays the same.
func Currents(r *intact.Recording) Table {
	h, clock := r.Header(), r.Header().Clock()
	t := Table{Name: "currents", Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"phase", Int32, "number of the phase in its trial"},
		{"population", Text, "whose neuron gets the current"},
		{"compartment", Text, "into which it flows: soma, basal or apical"},
		{"neuron", Int32, "number of the neuron"},
		{"begin_ms", Float64, "when it begins"},
		{"end_ms", Float64, "when it changes, or the phase ends"},
		{"current", Float32, "what it adds to dV/dt of a soma (1/ms), or to the potential of a dendrite"},
	}}
	t.scan = func(b *batches) error {
		return EachPhase(r, func(_ int, trial *record.Trial, k, end int) error {
			p := trial.Phases[k]
			for _, c := range p.Currents {
				for n, neuron := range c.Neurons {
					for begin := 0; begin < end-p.First; {
						to := begin + 1
						for to < end-p.First && c.At(to, n, p.Steps) == c.At(begin, n, p.Steps) {
							to++
						}
						add(b, 0, int32(trial.Index))
						add(b, 1, int32(k))
						add(b, 2, h.Populations[c.Layer].Name)
						add(b, 3, string(c.Into))
						add(b, 4, int32(neuron))
						add(b, 5, clock.At(int64(p.First+begin)))
						add(b, 6, clock.At(int64(p.First+to)))
						add(b, 7, c.At(begin, n, p.Steps))
						if err := b.row(); err != nil {
							return err
						}
						begin = to
					}
				}
			}
			return nil
		})
	}
	return t
}
