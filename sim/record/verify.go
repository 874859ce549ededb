package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Damage is a part of a recording that cannot be read, or is missing.
type Damage struct {
	Offset int64  // where in the file
	Length int64  // in bytes; 0 if something is missing
	What   string // what is lost, as in "spikes of hidden0 in steps 400 to 812 (trials 4 to 8)"
	Err    error  // why
}

// Intact counts what Verify found undamaged.
type Intact struct {
	Bytes  int64 // in whole chunks
	Chunks int
	Trials int // whole trials of which everything can be read, except perhaps the weights
	Spikes int64
	Values int64 // values of probes
}

// verify checks the whole file; see Reader.Verify.
func verify(r *Reader, found func(Damage), watch func(done int64) error) (Intact, error) {
	v := &verifier{r: r, u: r.unpack, bad: map[int]bool{}}
	end := r.size
	if r.endsWithTrailer() {
		end -= trailerSize
		v.intact.Bytes += trailerSize
	}
	for from := int64(fileStart); from < end; {
		// In parts, so that watch is called often enough.
		if watch != nil {
			if err := watch(from); err != nil {
				return Intact{}, err
			}
		}
		from = r.walkOn(from, end, verifyPart, v.chunk, v.gap)
	}
	v.endGroup()
	v.ending(end)
	v.snapshots()
	v.countTrials()
	if err := r.unchanged(); err != nil {
		return Intact{}, fmt.Errorf("record: %w", err)
	}
	slices.SortStableFunc(v.damage, func(a, b Damage) int { return cmp.Compare(a.Offset, b.Offset) })
	for _, d := range v.damage {
		found(d)
	}
	return v.intact, nil
}

// verifyPart is about the number of bytes between two calls of watch.
const verifyPart = 1 << 24

// A verifier goes through a file, chunk by chunk.
type verifier struct {
	r      *Reader
	u      *unpacker
	intact Intact
	damage []Damage
	bad    map[int]bool // numbers of the groups with damage

	group *groupEntry // the group under way; nil outside groups
	now   *contents
	holes []int // indexes in damage of bytes that are not a chunk, since the group began
	next  groupEntry
}

func (v *verifier) chunk(at int64, f frame) {
	c := chunkAt{f, at}
	if !f.kind.inGroup() {
		v.endGroup()
	} else {
		if v.group == nil || !v.group.holds(f) {
			v.endGroup()
			v.beginGroup(at, f)
		}
		v.now.chunks = append(v.now.chunks, c)
	}
	err := v.unpack(c)
	if err != nil {
		v.report(at, frameSize+int64(f.stored), v.name(f), err)
		return
	}
	v.intact.Chunks++
	v.intact.Bytes += frameSize + int64(f.stored)
	switch f.kind {
	case spikesChunk:
		v.intact.Spikes += int64(f.items)
	case samplesChunk:
		v.intact.Values += int64(f.items) * int64(len(v.r.header.Probes[f.stream].Neurons))
	}
}

// gap reports bytes that are not a chunk.
func (v *verifier) gap(at, length int64, err error) {
	what, err := v.r.nameGap(at, length, err)
	v.holes = append(v.holes, len(v.damage))
	v.report(at, length, what, err)
}

func (v *verifier) report(at, length int64, what string, err error) {
	v.damage = append(v.damage, Damage{at, length, what, err})
	if k := v.groupAt(at); k >= 0 {
		v.bad[k] = true
	}
}

// groupAt returns the number of the group at an offset, or −1.
func (v *verifier) groupAt(at int64) int {
	groups := v.r.groups
	k := sort.Search(len(groups), func(k int) bool { return groups[k].offset+groups[k].length > at })
	if k == len(groups) || groups[k].offset > at {
		return -1
	}
	return k
}

func (v *verifier) beginGroup(at int64, f frame) {
	v.group = &groupEntry{offset: at, first: int64(f.first), steps: int(f.steps), trial: f.trial}
	v.now = &contents{entry: *v.group}
	if v.group.first != v.next.first || v.group.trial != v.next.trial {
		v.missing(at, v.group.first, v.group.trial)
	}
}

