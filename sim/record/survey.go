package record

import (
	"encoding/json"
	"errors"
)

// A survey looks at the frame of every chunk to find the layout of a file without using
// its index, which is damaged, or missing because the recording broke off.
type survey struct {
	source
	*layout
	open bool   // whether the next chunk may belong to the last group
	told ending // what was written before the last end or index, as that says
}

// survey returns the layout of a file. If the end or an index says that there was more
// than what is found, the rest is missing.
func (s source) survey() *layout {
	v := &survey{source: s, layout: &layout{}}
	to := s.size
	if s.endsWithTrailer() {
		to -= trailerSize
	}
	s.walk(int64(fileStart), to, v.chunk, v.gap)
	l := v.layout
	// If the events of a group are lost, the number of trials that began in it
	// follows from the next group.
	for k := range l.groups[:max(0, len(l.groups)-1)] {
		g := &l.groups[k]
		if g.begun == 0 {
			if more := l.groups[k+1].trial - g.trial; more < 1<<31 {
				g.begun = int(more)
			}
		}
	}
	l.steps, l.trials = max(l.steps, v.told.Steps), max(l.trials, v.told.Trials)
	if l.end != nil {
		l.damaged(s.size, 0, "the index", errors.New("it cannot be used, so every chunk was read instead"))
	}
	return l
}

func (v *survey) chunk(at int64, f frame) {
	if f.kind.inGroup() {
		v.inGroup(at, f)
		return
	}
	v.open = false
	switch f.kind {
	case weightsChunk:
		v.snapshot(at, f)
	case headerChunk:
		if at > int64(fileStart) {
			v.copied = at
		}
	case indexChunk:
		v.readIndex(at, f)
	case endChunk:
		v.readEnd(at, f)
	}
}

// gap notes bytes that are not a chunk.
func (v *survey) gap(at, length int64, err error) {
	what, err := v.nameGap(at, length, err)
	v.damaged(at, length, what, err)
}

// inGroup adds a chunk to the last group if it belongs there, and otherwise begins
// another group.
func (v *survey) inGroup(at int64, f frame) {
	length := frameSize + int64(f.stored)
	trials := f.trial
	if f.kind == eventsChunk {
		trials += uint64(f.items)
	}
	switch {
	case trials > mostTrials(v.size):
		v.damaged(at, length, f.kind.String(), errors.New("it claims more trials than the file can hold"))
		return
	case v.open && v.last().holds(f):
		v.last().length = at + length - v.last().offset
	case int64(f.first) < v.steps || f.trial < v.trials:
		v.damaged(at, length, f.kind.String(), errors.New("it stands after chunks that should follow it"))
		return
	default:
		v.groups = append(v.groups, groupEntry{offset: at, length: length, first: int64(f.first), steps: int(f.steps), trial: f.trial})
		v.steps, v.trials = int64(f.first)+int64(f.steps), f.trial
	}
	if f.kind == eventsChunk {
		v.last().begun, v.trials = int(f.items), trials
	}
	v.open = true
}

// snapshot adds a snapshot, or another part of the last one.
func (v *survey) snapshot(at int64, f frame) {
	length := frameSize + int64(f.stored)
	if f.stream > 0 {
		if n := len(v.weights); n > 0 && v.weights[n-1].offset+v.weights[n-1].length == at && v.weights[n-1].number == int(f.items) {
			v.weights[n-1].length += length
		}
		return
	}
	b, err := v.payload(at, f)
	if err != nil || len(b) < len(digest{}) {
		v.damaged(at, length, "weights", errors.Join(err))
		return
	}
	w := weightsEntry{offset: at, length: length, number: int(f.items), stored: f.coding == 1}
	copy(w.digest[:], b)
	v.weights = append(v.weights, w)
}

// readIndex finds how much was written before an index.
func (v *survey) readIndex(at int64, f frame) {
	b, err := v.payload(at, f)
	var found index
	if err == nil {
		err = found.parse(b)
	}
	if err != nil || len(found.groups) == 0 {
		return
	}
	last := found.groups[len(found.groups)-1]
	trials := last.trial + uint64(last.begun)
	if last.trial > maxCount || last.first < 0 || last.first > maxCount || trials > mostTrials(v.size) {
		return
	}
	v.told = ending{Steps: last.first + int64(last.steps), Trials: trials}
	if v.written = trials; v.copied == 0 {
		v.written = butLast(trials) // without a second header, this is not the last index
	}
}

// readEnd finds how much the recording should hold.
func (v *survey) readEnd(at int64, f frame) {
	b, err := v.payload(at, f)
	end := ending{}
	if err == nil {
		err = json.Unmarshal(b, &end)
	}
	if err != nil || end.Steps < 0 || end.Steps > maxCount || end.Trials > mostTrials(v.size) {
		return
	}
	v.told, v.end = end, &end
	v.written = end.written()
}
