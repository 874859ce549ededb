package main

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

// config is a configuration, in the units of its text: ms, Hz, conductances in 1/ms.
// model turns it into what protocols runs. Every field has a key; see keys.
type config struct {
	seed int64

	data struct {
		name, dir      string
		examples, test count
		validation     int
		seed           int64
	}
	network struct {
		hidden       []int
		perClass     int
		feedback     string
		symmetric    bool
		noise        float64
		silent       float64
		silentGain   float64
		feedbackBias bool
	}
	neurons struct {
		dt          float64
		integration string
		maxRate     float64 // Hz
		kernel      string
		rise, decay float64
		memory      span

		leak, basal, apical, output, teaching float64
		excitatory, inhibitory                float64
		forward, feedback                     string
	}
	phases struct {
		forward, target, settle float64
		longer                  bool
		longerMean, longerScale float64
		window                  float64
		plateauSpread           float64
		plateauSD               float64
	}
	test struct {
		length, settle float64
	}
	learning struct {
		epochs, batch            int
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
	measure struct {
		what  string
		every int
	}
	record struct {
		spikes, variables, neurons string
		every                      float64
		plateaus                   bool
		trials, images             string
		weights                    bool
		weightsEvery               int
		errors                     string
	}

	// given says where a key was set: "run.toml:12", "--epochs". Keys that are
	// not in it have their defaults.
	given map[string]string
	// rounded lists the times that were no multiple of the time step; the fields have
	// the rounded values.
	rounded []rounding
}

// count is a number of images; 0 stands for all of them.
type count int

// none is a 0 that a user wrote, which does not mean all and is refused.
const none = count(math.MinInt)

// span is a time in ms that may be unlimited, which is +Inf.
type span float64

// defaults is the paper's model with one hidden layer of 500 neurons.
func defaults() *config {
	c := &config{seed: 1, given: map[string]string{}}
	c.data.name = "digits"
	c.data.seed = 1

	c.network.hidden = []int{500}
	c.network.perClass = 1
	c.network.feedback = string(network.Broadcast)
	c.network.silentGain = 5

	c.neurons.dt = 1
	c.neurons.integration = string(compartments.ForwardEuler)
	c.neurons.maxRate = 200
	c.neurons.kernel = doubleExponential
	c.neurons.rise, c.neurons.decay, c.neurons.memory = 3, 10, 10
	c.neurons.basal, c.neurons.output, c.neurons.teaching = 0.6, 0.6, 1
	c.neurons.excitatory, c.neurons.inhibitory = 8, -8
	c.neurons.forward, c.neurons.feedback = string(sim.Spikes), string(sim.Spikes)

	c.phases.forward, c.phases.target, c.phases.settle = 50, 50, 30
	c.phases.longerMean, c.phases.longerScale = 2, 1
	c.test.length, c.test.settle = 250, 30

	c.learning.batch, c.learning.batchUpdate, c.learning.rateDecay = 1, updateSum, 1

	c.initial.law = optimised
	c.initial.mean, c.initial.sd, c.initial.bias, c.initial.biasSD = 3, 3, 0.8, 0.001
	c.initial.weightHalfWidth, c.initial.plainBiasHalf, c.initial.feedbackHalfWidth = 0.1, 1, 1

	c.measure.what, c.measure.every = nothing, 1000

	c.record.spikes, c.record.plateaus = everything, true
	c.record.variables, c.record.neurons = nothing, everything
	c.record.trials, c.record.images = everything, everything
	c.record.weights, c.record.weightsEvery = true, 5000
	c.record.errors = stopOnError
	c.derive()
	return c
}

// schedule returns the default numbers of images and epochs: a newcomer's run on
// digits takes about a minute, and a run on a real data set uses all of it.
func schedule(data string) (examples, test count, epochs int) {
	switch data {
	case "digits":
		return 30000, 2000, 6
	}
	return 0, 0, 10
}

// derive sets every key that follows others and was not set itself.
func (c *config) derive() {
	for _, k := range keys() {
		if _, given := c.given[k.name]; !given && k.derive != nil {
			k.derive(c)
		}
	}
	c.spreadRates()
}

// spreadRates uses the first of two learning rates for every hidden layer.
func (c *config) spreadRates() {
	if r, hidden := c.learning.rates, len(c.network.hidden); len(r) == 2 && hidden != 1 {
		c.learning.rates = append(slices.Repeat(r[:1], hidden), r[1])
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
	everything        = "all"
	nothing           = "none"
	stopOnError       = "stop"
	ignoreErrors      = "ignore"
)

// model turns the configuration into what protocols runs. Here Hz become spikes/ms.
func (c *config) model(info dataset.Info) protocols.Model {
	maxRate := c.neurons.maxRate / 1000
	return protocols.Model{
		Network: network.Architecture{
			Inputs: inputs(info), Hidden: c.network.hidden,
			Classes: len(info.Classes), PerClass: c.network.perClass,
			Feedback: network.Feedback(c.network.feedback),
			Silent:   c.network.silent, SilentGain: c.network.silentGain,
			Symmetric: c.network.symmetric, FeedbackNoise: c.network.noise, FeedbackBias: c.network.feedbackBias,
		},
		Initial: c.law(maxRate),
		Neurons: sim.Params{
			Dt:     c.neurons.dt,
			Kernel: c.kernel(),
			Hidden: compartments.Pyramidal{Leak: c.neurons.leak, Basal: c.neurons.basal, Apical: c.neurons.apical},
			Output: compartments.Output{
				Leak: c.neurons.leak, Dendritic: c.neurons.output, Teaching: c.neurons.teaching,
				Excitatory: c.neurons.excitatory, Inhibitory: c.neurons.inhibitory,
			},
			Noise:       compartments.EscapeNoise{MaxRate: maxRate},
			Integration: compartments.Integration(c.neurons.integration),
			Forward:     sim.Signal(c.neurons.forward), Feedback: sim.Signal(c.neurons.feedback),
		},
		Train: c.twoPhase(),
		Test:  protocols.TestPhase{Length: c.test.length, Settle: c.test.settle},

		Rates: c.learning.rates, FeedbackRates: c.feedbackRates(),
		HiddenScale: c.learning.hiddenScale, OutputScale: c.learning.outputScale, RateDecay: c.learning.rateDecay,
		Batch: c.learning.batch, MeanUpdate: c.learning.batchUpdate == updateMean,
		Seed: uint64(c.seed),
	}
}

func inputs(info dataset.Info) int { return info.Width * info.Height * info.Channels }

func (c *config) twoPhase() protocols.TwoPhase {
	p := protocols.TwoPhase{
		Forward: c.phases.forward, Target: c.phases.target, Settle: c.phases.settle,
		Window: c.phases.window, PlateauSpread: c.phases.plateauSpread, PlateauSD: c.phases.plateauSD,
	}
	if c.phases.longer {
		p.Longer = &protocols.Wald{Mean: c.phases.longerMean, Scale: c.phases.longerScale}
	}
	return p
}

func (c *config) kernel() kernels.Kernel {
	var k kernels.Kernel
	switch c.neurons.kernel {
	case exponential:
		k = kernels.Exponential{Decay: c.neurons.decay}
	case alpha:
		k = kernels.Alpha{Peak: c.neurons.rise}
	default:
		k = kernels.DoubleExponential{Rise: c.neurons.rise, Decay: c.neurons.decay}
	}
	if math.IsInf(float64(c.neurons.memory), 1) {
		return k
	}
	return kernels.Finite{Kernel: k, Support: float64(c.neurons.memory)}
}

func (c *config) law(maxRate float64) network.Law {
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
func (c *config) feedbackRates() []float64 {
	if len(c.learning.feedbackRates) == 0 {
		return nil
	}
	return c.learning.feedbackRates
}

// load reads or draws the images that the configuration asks for: at least the given
// numbers of training and test images.
func (c *config) load(train, test count) (*dataset.Data, error) {
	return dataset.Load(c.data.name, dataset.Options{
		Dir: c.data.dir, Seed: uint64(c.data.seed), Train: int(train), Test: int(test),
	})
}
