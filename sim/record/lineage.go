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

	// Of the presentation under way:
	chain  chain
	learns bool // whether it changes the weights
}

// An origin says where the weights and the state of a trial come from.
type origin struct {
	snapshot int  // the number of its snapshot
	due      bool // whether that must be taken before the trial
	updates  int  // number of trials that have changed the weights since the snapshot
	follows  bool // whether a replay can get its state from the trial before it in its chain
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

// begin notes that a presentation begins, and returns its origin.
func (l *lineage) begin(p *sim.Presentation) origin {
	l.chain = chain{p.Purpose, p.Slot}
	l.learns = l.header.Rule != nil && p.Purpose == sim.TrainingSpikes
	s := &l.since
	if s.Pending > 0 && (!l.learns || p.Slot == 0) {
		// A batch has ended, and its updates have changed the weights.
		s.Updates += s.Pending
		s.Broken = s.Broken || s.Partly
		s.Pending, s.Partly = 0, false
	}
	s.Shown++
	o := origin{snapshot: l.taken - 1, updates: s.Updates}
	if l.due() {
		o = origin{snapshot: l.taken, due: true}
	}
	o.follows = l.learns && l.chains[l.chain] == o.snapshot+1
	return o
}

// due reports whether a trial that begins needs another snapshot. Within a batch, the age
// of the last one is no reason.
func (l *lineage) due() bool {
	every := l.header.SnapshotEvery
	return l.taken == 0 || !l.known || l.header.Weights && l.since.Broken ||
		every > 0 && l.since.Shown >= every && (l.chain.slot == 0 || !l.learns)
}

// take adds a snapshot to a group.
func (l *lineage) take(g *group) {
	g.weights = append(g.weights, newSnapshot(l.taken, l.net))
	l.taken++
	l.known, l.since = true, WeightsSince{Pending: l.since.Pending, Partly: l.since.Partly}
}

// end notes that the presentation under way has ended.
func (l *lineage) end(f fate) {
	if l.learns {
		l.since.Pending++
		l.since.Partly = l.since.Partly || f != kept
	}
	l.chains[l.chain] = l.taken
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
