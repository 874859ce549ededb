package settings

import (
	"math"
	"slices"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
)

// Config is a configuration, in the units of its text: ms, Hz, conductances in 1/ms.
// model turns it into what protocols runs. Every field has a key; see keys.
type Config struct {
	Seed int64

	Data     dataSection
	Network  networkSection
	Neurons  neuronsSection
	Phases   phasesSection
	Test     testSection
	Learning learningSection
	Rival    rivalSection
	initial  initialSection
	Measure  measureSection
	Record   recordSection

	// given says where a key was set: "run.toml:12", "--epochs". Keys that are
	// not in it have their defaults.
	Given map[string]string
	// rounded lists the times that were no multiple of the time step; the fields have
	// the rounded values.
	rounded []rounding
}

// Count is a number of images; 0 stands for all of them.
type Count int

// none is a 0 that a user wrote, which does not mean all and is refused.
const none = Count(math.MinInt)

// span is a time in ms that may be unlimited, which is +Inf.
type span float64

// Defaults is the paper's model with one hidden layer of 500 neurons.
func Defaults() *Config {
	c := &Config{
		Seed: 1, Given: map[string]string{},
		Data:     defaultData(),
		Network:  defaultNetwork(),
		Neurons:  defaultNeurons(),
		Phases:   defaultPhases(),
		Test:     defaultTest(),
		Learning: defaultLearning(),
		Rival:    defaultRival(),
		initial:  defaultInitial(),
		Measure:  defaultMeasure(),
		Record:   defaultRecord(),
	}
	c.Derive()
	return c
}

// schedule returns the default numbers of images and epochs: a newcomer's run on
// digits takes about a minute, and a run on a real data set uses all of it.
func schedule(data string) (examples, test Count, epochs int) {
	switch data {
	case "digits":
		return 30000, 2000, 6
	}
	return 0, 0, 10
}

// Derive sets every key that follows others and was not set itself.
func (c *Config) Derive() {
	for _, k := range Keys() {
		if _, given := c.Given[k.Name]; !given && k.derive != nil {
			k.derive(c)
		}
	}
	c.spreadRates()
}

// spreadRates uses the first of two learning rates for every hidden layer.
func (c *Config) spreadRates() {
	if r, hidden := c.Learning.rates, len(c.Network.Hidden); len(r) == 2 && hidden != 1 {
		c.Learning.rates = append(slices.Repeat(r[:1], hidden), r[1])
	}
}

// Values of keys with a choice.
const (
	doubleExponential = "double-exponential"
	exponential       = "exponential"
	alpha             = "alpha"
	optimised         = "optimised"
	uniform           = "uniform"
	updateSum         = "sum"
	updateMean        = "mean"
	Everything        = "all"
	Nothing           = "none"
	stopOnError       = "stop"
	IgnoreErrors      = "ignore"
)

// Model turns the configuration into what protocols runs. Here Hz become spikes/ms.
func (c *Config) Model(info dataset.Info) protocols.Model {
	maxRate := c.Neurons.MaxRate / 1000
	return protocols.Model{
		Network: network.Architecture{
			Inputs: inputs(info), Hidden: c.Network.Hidden,
			Classes: len(info.Classes), PerClass: c.Network.PerClass,
			Feedback: network.Feedback(c.Network.feedback),
			Silent:   c.Network.silent, SilentGain: c.Network.silentGain,
			Symmetric: c.Network.symmetric, FeedbackNoise: c.Network.noise, FeedbackBias: c.Network.feedbackBias,
		},
		Initial: c.law(maxRate),
		Neurons: sim.Params{
			Dt:     c.Neurons.Dt,
			Kernel: c.kernel(),
			Hidden: compartments.Pyramidal{Leak: c.Neurons.leak, Basal: c.Neurons.basal, Apical: c.Neurons.apical},
			Output: compartments.Output{
				Leak: c.Neurons.leak, Dendritic: c.Neurons.output, Teaching: c.Neurons.teaching,
				Excitatory: c.Neurons.excitatory, Inhibitory: c.Neurons.inhibitory,
			},
			Noise:       compartments.EscapeNoise{MaxRate: maxRate},
			Integration: compartments.Integration(c.Neurons.integration),
			Forward:     sim.Signal(c.Neurons.Forward), Feedback: sim.Signal(c.Neurons.feedback),
		},
		Train: c.twoPhase(),
		Test:  protocols.TestPhase{Length: c.Test.Length, Settle: c.Test.settle},

		Rates: c.Learning.rates, FeedbackRates: c.feedbackRates(),
		HiddenScale: c.Learning.hiddenScale, OutputScale: c.Learning.outputScale, RateDecay: c.Learning.rateDecay,
		Batch: c.Learning.Batch, MeanUpdate: c.Learning.batchUpdate == updateMean,
		Seed: uint64(c.Seed),
	}
}

func inputs(info dataset.Info) int { return info.Width * info.Height * info.Channels }

func (c *Config) twoPhase() protocols.TwoPhase {
	p := protocols.TwoPhase{
		Forward: c.Phases.Forward, Target: c.Phases.Target, Settle: c.Phases.settle,
		Window: c.Phases.Window, PlateauSpread: c.Phases.plateauSpread, PlateauSD: c.Phases.plateauSD,
	}
	if c.Phases.longer {
		p.Longer = &protocols.Wald{Mean: c.Phases.longerMean, Scale: c.Phases.longerScale}
	}
	return p
}

func (c *Config) kernel() kernels.Kernel {
	var k kernels.Kernel
	switch c.Neurons.kernel {
	case exponential:
		k = kernels.Exponential{Decay: c.Neurons.decay}
	case alpha:
		k = kernels.Alpha{Peak: c.Neurons.rise}
	default:
		k = kernels.DoubleExponential{Rise: c.Neurons.rise, Decay: c.Neurons.decay}
	}
	if math.IsInf(float64(c.Neurons.memory), 1) {
		return k
	}
	return kernels.Finite{Kernel: k, Support: float64(c.Neurons.memory)}
}

func (c *Config) law(maxRate float64) network.Law {
	i := c.initial
	if i.law == uniform {
		return network.Plain{
			Weights: network.Uniform{Mean: i.weightMean, HalfWidth: i.weightHalfWidth},
			Bias:    network.Uniform{Mean: i.plainBiasMean, HalfWidth: i.plainBiasHalf},
			Return:  network.Uniform{Mean: i.feedbackMean, HalfWidth: i.feedbackHalfWidth},
		}
	}
	return network.Optimised{MaxRate: maxRate, Mean: i.mean, SD: i.sd, Bias: i.bias, BiasSD: i.biasSD}
}

// feedbackRates returns nil if feedback does not learn.
func (c *Config) feedbackRates() []float64 {
	if len(c.Learning.feedbackRates) == 0 {
		return nil
	}
	return c.Learning.feedbackRates
}

// Load reads or draws the images that the configuration asks for: at least the given
// numbers of training and test images.
func (c *Config) Load(train, test Count) (*dataset.Data, error) {
	return dataset.Load(c.Data.Name, dataset.Options{
		Dir: c.Data.Dir, Seed: uint64(c.Data.seed), Train: int(train), Test: int(test),
	})
}
