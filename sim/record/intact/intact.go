// Package intact reads the intact trials of a recording. Exporters use it, so that
// everything they write belongs to the same trials.
//
// If a recording broke off, because its run was killed or the disk was full, it ends before
// the part that was being written then. Trials that are damaged elsewhere are left out.
// The others are numbered from 0 without gaps, but keep their Index and their times.
package intact

import (
	"errors"
	"math"
	"slices"
	"sort"

	"plateau/sim/record"
)

// A Recording has the intact trials of a recording, and the methods of record.Reader.
type Recording struct {
	*record.Reader
	trials int   // number of trials up to where it broke off
	last   int   // number of readable steps of the last of these; −1 for all
	kept   []int // numbers in the reader of the undamaged trials; nil for all
	lost   []int // numbers in the reader of the damaged ones
}

// Of returns the intact trials of a recording. These are all, unless it broke off or is
// damaged.
func Of(r *record.Reader) *Recording {
	x := &Recording{Reader: r, trials: r.Trials(), last: -1}
	if r.Written() < r.Trials() {
		x.findEnd()
	}
	lost, _ := r.Lost(nil)
	for k, i := range lost {
		if i >= x.trials || x.last >= 0 && i == x.trials-1 {
			lost = lost[:k]
			break
		}
	}
	if x.lost = lost; len(lost) == 0 {
		return x
	}
	x.kept = make([]int, 0, x.trials-len(lost))
	for i := range x.trials {
		if len(lost) > 0 && lost[0] == i {
			lost = lost[1:]
			continue
		}
		x.kept = append(x.kept, i)
	}
	return x
}

// findEnd finds where a recording broke off.
func (x *Recording) findEnd() {
	r := x.Reader
	// Only the end can be incomplete, so the search begins there.
	for x.trials > r.Written() && !x.readable(x.trials-1) {
		x.trials--
	}
	if x.trials < r.Trials() {
		if steps := x.extent(x.trials); steps > 0 {
			x.trials++
			x.last = steps
		}
	}
}

// readable reports whether all of a trial can be read.
func (x *Recording) readable(trial int) bool {
	t, err := x.Reader.Trial(trial)
	if err != nil || t.Steps > 0 && !x.readableAt(trial, t.Steps-1) {
		return false
	}
	// A trial that broke off may have no plateaus yet. Then the trial before it shows
	// whether the chunks of plateaus were written.
	if !t.Whole && trial > x.Written() && !x.readable(trial-1) {
		return false
	}
	for k := range t.Phases {
		if x.Header().Plateaus && t.Phases[k].End() <= t.Steps {
			for m := range x.Header().Network.Hidden {
				if _, err := x.Reader.Plateaus(trial, k, m); err != nil && !errors.Is(err, record.ErrNotRecorded) {
					return false
				}
			}
		}
	}
	return true
}

// readableAt reports whether everything that was recorded of a step can be read.
func (x *Recording) readableAt(trial, step int) bool {
	for p, pop := range x.Header().Populations {
		if !pop.Spikes {
			continue
		}
		s := x.Reader.Spikes(trial, p, step, step+1)
		for s.Scan() {
		}
		if s.Err() != nil {
			return false
		}
	}
	for i, t := range x.Header().Probes {
		s := x.Reader.Samples(trial, i, step-step%t.Every, step+1)
		for s.Scan() {
		}
		if s.Err() != nil {
			return false
		}
	}
	return true
}

// extent returns how many steps of a trial can be read. It searches from the end, in ever
// longer strides.
func (x *Recording) extent(trial int) int {
	t, err := x.Reader.Trial(trial)
	if err != nil {
		return 0
	}
	bad := t.Steps // steps from here on cannot be read
	for stride := 1; bad > 0; stride *= 2 {
		step := max(0, t.Steps-stride)
		if x.readableAt(trial, step) {
			return step + 1 + sort.Search(bad-step-1, func(k int) bool { return !x.readableAt(trial, step+1+k) })
		}
		bad = step
	}
	return 0
}

// clipped reports whether the recording broke off in a trial, which is numbered as in the
// reader.
func (x *Recording) clipped(index int) bool { return index == x.trials-1 && x.last >= 0 }

// index returns the number of a trial in the reader.
func (x *Recording) index(trial int) int {
	if x.kept == nil || trial < 0 || trial >= len(x.kept) {
		return trial
	}
	return x.kept[trial]
}

