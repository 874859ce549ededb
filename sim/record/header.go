package record

import (
	"fmt"
	"slices"
	"time"

	"plateau/network"
	"plateau/sim"
)

// Header is what a recording says of the run it is of: with the data set, all
// that decides the run, and what of it is to be recorded. It is written first.
type Header struct {
	Format  int       // version of the format of the file; a Writer sets it
	Program string    // what wrote it, with its version
	Begun   time.Time // when; zero if not known
	Config  string    // the configuration as text (TOML); may be empty
	Data    string    // name of the data set
	Split   string    // of which part of it examples were shown, "train" or "test"; empty if not known

	Neurons sim.Params // with Neurons.Dt, the length of a step (ms)
	Network network.Architecture
	Seed    uint64
	// Rule is how weights change after each training trial, or batch of them; nil
	// in a recording of a network that does not learn.
	Rule *network.Rule
	// MeanUpdate says that a batch changes weights by the mean of its updates, not
	// by their sum.
	MeanUpdate bool
	// RateDecay, if not 0, is the factor by which all learning rates of Rule are
	// multiplied after every EpochTrials training trials.
	RateDecay   float64
	EpochTrials int

	// Populations are the input, the hidden layers from the input up and the
	// output. Their number in this list is the layer of sim.Block.
	Populations []Population
	// Traces are the variables that are recorded.
	Traces []Trace
	// Plateaus says whether plateau times and values are recorded.
	Plateaus bool
	// Trials says which trials are recorded.
	Trials Selection
	// Weights says whether weights are stored; if not, only their digests are.
	// Replay needs them, or the network they belong to.
	Weights bool
	// Snapshots is the number of trials after which weights are taken down again;
	// 0 if only once, before the first trial. Where weights are stored they are also
	// taken down when trials that change them were left out.
	Snapshots int
}

// Dt returns the length of a step (ms).
func (h *Header) Dt() float64 { return h.Neurons.Dt }

// Clock tells the times of steps.
func (h *Header) Clock() sim.Clock { return sim.NewClock(h.Neurons.Dt) }

// Population returns the number of a population in h.Populations, by its name.
func (h *Header) Population(name string) (int, error) {
	var names []string
	for i, p := range h.Populations {
		if p.Name == name {
			return i, nil
		}
		names = append(names, p.Name)
	}
	return 0, fmt.Errorf("record: population %q: there are %q", name, names)
}

// Trace returns the number in h.Traces of the trace of a variable of a
// population, −1 if there is none. Where several are recorded, of different
// neurons, it is the first.
func (h *Header) Trace(population int, v Variable) int {
	return slices.IndexFunc(h.Traces, func(t Trace) bool { return t.Population == population && t.Variable == v })
}

// Population is a population of neurons.
type Population struct {
	Name   string // input, hidden0, hidden1, …, output
	Size   int    // neurons
	Spikes bool   // whether its spikes are recorded
}

// Variable names what of a neuron changes with time.
type Variable string

const (
	// Basal, Apical and Soma are the potentials of the compartments, relative to
	// rest and without dimension. Output neurons have no apical dendrite.
	Basal  Variable = "basal"
	Apical Variable = "apical"
	Soma   Variable = "soma"
	// Rate is φ_max σ(V) of the soma, in spikes/ms.
	Rate Variable = "rate"
)

// A Trace is one variable of some neurons of a population, every so many steps.
// The sample k of a trial is the value at the end of step k·Interval of the
// trial, which is at (k·Interval + 1)·dt.
type Trace struct {
	Population int
	Variable   Variable
	Neurons    []int `json:",omitempty"` // which, in ascending order; nil for a Writer means all
	Interval   int   // steps from one sample to the next; ≥ 1
}

// Samples returns the number of samples of a trial of so many steps.
func (t Trace) Samples(steps int) int { return (steps + t.Interval - 1) / t.Interval }

// A Selection says which trials are recorded: all of its conditions must hold.
// The zero Selection records every trial.
type Selection struct {
	// Every, if above 1, records one trial of so many, beginning with the first.
	Every int `json:",omitempty"`
	// Numbers, if not nil, lists the numbers of the presentations to record, in
	// ascending order.
	Numbers []uint64 `json:",omitzero"`
	// Samples, if not nil, lists the examples to record, in ascending order.
	Samples []int `json:",omitzero"`
	// Purposes, if not nil, lists what for: training, tests, trials.
	Purposes []sim.Purpose `json:",omitzero"`
	// Misread records only trials of which the wrong class was read out.
	Misread bool `json:",omitempty"`
}
