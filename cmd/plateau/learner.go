package main

import (
	"fmt"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// learner returns what learns with these settings, with its initial weights, and how
// examples are shown to it. It is the only place that tells one rule from another.
func (c *config) learner(info dataset.Info, workers int) (training.Learner, training.Schedule, error) {
	m := c.model(info)
	net, err := m.NewNetwork()
	if err != nil {
		return nil, m.Schedule(), err
	}
	l, err := protocols.NewLearner(m, net, workers)
	return l, m.Schedule(), err
}

// spiking is what can only be done with a learner whose neurons have potentials: trials,
// recordings and counts of spikes.
type spiking interface {
	Model() protocols.Model
	Network() *network.Network
	Watch(o sim.Observer, potentials bool)
	CountSpikes() *protocols.SpikeCount
}

// spikingOf returns a learner as one that spikes. What says in an error for what that is
// needed.
func spikingOf(l training.Learner, what string) (spiking, error) {
	s, ok := l.(spiking)
	if !ok {
		return nil, fmt.Errorf("%s needs a network of spiking neurons, which this rule does not have", what)
	}
	return s, nil
}
