package record

import (
	"errors"
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
	// Protocol describes, for a person, phases that are not those of the configuration:
	// with stimuli, rates that change or currents of their own. If it is not empty, all
	// phases are recorded with their intensities.
	Protocol string

	// Origin says where the weights came from with which the run began; nil if they were
	// drawn.
	Origin *Origin

	Neurons sim.Params // Neurons.Dt is the length of a step (ms)
	Network network.Architecture
	Seed    uint64
	// Rule says how weights change after each training trial, or each batch of
	// them; nil if the network does not learn.
	Rule *network.Rule
	// MeanUpdate says whether a batch changes weights by the mean of its updates,
	// not by their sum.
	MeanUpdate bool
	// Course says how all learning rates of Rule change with the epochs, each of which
	// has EpochTrials training trials. The zero Course stands for rates that do not
	// change.
	Course      network.Course
	EpochTrials int

	// Populations are the input, the hidden layers in order, and the output. Their
	// number in this list, from 0, is the layer in sim.Block.
	Populations []Population
	// Probes are the variables that are recorded with time.
	Probes []Probe
	// Plateaus says whether plateau times and values are recorded.
	Plateaus bool
	// Repeats is how many times each example is shown, if trials were repeated; the
	// numbers of trials then tell them apart (sim.RepeatNumber). It is 0 if they were not.
	Repeats int
	// Select says which trials are recorded.
	Select Selection
	// Weights says whether weights are stored; if not, only their digests are.
	// Replay needs the weights, from here or from elsewhere.
	Weights bool
	// Optimiser, if not empty, says that updates do not simply add up to the weights, and
	// what they do instead. Replay then needs weights that are stored.
	Optimiser string
	// SnapshotEvery is the number of trials after which another snapshot of the weights
	// is taken; 0 if only one is taken, before the first trial. If weights are
	// stored, one is also taken when trials that changed them were not recorded.
	SnapshotEvery int
}

// An Origin says where weights came from that were not drawn.
type Origin struct {
	Path   string   `json:"path"`             // a file or the folder of a run
	Arrays []string `json:"arrays,omitempty"` // names of those that were taken; nil if all were
	SHA256 string   `json:"sha256"`           // of all weights that were there; see network.Weights.SHA256
}

// complete fills in what follows from the network that is recorded.
func (h *Header) complete(a network.Architecture) {
	h.Format, h.Network = version, a
	if h.Protocol != "" || len(a.Lesions) > 0 {
		h.Format = ownPhases
	}
	if wireCourseOf(h.Course) != nil {
		h.Format = courses
	}
	if h.Optimiser != "" {
		h.Format = optimisers
	}
	if h.Populations == nil {
		h.Populations = Populations(a)
	}
	h.Plateaus = h.Plateaus && len(a.Hidden) > 0
}

// steady reports whether learning rates never change.
func (h *Header) steady() bool { return h.Course.Decay == 0 && wireCourseOf(h.Course) == nil }

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

// Validate reports every field of a header that is out of range or does not fit the
// others.
func (h *Header) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("record: Header."+format, args...))
		}
	}
	errs = append(errs, h.Neurons.Validate(), h.Network.Validate())
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if h.Rule != nil {
		errs = append(errs, h.Rule.Validate(h.Network))
	}
	if h.EpochTrials != 0 || !h.steady() {
		errs = append(errs, h.Course.Validate())
		require(h.EpochTrials >= 1, "EpochTrials = %d, want at least 1, as learning rates change", h.EpochTrials)
	}
	want := Populations(h.Network)
	require(len(h.Populations) == len(want), "Populations: there are %d, want %d", len(h.Populations), len(want))
	if len(h.Populations) != len(want) {
		return errors.Join(errs...)
	}
	names := map[string]bool{}
	for i, p := range h.Populations {
		require(p.Size == want[i].Size, "Populations[%d].Size = %d, want %d", i, p.Size, want[i].Size)
		require(p.Name != "" && !names[p.Name], "Populations[%d].Name = %q, want a name that no other has", i, p.Name)
		names[p.Name] = true
	}
	require(len(h.Probes) <= maxProbes, "Probes: there are %d, want at most %d", len(h.Probes), maxProbes)
	for i, t := range h.Probes {
		require(t.Population >= 1 && t.Population < len(want), "Probes[%d].Population = %d, want 1 to %d: the input has no potentials", i, t.Population, len(want)-1)
		switch t.Variable {
		case Basal, Soma, Rate:
		case Apical:
			require(t.Population < len(want)-1, "Probes[%d]: output neurons have no apical dendrite", i)
		default:
			require(false, "Probes[%d].Variable = %q, want %q, %q, %q or %q", i, t.Variable, Basal, Apical, Soma, Rate)
		}
		require(t.Every >= 1 && t.Every <= maxEvery, "Probes[%d].Every = %d steps, want 1 to %d", i, t.Every, maxEvery)
		if t.Population < 0 || t.Population >= len(want) {
			continue
		}
		require(t.Neurons == nil || len(t.Neurons) > 0, "Probes[%d].Neurons is empty", i)
		for k, n := range t.Neurons {
			if n < 0 || n >= want[t.Population].Size || k > 0 && n <= t.Neurons[k-1] {
				require(false, "Probes[%d].Neurons holds %d, want numbers of neurons, 0 to %d, in ascending order", i, n, want[t.Population].Size-1)
				break
			}
		}
	}
	require(h.Repeats >= 0 && h.Repeats <= sim.MaxRepeats, "Repeats = %d, want 0 to %d", h.Repeats, sim.MaxRepeats)
	require(h.SnapshotEvery >= 0, "SnapshotEvery = %d trials, want ≥ 0", h.SnapshotEvery)
	require(h.Select.Every >= 0, "Select.Every = %d, want ≥ 0", h.Select.Every)
	return errors.Join(errs...)
}

const (
	maxProbes = 1 << 16
	maxEvery  = 1 << 30
)

// Population describes a population of neurons.
type Population struct {
	Name   string // input, hidden0, hidden1, …, output
	Size   int    // neurons
	Spikes bool   // whether its spikes are recorded
}

// Populations returns the populations of a network, with all spikes recorded.
func Populations(a network.Architecture) []Population {
	list := []Population{{"input", a.Inputs, true}}
	for m, n := range a.Hidden {
		list = append(list, Population{fmt.Sprintf("hidden%d", m), n, true})
	}
	return append(list, Population{"output", a.Outputs(), true})
}
