package settings

import (
	"plateau/network"
)

// networkSection is the section [network]: how many neurons there are, and how feedback comes to them.
type networkSection struct {
	Hidden       []int
	PerClass     int
	feedback     string
	symmetric    bool
	noise        float64
	silent       float64
	silentGain   float64
	feedbackBias bool
}

func defaultNetwork() (s networkSection) {
	s.Hidden = []int{500}
	s.PerClass = 1
	s.feedback = string(network.Broadcast)
	s.silentGain = 5
	return s
}

func networkKeys() []Key {
	return []Key{
		{
			Name: "network.hidden", Meaning: "neurons of each hidden layer, from the input up", Unit: "neurons",
			Equation: "V_b = W s_below + b (13)",
			wants:    `a list of whole numbers from 1 to 1048576, or "none" for no hidden layer, with at most 2147483648 weights in all`,
			At:       func(c *Config) any { return &c.Network.Hidden },
			ok:       func(c *Config) bool { return c.Weights() <= maxWeights },
		},
		{
			Name: "network.per_class", Meaning: "output neurons of each class", Unit: "neurons",
			Equation: "predicted class: argmax of V̄, averaged over a class",
			limits:   whole(1, 10000),
			At:       func(c *Config) any { return &c.Network.PerClass },
		},
		{
			Name: "network.feedback", Meaning: "where apical dendrites get their input: from the output layer, or from the layer above",
			Equation: "V_a = Y s_feedback (13)",
			At:       func(c *Config) any { return &c.Network.feedback },
			Choices:  []string{string(network.Broadcast), string(network.LayerWise)},
		},
		{
			Name: "network.symmetric", Meaning: "whether feedback weights follow the forward weights",
			Equation: "Y = Wᵀ",
			At:       func(c *Config) any { return &c.Network.symmetric },
		},
		{
			Name: "network.feedback_noise", Meaning: "standard deviation σ of the noise of symmetric feedback, drawn anew for every weight each time the forward weights change",

			Equation: "Y = Wᵀ + N(0, σ²)", wants: "0, or with network.symmetric = true at most 1000000",
			At: func(c *Config) any { return &c.Network.noise },
			ok: func(c *Config) bool {
				return c.Network.noise == 0 || above(c.Network.noise, 0, maxNumber) && c.Network.symmetric
			},
		},
		{
			Name: "network.silent", Meaning: "share of feedback synapses that are silent",
			Equation: "Y_ij = 0",
			limits:   below(0, 1),
			At:       func(c *Config) any { return &c.Network.silent },
		},
		{
			Name: "network.silent_gain", Meaning: "factor by which the other feedback synapses are stronger, if some are silent",
			Equation: "Y_ij ← gain Y_ij",
			limits:   moreThan(0, 1e5),
			At:       func(c *Config) any { return &c.Network.silentGain },
		},
		{
			Name: "network.feedback_bias", Meaning: "whether apical dendrites have a bias",
			Equation: "V_a = Y s_feedback + c",
			At:       func(c *Config) any { return &c.Network.feedbackBias },
		},
	}
}
