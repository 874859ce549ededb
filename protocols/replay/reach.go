package replay

import (
	"errors"
	"fmt"

	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// reach brings the network to the weights that it had in a trial and returns the
// state with which the trial began, nil for rest.
func (p *Replay) reach(t *record.Trial) (state []byte, err error) {
	stored, err := p.reader.State(t.Index)
	if err != nil {
		return nil, err
	}
	alone := t.Updates == 0 && (t.Rested || stored != nil)
	if ahead := p.snapshot == t.Snapshot && (p.next <= t.Index || alone && p.updates == 0); !ahead {
		if err := p.restart(t); err != nil {
			return nil, err
		}
	}
	if alone && p.updates == 0 {
		return stored, nil
	}
	for ; p.next < t.Index; p.next++ {
		if p.Learning != nil {
			if err := p.Learning(p.next, t.Index); err != nil {
				return nil, err
			}
		}
		before, err := p.reader.Trial(p.next)
		if err != nil {
			return nil, fmt.Errorf("its weights depend on trial %d: %w", p.next, err)
		}
		if p.learns(before) {
			if err := p.learn(before); err != nil {
				return nil, fmt.Errorf("its weights depend on trial %d: %w", p.next, err)
			}
		}
	}
	if !p.learns(t) || t.Slot == 0 {
		p.apply()
	}
	if p.updates != t.Updates {
		return nil, fmt.Errorf("its weights were changed by %d trials since the last snapshot of the weights, of which %d were recorded", t.Updates, p.updates)
	}
	return p.state(t, stored)
}

// learns reports whether a trial changed weights.
func (p *Replay) learns(t *record.Trial) bool {
	return p.header.Rule != nil && t.Purpose == sim.TrainingSpikes
}

// state returns the state with which a trial began. Stored is the one in the
// recording, if any.
func (p *Replay) state(t *record.Trial, stored []byte) ([]byte, error) {
	if t.Rested || stored != nil {
		return stored, nil
	}
	if slot := p.slots[t.Slot]; slot != nil && slot.state != nil {
		return slot.state, nil
	}
	return nil, errors.New("it began with a state that the recording does not hold")
}

// restart goes back to the last snapshot of the weights before a trial.
func (p *Replay) restart(t *record.Trial) error {
	first := t.Index
	if t.Updates > 0 || !t.Rested {
		for first > 0 {
			before, err := p.reader.Trial(first - 1)
			if err != nil || before.Snapshot != t.Snapshot {
				break // reach reports a damaged trial if it is needed
			}
			first--
		}
	}
	if t.Weights == "" {
		return errors.New("the part of the recording that says which weights it has is damaged")
	}
	net, err := p.reader.Weights(t.Weights)
	if errors.Is(err, record.ErrNotRecorded) && p.weights != nil {
		if net, err = p.weights(t.Weights); err == nil {
			net = net.Clone()
			err = p.fits(net, t.Weights)
		}
	}
	if err != nil {
		return err
	}
	return p.begin(net, t.Snapshot, first)
}

// fits returns an error if weights from outside the recording are not the right ones.
func (p *Replay) fits(net *network.Network, digest string) error {
	if got := net.Weights().SHA256(); got != digest {
		return fmt.Errorf("the weights with digest %.12s are needed, not those with %.12s", digest, got)
	}
	if fmt.Sprint(net.Architecture) != fmt.Sprint(p.header.Network) {
		return errors.New("the weights are those of another network")
	}
	return nil
}

// begin begins anew with the weights of a snapshot.
func (p *Replay) begin(net *network.Network, snapshot, first int) error {
	engine, err := sim.New(net, p.header.Neurons, p.header.Seed)
	if err != nil {
		return err
	}
	quiet, err := sim.New(net, p.header.Neurons, p.header.Seed)
	if err != nil {
		return err
	}
	engine.Watch(&p.relay, true)
	p.net, p.engine, p.quiet, p.snapshot, p.next, p.updates = net, engine, quiet, snapshot, first, 0
	p.pending, p.slots, p.target = nil, map[int]*slot{}, net.TargetMeans()
	return nil
}
