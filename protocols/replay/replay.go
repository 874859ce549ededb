package replay

import (
	"fmt"

	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// A Replay recomputes the potentials of a recorded run from its spikes. Spikes and
// weights determine every potential, so it finds the same bits as the run. If weights
// change from trial to trial, it begins with the last snapshot of the weights before a
// trial and lets the network learn from the trials since, whose spikes determine
// the weight changes.
//
// Replaying trials in order is fastest. A Replay is for one goroutine.
type Replay struct {
	// Learning, if not nil, is called before the network learns from trial from in
	// order to reach the weights of trial to. An error from Learning ends the replay,
	// which can go on from there later.
	Learning func(from, to int) error

	reader  *record.Reader
	header  *record.Header
	weights func(digest string) (*network.Network, error)

	net      *network.Network
	engine   *sim.Engine // watched by relay
	relay    relay
	quiet    *sim.Engine // learns
	snapshot int         // number of the snapshot with which net began; −1 before the first
	next     int         // the trial to learn from next
	updates  int         // number of trials from which net has learnt since the snapshot
	pending  []int       // slots of the batch in progress
	learnt   uint64      // number of its last presentation
	slots    map[int]*slot
	target   []network.Means

	epoch  int // the epoch of slowed; 0 before the first
	slowed network.Rule
}

// relay passes events on to the observer of the present replay.
type relay struct {
	to sim.Observer
}

func (r *relay) Observe(e sim.Event) {
	if r.to != nil {
		r.to.Observe(e)
	}
}

// New returns a replay of a recording. It calls weights for weights that are not
// stored in the recording, with their digest (see network.Weights.SHA256); if weights
// is nil, replays that need it return an error.
func New(r *record.Reader, weights func(digest string) (*network.Network, error)) *Replay {
	return &Replay{reader: r, header: r.Header(), weights: weights, snapshot: -1}
}

// Trial replays a trial and sends an observer the same events as in the run, with the
// potentials of every compartment. The spikes of all populations must have been
// recorded.
func (p *Replay) Trial(i int, watch sim.Observer) error {
	if err := p.missing(everyPopulation); err != nil {
		return fmt.Errorf("replay of trial %d: %w", i, err)
	}
	if err := p.run(i, watch, record.End); err != nil {
		return fmt.Errorf("replay of trial %d: %w", i, err)
	}
	return nil
}

// run replays the steps of a trial before to.
func (p *Replay) run(i int, watch sim.Observer, to int) error {
	t, err := p.reader.Trial(i)
	if err != nil {
		return err
	}
	state, err := p.reach(t)
	if err != nil {
		return err
	}
	if err := p.engine.SetState(state); err != nil {
		return err
	}
	defer func() { p.relay.to = nil }()
	p.relay.to = watch
	target, forward := p.net.TargetMeans(), p.net.ForwardMeans()
	return p.show(p.engine, t, to, func(taught bool) []network.Means {
		if taught {
			return target
		}
		return forward
	}, watch)
}
