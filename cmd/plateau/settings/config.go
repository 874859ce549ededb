package settings

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
)

// Config is a configuration, in the units of its text: ms, Hz, conductances in 1/ms.
// Each section stands in a file of its own, with its defaults, its keys and their ranges.
type Config struct {
	Seed     int64
	Data     dataSection
	Network  networkSection
	Neurons  neuronsSection
	Phases   phasesSection
	Test     testSection
	Learning learningSection
	Rival    rivalSection
	initial  initialSection
	Measure  measureSection
	Record   recordSection

	// Given says where a key was set: "run.toml:12", "--epochs". Keys that are
	// not in it have their defaults.
	Given map[string]string
	// rounded lists the times that were no multiple of the time step; the fields have
	// the rounded values.
	rounded []rounding
}

// Keys lists all settings in the order in which they are printed.
func Keys() []Key {
	spikes := func(keys []Key) []Key { return forRules(spiking(), keys) }
	return slices.Concat(seedKeys(), dataKeys(), networkKeys(), spikes(neuronsKeys()), spikes(phasesKeys()), spikes(testKeys()),
		learningKeys(), forRules(perceptrons(), rivalKeys()), initialKeys(), measureKeys(), spikes(recordKeys()))
}

// seedKeys has the one setting that belongs to no section.
func seedKeys() []Key {
	return []Key{{
		Name: "seed", Meaning: "root of every random stream: initial weights, order of examples, phase lengths, spikes",
		Option: Option{Flag: "seed", hint: "N", usage: "root of every random number"},
		Range:  whole(0, math.MaxInt64),
		At:     func(c *Config) any { return &c.Seed },
	}}
}

// Defaults is the paper's model with one hidden layer of 500 neurons, which learns digits.
func Defaults() *Config {
	m := protocols.Default(0, []int{500}, 0)
	c := &Config{
		Seed: int64(m.Seed), Data: defaultData(), Network: defaultNetwork(m.Network), Neurons: defaultNeurons(m.Neurons),
		Phases: defaultPhases(m.Train), Test: defaultTest(m.Test), Learning: defaultLearning(m), Rival: defaultRival(), initial: defaultInitial(m.Initial),
		Measure: defaultMeasure(), Record: defaultRecord(),
		Given: map[string]string{},
	}
	c.Derive()
	return c
}

// Values of several keys with a choice.
const (
	Everything = "all"
	Nothing    = "none"
)

// Count is a number of images; 0 stands for all of them.
type Count int

// none is a 0 that a user wrote, which does not mean all and is refused.
const none = Count(math.MinInt)

// location is a file or folder as it was given, "" if none was. It is printed as a path that
// holds in every folder, so that a run can be begun once more from another one.
type location string

func (l location) everywhere() string {
	if path, err := filepath.Abs(string(l)); l != "" && err == nil {
		return path
	}
	return string(l)
}

// span is a time in ms that may be unlimited, which is +Inf.
type span float64

// Derive sets every key that follows others and was not set itself.
func (c *Config) Derive() {
	for _, k := range Keys() {
		if _, given := c.Given[k.Name]; !given && k.derive != nil {
			k.derive(c)
		}
	}
	c.Learning.rates = c.Learning.spread(len(c.Network.Hidden))
}

// Model turns the configuration into what protocols runs.
func (c *Config) Model(info dataset.Info) protocols.Model {
	neurons := c.Neurons.params()
	m := protocols.Model{
		Network: c.architecture(info), Initial: c.initial.distribution(neurons.Noise.MaxRate), Neurons: neurons,
		Train: c.Phases.twoPhase(), Test: c.Test.phase(),
		Seed: uint64(c.Seed),
	}
	c.Learning.addTo(&m)
	return m
}

// Title describes a model in short: "784-500-10 on digits".
func (c *Config) Title() string {
	info := c.Data.Info()
	by := ""
	if c.Learning.Rule != kinds()[0].name {
		by = " by " + c.Learning.Rule
	}
	silenced := ""
	if c.Network.silence != Nothing {
		silenced = fmt.Sprintf(" (%s silenced)", c.Network.silence)
	}
	return fmt.Sprintf("%s on %s%s%s", terminal.Join(c.Sizes(info), "-"), c.Data.Short(), by, silenced)
}

// Sizes lists the neurons of every population, from the input up.
func (c *Config) Sizes(info dataset.Info) []int {
	sizes := append([]int{inputs(info)}, c.Network.Hidden...)
	return append(sizes, len(info.Classes)*c.Network.PerClass)
}

// Weights counts the weights of the network. It returns more than maxWeights if a
// layer is impossible.
func (c *Config) Weights() float64 {
	info := c.Data.Info()
	below, total := float64(inputs(info)), 0.0
	output := float64(len(info.Classes) * c.Network.PerClass)
	sizes := c.Network.Hidden
	for m, n := range sizes {
		if n < 1 || n > network.MaxNeurons {
			return math.Inf(1)
		}
		above := output
		if c.Network.feedback == string(network.LayerWise) && m+1 < len(sizes) {
			above = float64(sizes[m+1])
		}
		total += float64(n) * (below + 2 + above)
		below = float64(n)
	}
	return total + output*(below+1)
}

// trials returns the number of trials of a run, at most the number that can be listed.
func (c *Config) trials() int {
	return int(min(int64(c.Data.Shown())*int64(c.Learning.Epochs), math.MaxInt32))
}
