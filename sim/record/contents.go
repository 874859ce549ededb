package record

import (
	"errors"
	"fmt"
	"math"

	"plateau/sim"
)

// contents are the chunks of a group, and what it holds according to its events.
type contents struct {
	entry  groupEntry
	chunks []chunkAt // in order
	gaps   bool      // whether there are other bytes between them
	pieces []piece
	done   int   // steps that the first trial had before the group
	spikes []int // number of spikes of each population, −1 if they are not recorded
	values []int // number of rows of plateaus of each hidden layer
	rows   []int // number of samples of each probe
	ends   int   // number of rows of plateaus so far
	states int   // number of states so far
	err    error // why the events cannot be read; then only entry, chunks and gaps are known
}

type chunkAt struct {
	frame
	offset int64
}

// A piece is what a group says about one trial.
type piece struct {
	began  bool // whether the trial began in this group
	ended  bool // whether it ended in this group
	from   int  // its steps of the group: from ≤ step < to
	to     int
	done   int // steps that it had before the group
	trial  Trial
	taken  int // the number of its snapshot
	state  int // the number of its state in the group; −1 if it has none
	phases []phaseEvent
	ends   []int // for each phase that ended, the row of its plateaus in the group; −1 if it has none
}

// A phaseEvent is a phase, with what only replay needs.
type phaseEvent struct {
	Phase
	intensity []float32
	onsets    []int32 // for every hidden neuron, the number of steps from its plateau to the end of the phase
}

var errEvents = errors.New("the events are malformed")

// findChunks finds the chunks of a group.
func findChunks(s source, g groupEntry) *contents {
	c := &contents{entry: g}
	s.walk(g.offset, g.offset+g.length, func(at int64, f frame) {
		if g.holds(f) {
			c.chunks = append(c.chunks, chunkAt{f, at})
		}
	}, func(int64, int64, error) { c.gaps = true })
	return c
}

// events reads the events of a group.
func (c *contents) events(h *Header, u *unpacker) error {
	if len(c.chunks) == 0 || c.chunks[0].kind != eventsChunk {
		return errors.New("the events chunk is missing")
	}
	packed, err := u.payload(c.chunks[0].offset, c.chunks[0].frame)
	if err != nil {
		return err
	}
	b, err := decompress(u.z, nil, packed, int(c.chunks[0].raw))
	if err != nil {
		return errors.Join(errEvents, err)
	}
	p := parser{rest: b}
	c.done = p.count(math.MaxInt32)
	for _, population := range h.Populations {
		n := -1
		if population.Spikes {
			n = p.count(math.MaxInt)
		}
		c.spikes = append(c.spikes, n)
	}
	for range h.Network.Hidden {
		n := -1
		if h.Plateaus {
			n = p.count(math.MaxInt)
		}
		c.values = append(c.values, n)
	}
	for range h.Probes {
		c.rows = append(c.rows, p.count(math.MaxInt))
	}
	for len(p.rest) > 0 && p.err == nil {
		c.event(&p, h)
	}
	if p.err != nil {
		return p.err
	}
	if int(c.chunks[0].items) != c.begun() {
		return errEvents
	}
	c.current() // within a long trial, there are no events that make the piece
	for k := range c.pieces {
		to := c.entry.steps
		if k+1 < len(c.pieces) {
			to = c.pieces[k+1].from
		}
		if c.pieces[k].from > to {
			return errEvents
		}
		c.pieces[k].to = to
	}
	return nil
}

// begun returns the number of trials that begin in the group.
func (c *contents) begun() int {
	n := len(c.pieces)
	if n > 0 && !c.pieces[0].began {
		n--
	}
	return n
}

// current returns the piece to which the next event belongs.
func (c *contents) current() *piece {
	if len(c.pieces) == 0 {
		c.pieces = append(c.pieces, piece{done: c.done, state: -1, trial: Trial{Predicted: -1}})
	}
	return &c.pieces[len(c.pieces)-1]
}

