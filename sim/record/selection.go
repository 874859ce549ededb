package record

import (
	"slices"

	"plateau/sim"
)

// A Selection says which trials are recorded: those that meet all of its
// conditions. The zero Selection records every trial.
type Selection struct {
	// Every, if above 1, records only one trial in Every, beginning with the first.
	Every int `json:",omitempty"`
	// Numbers, if not nil, lists the numbers of the presentations to record
	// (Trial.Number), in ascending order.
	Numbers []uint64 `json:",omitzero"`
	// Examples, if not nil, lists the examples to record (Trial.Example), in
	// ascending order.
	Examples []int `json:"Samples,omitzero"`
	// Purposes, if not nil, lists the purposes to record: training, tests, trials.
	Purposes []sim.Purpose `json:",omitzero"`
	// Mispredicted records only trials whose predicted class is wrong.
	Mispredicted bool `json:"Misread,omitempty"`
}

// admits reports whether to record a trial, as far as that is known at its beginning.
// Before it, shown presentations were shown.
func (s *Selection) admits(p *sim.Presentation, shown int) bool {
	if s.Every > 1 && shown%s.Every != 0 {
		return false
	}
	if s.Numbers != nil {
		if _, ok := slices.BinarySearch(s.Numbers, p.Number); !ok {
			return false
		}
	}
	if s.Examples != nil {
		if _, ok := slices.BinarySearch(s.Examples, p.Example); !ok {
			return false
		}
	}
	return s.Purposes == nil || slices.Contains(s.Purposes, p.Purpose)
}
