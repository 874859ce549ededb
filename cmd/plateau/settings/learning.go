package settings

import (
	"plateau/protocols"
)

// learningSection is the section [learning]: how weights change.
type learningSection struct {
	Rule                     string
	Epochs, Batch            int
	batchUpdate              string
	rates, feedbackRates     []float64
	rateDecay                float64
	hiddenScale, outputScale float64
}

func defaultLearning() (s learningSection) {
	s.Rule, s.rateDecay = plateau, 1
	return s
}

func learningKeys() []Key {
	return []Key{
		{
			Name: "learning.rule", Meaning: "how the network learns: the plateau rule of spiking neurons, or one of its rivals, which [rival] describes",
			At: func(c *Config) any { return &c.Learning.Rule }, Choices: []string{plateau, backprop},
		},
		{
			Name: "learning.epochs", Meaning: "passes through the training images",
			limits:  whole(1, maxEpochs),
			At:      func(c *Config) any { return &c.Learning.Epochs },
			Follows: "6 for digits, 10 for the others",
			derive:  func(c *Config) { _, _, c.Learning.Epochs = schedule(c.Data.Name) },
		},
		{
			Name: "learning.batch", Meaning: "number of examples that are shown with the same weights before their updates change them; 1 is the paper's online rule",
			limits:  whole(1, maxBatch),
			At:      func(c *Config) any { return &c.Learning.Batch },
			Follows: "1 for the plateau rule, 100 for the others",
			derive:  func(c *Config) { c.Learning.Batch = choose(c, 1, 100) },
		},
		{
			Name: "learning.batch_update", Meaning: "whether the sum or the mean of the updates of a batch changes the weights",
			Equation: "W ← W + Σ ΔW, or W + Σ ΔW / batch",
			At:       func(c *Config) any { return &c.Learning.batchUpdate }, Choices: []string{updateSum, updateMean},
			Follows: "sum for the plateau rule, mean for the others",
			derive:  func(c *Config) { c.Learning.batchUpdate = choose(c, updateSum, updateMean) },
		},
		{
			Name: "learning.rates", Meaning: "learning rate η of each layer, from the first hidden layer up to the output layer",
			Symbols:  "η",
			Equation: "ΔW = η P_0 k_b φ_max (α^t − α^f) σ'(V̄^f) ⊗ s̄^f (33); ΔW = η P_1 k_d φ_max (φ̄^t − φ_max σ(V̄^f)) σ'(V̄^f) ⊗ s̄^f (28)",
			wants:    "a list of numbers from 0 to 1000000, one for each hidden layer and one for the output layer{:layers}, or two: one for all hidden layers, one for the output layer",
			At:       func(c *Config) any { return &c.Learning.rates },
			ok: func(c *Config) bool {
				return len(c.Learning.rates) == len(c.Network.Hidden)+1 && allWithin(c.Learning.rates, 0, maxNumber)
			},
			Follows: "the paper's for the number of hidden layers: 0.19; 0.21, 0.21; 0.23, 0.23, 0.12",
			derive:  func(c *Config) { c.Learning.rates = protocols.DefaultRates(len(c.Network.Hidden)) },
		},
		{
			Name: "learning.feedback_rates", Meaning: `learning rate of the feedback to each hidden layer; "none" leaves feedback as it is`,
			Symbols:  "η_b",
			Equation: "ΔY = η_b (φ_max σ(V̄^f) − α^f) σ'(V̄_a^f) ⊗ s̄_feedback^f",
			wants:    `a list of numbers from 0 to 1000000, one for each hidden layer{:hidden}, with network.symmetric = false, or "none"`,
			At:       func(c *Config) any { return &c.Learning.feedbackRates },
			ok: func(c *Config) bool {
				r := c.Learning.feedbackRates
				return len(r) == 0 || len(r) == len(c.Network.Hidden) && allWithin(r, 0, maxNumber) && !c.Network.symmetric
			},
		},
		{
			Name: "learning.rate_decay", Meaning: "factor by which all learning rates, of feedback too, are multiplied after each epoch",
			Equation: "η of epoch e = η decay^(e − 1)", limits: moreThan(0, 1),
			At: func(c *Config) any { return &c.Learning.rateDecay },
		},
		{
			Name: "learning.hidden_scale", Meaning: "scale P_0 of the updates of hidden layers", Unit: "ms",
			Symbols:  "P_0",
			Equation: "(33)", limits: moreThan(0, 1e12),
			At:      func(c *Config) any { return &c.Learning.hiddenScale },
			Follows: "20/φ_max = 20000 / neurons.max_rate_hz",
			derive:  func(c *Config) { c.Learning.hiddenScale = 20e3 / c.Neurons.MaxRate },
		},
		{
			Name: "learning.output_scale", Meaning: "scale P_1 of the updates of the output layer", Unit: "ms²",
			Symbols:  "P_1",
			Equation: "(28)", limits: moreThan(0, 1e24),
			At:      func(c *Config) any { return &c.Learning.outputScale },
			Follows: "20/φ_max² = 20000000 / neurons.max_rate_hz²",
			derive:  func(c *Config) { c.Learning.outputScale = 20e6 / (c.Neurons.MaxRate * c.Neurons.MaxRate) },
		},
	}
}

// choose returns the default of a setting for the plateau rule, or that for its rivals.
func choose[T any](c *Config, own, rivals T) T {
	if c.Learning.Rule == plateau {
		return own
	}
	return rivals
}
