package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols/dataset"
)

// A Key is one setting of a configuration: how it is read, printed, checked and
// explained. The list of keys is the source of plateau config, of the table in
// docs/options.md and of every message about a setting.
type Key struct {
	Name     string // section.name; the unit is its ending
	Meaning  string
	Unit     string
	Equation string
	wants    string // what is allowed; {key} stands for a key and, in messages, its value
	Symbols  string // of the paper, by which people look for the key; see symbolKey

	steps   bool               // a time that is simulated in whole steps of neurons.dt_ms
	At      func(*Config) any  // pointer to the field
	Choices []string           // the allowed words
	limits  limits             // of a number that depends on nothing else
	ok      func(*Config) bool // otherwise reports whether the value is allowed; NaN must not be
	Follows string             // the default of a key that follows others, in words
	derive  func(*Config)      // sets that default
}

func (k Key) section() string {
	section, _, ok := strings.Cut(k.Name, ".")
	if !ok {
		return ""
	}
	return section
}

// Limits of the program rather than of the model.
const (
	minStep    = 0.001 // ms
	maxStep    = 10    // ms
	maxLength  = 1e6   // ms
	minTau     = 0.001 // ms
	minRateHz  = 0.001
	maxRateHz  = 100000
	maxNumber  = 1e6 // potentials, conductances, weights, learning rates: anything beyond is a mistake
	maxEpochs  = 1000000
	maxBatch   = 1 << 16
	maxNeurons = 1 << 20
	maxWeights = 1 << 31 // 8 GB
)

func within(x, low, high float64) bool { return x >= low && x <= high }

func above(x, low, high float64) bool { return x > low && x <= high }

// Keys lists all settings in the order in which they are printed.
func Keys() []Key {
	return slices.Concat([]Key{{
		Name: "seed", Meaning: "root of every random stream: initial weights, order of examples, phase lengths, spikes",
		At:     func(c *Config) any { return &c.Seed },
		limits: whole(0, math.MaxInt64),
	}}, dataKeys(), networkKeys(), neuronsKeys(), phasesKeys(), testKeys(), learningKeys(), rivalKeys(), initialKeys(), measureKeys(), recordKeys())
}

// longerThan reports whether a phase outlasts its settling time. A settling time
// that is itself out of range is reported where it stands.
func longerThan(length, settle float64) bool { return length > 0 && !(length <= settle) }

func allWithin(x []float64, low, high float64) bool {
	for _, v := range x {
		if !within(v, low, high) {
			return false
		}
	}
	return true
}

func (c *Config) shorterPhase() float64 { return min(c.Phases.Forward, c.Phases.Target) }

// conductance returns the largest sum of conductances of any soma (1/ms), which
// limits Euler steps.
func (c *Config) conductance() float64 {
	n := c.Neurons
	return max(n.leak+n.output+n.teaching, n.leak+n.basal+n.apical)
}

// Images describes the data set, with the largest numbers of images that its splits
// can have.
func (c *Config) Images() dataset.Info {
	info, err := dataset.Lookup(c.Data.Name)
	if err == nil && len(info.Files) == 0 {
		info.Train, info.Test = maxDrawn, maxDrawn
	}
	return info
}

// maxDrawn is the largest number of images of digits.
const maxDrawn = 1000000

// Weights counts the weights of the network. It returns more than maxWeights if a
// layer is impossible.
func (c *Config) Weights() float64 {
	info, _ := dataset.Lookup(c.Data.Name)
	below, total := float64(inputs(info)), 0.0
	output := float64(len(info.Classes) * c.Network.PerClass)
	sizes := c.Network.Hidden
	for m, n := range sizes {
		if n < 1 || n > maxNeurons {
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

// term returns the text for a word in braces in wants, if the word is not a key. Words
// that begin with a colon are for messages only.
func (c *Config) term(word string) (text string, ok bool) {
	switch word {
	case "the number of training images":
		return fmt.Sprintf("%s (%d)", word, c.Images().Train), true
	case "the number of test images":
		return fmt.Sprintf("%s (%d)", word, c.Images().Test), true
	case "2/(sum of a soma's conductances)":
		return fmt.Sprintf("%s (%.4g)", word, 2/c.conductance()), true
	case "the number of trials":
		return fmt.Sprintf("%s (%d)", word, c.trials()), true
	case "the number of images in an epoch":
		return fmt.Sprintf("%s (%d)", word, c.Shown()), true
	case ":populations":
		return ": there are " + strings.Join(PopulationNames(len(c.Network.Hidden)), ", "), true
	case ":neurons":
		info, err := dataset.Lookup(c.Data.Name)
		if err != nil {
			return "", true
		}
		var there []string
		sizes := c.Sizes(info)
		for i, name := range PopulationNames(len(c.Network.Hidden))[1:] {
			there = append(there, fmt.Sprintf("%s with %s", name, terminal.Plural(sizes[i+1], "neuron")))
		}
		return ": there are " + strings.Join(there, ", "), true
	case ":layers":
		return ": " + terminal.Plural(len(c.Network.Hidden)+1, "number"), true
	case ":hidden":
		return ": " + terminal.Plural(len(c.Network.Hidden), "number"), true
	}
	return "", false
}
