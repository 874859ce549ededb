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

// A kind is all that settings know of a rule of learning.
type kind struct {
	name        string
	batch       int    // default of learning.batch
	batchUpdate string // default of learning.batch_update
	of          func(*Config, dataset.Info) rule
}

// kinds lists the rules; the first is the default. It is the one place that tells one rule
// from another. A key says itself for which of them it is.
func kinds() []kind {
	return []kind{
		{plateau, 1, updateSum, func(c *Config, info dataset.Info) rule { return c.Model(info) }},
		{backprop, 100, updateMean, func(c *Config, info dataset.Info) rule { return c.backprop(info) }},
	}
}

// ruleNames lists the rules by name.
func ruleNames() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// kind returns that of learning.rule; of the default for a name that is wrong, which is
// reported elsewhere.
func (c *Config) kind() kind {
	all := kinds()
	return all[max(0, slices.IndexFunc(all, func(k kind) bool { return k.name == c.Learning.Rule }))]
}

// rule returns the network of these settings, and how it learns.
func (c *Config) rule(info dataset.Info) rule { return c.kind().of(c, info) }

// Rules that have some keys in common, for the field rules of those.
func spiking() []string     { return []string{plateau} }  // of neurons with potentials, in time
func perceptrons() []string { return []string{backprop} } // of networks without time

// Learner returns what learns with these settings, with its initial weights, and how
// examples are shown to it.
func (c *Config) Learner(info dataset.Info, workers int) (training.Learner, training.Schedule, error) {
	s := training.Schedule{Batch: c.Learning.Batch, Course: c.Learning.rateCourse(), Seed: uint64(c.Seed)}
	l, err := c.rule(info).Learner(workers)
	return l, s, err
}

// validateRule reports settings that do not go with the rule.
func (c *Config) validateRule() error {
	if c.Network.PerClass != 1 && !Find("network.per_class").isFor(c.Learning.Rule) {
		return fmt.Errorf("network.per_class = %d, but with learning.rule = %q a class has one output; want 1", c.Network.PerClass, c.Learning.Rule)
	}
	return c.rule(c.Data.Images()).Validate()
}

// withoutEffect reports settings that the user asks for with --set and that mean nothing
// to the rule.
func (c *Config) withoutEffect() error {
	var problems []string
	for _, k := range Keys() {
		if c.Given[k.Name] == "--set" && !k.isFor(c.Learning.Rule) {
			problems = append(problems, fmt.Sprintf("--set: %s has no effect with learning.rule = %q; it is for %s",
				k.Name, c.Learning.Rule, orList(k.rules)))
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
	if _, ok := c.rule(c.Data.Images()).(protocols.Model); ok {
		return nil
	}
	return fmt.Errorf("%s needs neurons with potentials, which a network that learns by %s does not have; want learning.rule = %s", what, c.Learning.Rule, orList(spiking()))
}
