package replay

import (
	"errors"
	"fmt"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim/record"
)

// slot is what is known about one slot of a batch.
type slot struct {
	state   []byte // state after its last trial; nil if not known
	forward []network.Means
	update  *network.Update
}

// slot returns what is known about a slot of a batch, at first nothing.
func (p *Replay) slot(k int) *slot {
	if p.slots[k] == nil {
		p.slots[k] = &slot{forward: p.net.ForwardMeans(), update: p.header.Rule.NewUpdate(p.header.Network)}
	}
	return p.slots[k]
}

// learn replays a trial that changed weights and keeps its update, which apply adds
// at the end of the batch.
func (p *Replay) learn(t *record.Trial) error {
	if o := p.header.Optimiser; o != "" {
		return fmt.Errorf("the network learnt from it with %s, whose state is not recorded; a run with record.weights_every = 1 has the weights of every trial", o)
	}
	if err := p.missing(everyPopulation); err != nil {
		return err
	}
	if len(t.Phases) != 2 || t.Phases[0].Taught || !t.Phases[1].Taught || !t.Whole {
		return errors.New("it does not have a whole forward and a whole target phase, from which a network learns")
	}
	if t.Slot == 0 {
		p.apply()
	}
	stored, err := p.reader.State(t.Index)
	if err != nil {
		return err
	}
	state, err := p.state(t, stored)
	if err != nil {
		return err
	}
	if err := p.quiet.SetState(state); err != nil {
		return err
	}
	slot := p.slot(t.Slot)
	err = p.show(p.quiet, t, record.End, func(taught bool) []network.Means {
		if taught {
			return p.target
		}
		return slot.forward
	}, nil)
	if err != nil {
		return err
	}
	rule, err := p.rule(t)
	if err != nil {
		return err
	}
	rule.Learn(slot.update, slot.forward, p.target)
	slot.state = p.quiet.AppendState(slot.state[:0])
	p.pending, p.learnt = append(p.pending, t.Slot), t.Number
	return nil
}

// rule returns the rule with the learning rates of a trial.
func (p *Replay) rule(t *record.Trial) (network.Rule, error) {
	h := p.header
	if h.EpochTrials == 0 {
		return *h.Rule, nil
	}
	before := (t.Number - 1) / uint64(h.EpochTrials)
	if t.Number == 0 || before >= maxEpochs {
		return network.Rule{}, fmt.Errorf("replay: the training example is number %d, in epochs of %d examples; want 1 to %d epochs", t.Number, h.EpochTrials, maxEpochs)
	}
	if epoch := int(before) + 1; epoch != p.epoch {
		p.epoch, p.slowed = epoch, h.Rule.Slowed(h.Course.Factor(epoch))
	}
	return p.slowed, nil
}

// maxEpochs is more than anybody trains, and few enough to count: a damaged recording
// may have any number.
const maxEpochs = 1 << 24

// apply adds the pending updates of a batch to the weights.
func (p *Replay) apply() {
	if len(p.pending) == 0 {
		return
	}
	updates := make([]*network.Update, len(p.pending))
	for k, n := range p.pending {
		updates[k] = p.slots[n].update
	}
	step := protocols.Step{Network: p.net, Mean: p.header.MeanUpdate, Seed: p.header.Seed}
	step.Take(updates, p.learnt)
	p.updates += len(p.pending)
	p.pending = p.pending[:0]
}
