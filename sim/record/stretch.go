package record

import "fmt"

// End stands for the end of a trial where an upper limit of steps is wanted.
const End = -1

// A stretch is a part of a trial, which scanners go through group by group.
type stretch struct {
	r        *Reader
	of       *assembled
	from, to int // steps of the trial: from ≤ step < to
	group    int // the next one to read
	err      error
}

func newStretch(r *Reader, trial, from, to int) stretch {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(trial)
	if err != nil {
		return stretch{err: err}
	}
	if to == End || to > t.Steps {
		to = t.Steps
	}
	s := stretch{r: r, of: t, from: max(0, from), to: to, group: -1}
	if s.from < s.to {
		s.group = r.groupOfStep(t.First + int64(s.from))
	}
	return s
}

// next returns the next group, or nil at the end, and the step of the trial with which
// the group begins. The step may be negative.
func (s *stretch) next() (*contents, int) {
	if s.err != nil || s.group < 0 || s.group >= len(s.r.groups) {
		return nil, 0
	}
	g := s.r.groups[s.group]
	start := g.first - s.of.First
	if start >= int64(s.to) {
		return nil, 0
	}
	c, err := s.r.group(s.group)
	if err != nil {
		s.fail(err)
		return nil, 0
	}
	s.group++
	return c, int(start)
}

func (s *stretch) fail(err error) {
	if s.err == nil {
		s.err = fmt.Errorf("record: trial %d: %w", s.of.Index, err)
	}
}
