package settings

import "plateau/network"

// initialSection is the section [initial]: the law of the initial weights.
type initialSection struct {
	law                             string
	mean, sd, bias, biasSD          float64
	weightMean, weightHalfWidth     float64
	plainBiasMean, plainBiasHalf    float64
	feedbackMean, feedbackHalfWidth float64
}

func defaultInitial() (s initialSection) {
	s.law = optimised
	o := network.DefaultOptimised(0)
	s.mean, s.sd, s.bias, s.biasSD = o.Mean, o.SD, o.Bias, o.BiasSD
	s.weightHalfWidth, s.plainBiasHalf, s.feedbackHalfWidth = 0.1, 1, 1
	return s
}

func initialKeys() []Key {
	return []Key{
		{
			Name: "initial.law", Meaning: "law of the initial weights: the paper's, fitted to the statistics of potentials, or the same uniform law for every layer",
			At: func(c *Config) any { return &c.initial.law }, Choices: []string{optimised, uniform},
		},
		{
			Name: "initial.mean", Meaning: "optimised: mean V̄ that dendritic potentials should have",
			Symbols:  "V̄",
			Equation: "W = W̄ + 3.465 W_sd U(−1, 1)", limits: between(0.001, maxNumber),
			At: func(c *Config) any { return &c.initial.mean },
		},
		{
			Name: "initial.sd", Meaning: "optimised: their standard deviation V_sd",
			Symbols: "V_sd",
			limits:  moreThan(0, maxNumber),
			At:      func(c *Config) any { return &c.initial.sd },
		},
		{
			Name: "initial.bias", Meaning: "optimised: mean of the biases",
			Symbols:  "b̄",
			Equation: "b = b̄ + 3.465 b_sd U(−1, 1)", limits: between(-maxNumber, maxNumber),
			At: func(c *Config) any { return &c.initial.bias },
		},
		{
			Name: "initial.bias_sd", Meaning: "optimised: standard deviation b_sd of the biases",
			Symbols: "b_sd",
			limits:  between(0, maxNumber),
			At:      func(c *Config) any { return &c.initial.biasSD },
		},
		{
			Name: "initial.uniform_weight_mean", Meaning: "uniform: mean of the forward weights W",
			limits: between(-maxNumber, maxNumber),
			At:     func(c *Config) any { return &c.initial.weightMean },
		},
		{
			Name: "initial.uniform_weight_halfwidth", Meaning: "uniform: largest distance of W from their mean",
			limits: between(0, maxNumber),
			At:     func(c *Config) any { return &c.initial.weightHalfWidth },
		},
		{
			Name: "initial.uniform_bias_mean", Meaning: "uniform: mean of the biases b",
			limits: between(-maxNumber, maxNumber),
			At:     func(c *Config) any { return &c.initial.plainBiasMean },
		},
		{
			Name: "initial.uniform_bias_halfwidth", Meaning: "uniform: largest distance of b from their mean",
			limits: between(0, maxNumber),
			At:     func(c *Config) any { return &c.initial.plainBiasHalf },
		},
		{
			Name: "initial.uniform_feedback_mean", Meaning: "uniform: mean of the feedback weights Y and of c",
			limits: between(-maxNumber, maxNumber),
			At:     func(c *Config) any { return &c.initial.feedbackMean },
		},
		{
			Name: "initial.uniform_feedback_halfwidth", Meaning: "uniform: largest distance of Y and c from their mean",
			limits: between(0, maxNumber),
			At:     func(c *Config) any { return &c.initial.feedbackHalfWidth },
		},
	}
}
