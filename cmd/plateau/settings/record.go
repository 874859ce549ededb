package settings

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/kernels"
	"plateau/protocols"
	"plateau/protocols/dataset"
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

func defaultRecord() (s recordSection) {
	s.spikes, s.plateaus = Everything, true
	s.variables, s.neurons = Nothing, Everything
	s.trials, s.images = Everything, Everything
	s.weights, s.weightsEvery = true, 5000
	s.Errors = stopOnError
	return s
}

func recordKeys() []Key {
	return []Key{
		{
			Name: "record.spikes", Meaning: "populations whose spikes train --record records",
			wants: `"all", "none" or names, as in "input,hidden0"{:populations}`,
			At:    func(c *Config) any { return &c.Record.spikes },
			ok:    func(c *Config) bool { _, err := c.recordedPopulations(); return err == nil },
		},
		{
			Name: "record.plateaus", Meaning: "whether times and values of all plateaus are recorded",

			At: func(c *Config) any { return &c.Record.plateaus },
		},
		{
			Name: "record.variables", Meaning: "potentials and rates that are recorded; replay recomputes them from spikes and weights",
			wants: `"none", "all" or some of "basal,apical,soma,rate"`,
			At:    func(c *Config) any { return &c.Record.variables },
			ok:    func(c *Config) bool { _, err := c.recordedTraces(); return err == nil || c.recordedNeuronsWrong() },
		},
		{
			Name: "record.neurons", Meaning: "neurons whose potentials and rates are recorded, counted from 0",
			wants: `"all" or populations, with ranges if only some of their neurons are wanted, as in "hidden0:0:20,hidden0:77,output"{:neurons}`,
			At:    func(c *Config) any { return &c.Record.neurons },
			ok:    func(c *Config) bool { return !c.recordedNeuronsWrong() },
		},
		{
			Name: "record.every_ms", Meaning: "time from one recorded value to the next", Unit: "ms",
			steps:   true,
			limits:  moreThan(0, maxLength),
			At:      func(c *Config) any { return &c.Record.every },
			Follows: "neurons.dt_ms",
			derive:  func(c *Config) { c.Record.every = c.Neurons.Dt },
		},
		{
			Name: "record.trials", Meaning: "which trials are recorded, counted from 1",
			wants: `"all", "misread", "every=N", or numbers and ranges from 1 to {the number of trials}, as in "1,500:520"`,
			At:    func(c *Config) any { return &c.Record.trials },
			ok:    func(c *Config) bool { return c.selectTrials(&record.Selection{}) == nil },
		},
		{
			Name: "record.images", Meaning: "images whose trials are recorded, counted from 0",
			wants: `"all", or numbers and ranges from 0, less than {the number of images in an epoch}, as in "0:10,77"`,
			At:    func(c *Config) any { return &c.Record.images },
			ok:    func(c *Config) bool { return c.selectImages(&record.Selection{}) == nil },
		},
		{
			Name: "record.weights", Meaning: "whether weights are recorded, which replay needs; otherwise only their checksums are",

			At: func(c *Config) any { return &c.Record.weights },
		},
		{
			Name: "record.weights_every", Meaning: "number of trials from one recording of the weights to the next; 0: only at the start. Replay repeats the learning since then",
			Unit: "trials", limits: whole(0, 1e9),
			At: func(c *Config) any { return &c.Record.weightsEvery },
		},
		{
			Name: "record.errors", Meaning: "what happens to the training if the recording cannot go on, for example because the disk is full",
			At: func(c *Config) any { return &c.Record.Errors }, Choices: []string{stopOnError, IgnoreErrors},
		},
	}
}

// recordedPopulations reports for each population whether its spikes are recorded.
func (c *Config) recordedPopulations() ([]bool, error) {
	names := PopulationNames(len(c.Network.Hidden))
	chosen := make([]bool, len(names))
	for i := range chosen {
		chosen[i] = c.Record.spikes == Everything
	}
	if c.Record.spikes == Everything || c.Record.spikes == Nothing {
		return chosen, nil
	}
	for name := range strings.SplitSeq(c.Record.spikes, ",") {
		i := slices.Index(names, strings.TrimSpace(name))
		if i < 0 {
			return nil, fmt.Errorf("there is no population %s", name)
		}
		chosen[i] = true
	}
	return chosen, nil
}

// neuronRanges returns, for each population, the neurons whose potentials are
// recorded, as ranges that exclude their last number.
func (c *Config) neuronRanges() ([][][2]int, error) {
	info, err := dataset.Lookup(c.Data.Name)
	if err != nil {
		return nil, nil // reported elsewhere
	}
	text := c.Record.neurons
	names, sizes := PopulationNames(len(c.Network.Hidden)), c.Sizes(info)
	if text == Everything {
		text = strings.Join(names[1:], ",")
	}
	chosen := make([][][2]int, len(names))
	for part := range strings.SplitSeq(text, ",") {
		name, numbers, some := strings.Cut(strings.TrimSpace(part), ":")
		i := slices.Index(names, name)
		switch {
		case i < 0:
			return nil, fmt.Errorf("there is no population %s", name)
		case i == 0:
			return nil, errors.New("the input has no potentials")
		case !some:
			numbers = ":"
		}
		from, to, err := cli.ParseRange(numbers, 0, sizes[i])
		if err != nil {
			return nil, err
		}
		chosen[i] = append(chosen[i], [2]int{from, to})
	}
	return chosen, nil
}

