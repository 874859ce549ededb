package record

import (
	"fmt"
	"slices"
	"time"

	"plateau/network"
	"plateau/sim"
)

// Header describes a run: everything that decides it, except the data set itself,
// and what of it is recorded. It is written first.
type Header struct {
	Format  int       // version of the file format; a Writer sets it
	Program string    // the program that wrote it, with its version
	Begun   time.Time // when the run began; zero if not known
	Config  string    // the configuration as text (TOML); may be empty
	Data    string    // name of the data set
	Split   string    // the part of it that was shown, "train" or "test"; empty if not known

	Neurons sim.Params // Neurons.Dt is the length of a step (ms)
	Network network.Architecture
	Seed    uint64
	// Rule says how weights change after each training trial, or each batch of
	// them; nil if the network does not learn.
	Rule *network.Rule
	// MeanUpdate says whether a batch changes weights by the mean of its updates,
	// not by their sum.
	MeanUpdate bool
	// RateDecay, if not 0, is the factor by which all learning rates of Rule are
	// multiplied after every EpochTrials training trials.
	RateDecay   float64
	EpochTrials int

	// Populations are the input, the hidden layers in order, and the output. Their
	// number in this list, from 0, is the layer in sim.Block.
	Populations []Population
	// Probes are the variables that are recorded with time.
	Probes []Probe
	// Plateaus says whether plateau times and values are recorded.
	Plateaus bool
	// Select says which trials are recorded.
	Select Selection
	// Weights says whether weights are stored; if not, only their digests are.
	// Replay needs the weights, from here or from elsewhere.
	Weights bool
	// SnapshotEvery is the number of trials after which another snapshot of the weights
	// is taken; 0 if only one is taken, before the first trial. If weights are
	// stored, one is also taken when trials that changed them were not recorded.
	SnapshotEvery int
}

// complete fills in what follows from the network that is recorded.
func (h *Header) complete(a network.Architecture) {
	h.Format, h.Network = version, a
	if h.Populations == nil {
		h.Populations = Populations(a)
	}
	h.Plateaus = h.Plateaus && len(a.Hidden) > 0
}

// listNeurons lists the neurons of probes that sample all of a population.
func (h *Header) listNeurons() {
	h.Probes = slices.Clone(h.Probes)
	for i := range h.Probes {
		p := &h.Probes[i]
		if p.Neurons != nil {
			continue
		}
		for k := range h.Populations[p.Population].Size {
			p.Neurons = append(p.Neurons, k)
		}
	}
}

// Dt returns the length of a step (ms).
func (h *Header) Dt() float64 { return h.Neurons.Dt }

// Clock returns the clock of the run's steps.
func (h *Header) Clock() sim.Clock { return sim.NewClock(h.Neurons.Dt) }

// Population returns the number in h.Populations, from 0, of the population with a
// name.
func (h *Header) Population(name string) (int, error) {
	var names []string
	for i, p := range h.Populations {
		if p.Name == name {
			return i, nil
		}
		names = append(names, p.Name)
	}
	return 0, fmt.Errorf("record: there is no population %q: want one of %q", name, names)
}

// Probe returns the number in h.Probes, from 0, of the probe of a variable of a
// population, −1 if there is none. If there are several, of different neurons, it
// is the first.
func (h *Header) Probe(population int, v Variable) int {
	return slices.IndexFunc(h.Probes, func(t Probe) bool { return t.Population == population && t.Variable == v })
}

// Population describes a population of neurons.
type Population struct {
	Name   string // input, hidden0, hidden1, …, output
	Size   int    // neurons
	Spikes bool   // whether its spikes are recorded
}
