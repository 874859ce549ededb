package settings

import (
	"fmt"

	"plateau/network"
	"plateau/protocols/dataset"
)

// networkSection is the section [network]: which layers there are, and how they are connected.
type networkSection struct {
	Hidden       []int
	PerClass     int
	feedback     string
	symmetric    bool
	noise        float64
	silent       float64
	silentGain   float64
	feedbackBias bool
	silence      string
}

func defaultNetwork(a network.Architecture) networkSection {
	return networkSection{
		Hidden: a.Hidden, PerClass: a.PerClass, feedback: string(a.Feedback),
		symmetric: a.Symmetric, noise: a.FeedbackNoise, silent: a.Silent, silentGain: a.SilentGain, feedbackBias: a.FeedbackBias,
		silence: Nothing,
	}
}

// maxWeights is the largest number of weights, 8 GB of them.
const maxWeights = 1 << 31

func networkKeys() []Key {
	return []Key{{
		Name: "network.hidden", Meaning: "neurons of each hidden layer, from the input up", Unit: "neurons",
		Equation: "V_b = W s_below + b (13)",
		Option:   Option{Flag: "hidden", hint: "N,N,…", usage: "neurons of each hidden layer, or none"},
		Range: relation(fmt.Sprintf(`a list of whole numbers from 1 to %d, or "none" for no hidden layer, with at most %d weights in all`, network.MaxNeurons, int64(maxWeights)),
			func(c *Config) bool { return c.Weights() <= maxWeights }),
		At: func(c *Config) any { return &c.Network.Hidden },
	}, {
		Name: "network.per_class", Meaning: "output neurons of each class", Unit: "neurons",
		rules:    spiking(),
		Equation: "predicted class: argmax of V̄, averaged over a class",
		Range:    whole(1, 10000),
		At:       func(c *Config) any { return &c.Network.PerClass },
	}, {
		Name: "network.feedback", Meaning: "where apical dendrites get their input: from the output layer, or from the layer above",
		rules:    spiking(),
		Equation: "V_a = Y s_feedback (13)",
		Range:    choice(string(network.Broadcast), string(network.LayerWise)),
		At:       func(c *Config) any { return &c.Network.feedback },
	}, {
		Name: "network.symmetric", Meaning: "whether feedback weights follow the forward weights",
		rules:    spiking(),
		Equation: "Y = Wᵀ",
		Range:    yesOrNo(),
		At:       func(c *Config) any { return &c.Network.symmetric },
	}, {
		Name: "network.feedback_noise", Meaning: "standard deviation σ of the noise of symmetric feedback, drawn anew for every weight each time the forward weights change",
		rules:    spiking(),
		Equation: "Y = Wᵀ + N(0, σ²)",
		Range: within("0, or with network.symmetric = true at most "+limit(maxNumber), 0, maxNumber).with("", func(c *Config) bool {
			return c.Network.noise == 0 || c.Network.symmetric
		}),
		At: func(c *Config) any { return &c.Network.noise },
	}, {
		Name: "network.silent", Meaning: "share of feedback synapses that are silent",
		rules:    spiking(),
		Equation: "Y_ij = 0",
		Range:    below(0, 1),
		At:       func(c *Config) any { return &c.Network.silent },
	}, {
		Name: "network.silent_gain", Meaning: "factor by which the other feedback synapses are stronger, if some are silent",
		rules:    spiking(),
		Equation: "Y_ij ← gain Y_ij",
		Range:    moreThan(0, 1e5),
		At:       func(c *Config) any { return &c.Network.silentGain },
	}, {
		Name: "network.feedback_bias", Meaning: "whether apical dendrites have a bias",
		rules:    spiking(),
		Equation: "V_a = Y s_feedback + c",
		Range:    yesOrNo(),
		At:       func(c *Config) any { return &c.Network.feedbackBias },
	}, {
		Name: "network.silence", Meaning: "neurons that never fire, as after a lesion, and whose rate or activity is 0; their synapses stay as they are",
		Range: relation(`"none", or populations that are not the output, with ranges if only some of their neurons are silenced, as in "hidden0:0:50,hidden1:7"{:neurons}`,
			func(c *Config) bool { _, err := c.silenced(); return err == nil }).
			term(":neurons", func(c *Config) string { return neuronsOf(c, 0, len(c.Network.Hidden)+1) }),
		At: func(c *Config) any { return &c.Network.silence },
	}}
}

// silenced returns, for each population, ranges of neurons that never fire. Output neurons
// cannot be silenced: they are read out by their potentials.
func (c *Config) silenced() ([][][2]int, error) {
	if c.Network.silence == Nothing {
		return nil, nil
	}
	return parseNeurons(c, c.Network.silence, 0, len(c.Network.Hidden)+1)
}

// lesions lists the same for a network.
func (c *Config) lesions() (lesions []network.Lesion) {
	chosen, _ := c.silenced() // a wrong choice is reported with its key
	for layer, ranges := range chosen {
		for _, r := range ranges {
			lesions = append(lesions, network.Lesion{Layer: layer, From: r[0], To: r[1]})
		}
	}
	return lesions
}

func (c *Config) architecture(info dataset.Info) network.Architecture {
	n := c.Network
	return network.Architecture{
		Lesions: c.lesions(),
		Inputs:  inputs(info), Hidden: n.Hidden, Classes: len(info.Classes), PerClass: n.PerClass,
		Feedback: network.Feedback(n.feedback), Symmetric: n.symmetric, FeedbackNoise: n.noise,
		Silent: n.silent, SilentGain: n.silentGain, FeedbackBias: n.feedbackBias,
	}
}

// inputs returns the number of input neurons, one for each number of an image.
func inputs(info dataset.Info) int { return info.Width * info.Height * info.Channels }