// missing reports that steps and trials are missing before an offset.
func (v *verifier) missing(at, first int64, trial uint64) {
	what := fmt.Sprintf("steps %d to %d", v.next.first, first-1)
	if first <= v.next.first {
		what = "chunks out of order"
	}
	if trial > v.next.trial {
		what += span(v.next.trial, trial-1)
	}
	v.lost(at, what)
}

// lost reports that something is missing. If there are bytes that are not a chunk, they
// are taken for it.
func (v *verifier) lost(at int64, what string) {
	if len(v.holes) > 0 {
		for _, k := range v.holes {
			v.damage[k].What = what
		}
		return
	}
	v.damage = append(v.damage, Damage{at, 0, what, errors.New("it is missing")})
}

// endGroup checks that the group under way has all its chunks.
func (v *verifier) endGroup() {
	if v.group == nil {
		return
	}
	c, g := v.now, v.group
	v.group = nil
	v.next = groupEntry{first: g.first + int64(g.steps), trial: g.trial}
	if c.err = c.events(&v.r.header, v.u); c.err == nil {
		v.next.trial += uint64(c.begun())
	} else if k := v.groupAt(g.offset); k >= 0 {
		v.next.trial += uint64(v.r.groups[k].begun)
	}
	defer func() { v.holes = v.holes[:0] }()
	var names []string
	if len(c.chunks) == 0 || c.chunks[0].kind != eventsChunk {
		names = append(names, v.what(frame{kind: eventsChunk}))
	}
	for _, f := range c.lacks(&v.r.header) {
		names = append(names, v.what(f))
	}
	if len(names) == 0 {
		last := c.chunks[len(c.chunks)-1]
		found := groupEntry{g.offset, last.offset + frameSize + int64(last.stored) - g.offset, g.first, g.steps, g.trial, c.begun()}
		if k := v.groupAt(g.offset); v.r.indexed && len(v.holes) == 0 && c.err == nil && (k < 0 || v.r.groups[k] != found) {
			v.report(g.offset, 0, "the index", errors.New("its entry for this group is wrong"))
		}
		return
	}
	if k := v.groupAt(g.offset); k >= 0 {
		v.bad[k] = true
	}
	v.lost(g.offset, strings.Join(names, ", ")+v.where(g.first, g.steps, g.trial, g.offset))
}

// ending checks that nothing is missing at the end of the file.
func (v *verifier) ending(end int64) {
	if v.r.end != nil && !v.r.indexed {
		v.report(end, 0, "the index", errors.New("it cannot be used, so every chunk was read instead"))
	}
	if v.next.first < v.r.steps || v.next.trial < v.r.trials || v.r.end != nil && (v.next.first > v.r.steps || v.next.trial > v.r.trials) {
		v.missing(end, v.r.steps, v.r.trials)
	}
}

// snapshots checks the digests of weights.
func (v *verifier) snapshots() {
	for _, w := range v.r.weights {
		if !w.stored {
			continue
		}
		if _, err := v.u.network(w, v.r.header.Network); err != nil && !errors.Is(err, errPayload) {
			v.report(w.offset, w.length, fmt.Sprintf("weights %.12s", w.digest), err)
		}
	}
}

// countTrials counts the intact trials, and reports snapshots that they need and that are
// missing.
func (v *verifier) countTrials() {
	missed := -1
	for k, g := range v.r.groups {
		c, err := v.r.group(k)
		if err != nil {
			continue
		}
		for n := range c.begun() {
			i := int(g.trial) + n
			t, err := v.r.trial(i)
			if err != nil && !v.bad[k] && !v.bad[k+1] && (k+1 == len(v.r.groups) || v.r.follows(k+1)) {
				// Its groups are in order, but their events do not fit together.
				v.damage = append(v.damage, Damage{g.offset, 0, fmt.Sprintf("events of trial %d", i), errors.Unwrap(err)})
			}
			if err != nil || !t.Whole {
				continue
			}
			if t.Weights == "" && missed != t.Snapshot {
				missed = t.Snapshot
				v.damage = append(v.damage, Damage{g.offset, 0, v.what(frame{kind: weightsChunk, items: uint32(missed)}), errors.New("it is missing")})
			}
			good := true
			for j := k; j <= t.last && good; j++ {
				good = !v.bad[j] || j == t.last && v.endReads(t)
			}
			if good {
				v.intact.Trials++
			}
		}
	}
}