func (c *contents) event(p *parser, h *Header) {
	switch tag, flags := p.byte(), byte(0); tag {
	case tagTrial:
		if len(c.pieces) == 0 && c.done > 0 {
			c.current() // the trial under way has no steps and no end in this group
		}
		c.trialEvent(p)
	case tagPhase:
		flags = p.byte()
		e := phaseEvent{Phase: Phase{
			Taught: flags&flagTaught != 0,
			Name:   p.string(), First: p.count(math.MaxInt32), Steps: p.count(math.MaxInt32), From: p.count(math.MaxInt32),
			Class: p.int(), PlateauWindow: p.count(math.MaxInt32),
		}}
		if flags&flagIntensity != 0 {
			n := h.Network.Inputs
			if flags&flagVaries != 0 {
				n = p.times(n, e.Steps)
			}
			e.intensity = p.floats(n)
		}
		if flags&flagOnsets != 0 {
			n := 0
			for _, size := range h.Network.Hidden {
				n += size
			}
			for range n {
				if p.err != nil {
					return
				}
				e.onsets = append(e.onsets, int32(p.int()))
			}
		}
		if flags&flagCurrents != 0 {
			e.Currents = p.currents(h, e.Steps)
		}
		t := c.current()
		t.phases = append(t.phases, e)
	case tagPhaseEnd:
		flags = p.byte()
		row := -1
		if flags&flagPlateaus != 0 {
			row = c.ends
			c.ends++
		}
		t := c.current()
		t.ends = append(t.ends, row)
	case tagPredicted:
		c.current().trial.Predicted = p.count(math.MaxInt32)
	case tagTrialEnd:
		t := c.current()
		t.ended = true
		t.trial.Steps = p.count(math.MaxInt32)
		n := p.count(len(p.rest) / 8)
		for range n {
			t.trial.Losses = append(t.trial.Losses, p.float64())
		}
	default:
		p.fail()
	}
}

func (c *contents) trialEvent(p *parser) {
	flags := p.byte()
	t := piece{began: true, state: -1, from: p.count(c.entry.steps)}
	t.trial = Trial{
		Purpose: sim.Purpose(p.uint()), Number: p.uint(), Example: p.int(), Class: p.int(),
		Slot: p.int(), Predicted: -1, Rested: flags&flagRested != 0,
	}
	t.taken = p.count(math.MaxInt32)
	t.trial.Updates = p.count(math.MaxInt)
	if flags&flagState != 0 {
		t.state = c.states
		c.states++
	}
	if n := len(c.pieces); n == 0 {
		if t.from > 0 {
			c.current()
		}
	} else if t.from < c.pieces[n-1].from {
		p.fail()
	}
	c.pieces = append(c.pieces, t)
}

// of returns the chunks of a kind and stream.
func (c *contents) of(k kind, stream int) []chunkAt {
	var list []chunkAt
	for _, chunk := range c.chunks {
		if chunk.kind == k && int(chunk.stream) == stream {
			list = append(list, chunk)
		}
	}
	return list
}

// lacks returns the kinds and streams of which a chunk is missing. If the events cannot
// be read, it knows only of those that have no chunk at all.
func (c *contents) lacks(h *Header) []frame {
	var list []frame
	check := func(k kind, stream int, wants []int) {
		found := c.of(k, stream)
		if c.err != nil && len(found) == 0 || c.err == nil && whole(found, wants[stream]) != nil {
			list = append(list, frame{kind: k, stream: uint16(stream)})
		}
	}
	for k, p := range h.Populations {
		if p.Spikes {
			check(spikesChunk, k, c.spikes)
		}
	}
	for k := range h.Network.Hidden {
		if h.Plateaus {
			check(plateauChunk, k, c.values)
		}
	}
	for k := range h.Probes {
		check(samplesChunk, k, c.rows)
	}
	for k := range c.states {
		if found := c.of(stateChunk, k); len(found) == 0 || int(found[0].items) != len(found) {
			list = append(list, frame{kind: stateChunk, stream: uint16(k)})
		}
	}
	return list
}

// whole returns an error unless the chunks hold the wanted number of items.
func whole(list []chunkAt, want int) error {
	n := 0
	for _, chunk := range list {
		n += int(chunk.items)
	}
	if n != want || len(list) == 0 {
		return fmt.Errorf("a chunk is missing: there are %d of %d items", n, want)
	}
	return nil
}
