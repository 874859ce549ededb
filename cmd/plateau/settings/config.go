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

	Data struct {
		Name, Dir      string
		Examples, Test Count
		Validation     int
		seed           int64
	}
	Network struct {
		Hidden       []int
		PerClass     int
		feedback     string
		symmetric    bool
		noise        float64
		silent       float64
		silentGain   float64
		feedbackBias bool
	}
	Neurons struct {
		Dt          float64
		integration string
		MaxRate     float64 // Hz
		kernel      string
		rise, decay float64
		memory      span

		leak, basal, apical, output, teaching float64
		excitatory, inhibitory                float64
		Forward, feedback                     string
	}
	Phases struct {
		Forward, Target, settle float64
		longer                  bool
		longerMean, longerScale float64
		Window                  float64
		plateauSpread           float64
		plateauSD               float64
	}
	Test struct {
		Length, settle float64
	}
	Learning struct {
		Epochs, Batch            int
		batchUpdate              string
		rates, feedbackRates     []float64
		rateDecay                float64
		hiddenScale, outputScale float64
	}
	initial struct {
		law                             string
		mean, sd, bias, biasSD          float64
		weightMean, weightHalfWidth     float64
		plainBiasMean, plainBiasHalf    float64
		feedbackMean, feedbackHalfWidth float64
	}
	Measure struct {
		What  string
		Every int
	}
	Record struct {
		spikes, variables, neurons string
		every                      float64
		plateaus                   bool
		trials, images             string
		weights                    bool
		weightsEvery               int
		Errors                     string
	}

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
	c := &Config{Seed: 1, Given: map[string]string{}}
	c.Data.Name = "digits"
	c.Data.seed = 1

	c.Network.Hidden = []int{500}
	c.Network.PerClass = 1
	c.Network.feedback = string(network.Broadcast)
	c.Network.silentGain = 5

	c.Neurons.Dt = 1
	c.Neurons.integration = string(compartments.ForwardEuler)
	c.Neurons.MaxRate = 200
	c.Neurons.kernel = doubleExponential
	c.Neurons.rise, c.Neurons.decay, c.Neurons.memory = 3, 10, 10
	c.Neurons.basal, c.Neurons.output, c.Neurons.teaching = 0.6, 0.6, 1
	c.Neurons.excitatory, c.Neurons.inhibitory = 8, -8
	c.Neurons.Forward, c.Neurons.feedback = string(sim.Spikes), string(sim.Spikes)

	c.Phases.Forward, c.Phases.Target, c.Phases.settle = 50, 50, 30
	c.Phases.longerMean, c.Phases.longerScale = 2, 1
	c.Test.Length, c.Test.settle = 250, 30

	c.Learning.Batch, c.Learning.batchUpdate, c.Learning.rateDecay = 1, updateSum, 1

	c.initial.law = optimised
	c.initial.mean, c.initial.sd, c.initial.bias, c.initial.biasSD = 3, 3, 0.8, 0.001
	c.initial.weightHalfWidth, c.initial.plainBiasHalf, c.initial.feedbackHalfWidth = 0.1, 1, 1

	c.Measure.What, c.Measure.Every = Nothing, 1000

	c.Record.spikes, c.Record.plateaus = Everything, true
	c.Record.variables, c.Record.neurons = Nothing, Everything
	c.Record.trials, c.Record.images = Everything, Everything
	c.Record.weights, c.Record.weightsEvery = true, 5000
	c.Record.Errors = stopOnError
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
