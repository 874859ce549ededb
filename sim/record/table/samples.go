package table

import (
	"fmt"
	"strconv"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// ProbeNames returns the names of the probes of a recording, such as hidden0_soma.
// If the same variable was recorded again, of other neurons, its name is
// hidden0_soma_2. For rates, which tables give in Hz, it is hidden0_rate_hz.
func ProbeNames(h *record.Header) []string {
	var names []string
	seen := map[string]int{}
	for _, t := range h.Probes {
		name := fmt.Sprintf("%s_%s", h.Populations[t.Population].Name, t.Variable)
		if t.Variable == record.Rate {
			name += "_hz"
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, seen[name])
		}
		names = append(names, name)
	}
	return names
}

// About says in some words what a variable is.
func About(v record.Variable) string {
	switch v {
	case record.Basal:
		return "potential V_b of the basal dendrites"
	case record.Apical:
		return "potential V_a of the apical dendrites"
	case record.Soma:
		return "potential V of the soma"
	}
	return "firing rate φ_max σ(V) (17)"
}

// Hz appends rates, given in spikes/ms, to a list in Hz.
func Hz(to, rates []float32) []float32 {
	for _, x := range rates {
		to = append(to, float32(1000*float64(x)))
	}
	return to
}

// samples returns a table of what a probe recorded: a row for each sample, and a column for
// each neuron.
func samples(r *intact.Recording, probe int, name string) Table {
	clock, about := r.Header().Clock(), r.Header().Probes[probe]
	t := Table{Name: name, Columns: []Column{
		{"trial", Int32, "number of the trial in the recording"},
		{"step", Int32, "time step"},
		{"time_ms", Float64, "its end, which is when the values are from"},
	}}
	for _, n := range about.Neurons {
		t.Columns = append(t.Columns, Column{"n" + strconv.Itoa(n), Float32, About(about.Variable) + ", of neuron " + strconv.Itoa(n)})
	}
	t.scan = func(b *batches) error {
		var hz []float32
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				return err
			}
			s := r.Samples(i, probe, 0, record.End)
			for s.Scan() {
				values := s.Values()
				if about.Variable == record.Rate {
					hz = Hz(hz[:0], values)
					values = hz
				}
				for k := range s.Len() {
					step := s.Step() + k*about.Every
					add(b, 0, int32(trial.Index))
					add(b, 1, int32(step))
					add(b, 2, clock.At(int64(step)+1))
					for n, v := range values[k*len(about.Neurons) : (k+1)*len(about.Neurons)] {
						add(b, 3+n, v)
					}
					if err := b.row(); err != nil {
						return err
					}
				}
			}
			if s.Err() != nil {
				return s.Err()
			}
		}
		return nil
	}
	return t
}
