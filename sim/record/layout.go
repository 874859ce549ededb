package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
)

// This file finds where things are in a recording: from its index or, without one,
// by looking at the frame of every chunk.

// source is the bytes of a recording.
type source struct {
	at   io.ReaderAt
	size int64
	tail []byte // the last bytes when it was opened
}

// ErrChanged is the error of reading a file that has changed since it was opened.
var ErrChanged = errors.New("the file was changed while it was read: perhaps its run was resumed, which cuts it")

// remember notes the last bytes of the file.
func (s *source) remember() (err error) {
	n := min(s.size, trailerSize)
	s.tail, err = s.read(s.size-n, n)
	return err
}

// unchanged returns ErrChanged if the last bytes of the file have changed. A
// resumed run cuts the file and writes other chunks, so the change shows even if
// the file has its old length again.
func (s source) unchanged() error {
	b, err := s.read(s.size-int64(len(s.tail)), int64(len(s.tail)))
	if err == nil && !bytes.Equal(b, s.tail) {
		err = ErrChanged
	}
	return err
}

// read returns n bytes from an offset.
func (s source) read(offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || n > s.size || offset > s.size-n {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, n)
	if k, err := s.at.ReadAt(b, offset); k < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrChanged
		}
		return nil, err
	}
	return b, nil
}

// frame returns the frame of the chunk at an offset. The payload must be within the
// file.
func (s source) frame(offset int64) (frame, error) {
	b, err := s.read(offset, frameSize)
	if err != nil {
		return frame{}, err
	}
	f, err := parseFrame(b)
	if err == nil && int64(f.stored) > s.size-offset-frameSize {
		err = io.ErrUnexpectedEOF
	}
	return f, err
}

// payload returns the payload of the chunk at an offset, if its checksum is right.
func (s source) payload(offset int64, f frame) ([]byte, error) {
	b, err := s.read(offset+frameSize, int64(f.stored))
	if err != nil {
		return nil, err
	}
	if checksum(b) != f.check {
		return nil, cmp.Or(s.unchanged(), errPayload)
	}
	return b, nil
}

// walk calls visit for the chunks in from ≤ offset < to, and damaged for bytes that
// are no chunk. After these it goes on at the next valid frame.
func (s source) walk(from, to int64, visit func(offset int64, f frame), damaged func(offset, length int64, err error)) {
	s.walkOn(from, to, to, visit, damaged)
}

// walkOn is walk, but stops after most bytes, or a little more. It returns the
// offset where it stopped.
func (s source) walkOn(from, to, most int64, visit func(offset int64, f frame), damaged func(offset, length int64, err error)) int64 {
	for begin := from; from < to && from-begin < most; {
		f, err := s.frame(from)
		next := from + frameSize + int64(f.stored)
		if err == nil && next > to {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			visit(from, f)
			from = next
			continue
		}
		next = s.search(from+1, to)
		damaged(from, next-from, err)
		from = next
	}
	return from
}

// search returns the offset of the next valid frame, or to.
func (s source) search(from, to int64) int64 {
	const window = 1 << 16
	for from < to {
		b, err := s.read(from, min(window, s.size-from))
		if err != nil {
			return to
		}
		for i := 0; ; {
			k := bytes.Index(b[i:], []byte(chunkMark))
			if k < 0 {
				break
			}
			i += k
			if at := from + int64(i); at < to {
				if f, err := s.frame(at); err == nil && at+frameSize+int64(f.stored) <= to {
					return at
				}
			}
			i++
		}
		if int64(len(b)) < window {
			return to
		}
		from += int64(len(b) - len(chunkMark) + 1)
	}
	return to
}

// layout says where everything is in a recording.
type layout struct {
	groups  []groupEntry
	weights []weightsEntry
	steps   int64  // steps of the recording; those that no group holds are missing
	trials  uint64 // likewise, trials
	written uint64 // number of trials, from the first, that are known to have been written whole
	copied  int64  // offset of the second header, 0 if there is none
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
			err = l.addIndex(b)
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
	l.setWritten(l.trials, l.end.Failure == "")
	return l, nil
}

// expect returns the payload of the chunk at an offset, which must be of a kind.
func (s source) expect(offset int64, k kind) ([]byte, frame, error) {
	f, err := s.frame(offset)
	if err != nil {
		return nil, f, err
	}
	if f.kind != k {
		return nil, f, fmt.Errorf("%v where %v should be", f.kind, k)
	}
	b, err := s.payload(offset, f)
	return b, f, err
}

// validate checks that groups follow one another in the file, and sets steps and
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

// mostTrials is the largest number of trials that is accepted from a file of a
// size: each takes more than a byte, even if most of them are lost.
func mostTrials(size int64) uint64 { return uint64(max(size, 1<<20)) }

// scan finds the layout by looking at every chunk, for a file whose index is
// damaged, or which has none because the recording broke off. Missing groups leave
// a gap, also after the last group if the end or an index says that there was more.
func (s source) scan() *layout {
	l := &layout{}
	open := false    // whether the next chunk may belong to the last group
	told := ending{} // what the last end or index says was written before it
	to := s.size
	if s.endsWithTrailer() {
		to -= trailerSize
	}
	s.walk(int64(fileStart), to, func(at int64, f frame) {
		switch f.kind {
		case eventsChunk, spikesChunk, samplesChunk, plateauChunk, stateChunk:
			open = s.scanGroup(l, at, f, open)
		case weightsChunk:
			open = false
			s.scanWeights(l, at, f)
		case headerChunk:
			open = false
			if at > int64(fileStart) {
				l.copied = at
			}
		case indexChunk:
			open = false
			s.scanIndex(l, &told, at, f)
		case endChunk:
			open = false
			s.scanEnd(l, &told, at, f)
		default:
			open = false
		}
	}, func(at, length int64, err error) {
		what, err := s.nameGap(at, length, err)
		l.damaged(at, length, what, err)
	})
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
	l.steps, l.trials = max(l.steps, told.Steps), max(l.trials, told.Trials)
	if l.end != nil {
		l.damaged(s.size, 0, "the index", errors.New("it cannot be used, so every chunk was read instead"))
	}
	return l
}

