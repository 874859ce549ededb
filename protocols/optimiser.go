package protocols

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"plateau/network"
	"plateau/network/rate"
)

// An Optimiser says how the weights follow the updates of the rule. The zero Optimiser
// adds them, as in the paper. With the others the rule computes the directions of the
// updates, as if all learning rates were 1, and the optimiser takes steps of the size of
// the learning rates: η of a layer, and η_b of feedback.
type Optimiser struct {
	Name     string  // "", Momentum or Adam
	Momentum float64 // μ of Momentum, β₁ of Adam; in [0, 1)
	Beta2    float64 // of Adam; in [0, 1)
	Epsilon  float64 // of Adam; > 0
}

// Names of optimisers.
const (
	Momentum = "momentum"
	Adam     = "adam"
)

// of returns the optimiser of weights that have a learning rate.
func (o Optimiser) of(eta float64) rate.Optimiser {
	if o.Name == Adam {
		return rate.Adam{LearningRate: eta, Beta1: o.Momentum, Beta2: o.Beta2, Epsilon: o.Epsilon}
	}
	return rate.SGD{LearningRate: eta, Momentum: o.Momentum}
}

// Validate reports what is outside its domain.
func (o Optimiser) Validate() error {
	switch o.Name {
	case "":
		return nil
	case Momentum:
		if o.Momentum == 0 {
			return errors.New("protocols: Optimiser.Momentum = 0, want more; without momentum there is no need of an optimiser")
		}
	case Adam:
	default:
		return fmt.Errorf("protocols: Optimiser.Name = %q, want \"\", %q or %q", o.Name, Momentum, Adam)
	}
	if err := o.of(1).Validate(); err != nil {
		return fmt.Errorf("protocols: Optimiser: %w", err)
	}
	return nil
}

// unit returns the rule with learning rates of 1, where they are not 0.
func unit(r network.Rule) network.Rule {
	ones := func(rates []float64) []float64 {
		rates = slices.Clone(rates)
		for i, eta := range rates {
			rates[i] = min(1, math.Ceil(eta))
		}
		return rates
	}
	r.Rates, r.FeedbackRates = ones(r.Rates), ones(r.FeedbackRates)
	return r
}

// A descent takes the steps of an optimiser.
type descent struct {
	optimiser Optimiser
	rule      network.Rule // with the learning rates
	factor    float64      // of the learning rates now
	steps     uint64
	net       *network.Network
	sum       *network.Network   // of the updates of a batch; zeros between batches
	memory    []*network.Network // what the optimiser keeps of each weight
}

func newDescent(o Optimiser, r network.Rule, net *network.Network) *descent {
	d := &descent{optimiser: o, rule: r, factor: 1, net: net, sum: network.New(net.Architecture)}
	for range o.of(1).Memories() {
		d.memory = append(d.memory, network.New(net.Architecture))
	}
	return d
}

// share takes one of the network's Parts of a step.
func (d *descent) share(updates []*network.Update, part int) {
	d.sum.ApplyPart(updates, part)
	m, block := d.net.Part(part)
	from, to := d.net.Layers[m].Weights.Receivers(block)
	if eta := d.rule.Rates[m]; eta > 0 {
		change := d.optimiser.of(eta).At(d.steps, d.factor)
		d.change(change, func(n *network.Network) []float32 { return n.Layers[m].Weights.Block(block) })
		d.change(change, func(n *network.Network) []float32 { return n.Layers[m].Bias[from:to] })
	}
	if m >= len(d.rule.FeedbackRates) {
		return
	}
	if eta := d.rule.FeedbackRates[m]; eta > 0 {
		change := d.optimiser.of(eta).At(d.steps, d.factor)
		d.change(change, func(n *network.Network) []float32 { return n.Layers[m].Feedback.Block(block) })
		if d.net.FeedbackBias {
			d.change(change, func(n *network.Network) []float32 { return n.Layers[m].FeedbackBias[from:to] })
		}
	}
}

// change changes an array of weights, and empties the sum of its updates.
func (d *descent) change(c rate.Change, of func(*network.Network) []float32) {
	memory := make([][]float32, 0, 2)
	for _, n := range d.memory {
		memory = append(memory, of(n))
	}
	sum := of(d.sum)
	c(of(d.net), sum, memory)
	clear(sum)
}

// appendState appends the number of steps and what the optimiser keeps.
func (d *descent) appendState(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, d.steps)
	for _, n := range d.memory {
		b = n.Weights().AppendBytes(b)
	}
	return b
}

// size returns the number of bytes that appendState appends.
func (d *descent) size() int { return 8 + 4*len(d.memory)*d.net.Weights().Count() }

// setState restores what appendState appended.
func (d *descent) setState(b []byte) {
	d.steps, b = binary.LittleEndian.Uint64(b), b[8:]
	for _, n := range d.memory {
		b = n.Weights().CutBytes(b)
	}
}
