package replay

import "plateau/sim/record"

// script has the spikes of a recorded trial. For each population,
// Spikes must be called for the steps in order.
type script struct {
	populations []population
	err         error
}

// population reads the spikes of one population step by step.
type population struct {
	scan   *record.SpikeScanner
	left   []record.Spike
	step   []int32 // the spikes of one step
	record bool
}

func newScript(r *record.Reader, trial int) *script {
	s := &script{}
	for n, p := range r.Header().Populations {
		t := population{record: p.Spikes}
		if p.Spikes {
			t.scan = r.Spikes(trial, n, 0, record.End)
		}
		s.populations = append(s.populations, t)
	}
	return s
}

// Spikes returns the neurons that fired in a step. The next call for the same
// population overwrites the result.
func (s *script) Spikes(layer, step int) []int32 {
	t := &s.populations[layer]
	t.step = t.step[:0]
	if !t.record || s.err != nil {
		return nil
	}
	for {
		for len(t.left) > 0 && int(t.left[0].Step) <= step {
			if int(t.left[0].Step) == step {
				t.step = append(t.step, t.left[0].Neuron)
			}
			t.left = t.left[1:]
		}
		if len(t.left) > 0 {
			return t.step
		}
		if !t.scan.Scan() {
			if err := t.scan.Err(); err != nil && s.err == nil {
				s.err = err
			}
			return t.step
		}
		t.left = t.scan.Spikes()
	}
}