func (c *Config) recordedNeuronsWrong() bool { _, err := c.neuronRanges(); return err != nil }

// recordedTraces lists the variables to record, still without their neurons.
func (c *Config) recordedTraces() ([]record.Probe, error) {
	list, err := ParseVariables(c.Record.variables)
	if err != nil || list == nil {
		return nil, err
	}
	neurons, err := c.neuronRanges()
	if err != nil {
		return nil, err
	}
	interval := kernels.Steps(c.Record.every, c.Neurons.Dt)
	var traces []record.Probe
	for i, chosen := range neurons {
		for _, v := range list {
			if chosen != nil && (v != record.Apical || i <= len(c.Network.Hidden)) {
				traces = append(traces, record.Probe{Population: i, Variable: v, Every: interval})
			}
		}
	}
	if traces == nil {
		return nil, errors.New("output neurons have no apical dendrite")
	}
	return traces, nil
}

// listNeurons adds their neurons to the recorded variables.
func (c *Config) listNeurons(traces []record.Probe) error {
	ranges, err := c.neuronRanges()
	if err != nil {
		return err
	}
	for k := range traces {
		t := &traces[k]
		for _, r := range ranges[t.Population] {
			for n := r[0]; n < r[1]; n++ {
				t.Neurons = append(t.Neurons, n)
			}
		}
		slices.Sort(t.Neurons)
		t.Neurons = slices.Compact(t.Neurons)
	}
	return nil
}

// selectTrials adds the trials that a run records to a selection.
func (c *Config) selectTrials(s *record.Selection) error {
	switch c.Record.trials {
	case Everything:
		return nil
	case "misread":
		s.Mispredicted = true
		return nil
	}
	if n, ok := strings.CutPrefix(c.Record.trials, "every="); ok {
		every, err := strconv.Atoi(n)
		if err != nil || every < 1 {
			return fmt.Errorf("%q: want a number from 1", n)
		}
		s.Every = every
		return nil
	}
	numbers, err := cli.ParseRanges(c.Record.trials, 1, 1+c.trials())
	for _, n := range numbers {
		s.Numbers = append(s.Numbers, uint64(n))
	}
	return err
}

// selectImages adds the images whose trials are recorded to a selection.
func (c *Config) selectImages(s *record.Selection) (err error) {
	if c.Record.images != Everything {
		s.Examples, err = cli.ParseRanges(c.Record.images, 0, c.Shown())
	}
	return err
}

// trials returns the number of trials of a run, at most the number that can be listed.
func (c *Config) trials() int {
	return int(min(int64(c.Shown())*int64(c.Learning.Epochs), math.MaxInt32))
}

// OwnWeights returns the largest number of trials for which weights must be recorded
// because the trials before them are not; 0 if all are recorded.
func (c *Config) OwnWeights(s record.Selection) int {
	if s.Every < 2 && s.Numbers == nil && s.Examples == nil && !s.Mispredicted {
		return 0
	}
	n := c.trials()
	if s.Every > 1 {
		n = (n + s.Every - 1) / s.Every
	}
	if s.Examples != nil {
		n = min(n, len(s.Examples)*c.Learning.Epochs)
	}
	if s.Numbers != nil {
		// Of consecutive trials only the first needs weights.
		first := 0
		for i, number := range s.Numbers {
			if i == 0 || number != s.Numbers[i-1]+1 {
				first++
			}
		}
		n = min(n, first)
	}
	return n
}

// Shown returns the number of images in an epoch.
func (c *Config) Shown() int {
	if c.Data.Examples > 0 {
		return int(c.Data.Examples) - c.Data.Validation
	}
	return c.Images().Train - c.Data.Validation
}

// RecordingHeader returns the header of a recording of training.
func (c *Config) RecordingHeader(m protocols.Model) (record.Header, error) {
	h := protocols.RecordingHeader(m)
	c.signHeader(&h, SplitTrain)
	chosen, err := c.recordedPopulations()
	if err != nil {
		return h, err
	}
	for i := range chosen {
		h.Populations[i].Spikes = chosen[i]
	}
	if h.Probes, err = c.recordedTraces(); err != nil {
		return h, err
	}
	if h.RateDecay != 0 {
		h.EpochTrials = c.Shown()
	}
	h.Plateaus, h.Weights, h.SnapshotEvery = c.Record.plateaus, c.Record.weights, c.Record.weightsEvery
	return h, errors.Join(c.listNeurons(h.Probes), c.selectTrials(&h.Select), c.selectImages(&h.Select))
}

// TrialHeader returns the header of a recording of a single trial, which holds
// everything.
func (c *Config) TrialHeader(m protocols.Model, split string) record.Header {
	h := protocols.RecordingHeader(m)
	c.signHeader(&h, split)
	h.Rule, h.MeanUpdate, h.RateDecay = nil, false, 0
	h.Plateaus, h.Weights = true, true
	for i := range h.Populations[1:] {
		for _, v := range Variables() {
			if v != record.Apical || i < len(m.Network.Hidden) {
				h.Probes = append(h.Probes, record.Probe{Population: i + 1, Variable: v, Every: 1})
			}
		}
	}
	return h
}

// signHeader adds the program, the time and the data to a header.
func (c *Config) signHeader(h *record.Header, split string) {
	h.Program, h.Begun = "plateau "+cli.Version(), time.Now().UTC()
	h.Config, h.Data, h.Split = PrintConfig(c, false), c.Data.Name, split
}
