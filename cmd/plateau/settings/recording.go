package settings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim/record"
)

// recordedPopulations reports for each population whether its spikes are recorded.
func recordedPopulations(c *Config) ([]bool, error) {
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
// recorded, as ranges that exclude their last number. The input has none.
func neuronRanges(c *Config) ([][][2]int, error) {
	text, populations := c.Record.neurons, len(c.Network.Hidden)+2
	if text == Everything {
		text = strings.Join(PopulationNames(len(c.Network.Hidden))[1:], ",")
	}
	return parseNeurons(c, text, 1, populations)
}

// ParseNeurons returns, for each population, the neurons that a text such as
// "hidden0:0:20,hidden0:77,output" chooses, in ascending order. The input, which has no
// potentials, cannot be chosen.
func ParseNeurons(c *Config, text string) ([][]int, error) {
	ranges, err := parseNeurons(c, text, 1, len(c.Network.Hidden)+2)
	if err != nil {
		return nil, err
	}
	chosen := make([][]int, len(ranges))
	for population, list := range ranges {
		chosen[population] = numbersIn(list)
	}
	return chosen, nil
}

// numbersIn lists the numbers in ranges that exclude their last, in ascending order and
// each once.
func numbersIn(ranges [][2]int) (numbers []int) {
	for _, r := range ranges {
		for n := r[0]; n < r[1]; n++ {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// parseNeurons reads a choice of neurons, such as "hidden0:0:20,hidden0:77,output": for each
// population ranges that exclude their last number. Only the populations from ≤ i < to can
// be chosen, the input being 0.
func parseNeurons(c *Config, text string, from, to int) ([][][2]int, error) {
	info := c.Data.Info()
	names, sizes := PopulationNames(len(c.Network.Hidden)), c.Sizes(info)
	chosen := make([][][2]int, len(names))
	for part := range strings.SplitSeq(text, ",") {
		name, numbers, some := strings.Cut(strings.TrimSpace(part), ":")
		i := slices.Index(names, name)
		switch {
		case i < 0:
			return nil, fmt.Errorf("there is no population %s", name)
		case i < from || i >= to:
			return nil, fmt.Errorf("%s is none of the populations from which to choose", name)
		case !some:
			numbers = ":"
		}
		first, end, err := cli.ParseRange(numbers, 0, sizes[i])
		if err != nil {
			return nil, err
		}
		chosen[i] = append(chosen[i], [2]int{first, end})
	}
	return chosen, nil
}

func recordedNeuronsWrong(c *Config) bool { _, err := neuronRanges(c); return err != nil }

// recordedProbes lists the variables to record, still without their neurons.
func recordedProbes(c *Config) ([]record.Probe, error) {
	list, err := ParseVariables(c.Record.variables)
	if err != nil || list == nil {
		return nil, err
	}
	neurons, err := neuronRanges(c)
	if err != nil {
		return nil, err
	}
	interval := kernels.Steps(c.Record.every, c.Neurons.Dt)
	var probes []record.Probe
	for i, chosen := range neurons {
		for _, v := range list {
			if chosen != nil && (v != record.Apical || i <= len(c.Network.Hidden)) {
				probes = append(probes, record.Probe{Population: i, Variable: v, Every: interval})
			}
		}
	}
	if probes == nil {
		return nil, errors.New("output neurons have no apical dendrite")
	}
	return probes, nil
}

// listNeurons adds their neurons to the recorded variables.
func listNeurons(c *Config, probes []record.Probe) error {
	ranges, err := neuronRanges(c)
	if err != nil {
		return err
	}
	for k := range probes {
		probes[k].Neurons = numbersIn(ranges[probes[k].Population])
	}
	return nil
}

// selectTrials adds the trials that a run records to a selection.
func selectTrials(c *Config, s *record.Selection) error {
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
func selectImages(c *Config, s *record.Selection) (err error) {
	if c.Record.images != Everything {
		s.Examples, err = cli.ParseRanges(c.Record.images, 0, c.Data.Shown())
	}
	return err
}

// OwnWeights returns the largest number of trials for which weights must be recorded
// because the trials before them are not; 0 if all are recorded.
func OwnWeights(c *Config, s record.Selection) int {
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

// RecordingHeader returns the header of a recording of training.
func RecordingHeader(c *Config, m protocols.Model) (record.Header, error) {
	h := protocols.RecordingHeader(m)
	signHeader(c, &h, SplitTrain)
	chosen, err := recordedPopulations(c)
	if err != nil {
		return h, err
	}
	for i := range chosen {
		h.Populations[i].Spikes = chosen[i]
	}
	if h.Probes, err = recordedProbes(c); err != nil {
		return h, err
	}
	if !m.Course.Constant() {
		h.EpochTrials = c.Data.Shown()
	}
	h.Plateaus, h.Weights, h.SnapshotEvery = c.Record.plateaus, c.Record.weights, c.Record.weightsEvery
	return h, errors.Join(listNeurons(c, h.Probes), selectTrials(c, &h.Select), selectImages(c, &h.Select))
}

// TrialsHeader returns the header of a recording of many trials in which nothing is
// learnt: of a test, or of plateau trial. All are recorded unless --set record.trials
// selects some.
func TrialsHeader(c *Config, m protocols.Model, split string) (record.Header, error) {
	h, err := RecordingHeader(c, m)
	if err != nil {
		return h, err
	}
	h.Split, h.SnapshotEvery = split, 0
	withoutLearning(&h)
	s := h.Select
	h.Select = record.Selection{}
	if c.Given["record.trials"] == "--set" {
		if h.Select = (record.Selection{Every: s.Every, Mispredicted: s.Mispredicted}); s.Numbers != nil {
			return h, fmt.Errorf("--set: record.trials = %q counts the trials of a training; want \"misread\" or \"every=N\" here", c.Record.trials)
		}
	}
	return h, nil
}

// TrialHeader returns the header of a recording of a single trial, which holds
// everything.
func TrialHeader(c *Config, m protocols.Model, split string) record.Header {
	h := protocols.RecordingHeader(m)
	signHeader(c, &h, split)
	withoutLearning(&h)
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

// withoutLearning says in a header that the weights stay as they are.
func withoutLearning(h *record.Header) {
	h.Rule, h.MeanUpdate, h.Course, h.EpochTrials, h.Optimiser = nil, false, network.Course{}, 0, ""
}

// signHeader adds the program, the time and the data to a header.
func signHeader(c *Config, h *record.Header, split string) {
	h.Program, h.Begun = "plateau "+cli.Version(), time.Now().UTC()
	h.Config, h.Data, h.Split = PrintConfig(c, false), c.Data.Short(), split
}