// Trials returns the number of intact trials.
func (x *Recording) Trials() int { return x.trials - len(x.lost) }

// LeftOut returns the damaged trials that were left out, by their Trial.Index, in
// ascending order.
func (x *Recording) LeftOut() []int { return x.lost }

// A Stretch is some consecutive trials of a recording.
type Stretch struct {
	First, Last int   // the numbers of its first and its last trial, as in Trial.Index
	From, To    int64 // its steps of the recording: From ≤ step < To
}

// Observed returns the stretches of which everything is known, in ascending order: what is
// not recorded in them did not happen. Without damage there is one stretch, unless there
// are no trials.
func (x *Recording) Observed() ([]Stretch, error) {
	var list []Stretch
	for i := 0; i < x.Trials(); {
		first, err := x.Trial(i)
		if err != nil {
			return nil, err
		}
		for i++; i < x.Trials() && x.index(i) == x.index(i-1)+1; i++ {
		}
		last, err := x.Trial(i - 1)
		if err != nil {
			return nil, err
		}
		list = append(list, Stretch{first.Index, last.Index, first.First, last.First + int64(last.Steps)})
	}
	return list, nil
}

// Gaps returns the stretches that were left out, in ascending order: what happened in them
// is not known. Steps does not include a gap at the end.
func (x *Recording) Gaps() ([]Stretch, error) {
	observed, err := x.Observed()
	if err != nil {
		return nil, err
	}
	var list []Stretch
	next := Stretch{}
	for _, s := range observed {
		if next.Last, next.To = s.First-1, s.From; next.Last >= next.First {
			list = append(list, next)
		}
		next.First, next.From = s.Last+1, s.To
	}
	if next.Last, next.To = x.trials-1, x.Reader.Steps(); next.Last < next.First {
		return list, nil
	}
	if last, err := x.Reader.Trial(next.Last); err == nil { // the recording may have broken off in this trial
		next.To = last.First + int64(last.Steps)
	}
	return append(list, next), nil
}

// Steps returns the step at which the recording ends. It counts the steps of trials that
// were left out.
func (x *Recording) Steps() int64 {
	if x.Trials() == 0 {
		return 0
	}
	t, err := x.Trial(x.Trials() - 1)
	if err != nil {
		return x.Reader.Steps()
	}
	return t.First + int64(t.Steps)
}

// Trial returns intact trial i, with those of its phases that had begun. Its Index is its
// number in the whole recording.
func (x *Recording) Trial(i int) (*record.Trial, error) {
	i = x.index(i)
	t, err := x.Reader.Trial(i)
	if err != nil {
		return nil, err
	}
	if x.clipped(i) {
		t.Steps, t.Whole = x.last, false
	}
	t.Phases = slices.DeleteFunc(t.Phases, func(p record.Phase) bool { return p.First >= t.Steps })
	return t, nil
}

// Plateaus returns plateau potentials; see record.Reader.
func (x *Recording) Plateaus(trial, phase, hidden int) (record.Plateaus, error) {
	trial = x.index(trial)
	p, err := x.Reader.Plateaus(trial, phase, hidden)
	if err == nil || !x.clipped(trial) {
		return p, err
	}
	return p, errors.Join(record.ErrNotRecorded, err)
}

// UnknownPlateaus returns n plateaus that are not known: NaN in step −1.
func UnknownPlateaus(n int) record.Plateaus {
	p := record.Plateaus{Step: make([]int32, n), Value: make([]float32, n)}
	for i := range n {
		p.Step[i], p.Value[i] = -1, float32(math.NaN())
	}
	return p
}

// Spikes returns a scanner over spikes; see record.Reader.
func (x *Recording) Spikes(trial, population, from, to int) *record.SpikeScanner {
	trial = x.index(trial)
	return x.Reader.Spikes(trial, population, from, x.until(trial, to))
}

// Samples returns a scanner over samples; see record.Reader.
func (x *Recording) Samples(trial, probe, from, to int) *record.SampleScanner {
	trial = x.index(trial)
	return x.Reader.Samples(trial, probe, from, x.until(trial, to))
}

func (x *Recording) until(index, to int) int {
	if x.clipped(index) && (to == record.End || to > x.last) {
		return x.last
	}
	return to
}
