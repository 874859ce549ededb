package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// layout says where everything is in a recording.
type layout struct {
	index
	steps   int64  // number of steps, including those that no group holds
	trials  uint64 // number of trials, likewise
	written uint64 // see Reader.Written
	copied  int64  // offset of the second header; 0 if there is none
	end     *ending
	indexed bool // whether the index was used
	damage  []Damage
}

// readIndex reads the layout from the index at the end of the file.
func (s source) readIndex() (*layout, error) {
	if s.size < int64(fileStart+frameSize+trailerSize) {
		return nil, errTrailer
	}
	b, err := s.read(s.size-trailerSize, trailerSize)
	if err != nil {
		return nil, err
	}
	at, err := parseTrailer(b)
	if err != nil {
		return nil, err
	}
	text, _, err := s.expect(at, endChunk)
	if err != nil {
		return nil, fmt.Errorf("the end: %w", err)
	}
	l := &layout{end: &ending{}}
	if err := json.Unmarshal(text, l.end); err != nil {
		return nil, fmt.Errorf("the end: %w", err)
	}
	var after int64
	for _, at := range l.end.Index {
		if at < after {
			return nil, fmt.Errorf("the index: %w", errIndex)
		}
		b, f, err := s.expect(at, indexChunk)
		if err == nil {
			err = l.parse(b)
		}
		after = at + frameSize + int64(f.stored)
		if err != nil {
			return nil, fmt.Errorf("the index: %w", err)
		}
	}
	if err := l.validate(s.size); err != nil {
		return nil, fmt.Errorf("the index: %w", err)
	}
	if l.steps != l.end.Steps || l.trials != l.end.Trials {
		return nil, errors.New("the index: part of it is missing")
	}
	l.copied, l.indexed = l.end.Header, true
	l.written = l.end.written()
	return l, nil
}

// validate checks that groups and snapshots follow one another, and counts steps and
// trials.
func (l *layout) validate(size int64) error {
	var offset int64
	for _, g := range l.groups {
		if g.offset < offset || g.length < frameSize || g.length > size || g.offset > size-g.length ||
			g.first != l.steps || g.trial != l.trials {
			return errIndex
		}
		offset = g.offset + g.length
		l.steps += int64(g.steps)
		l.trials += uint64(g.begun)
	}
	offset = 0
	for k, w := range l.weights {
		if w.offset < offset || w.length < frameSize || w.length > size || w.offset > size-w.length || w.number != k {
			return errIndex
		}
		offset = w.offset + w.length
	}
	if l.steps > maxCount || l.trials > mostTrials(size) {
		return errIndex
	}
	return nil
}

// mostTrials is the largest number of trials in a file of the given size: each takes more
// than a byte. Small files may have lost most of theirs.
func mostTrials(size int64) uint64 { return uint64(max(size, 1<<20)) }

func (l *layout) last() *groupEntry { return &l.groups[len(l.groups)-1] }

func (l *layout) damaged(at, length int64, what string, err error) {
	l.damage = append(l.damage, Damage{Offset: at, Length: length, What: what, Err: err})
}

// groupOfStep returns the number of the group that holds a step, or −1.
func (l *layout) groupOfStep(step int64) int {
	k := sort.Search(len(l.groups), func(k int) bool { return l.groups[k].first+int64(l.groups[k].steps) > step })
	if k == len(l.groups) || l.groups[k].first > step {
		return -1
	}
	return k
}

// groupOfTrial returns the number of the group in which a trial began, or −1.
func (l *layout) groupOfTrial(trial uint64) int {
	k := sort.Search(len(l.groups), func(k int) bool { return l.groups[k].trial+uint64(l.groups[k].begun) > trial })
	if k == len(l.groups) || l.groups[k].trial > trial {
		return -1
	}
	return k
}

// follows reports whether group k begins where group k−1 ended.
func (l *layout) follows(k int) bool {
	if k < 1 || k >= len(l.groups) {
		return false
	}
	g, before := l.groups[k], l.groups[k-1]
	return g.first == before.first+int64(before.steps) && g.trial == before.trial+uint64(before.begun)
}

// digestOf returns the digest of a snapshot, or "" if it is missing.
func (l *layout) digestOf(number int) string {
	k, ok := slices.BinarySearchFunc(l.weights, number, func(w weightsEntry, n int) int { return w.number - n })
	if !ok {
		return ""
	}
	return l.weights[k].digest.String()
}
