package settings

import (
	"fmt"
	"slices"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// Rules of learning, as learning.rule calls them.
const (
	plateau  = "plateau"
	backprop = "backprop"
)

// A rule is a network and how it learns.
type rule interface {
	Validate() error
	// Learner returns it with its initial weights.
	Learner(workers int) (training.Learner, error)
}

// rule is the one place that tells one rule from another.
func (c *Config) rule(info dataset.Info) rule {
	switch c.Learning.Rule {
	case backprop:
		return c.backprop(info)
	default:
		return c.Model(info)
	}
}

// Learner returns what learns with these settings, with its initial weights, and how
// examples are shown to it.
func (c *Config) Learner(info dataset.Info, workers int) (training.Learner, training.Schedule, error) {
	s := training.Schedule{Batch: c.Learning.Batch, RateDecay: c.Learning.rateDecay, Seed: uint64(c.Seed)}
	l, err := c.rule(info).Learner(workers)
	return l, s, err
}

// validateRule reports settings that do not go with the rule.
func (c *Config) validateRule() error {
	if c.Learning.Rule != plateau && c.Network.PerClass != 1 {
		return fmt.Errorf("network.per_class = %d, but with learning.rule = %q a class has one output; want 1", c.Network.PerClass, c.Learning.Rule)
	}
	return c.rule(c.Data.Images()).Validate()
}

// withoutEffect reports settings that the user asks for with --set and that mean nothing
// to the rule: those of neurons for a network without time, and the other way round.
func (c *Config) withoutEffect() error {
	var problems []string
	for _, k := range Keys() {
		neurons := slices.Contains([]string{"neurons", "phases", "test", "initial", "record"}, k.section())
		rivals := k.section() == "rival"
		if c.Given[k.Name] == "--set" && (neurons && c.Learning.Rule != plateau || rivals && c.Learning.Rule == plateau) {
			problems = append(problems, fmt.Sprintf("--set: %s has no effect with learning.rule = %q", k.Name, c.Learning.Rule))
		}
	}
	if problems != nil {
		return &Error{problems}
	}
	return nil
}

// Spiking is what can only be done with a learner whose neurons have potentials: trials,
// recordings and counts of spikes.
type Spiking interface {
	Model() protocols.Model
	Network() *network.Network
	Watch(o sim.Observer, potentials bool)
	CountSpikes() *protocols.SpikeCount
}

// Spikes returns an error unless the neurons of these settings have potentials. What
// needs that.
func (c *Config) Spikes(what string) error {
	if c.Learning.Rule == plateau {
		return nil
	}
	return fmt.Errorf("%s needs neurons with potentials, which a network that learns by %s does not have; want learning.rule = %q", what, c.Learning.Rule, plateau)
}
