package settings

import (
	"fmt"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// Learner returns what learns with these settings, with its initial weights, and how
// examples are shown to it. It is the only place that tells one rule from another.
func (c *Config) Learner(info dataset.Info, workers int) (training.Learner, training.Schedule, error) {
	m := c.Model(info)
	net, err := m.NewNetwork()
	if err != nil {
		return nil, m.Schedule(), err
	}
	l, err := protocols.NewLearner(m, net, workers)
	return l, m.Schedule(), err
}

// Spiking is what can only be done with a learner whose neurons have potentials: trials,
// recordings and counts of spikes.
type Spiking interface {
	Model() protocols.Model
	Network() *network.Network
	Watch(o sim.Observer, potentials bool)
	CountSpikes() *protocols.SpikeCount
}

// SpikingOf returns a learner as one that spikes. What says in an error for what that is
// needed.
func SpikingOf(l training.Learner, what string) (Spiking, error) {
	s, ok := l.(Spiking)
	if !ok {
		return nil, fmt.Errorf("%s needs a network of spiking neurons, which this rule does not have", what)
	}
	return s, nil
}
