package settings

import (
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/network"
)

// initialSection is the section [initial]: how the initial weights are drawn.
type initialSection struct {
	weights                         location
	transfer                        string
	law                             string
	mean, sd, bias, biasSD          float64
	weightMean, weightHalfWidth     float64
	plainBiasMean, plainBiasHalf    float64
	feedbackMean, feedbackHalfWidth float64
}

func defaultInitial(law network.Law) initialSection {
	o := law.(network.Optimised)
	return initialSection{
		law: optimised, mean: o.Mean, sd: o.SD, bias: o.Bias, biasSD: o.BiasSD,
		transfer:        Everything,
		weightHalfWidth: 0.1, plainBiasHalf: 1, feedbackHalfWidth: 1,
	}
}

// Values of initial.law.
const (
	optimised = "optimised"
	uniform   = "uniform"
)

func initialKeys() []Key {
	return append(forRules(spiking(), lawKeys()), Key{
		Name: "initial.weights", Meaning: "file of weights (.npz) or run folder whose weights the network begins with; empty: they are drawn",
		Option: Option{Flag: "weights", hint: "FILE|RUN", usage: "use the weights of a file (.npz) or a run folder", standard: "drawn"},
		Range:  anything(`the name of a file or of a run folder, or "" in a configuration for none`),
		At:     func(c *Config) any { return &c.initial.weights },
	}, Key{
		Name: "initial.transfer", Meaning: "arrays to take from there, while all others are drawn; all: every array, and each must fit",
		Option: Option{Flag: "transfer", hint: "NAME,…", usage: "take only these arrays from there, as in W0,b0", standard: "all"},
		Range: relation(`"all", or with initial.weights the names of arrays, as in "W0,b0"`, func(c *Config) bool {
			return c.initial.transfer == Everything || c.initial.weights != "" && !slices.Contains(cli.SplitList(c.initial.transfer), "")
		}),
		At: func(c *Config) any { return &c.initial.transfer },
	})
}

// InitialWeights returns the file or run folder from which initial weights are taken, ""
// if they are drawn, and the names of the arrays to take, nil for all.
func (c *Config) InitialWeights() (path string, names []string) {
	if c.initial.transfer != Everything {
		names = cli.SplitList(c.initial.transfer)
	}
	return string(c.initial.weights), names
}

// NamesWeights reports whether the command line names weights, which are then used in place
// of those of a run.
func (c *Config) NamesWeights() bool {
	return c.initial.weights != "" && asked(c, "initial.weights")
}

// forgetTransfer leaves out which arrays a file or run took from other weights, if the
// command line names weights and not what to take of them.
func (c *Config) forgetTransfer() {
	if c.NamesWeights() && !asked(c, "initial.transfer") {
		c.initial.transfer = Everything
		delete(c.Given, "initial.transfer")
	}
}

// asked reports whether an option or --set gave a key its value.
func asked(c *Config, key string) bool {
	return slices.Contains([]string{"--set", "--" + Find(key).Option.Flag}, c.Given[key])
}

func lawKeys() []Key {
	return []Key{{
		Name: "initial.law", Meaning: "law of the initial weights: the paper's, fitted to the statistics of potentials, or the same uniform law for every layer",
		Range: choice(optimised, uniform),
		At:    func(c *Config) any { return &c.initial.law },
	}, {
		Name: "initial.mean", Meaning: "optimised: mean V̄ that dendritic potentials should have",
		Symbols:  "V̄",
		Equation: "W = W̄ + 3.465 W_sd U(−1, 1)",
		Range:    from(0.001, maxNumber),
		At:       func(c *Config) any { return &c.initial.mean },
	}, {
		Name: "initial.sd", Meaning: "optimised: their standard deviation V_sd",
		Symbols: "V_sd",
		Range:   moreThan(0, maxNumber),
		At:      func(c *Config) any { return &c.initial.sd },
	}, {
		Name: "initial.bias", Meaning: "optimised: mean of the biases",
		Symbols:  "b̄",
		Equation: "b = b̄ + 3.465 b_sd U(−1, 1)",
		Range:    from(-maxNumber, maxNumber),
		At:       func(c *Config) any { return &c.initial.bias },
	}, {
		Name: "initial.bias_sd", Meaning: "optimised: standard deviation b_sd of the biases",
		Symbols: "b_sd",
		Range:   atLeast(0, maxNumber),
		At:      func(c *Config) any { return &c.initial.biasSD },
	}, {
		Name: "initial.uniform_weight_mean", Meaning: "uniform: mean of the forward weights W",
		Range: from(-maxNumber, maxNumber),
		At:    func(c *Config) any { return &c.initial.weightMean },
	}, {
		Name: "initial.uniform_weight_halfwidth", Meaning: "uniform: largest distance of W from their mean",
		Range: atLeast(0, maxNumber),
		At:    func(c *Config) any { return &c.initial.weightHalfWidth },
	}, {
		Name: "initial.uniform_bias_mean", Meaning: "uniform: mean of the biases b",
		Range: from(-maxNumber, maxNumber),
		At:    func(c *Config) any { return &c.initial.plainBiasMean },
	}, {
		Name: "initial.uniform_bias_halfwidth", Meaning: "uniform: largest distance of b from their mean",
		Range: atLeast(0, maxNumber),
		At:    func(c *Config) any { return &c.initial.plainBiasHalf },
	}, {
		Name: "initial.uniform_feedback_mean", Meaning: "uniform: mean of the feedback weights Y and of c",
		Range: from(-maxNumber, maxNumber),
		At:    func(c *Config) any { return &c.initial.feedbackMean },
	}, {
		Name: "initial.uniform_feedback_halfwidth", Meaning: "uniform: largest distance of Y and c from their mean",
		Range: atLeast(0, maxNumber),
		At:    func(c *Config) any { return &c.initial.feedbackHalfWidth },
	}}
}

func (i initialSection) distribution(maxRate float64) network.Law {
	if i.law == uniform {
		return network.Plain{
			Weights: network.Uniform{Mean: i.weightMean, HalfWidth: i.weightHalfWidth},
			Bias:    network.Uniform{Mean: i.plainBiasMean, HalfWidth: i.plainBiasHalf},
			Return:  network.Uniform{Mean: i.feedbackMean, HalfWidth: i.feedbackHalfWidth},
		}
	}
	return network.Optimised{MaxRate: maxRate, Mean: i.mean, SD: i.sd, Bias: i.bias, BiasSD: i.biasSD}
}