// endReads reports whether the end of a trial can be read although its last group is
// damaged. It can if the trial has no steps there: then the group has only the events of
// its end, which were read already, and perhaps plateaus.
func (v *verifier) endReads(t *assembled) bool {
	if t.last == t.group || t.tail > 0 {
		return false
	}
	c, err := v.r.group(t.last)
	if err != nil {
		return false
	}
	for _, at := range t.rows {
		if at.group != t.last || at.row < 0 {
			continue
		}
		for m, size := range v.r.header.Network.Hidden {
			if _, _, err := v.r.rows(c, plateauChunk, m, size, c.values[m], at.row); err != nil {
				return false
			}
		}
	}
	return true
}

// unpack decodes a chunk.
func (v *verifier) unpack(c chunkAt) error {
	h := &v.r.header
	stream := int(c.stream)
	switch c.kind {
	case eventsChunk:
		return (&contents{entry: v.now.entry, chunks: []chunkAt{c}}).events(h, v.u)
	case spikesChunk:
		if stream >= len(h.Populations) {
			return errSpikes
		}
		_, err := v.u.train(c, h.Populations[stream].Size)
		return err
	case samplesChunk:
		if stream >= len(h.Probes) {
			return errWords
		}
		_, err := v.u.rows(c, len(h.Probes[stream].Neurons))
		return err
	case plateauChunk:
		if stream >= len(h.Network.Hidden) {
			return errWords
		}
		_, err := v.u.rows(c, h.Network.Hidden[stream])
		return err
	case stateChunk:
		_, err := v.u.appendBytes(nil, c)
		return err
	case headerChunk, weightsChunk, indexChunk, endChunk:
		_, err := v.u.payload(c.offset, c.frame)
		return err
	}
	if _, err := v.u.payload(c.offset, c.frame); err != nil {
		return err
	}
	return fmt.Errorf("its kind, %d, is unknown", byte(c.kind))
}

// name says what a chunk holds, of which steps and trials.
func (v *verifier) name(f frame) string {
	if f.kind.inGroup() {
		return v.what(f) + v.where(int64(f.first), int(f.steps), f.trial, v.group.offset)
	}
	return v.what(f)
}

// what says what a chunk holds.
func (v *verifier) what(f frame) string {
	h := &v.r.header
	n := int(f.stream)
	switch {
	case f.kind == spikesChunk && n < len(h.Populations):
		return "spikes of " + h.Populations[n].Name
	case f.kind == samplesChunk && n < len(h.Probes):
		return fmt.Sprintf("%s of %s", h.Probes[n].Variable, h.Populations[h.Probes[n].Population].Name)
	case f.kind == plateauChunk && n < len(h.Network.Hidden):
		return "plateaus of " + h.Populations[n+1].Name
	case f.kind == weightsChunk:
		return fmt.Sprintf("snapshot %d of the weights", f.items)
	case f.kind == stateChunk:
		return "a state"
	}
	return f.kind.String()
}

// where says which steps and trials a group holds.
func (v *verifier) where(first int64, steps int, trial uint64, offset int64) string {
	where := ""
	if steps > 0 {
		where = fmt.Sprintf(" in steps %d to %d", first, first+int64(steps)-1)
	}
	k := v.groupAt(offset)
	if k < 0 {
		return where
	}
	from, to := trial, trial+uint64(v.r.groups[k].begun)
	if c, err := v.r.group(k); err == nil && !c.pieces[0].began && from > 0 {
		from--
	}
	if to <= from {
		return where
	}
	return where + span(from, to-1)
}

// span names the trials from ≤ trial ≤ to.
func span(from, to uint64) string {
	if from == to {
		return fmt.Sprintf(" (trial %d)", from)
	}
	return fmt.Sprintf(" (trials %d to %d)", from, to)
}
