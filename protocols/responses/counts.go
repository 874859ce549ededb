package responses

import (
	"slices"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// A recording is one whose responses are measured.
type recording struct {
	*intact.Recording
	reader *record.Reader
}

func of(r *record.Reader) *recording { return &recording{intact.Of(r), r} }

// eachTrial calls f for each whole trial in which a phase without teaching was recorded,
// with the first of them; where trials have phases of their own, with the first that has a
// stimulus too, if one has. Trials that are damaged are left out.
func (r *recording) eachTrial(f func(i int, t *record.Trial, phase int) error) error {
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return err
		}
		if !t.Whole {
			continue
		}
		k, err := r.response(i, t)
		if err != nil {
			return err
		}
		if k < 0 {
			continue
		}
		if err := f(i, t, k); err != nil {
			return err
		}
	}
	return nil
}

// response returns the phase of a trial that is measured, −1 without one.
func (r *recording) response(i int, t *record.Trial) (int, error) {
	first := -1
	for k, p := range t.Phases {
		if p.Taught {
			continue
		}
		if r.reader.Header().Protocol == "" {
			return k, nil
		}
		if first < 0 {
			first = k
		}
		if shown, err := r.stimulates(i, t, k); err != nil || shown {
			return k, err
		}
	}
	return first, nil
}

// stimulates reports whether an input can fire in a phase, or did.
func (r *recording) stimulates(i int, t *record.Trial, phase int) (bool, error) {
	intensity, _, err := r.reader.Input(t.Index, phase)
	if err != nil || slices.ContainsFunc(intensity, func(x float32) bool { return x > 0 }) {
		return err == nil, err
	}
	if !r.reader.Header().Populations[0].Spikes {
		return false, nil
	}
	p := t.Phases[phase]
	s := r.Spikes(i, 0, p.First, p.End())
	for s.Scan() {
		if len(s.Spikes()) > 0 {
			return true, nil
		}
	}
	return false, s.Err()
}

// count adds the spikes of a population from step from up to step to of a trial to
// counts, one for each neuron.
func (r *recording) count(trial, population, from, to int, counts []int) error {
	s := r.Spikes(trial, population, from, to)
	for s.Scan() {
		for _, spike := range s.Spikes() {
			counts[spike.Neuron]++
		}
	}
	return s.Err()
}
