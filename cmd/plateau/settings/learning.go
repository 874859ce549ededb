package settings

import (
	"fmt"
	"slices"

	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/training"
)

// learningSection is the section [learning]: how the weights change.
type learningSection struct {
	Rule                     string
	Epochs, Batch            int
	Patience                 int
	keep                     string
	batchUpdate              string
	rates, feedbackRates     []float64
	course                   network.Course
	hiddenScale, outputScale float64
	optimiser                string
	momentum, beta2, epsilon float64
}

// defaultLearning leaves out what follows other settings.
func defaultLearning(m protocols.Model) learningSection {
	return learningSection{Rule: kinds()[0].name, course: m.Course, keep: keepLast,
		optimiser: noOptimiser, momentum: 0.9, beta2: 0.999, epsilon: 1e-8}
}

// Values of learning.batch_update and learning.keep.
const (
	updateSum  = "sum"
	updateMean = "mean"
	keepLast   = "last"
	keepBest   = "best"
)

// KeepsBest reports whether a run ends with the weights of its best epoch.
func (l learningSection) KeepsBest() bool { return l.keep == keepBest }

// noOptimiser is the value of learning.optimiser by which updates are added.
const noOptimiser = "none"

const maxEpochs = 1000000

func learningKeys() []Key {
	rates := from(0, maxNumber)
	return []Key{{
		Name: "learning.rule", Meaning: "how the network learns: the plateau rule of spiking neurons, or one of its rivals, which [rival] describes",
		Option: Option{Flag: "rule", hint: "NAME", usage: "how the network learns: plateau, or its rival backprop"},
		Range:  choice(ruleNames()...),
		At:     func(c *Config) any { return &c.Learning.Rule },
	}, {
		Name: "learning.epochs", Meaning: "passes through the training images",
		Option:  Option{Flag: "epochs", hint: "N", usage: "passes through the training images", standard: digitsOtherwise(digitsEpochs, fmt.Sprint(otherEpochs))},
		Range:   whole(1, maxEpochs),
		At:      func(c *Config) any { return &c.Learning.Epochs },
		Follows: forDigits(digitsEpochs, fmt.Sprint(otherEpochs)),
		derive:  func(c *Config) { _, _, c.Learning.Epochs = schedule(c.Data.Name) },
	}, {
		Name: "learning.patience", Meaning: "number of epochs in a row without a lower error on the images held out after which the run stops; 0: it never stops early", Unit: "epochs",
		Option: Option{Flag: "patience", hint: "N", usage: "stop after N epochs without a lower error on the images held out", standard: "never"},
		Range: whole(0, maxEpochs).with("; more than 0 only with images held out: {data.validation}", func(c *Config) bool {
			return c.Learning.Patience == 0 || c.Data.Validation > 0
		}),
		At: func(c *Config) any { return &c.Learning.Patience },
	}, {
		Name: "learning.keep", Meaning: "which weights the run ends with, and is tested with on the test set: those of the last epoch, or of the one with the lowest error on the images held out",
		Option: Option{Flag: "keep", hint: "WHICH", usage: "weights to end with: last, or best, by the error on the images held out"},
		Range: relation(`"last" or "best", "best" only with images held out: {data.validation}`, func(c *Config) bool {
			return c.Learning.keep == keepLast || c.Learning.keep == keepBest && c.Data.Validation > 0
		}),
		At: func(c *Config) any { return &c.Learning.keep },
	}, {
		Name: "learning.batch", Meaning: "number of examples that are shown with the same weights before their updates change them; 1 is the paper's online rule",
		Option:  Option{Flag: "batch", hint: "N", usage: "number of examples shown before the weights change", standard: "1"},
		Range:   whole(1, training.MaxBatch),
		At:      func(c *Config) any { return &c.Learning.Batch },
		Follows: "1 for the plateau rule, 100 for the others",
		derive:  func(c *Config) { c.Learning.Batch = c.kind().batch },
	}, {
		Name: "learning.batch_update", Meaning: "whether the sum or the mean of the updates of a batch changes the weights",
		Equation: "W ← W + Σ ΔW, or W + Σ ΔW / batch",
		Range:    choice(updateSum, updateMean),
		At:       func(c *Config) any { return &c.Learning.batchUpdate },
		Follows:  "sum for the plateau rule, mean for the others",
		derive:   func(c *Config) { c.Learning.batchUpdate = c.kind().batchUpdate },
	}, {
		Name: "learning.rates", Meaning: "learning rate η of each layer, from the first hidden layer up to the output layer",
		rules:    spiking(),
		Symbols:  "η",
		Equation: "ΔW = η P_0 k_b φ_max (α^t − α^f) σ'(V̄^f) ⊗ s̄^f (33); ΔW = η P_1 k_d φ_max (φ̄^t − φ_max σ(V̄^f)) σ'(V̄^f) ⊗ s̄^f (28)",
		Range: relation("a list of numbers "+rates.wants+", one for each hidden layer and one for the output layer{:layers}, or two: one for all hidden layers, one for the output layer",
			func(c *Config) bool {
				return len(c.Learning.rates) == len(c.Network.Hidden)+1 && rates.all(c.Learning.rates)
			}).
			term(":layers", func(c *Config) string { return ": " + terminal.Plural(len(c.Network.Hidden)+1, "number") }),
		At:      func(c *Config) any { return &c.Learning.rates },
		Follows: "the paper's for the number of hidden layers: 0.19; 0.21, 0.21; 0.23, 0.23, 0.12",
		derive:  func(c *Config) { c.Learning.rates = protocols.DefaultRates(len(c.Network.Hidden)) },
	}, {
		Name: "learning.feedback_rates", Meaning: `learning rate of the feedback to each hidden layer; "none" leaves feedback as it is`,
		rules:    spiking(),
		Symbols:  "η_b",
		Equation: "ΔY = η_b (φ_max σ(V̄^f) − α^f) σ'(V̄_a^f) ⊗ s̄_feedback^f",
		Range: relation("a list of numbers "+rates.wants+`, one for each hidden layer{:hidden}, with network.symmetric = false, or "none"`,
			func(c *Config) bool {
				r := c.Learning.feedbackRates
				return len(r) == 0 || len(r) == len(c.Network.Hidden) && rates.all(r) && !c.Network.symmetric
			}).
			term(":hidden", func(c *Config) string { return ": " + terminal.Plural(len(c.Network.Hidden), "number") }),
		At: func(c *Config) any { return &c.Learning.feedbackRates },
	}, {
		Name: "learning.rate_decay", Meaning: "factor by which all learning rates, of feedback too, are multiplied after each epoch",
		Equation: "η of epoch e = η decay^(e − 1)",
		Range:    moreThan(0, 1),
		At:       func(c *Config) any { return &c.Learning.course.Decay },
	}, {
		Name: "learning.rate_decay_every", Meaning: "number of epochs after which rate_decay multiplies the learning rates; 2 or more make steps", Unit: "epochs",
		Equation: "η decay^⌊(e − 1)/every⌋",
		Range:    whole(1, maxEpochs),
		At:       func(c *Config) any { return &c.Learning.course.Every },
	}, {
		Name: "learning.rate_cosine", Meaning: "number of epochs in which the learning rates go down half a period of a cosine, to rate_cosine_end; 0 for no cosine", Unit: "epochs",
		Equation: "η (end + (1 − end) (1 + cos(π (e − 1)/cosine))/2)",
		Range:    whole(0, maxEpochs),
		At:       func(c *Config) any { return &c.Learning.course.Cosine },
	}, {
		Name: "learning.rate_cosine_end", Meaning: "factor of the learning rates at the end of the cosine and after it",
		Range: from(0, 1).with(", and 0 without {learning.rate_cosine}", func(c *Config) bool {
			return c.Learning.course.End == 0 || c.Learning.course.Cosine > 0
		}),
		At: func(c *Config) any { return &c.Learning.course.End },
	}, {
		Name: "learning.rate_factors", Meaning: `factors of the learning rates of the first epochs; the last is also that of all later epochs; "none" leaves the rates as they are`,
		Equation: "η f_e",
		Range: relation("a list of numbers "+rates.wants+`, one for an epoch, or "none"`, func(c *Config) bool {
			return rates.all(c.Learning.course.List)
		}),
		At: func(c *Config) any { return &c.Learning.course.List },
	}, {
		Name: "learning.rate_warm_up", Meaning: "number of epochs in which the learning rates rise, in equal steps, before they are what the other settings say; 0 for none", Unit: "epochs",
		Equation: "η e/(warm-up + 1)",
		Range:    whole(0, maxEpochs),
		At:       func(c *Config) any { return &c.Learning.course.WarmUp },
	}, {
		Name: "learning.optimiser", Meaning: "how the weights follow the updates of the rule: none adds them, as in the paper; momentum and adam take steps of the size of the learning rates, in which earlier updates go on acting",
		rules:    spiking(),
		Equation: "none: W ← W + ΔW; momentum: v ← μ v + ΔW/η, W ← W + η v; adam: of m and v of ΔW/η",
		Range:    choice(noOptimiser, protocols.Momentum, protocols.Adam),
		At:       func(c *Config) any { return &c.Learning.optimiser },
	}, {
		Name: "learning.momentum", Meaning: "momentum μ of momentum, and decay β_1 of the mean of updates of adam",
		rules: spiking(),
		Range: below(0, 1).with(", more than 0 with learning.optimiser = "+quote(protocols.Momentum), func(c *Config) bool {
			return c.Learning.momentum > 0 || c.Learning.optimiser != protocols.Momentum
		}),
		At: func(c *Config) any { return &c.Learning.momentum },
	}, {
		Name: "learning.beta2", Meaning: "adam: decay β_2 of the mean of squared updates",
		rules: spiking(),
		Range: below(0, 1),
		At:    func(c *Config) any { return &c.Learning.beta2 },
	}, {
		Name: "learning.epsilon", Meaning: "adam: number ε that keeps it from dividing by 0",
		rules: spiking(),
		Range: moreThan(0, 1),
		At:    func(c *Config) any { return &c.Learning.epsilon },
	}, {
		Name: "learning.hidden_scale", Meaning: "scale P_0 of the updates of hidden layers", Unit: "ms",
		rules:    spiking(),
		Symbols:  "P_0",
		Equation: "(33)",
		Range:    moreThan(0, 1e12),
		At:       func(c *Config) any { return &c.Learning.hiddenScale },
		Follows:  "20/φ_max = 20000 / neurons.max_rate_hz",
		derive:   func(c *Config) { c.Learning.hiddenScale = 20e3 / c.Neurons.MaxRate },
	}, {
		Name: "learning.output_scale", Meaning: "scale P_1 of the updates of the output layer", Unit: "ms²",
		rules:    spiking(),
		Symbols:  "P_1",
		Equation: "(28)",
		Range:    moreThan(0, 1e24),
		At:       func(c *Config) any { return &c.Learning.outputScale },
		Follows:  "20/φ_max² = 20000000 / neurons.max_rate_hz²",
		derive:   func(c *Config) { c.Learning.outputScale = 20e6 / (c.Neurons.MaxRate * c.Neurons.MaxRate) },
	}}
}

