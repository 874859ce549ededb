package nwb

import "plateau/sim/record/intact"

// A survey is what has to be known of all trials before anything is written.
type survey struct {
	kinds    []string        // names of phases, in the order in which they first occurred
	onsets   map[string]bool // kinds of phases in which each neuron's plateau has its own time
	losses   bool            // whether any trial has losses
	sampled  []sampling      // of each probe
	observed []intact.Stretch
	gaps     []intact.Stretch
	complete bool // whether the last trial is whole
}

// sampling is what there is of a recorded variable.
type sampling struct {
	samples int64
	even    bool // whether they are evenly spaced
}

// newSurvey looks at all trials.
func newSurvey(r *intact.Recording) (s *survey, err error) {
	probes := r.Header().Probes
	s = &survey{onsets: map[string]bool{}, complete: true, sampled: make([]sampling, len(probes))}
	for i := range s.sampled {
		s.sampled[i].even = true
	}
	if s.observed, err = r.Observed(); err != nil {
		return nil, err
	}
	if s.gaps, err = r.Gaps(); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	var end int64 // of the trial before
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			return nil, err
		}
		gap := t.First != end // a trial was left out
		end = t.First + int64(t.Steps)
		for _, p := range t.Phases {
			if !known[p.Name] {
				known[p.Name] = true
				s.kinds = append(s.kinds, p.Name)
			}
			if p.PlateauWindow > 0 {
				s.onsets[p.Name] = true
			}
		}
		s.losses = s.losses || t.Losses != nil
		s.complete = s.complete && t.Whole
		for k := range s.sampled {
			sampled := &s.sampled[k]
			every := probes[k].Every
			// The length of the last trial does not matter.
			sampled.even = sampled.even && !gap && (i == r.Trials()-1 || t.Steps%every == 0)
			sampled.samples += int64(probes[k].Samples(t.Steps))
		}
	}
	return s, nil
}
