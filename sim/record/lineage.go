package record

import (
	"cmp"
	"slices"

	"plateau/network"
	"plateau/sim"
)

// A lineage knows how the weights of a trial came from the last snapshot of them, and
// decides when another is needed.
type lineage struct {
	header *Header
	net    *network.Network
	taken  int           // number of snapshots so far
	known  bool          // whether it is known what has happened since the last one; if not, another is needed
	since  WeightsSince  // what has happened since the last one; its Chains are in chains
	chains map[chain]int // number of snapshots when the last trial of a chain was shown
}

// A chain is the trials of one purpose in one slot of a batch; see Chain.
type chain struct {
	purpose sim.Purpose
	slot    int
}

// WeightsSince says what has happened since the last snapshot of the weights, so
// that trials after the mark refer to the same snapshots as in an unbroken run.
type WeightsSince struct {
	Shown   int     `json:"shown"`            // number of presentations
	Updates int     `json:"updates"`          // number of trials that have changed the weights
	Pending int     `json:"pending"`          // number of trials of the batch under way, which have not changed the weights yet
	Partly  bool    `json:"partly,omitempty"` // whether any of these is not recorded
	Broken  bool    `json:"broken,omitempty"` // whether any trial that has changed the weights is not recorded
	Chains  []Chain `json:"chains,omitempty"`
}

// A Chain is the trials of one purpose in one slot of a batch. Each begins with the
// state in which the one before ended, unless it begins at rest.
type Chain struct {
	Purpose sim.Purpose `json:"purpose"`
	Slot    int         `json:"place"` // from 0
	Taken   int         `json:"taken"` // number of snapshots of the weights when its last trial was shown
}

func newLineage(h *Header, net *network.Network) *lineage {
	return &lineage{header: h, net: net, known: true, chains: map[chain]int{}}
}

// learns reports whether a presentation changes the weights.
func (l *lineage) learns(p *sim.Presentation) bool {
	return l.header.Rule != nil && p.Purpose == sim.TrainingSpikes
}

// begin notes that a presentation begins.
func (l *lineage) begin(p *sim.Presentation) {
	if s := &l.since; s.Pending > 0 && (!l.learns(p) || p.Place == 0) {
		// A batch has ended, and its updates have changed the weights.
		s.Updates += s.Pending
		s.Broken = s.Broken || s.Partly
		s.Pending, s.Partly = 0, false
	}
	l.since.Shown++
}

// due reports whether a presentation that begins needs a snapshot before it. Within a
// batch there is none for its age alone.
func (l *lineage) due(p *sim.Presentation) bool {
	every := l.header.SnapshotEvery
	return l.taken == 0 || !l.known || l.header.Weights && l.since.Broken ||
		every > 0 && l.since.Shown >= every && (p.Place == 0 || !l.learns(p))
}

// take adds a snapshot to a group.
func (l *lineage) take(g *group) {
	g.weights = append(g.weights, newSnapshot(l.taken, l.net))
	l.taken++
	l.known, l.since = true, WeightsSince{Pending: l.since.Pending, Partly: l.since.Partly}
}

// end notes that a presentation of a chain has ended.
func (l *lineage) end(c chain) { l.chains[c] = l.taken }

// learnt notes that a presentation will change the weights when its batch ends.
func (l *lineage) learnt(f fate) {
	l.since.Pending++
	l.since.Partly = l.since.Partly || f != kept
}

// mark returns what has happened since the last snapshot, nil if that is not known.
func (l *lineage) mark() *WeightsSince {
	if !l.known {
		return nil
	}
	s := l.since
	for c, taken := range l.chains {
		s.Chains = append(s.Chains, Chain{c.purpose, c.slot, taken})
	}
	slices.SortFunc(s.Chains, func(a, b Chain) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Slot, b.Slot))
	})
	return &s
}

// goOn continues a lineage that had so many snapshots, from what mark returned.
func (l *lineage) goOn(taken int, s *WeightsSince) {
	l.taken, l.known = taken, s != nil
	if s == nil {
		return
	}
	for _, c := range s.Chains {
		l.chains[chain{c.Purpose, c.Slot}] = c.Taken
	}
	l.since = *s
	l.since.Chains = nil
}