// spread returns the rates with the first of two used for every hidden layer.
func (l learningSection) spread(hidden int) []float64 {
	if len(l.rates) == 2 && hidden != 1 {
		return append(slices.Repeat(l.rates[:1], hidden), l.rates[1])
	}
	return l.rates
}

// addTo adds to a model how it learns.
func (l learningSection) addTo(m *protocols.Model) {
	m.Rates, m.FeedbackRates, m.Course = l.rates, l.feedback(), l.rateCourse()
	m.HiddenScale, m.OutputScale = l.hiddenScale, l.outputScale
	if l.optimiser != noOptimiser {
		m.Optimiser = protocols.Optimiser{Name: l.optimiser, Momentum: l.momentum, Beta2: l.beta2, Epsilon: l.epsilon}
	}
	m.Batch, m.MeanUpdate = l.Batch, l.batchUpdate == updateMean
}

// rateCourse returns how the learning rates change.
func (l learningSection) rateCourse() network.Course {
	c := l.course
	if len(c.List) == 0 {
		c.List = nil // an empty list and none are the same
	}
	return c
}

// feedback returns the learning rates of feedback, nil if it does not learn.
func (l learningSection) feedback() []float64 {
	if len(l.feedbackRates) == 0 {
		return nil
	}
	return l.feedbackRates
}
