package settings

import (
	"fmt"

	"plateau/network/rate"
	"plateau/protocols/dataset"
	"plateau/protocols/rival"
)

// rivalSection is the section [rival]: networks without time, and how they descend.
type rivalSection struct {
	activation, loss, optimiser   string
	rate, momentum, beta1, beta2  float64
	smoothing, epsilon, decayRate float64
	centred, decayBiases          bool
	decay                         string
	frozen                        int
}

// Values of keys with a choice.
const (
	adam      = "adam"
	sgd       = "sgd"
	rmsprop   = "rmsprop"
	graves    = "graves"
	coupled   = "coupled"
	decoupled = "decoupled"
)

func defaultRival() (s rivalSection) {
	a := rate.DefaultAdam()
	s.activation, s.loss, s.optimiser = string(rate.ReLU), string(rate.CrossEntropy), adam
	s.rate, s.beta1, s.beta2, s.epsilon = a.LearningRate, a.Beta1, a.Beta2, a.Epsilon
	s.smoothing, s.decay = 0.99, coupled
	return s
}

func rivalKeys() []Key {
	return []Key{
		{
			Name: "rival.activation", Meaning: "activity of hidden units, as a function of the sum that enters them",
			Equation: "h = f(W h_below + b)",
			At:       func(c *Config) any { return &c.Rival.activation },
			Range:    choice(string(rate.ReLU), string(rate.Tanh), string(rate.Logistic), string(rate.Linear)),
		},
		{
			Name: "rival.loss", Meaning: "what the output layer minimises; its units are softmax, logistic, logistic or linear",
			At:    func(c *Config) any { return &c.Rival.loss },
			Range: choice(string(rate.CrossEntropy), string(rate.BinaryCrossEntropy), string(rate.SquaredError), string(rate.LinearSquaredError)),
		},
		{
			Name: "rival.optimiser", Meaning: "how updates change the weights: Adam, stochastic gradient descent, RMSprop as in torch, or RMSprop as in Graves 2013",
			At:    func(c *Config) any { return &c.Rival.optimiser },
			Range: choice(adam, sgd, rmsprop, graves),
		},
		{
			Name: "rival.rate", Meaning: "learning rate η",
			Range: moreThan(0, maxNumber),
			At:    func(c *Config) any { return &c.Rival.rate },
		},
		{
			Name: "rival.momentum", Meaning: "momentum μ of sgd, rmsprop and graves",
			Range: below(0, 1),
			At:    func(c *Config) any { return &c.Rival.momentum },
		},
		{
			Name: "rival.beta1", Meaning: "adam: decay β_1 of the mean of updates",
			Range: below(0, 1),
			At:    func(c *Config) any { return &c.Rival.beta1 },
		},
		{
			Name: "rival.beta2", Meaning: "adam: decay β_2 of the mean of their squares",
			Range: below(0, 1),
			At:    func(c *Config) any { return &c.Rival.beta2 },
		},
		{
			Name: "rival.smoothing", Meaning: "rmsprop and graves: decay ρ of the mean of squared updates",
			Range: below(0, 1),
			At:    func(c *Config) any { return &c.Rival.smoothing },
		},
		{
			Name: "rival.centred", Meaning: "rmsprop: whether the square of the mean update is subtracted",
			Range: yesOrNo(),
			At:    func(c *Config) any { return &c.Rival.centred },
		},
		{
			Name: "rival.epsilon", Meaning: "number ε that keeps adam, rmsprop and graves from dividing by 0",
			Range: moreThan(0, 1),
			At:    func(c *Config) any { return &c.Rival.epsilon },
		},
		{
			Name: "rival.weight_decay", Meaning: "weight decay λ",
			Range: atLeast(0, maxNumber),
			At:    func(c *Config) any { return &c.Rival.decayRate },
		},
		{
			Name: "rival.decay", Meaning: "whether the decay goes through the optimiser, or is decoupled from it (AdamW)",
			Equation: "ΔW − λ W, or W ← (1 − η λ) W",
			At:       func(c *Config) any { return &c.Rival.decay }, Range: choice(coupled, decoupled),
		},
		{
			Name: "rival.decay_biases", Meaning: "whether biases decay too",
			Range: yesOrNo(),
			At:    func(c *Config) any { return &c.Rival.decayBiases },
		},
		{
			Name: "rival.frozen", Meaning: "number of layers, from the first, that keep their weights; the output layer always learns", Unit: "layers",
			Range: relation("a whole number from 0, at most the number of hidden layers{:hidden}", func(c *Config) bool {
				return c.Rival.frozen >= 0 && c.Rival.frozen <= len(c.Network.Hidden)
			}).term(":hidden", func(c *Config) string { return fmt.Sprintf(": %d", len(c.Network.Hidden)) }),
			At: func(c *Config) any { return &c.Rival.frozen },
		},
	}
}

// backprop turns the configuration into a perceptron that learns by backpropagation.
func (c *Config) backprop(info dataset.Info) rival.Backprop {
	r := c.Rival
	return rival.Backprop{
		Plan:      rate.Plan{Sizes: c.Sizes(info), Activation: rate.Activation(r.activation), Loss: rate.Loss(r.loss), Lesions: c.lesions()},
		Optimiser: c.descent(),
		Decay:     rate.Decay{Rate: r.decayRate, Decoupled: r.decay == decoupled, Biases: r.decayBiases},
		Sum:       c.Learning.batchUpdate == updateSum,
		Frozen:    r.frozen,
		Seed:      uint64(c.Seed),
	}
}

// descent returns the optimiser.
func (c *Config) descent() rate.Optimiser {
	switch r := c.Rival; r.optimiser {
	case sgd:
		return rate.SGD{LearningRate: r.rate, Momentum: r.momentum}
	case rmsprop:
		return rate.RMSprop{LearningRate: r.rate, Smoothing: r.smoothing, Epsilon: r.epsilon, Centred: r.centred, Momentum: r.momentum}
	case graves:
		return rate.Graves{LearningRate: r.rate, Smoothing: r.smoothing, Epsilon: r.epsilon, Momentum: r.momentum}
	default:
		return rate.Adam{LearningRate: r.rate, Beta1: r.beta1, Beta2: r.beta2, Epsilon: r.epsilon}
	}
}
