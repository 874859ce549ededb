package record

import (
	"errors"
	"math"
)

// An assembled trial is put together from all its groups.
type assembled struct {
	Trial
	group  int // the group in which it began
	last   int // the group in which it ended
	tail   int // the number of its steps in the last group, which may be 0
	state  int // the number of its state in the first group; −1 if it has none
	phases []phaseEvent
	rows   []plateauRow // one for each phase that ended
}

// A plateauRow says where the plateaus of a phase are: a row of a group.
type plateauRow struct{ group, row int }

func assemble(r *Reader, i int) (*assembled, error) {
	k := r.groupOfTrial(uint64(i))
	if k < 0 {
		return nil, errors.New("it is missing")
	}
	c, err := r.group(k)
	if err != nil {
		return nil, err
	}
	n := i - int(c.entry.trial)
	if !c.pieces[0].began {
		n++
	}
	if n >= len(c.pieces) {
		return nil, errEvents
	}
	p := &c.pieces[n]
	t := &assembled{Trial: p.trial, group: k, state: p.state}
	t.Index, t.First, t.Steps = i, c.entry.first+int64(p.from), p.to-p.from
	t.tail = t.Steps
	t.Snapshot, t.Weights = p.taken, r.digestOf(p.taken)
	for ended := p.ended; ; ended = p.ended {
		t.phases = append(t.phases, p.phases...)
		for _, row := range p.ends {
			t.rows = append(t.rows, plateauRow{k, row})
		}
		if p.trial.Predicted >= 0 {
			t.Predicted = p.trial.Predicted
		}
		if p.trial.Losses != nil {
			t.Losses = p.trial.Losses
		}
		if ended {
			if p.trial.Steps != t.Steps {
				return nil, errEvents
			}
			break
		}
		if k+1 == len(r.groups) && n+1 == len(c.pieces) && uint64(i) >= r.written {
			break // the recording broke off
		}
		if n+1 < len(c.pieces) || !r.follows(k+1) {
			return nil, errors.New("a part of it is missing")
		}
		k, n = k+1, 0
		if c, err = r.group(k); err != nil {
			return nil, err
		}
		p = &c.pieces[0]
		if p.began {
			return nil, errors.New("a part of it is missing")
		}
		t.Steps += p.to
		t.tail = p.to
		if t.Steps > math.MaxInt32 {
			return nil, errEvents
		}
	}
	t.last = k
	planned := 0
	for _, phase := range t.phases {
		t.Phases = append(t.Phases, phase.Phase)
		planned += phase.Steps
	}
	t.Whole = p.ended && planned == t.Steps
	return t, nil
}

// onsets returns the onsets in a hidden layer, or nil if all plateaus began at the end of
// the phase.
func (t *assembled) onsets(phase, hidden int, sizes []int) []int32 {
	list := t.phases[phase].onsets
	if list == nil {
		return nil
	}
	for _, n := range sizes[:hidden] {
		list = list[n:]
	}
	return list[:sizes[hidden]]
}
