package responses

import (
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// eachTrial calls f for each whole trial in which a phase without teaching was recorded,
// with that phase. Trials that are damaged are left out.
func eachTrial(r *intact.Recording, f func(i int, t *record.Trial, phase int) error) error {
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return err
		}
		if !t.Whole {
			continue
		}
		for k, p := range t.Phases {
			if !p.Taught {
				if err := f(i, t, k); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// count adds the spikes of a population from step from up to step to of a trial to
// counts, one for each neuron.
func count(r *intact.Recording, trial, population, from, to int, counts []int) error {
	s := r.Spikes(trial, population, from, to)
	for s.Scan() {
		for _, spike := range s.Spikes() {
			counts[spike.Neuron]++
		}
	}
	return s.Err()
}
