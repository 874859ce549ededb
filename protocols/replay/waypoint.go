package replay

import (
	"bytes"

	"plateau/network"
)

// A Waypoint is a state of a replay, to which it can return without learning
// everything again.
type Waypoint struct {
	Snapshot int // number of the snapshot with which the replay had begun
	Next     int // the trial to learn from next

	net     *network.Network
	updates int
	states  map[int][]byte // of each slot of a batch
}

// Bytes returns roughly how much memory a waypoint takes.
func (w *Waypoint) Bytes() int {
	n := 4 * w.net.Weights().Count()
	for _, state := range w.states {
		n += len(state)
	}
	return n
}

// Waypoint returns the present state of the replay; nil before it has begun, and in
// the middle of a batch.
func (p *Replay) Waypoint() *Waypoint {
	if p.snapshot < 0 {
		return nil
	}
	if len(p.pending) > 0 {
		t, err := p.reader.Trial(p.next)
		if err != nil || p.learns(t) && t.Slot != 0 {
			return nil
		}
		p.apply()
	}
	w := &Waypoint{Snapshot: p.snapshot, Next: p.next, net: p.net.Clone(), updates: p.updates, states: map[int][]byte{}}
	for k, slot := range p.slots {
		w.states[k] = bytes.Clone(slot.state)
	}
	return w
}

// At returns the Snapshot and Next that a Waypoint would have now; snapshot is −1
// before the replay has begun.
func (p *Replay) At() (snapshot, next int) { return p.snapshot, p.next }

// Return goes back, or forward, to a waypoint of a replay of the same recording.
func (p *Replay) Return(w *Waypoint) error {
	if err := p.begin(w.net.Clone(), w.Snapshot, w.Next); err != nil {
		return err
	}
	p.updates = w.updates
	for k, state := range w.states {
		p.slot(k).state = bytes.Clone(state)
	}
	return nil
}
