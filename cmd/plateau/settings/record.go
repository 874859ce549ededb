package settings

import (
	"fmt"
	"strings"

	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/sim/record"
)

// recordSection is the section [record]: what train --record records.
type recordSection struct {
	spikes, variables, neurons string
	every                      float64
	plateaus                   bool
	trials, images             string
	weights                    bool
	weightsEvery               int
	Errors                     string
}

func defaultRecord() recordSection {
	return recordSection{
		spikes: Everything, plateaus: true, variables: Nothing, neurons: Everything,
		trials: Everything, images: Everything, weights: true, weightsEvery: 5000, Errors: stopOnError,
	}
}

// Values of record.errors.
const (
	stopOnError  = "stop"
	IgnoreErrors = "ignore"
)

func recordKeys() []Key {
	return []Key{{
		Name: "record.spikes", Meaning: "populations whose spikes train --record records",
		Range: relation(`"all", "none" or names, as in "input,hidden0"{:populations}`,
			func(c *Config) bool { _, err := recordedPopulations(c); return err == nil }).
			term(":populations", func(c *Config) string {
				return ": there are " + strings.Join(PopulationNames(len(c.Network.Hidden)), ", ")
			}),
		At: func(c *Config) any { return &c.Record.spikes },
	}, {
		Name: "record.plateaus", Meaning: "whether times and values of all plateaus are recorded",
		Range: yesOrNo(),
		At:    func(c *Config) any { return &c.Record.plateaus },
	}, {
		Name: "record.variables", Meaning: "potentials and rates that are recorded; replay recomputes them from spikes and weights",
		Range: relation(`"none", "all" or some of "`+variableNames()+`"`,
			func(c *Config) bool { _, err := recordedProbes(c); return err == nil || recordedNeuronsWrong(c) }),
		At: func(c *Config) any { return &c.Record.variables },
	}, {
		Name: "record.neurons", Meaning: "neurons whose potentials and rates are recorded, counted from 0",
		Range: relation(`"all" or populations, with ranges if only some of their neurons are wanted, as in "hidden0:0:20,hidden0:77,output"{:neurons}`,
			func(c *Config) bool { return !recordedNeuronsWrong(c) }).
			term(":neurons", func(c *Config) string { return neuronsOf(c, 1, len(c.Network.Hidden)+2) }),
		At: func(c *Config) any { return &c.Record.neurons },
	}, {
		Name: "record.every_ms", Meaning: "time from one recorded value to the next", Unit: "ms",
		steps:   true,
		Range:   moreThan(0, protocols.MaxLength),
		At:      func(c *Config) any { return &c.Record.every },
		Follows: "neurons.dt_ms",
		derive:  func(c *Config) { c.Record.every = c.Neurons.Dt },
	}, {
		Name: "record.trials", Meaning: "which trials are recorded, counted from 1",
		Range: relation(`"all", "misread", "every=N", or numbers and ranges from 1 to {the number of trials}, as in "1,500:520"`,
			func(c *Config) bool { return selectTrials(c, &record.Selection{}) == nil }).
			term("the number of trials", func(c *Config) string { return fmt.Sprint(c.trials()) }),
		At: func(c *Config) any { return &c.Record.trials },
	}, {
		Name: "record.images", Meaning: "images whose trials are recorded, counted from 0",
		Range: relation(`"all", or numbers and ranges from 0, less than {the number of images in an epoch}, as in "0:10,77"`,
			func(c *Config) bool { return selectImages(c, &record.Selection{}) == nil }).
			term("the number of images in an epoch", func(c *Config) string { return fmt.Sprint(c.Data.Shown()) }),
		At: func(c *Config) any { return &c.Record.images },
	}, {
		Name: "record.weights", Meaning: "whether weights are recorded, which replay needs; otherwise only their checksums are",
		Range: yesOrNo(),
		At:    func(c *Config) any { return &c.Record.weights },
	}, {
		Name: "record.weights_every", Meaning: "number of trials from one recording of the weights to the next; 0: only at the start. Replay repeats the learning since then",
		Unit:  "trials",
		Range: whole(0, 1e9),
		At:    func(c *Config) any { return &c.Record.weightsEvery },
	}, {
		Name: "record.errors", Meaning: "what happens to the training if the recording cannot go on, for example because the disk is full",
		Range: choice(stopOnError, IgnoreErrors),
		At:    func(c *Config) any { return &c.Record.Errors },
	}}
}

// variableNames lists what can be recorded besides spikes.
func variableNames() string {
	var names []string
	for _, v := range Variables() {
		names = append(names, string(v))
	}
	return strings.Join(names, ",")
}

// neuronsOf says how many neurons the populations from ≤ i < to have, the input being 0.
func neuronsOf(c *Config, from, to int) string {
	info := c.Data.Info()
	var there []string
	sizes := c.Sizes(info)
	for i, name := range PopulationNames(len(c.Network.Hidden))[from:to] {
		there = append(there, fmt.Sprintf("%s with %s", name, terminal.Plural(sizes[from+i], "neuron")))
	}
	return ": there are " + strings.Join(there, ", ")
}