// endsWithTrailer reports whether the file ends as a finished recording does.
func (s source) endsWithTrailer() bool {
	if len(s.tail) < trailerSize {
		return false
	}
	_, err := parseTrailer(s.tail)
	return err == nil
}

// scanIndex reads from an index how much was written before it.
func (s source) scanIndex(l *layout, told *ending, at int64, f frame) {
	b, err := s.payload(at, f)
	index := &layout{}
	if err == nil {
		err = index.addIndex(b)
	}
	if err != nil || len(index.groups) == 0 {
		return
	}
	last := index.groups[len(index.groups)-1]
	trials := last.trial + uint64(last.begun)
	if last.trial > maxCount || last.first < 0 || last.first > maxCount || trials > mostTrials(s.size) {
		return
	}
	*told = ending{Steps: last.first + int64(last.steps), Trials: trials}
	l.setWritten(trials, l.copied > 0)
}

// setWritten sets the number of trials that were written whole. Unless the
// recording was ended after them, the last one may go on later, and does not count.
func (l *layout) setWritten(trials uint64, ended bool) {
	if l.written = trials; !ended && trials > 0 {
		l.written--
	}
}

// scanEnd reads from the end how much the recording should hold.
func (s source) scanEnd(l *layout, told *ending, at int64, f frame) {
	b, err := s.payload(at, f)
	end := ending{}
	if err == nil {
		err = json.Unmarshal(b, &end)
	}
	if err != nil || end.Steps < 0 || end.Steps > maxCount || end.Trials > mostTrials(s.size) {
		return
	}
	*told, l.end = end, &end
	l.setWritten(end.Trials, end.Failure == "")
}

// nameGap says what is known of bytes that are no chunk.
func (s source) nameGap(at, length int64, err error) (string, error) {
	if errors.Is(err, io.ErrUnexpectedEOF) && at+length == s.size {
		return "the part that was being written when the recording broke off", errors.New("it is incomplete")
	}
	return "unknown", err
}

func (l *layout) last() *groupEntry { return &l.groups[len(l.groups)-1] }

// holds reports whether a chunk belongs to the group.
func (g *groupEntry) holds(f frame) bool {
	return int64(f.first) == g.first && int(f.steps) == g.steps && f.trial == g.trial
}

// scanGroup adds a chunk of a group: to the last group if that is open and it
// belongs there. It reports whether the last group is open now.
func (s source) scanGroup(l *layout, at int64, f frame, open bool) bool {
	length := frameSize + int64(f.stored)
	trials := f.trial
	if f.kind == eventsChunk {
		trials += uint64(f.items)
	}
	switch {
	case trials > mostTrials(s.size):
		l.damaged(at, length, f.kind.String(), errors.New("it claims more trials than the file can hold"))
		return open
	case open && l.last().holds(f):
		l.last().length = at + length - l.last().offset
	case int64(f.first) < l.steps || f.trial < l.trials:
		l.damaged(at, length, f.kind.String(), errors.New("it stands after chunks that should follow it"))
		return open
	default:
		l.groups = append(l.groups, groupEntry{offset: at, length: length, first: int64(f.first), steps: int(f.steps), trial: f.trial})
		l.steps, l.trials = int64(f.first)+int64(f.steps), f.trial
	}
	if f.kind == eventsChunk {
		l.last().begun, l.trials = int(f.items), trials
	}
	return true
}

// scanWeights adds a snapshot, or a further part of one.
func (s source) scanWeights(l *layout, at int64, f frame) {
	length := frameSize + int64(f.stored)
	if f.stream > 0 {
		if n := len(l.weights); n > 0 && l.weights[n-1].offset+l.weights[n-1].length == at && l.weights[n-1].number == int(f.items) {
			l.weights[n-1].length += length
		}
		return
	}
	b, err := s.payload(at, f)
	if err != nil || len(b) < len(digest{}) {
		l.damaged(at, length, "weights", errors.Join(err))
		return
	}
	w := weightsEntry{offset: at, length: length, number: int(f.items), stored: f.coding == 1}
	copy(w.digest[:], b)
	l.weights = append(l.weights, w)
}

func (l *layout) damaged(at, length int64, what string, err error) {
	l.damage = append(l.damage, Damage{Offset: at, Length: length, What: what, Err: err})
}

// groupOfStep returns the number of the group that holds a step, −1 if none does.
func (l *layout) groupOfStep(step int64) int {
	k := sort.Search(len(l.groups), func(k int) bool { return l.groups[k].first+int64(l.groups[k].steps) > step })
	if k == len(l.groups) || l.groups[k].first > step {
		return -1
	}
	return k
}

// groupOfTrial returns the number of the group in which a trial began, −1 if it is
// missing.
func (l *layout) groupOfTrial(trial uint64) int {
	k := sort.Search(len(l.groups), func(k int) bool { return l.groups[k].trial+uint64(l.groups[k].begun) > trial })
	if k == len(l.groups) || l.groups[k].trial > trial {
		return -1
	}
	return k
}

// follows reports whether group k continues where group k−1 ended.
func (l *layout) follows(k int) bool {
	if k < 1 || k >= len(l.groups) {
		return false
	}
	g, before := l.groups[k], l.groups[k-1]
	return g.first == before.first+int64(before.steps) && g.trial == before.trial+uint64(before.begun)
}
