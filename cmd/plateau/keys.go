package main

import (
	"fmt"
	"math"
	"strings"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// A key is one setting of a configuration: how it is read, printed, checked and
// explained. The list of keys is the source of plateau config, of the table in
// docs/options.md and of every message about a setting.
type key struct {
	name     string // section.name; the unit is its ending
	meaning  string
	unit     string
	equation string
	wants    string // what is allowed; {key} stands for a key and, in messages, its value
	symbols  string // of the paper, by which people look for the key; see symbolKey

	steps   bool               // a time that is simulated in whole steps of neurons.dt_ms
	at      func(*config) any  // pointer to the field
	choices []string           // the allowed words
	ok      func(*config) bool // reports whether the value is allowed; NaN must not be
	follows string             // the default of a key that follows others, in words
	derive  func(*config)      // sets that default
}

func (k key) section() string {
	section, _, ok := strings.Cut(k.name, ".")
	if !ok {
		return ""
	}
	return section
}

// Limits of the program rather than of the model.
const (
	minStep    = 0.001 // ms
	maxStep    = 10    // ms
	maxLength  = 1e6   // ms
	minTau     = 0.001 // ms
	minRateHz  = 0.001
	maxRateHz  = 100000
	maxNumber  = 1e6 // potentials, conductances, weights, learning rates: anything beyond is a mistake
	maxEpochs  = 1000000
	maxBatch   = 1 << 16
	maxNeurons = 1 << 20
	maxWeights = 1 << 31 // 8 GB
)

func within(x, low, high float64) bool { return x >= low && x <= high }
func above(x, low, high float64) bool  { return x > low && x <= high }

// keys lists all settings in the order in which they are printed.
func keys() []key {
	return []key{
		{
			name: "seed", meaning: "root of every random stream: initial weights, order of examples, phase lengths, spikes",
			wants: "a whole number from 0 to 9223372036854775807",
			at:    func(c *config) any { return &c.seed },
			ok:    func(c *config) bool { return c.seed >= 0 },
		},

		{
			name: "data.name", meaning: "data set to train and test on",
			at: func(c *config) any { return &c.data.name }, choices: dataset.Names(),
		}, {
			name: "data.dir", meaning: "the only folder to look for its files in; empty: $PLATEAU_DATA, then the user's cache folder and Keras's",
			wants: `the name of a folder, or "" in a configuration for the usual ones`,
			at:    func(c *config) any { return &c.data.dir },
			ok:    func(c *config) bool { return true },
		}, {
			name: "data.examples", meaning: "number of training images used, from the first", unit: "images",
			wants:   `1 to {the number of training images}, or "all"`,
			at:      func(c *config) any { return &c.data.examples },
			ok:      func(c *config) bool { return c.data.examples >= 0 && int(c.data.examples) <= c.images().Train },
			follows: "30000 for digits, all for the others",
			derive:  func(c *config) { c.data.examples, _, _ = schedule(c.data.name) },
		}, {
			name: "data.validation", meaning: "number of training images held out, the last of data.examples: the network does not learn from them, and is tested on them after every epoch; on the test set it is then tested only at the end of the run", unit: "images",
			wants: "a whole number from 0 (none are held out), less than {data.examples}",
			at:    func(c *config) any { return &c.data.validation },
			ok:    func(c *config) bool { return c.data.validation >= 0 && (c.data.examples < 0 || c.shown() > 0) },
		}, {
			name: "data.test_examples", meaning: "number of test images used in a test, from the first", unit: "images",
			wants:   `1 to {the number of test images}, or "all"`,
			at:      func(c *config) any { return &c.data.test },
			ok:      func(c *config) bool { return c.data.test >= 0 && int(c.data.test) <= c.images().Test },
			follows: "2000 for digits, all for the others",
			derive:  func(c *config) { _, c.data.test, _ = schedule(c.data.name) },
		}, {
			name: "data.seed", meaning: "seed of the digits that are drawn; without effect on the other data sets",
			wants: "a whole number from 0 to 9223372036854775807",
			at:    func(c *config) any { return &c.data.seed },
			ok:    func(c *config) bool { return c.data.seed >= 0 },
		},

		{
			name: "network.hidden", meaning: "neurons of each hidden layer, from the input up", unit: "neurons",
			equation: "V_b = W s_below + b (13)",
			wants:    `a list of whole numbers from 1 to 1048576, or "none" for no hidden layer, with at most 2147483648 weights in all`,
			at:       func(c *config) any { return &c.network.hidden },
			ok:       func(c *config) bool { return c.weights() <= maxWeights },
		}, {
			name: "network.per_class", meaning: "output neurons of each class", unit: "neurons",
			equation: "predicted class: argmax of V̄, averaged over a class",
			wants:    "a whole number from 1 to 10000",
			at:       func(c *config) any { return &c.network.perClass },
			ok:       func(c *config) bool { return c.network.perClass >= 1 && c.network.perClass <= 10000 },
		}, {
			name: "network.feedback", meaning: "where apical dendrites get their input: from the output layer, or from the layer above",
			equation: "V_a = Y s_feedback (13)",
			at:       func(c *config) any { return &c.network.feedback },
			choices:  []string{string(network.Broadcast), string(network.LayerWise)},
		}, {
			name: "network.symmetric", meaning: "whether feedback weights follow the forward weights",
			equation: "Y = Wᵀ", wants: "true or false",
			at: func(c *config) any { return &c.network.symmetric },
			ok: func(c *config) bool { return true },
		}, {
			name: "network.feedback_noise", meaning: "standard deviation σ of the noise of symmetric feedback, drawn anew for every weight each time the forward weights change",

			equation: "Y = Wᵀ + N(0, σ²)", wants: "0, or with network.symmetric = true at most 1000000",
			at: func(c *config) any { return &c.network.noise },
			ok: func(c *config) bool {
				return c.network.noise == 0 || above(c.network.noise, 0, maxNumber) && c.network.symmetric
			},
		}, {
			name: "network.silent", meaning: "share of feedback synapses that are silent",
			equation: "Y_ij = 0",
			wants:    "at least 0 and less than 1",
			at:       func(c *config) any { return &c.network.silent },
			ok:       func(c *config) bool { return c.network.silent >= 0 && c.network.silent < 1 },
		}, {
			name: "network.silent_gain", meaning: "factor by which the other feedback synapses are stronger, if some are silent",
			equation: "Y_ij ← gain Y_ij",
			wants:    "more than 0, at most 100000",
			at:       func(c *config) any { return &c.network.silentGain },
			ok:       func(c *config) bool { return above(c.network.silentGain, 0, 1e5) },
		}, {
			name: "network.feedback_bias", meaning: "whether apical dendrites have a bias",
			equation: "V_a = Y s_feedback + c", wants: "true or false",
			at: func(c *config) any { return &c.network.feedbackBias },
			ok: func(c *config) bool { return true },
		},

		{
			name: "neurons.dt_ms", meaning: "time step dt", unit: "ms",
			symbols:  "dt",
			equation: "a spike is seen at age dt, 2 dt, …",
			wants:    `from 0.001 to 10, and with neurons.integration = "euler" less than {2/(sum of a soma's conductances)}`,
			at:       func(c *config) any { return &c.neurons.dt },
			ok: func(c *config) bool {
				return within(c.neurons.dt, minStep, maxStep) &&
					(c.neurons.integration != string(compartments.ForwardEuler) || !(c.neurons.dt*c.conductance() >= 2))
			},
		}, {
			name: "neurons.integration", meaning: "step of the somata: forward Euler, exact for dendrites constant in a step, or at rest at once, as in the published program without conductances",
			equation: "dV/dt of (14), (18)",
			at:       func(c *config) any { return &c.neurons.integration },
			choices:  []string{string(compartments.ForwardEuler), string(compartments.Exponential), string(compartments.Steady)},
		}, {
			name: "neurons.max_rate_hz", meaning: "highest firing rate φ_max; white pixels fire with it too", unit: "Hz",
			symbols:  "φ_max",
			equation: "φ(V) = φ_max σ(V) (17)", wants: "from 0.001 to 100000, and at most 10 spikes in a step of {neurons.dt_ms}",
			at: func(c *config) any { return &c.neurons.maxRate },
			ok: func(c *config) bool {
				return within(c.neurons.maxRate, minRateHz, maxRateHz) && !(c.neurons.maxRate/1000*c.neurons.dt > sim.MaxPerStep)
			},
		}, {
			name: "neurons.kernel", meaning: "shape of the response κ of a dendrite to a spike; exponential has τ_L alone, alpha τ_s alone",
			symbols:  "κ",
			equation: "κ(t) = (e^(−t/τ_L) − e^(−t/τ_s)) / (τ_L − τ_s) (12)",
			at:       func(c *config) any { return &c.neurons.kernel },
			choices:  []string{doubleExponential, exponential, alpha},
		}, {
			name: "neurons.tau_rise_ms", meaning: "synaptic time constant τ_s of κ", unit: "ms",
			symbols:  "τ_s",
			equation: "(12)", wants: `from 0.001 to 1000000, and with neurons.kernel = "double-exponential" less than {neurons.tau_leak_ms} by 1 %; where they meet, neurons.kernel = "alpha"`,
			at: func(c *config) any { return &c.neurons.rise },
			ok: func(c *config) bool {
				return within(c.neurons.rise, minTau, maxNumber) && (c.neurons.kernel != doubleExponential || !(float64(kernels.Apart*c.neurons.rise) > c.neurons.decay))
			},
		}, {
			name: "neurons.tau_leak_ms", meaning: "leak time constant τ_L of κ", unit: "ms",
			symbols:  "τ_L",
			equation: "(12)", wants: "from 0.001 to 1000000",
			at: func(c *config) any { return &c.neurons.decay },
			ok: func(c *config) bool { return within(c.neurons.decay, minTau, maxNumber) },
		}, {
			name: "neurons.spike_memory_ms", meaning: "how long a spike acts on a dendrite; the published results have 10, the equation has no limit", unit: "ms",
			steps:    true,
			equation: "s(t) = Σ κ(t − t_k) (11)",
			wants:    `more than 0, at most 65536 steps of {neurons.dt_ms}, or "unlimited"`,
			at:       func(c *config) any { return &c.neurons.memory },
			ok: func(c *config) bool {
				m := float64(c.neurons.memory)
				return m > 0 && (math.IsInf(m, 1) || !(m/c.neurons.dt > sim.MaxSupport))
			},
		}, {
			name: "neurons.leak_per_ms", meaning: "leak conductance g_l of all somata", unit: "1/ms",
			symbols:  "g_l",
			equation: "dV/dt = −g_l V + g_b (V_b − V) + g_a (V_a − V) (14)", wants: "more than 0, at most 1000000",
			at:      func(c *config) any { return &c.neurons.leak },
			ok:      func(c *config) bool { return above(c.neurons.leak, 0, maxNumber) },
			follows: "1 / neurons.tau_leak_ms",
			derive:  func(c *config) { c.neurons.leak = 1 / c.neurons.decay },
		}, {
			name: "neurons.basal_per_ms", meaning: "conductance g_b from basal dendrite to soma, hidden neurons", unit: "1/ms",
			symbols:  "g_b",
			equation: "(14)", wants: "more than 0, at most 1000000",
			at: func(c *config) any { return &c.neurons.basal },
			ok: func(c *config) bool { return above(c.neurons.basal, 0, maxNumber) },
		}, {
			name: "neurons.apical_per_ms", meaning: "conductance g_a from apical dendrite to soma, hidden neurons; 0 keeps it apart, 0.05 attenuates, 0.6 is strong", unit: "1/ms",
			symbols:  "g_a",
			equation: "(14)", wants: "at least 0, at most 1000000",
			at: func(c *config) any { return &c.neurons.apical },
			ok: func(c *config) bool { return within(c.neurons.apical, 0, maxNumber) },
		}, {
			name: "neurons.output_per_ms", meaning: "conductance g_d from dendrite to soma, output neurons", unit: "1/ms",
			symbols:  "g_d",
			equation: "dV/dt = −g_l V + g_d (V_b − V) + I (18)", wants: "more than 0, at most 1000000",
			at: func(c *config) any { return &c.neurons.output },
			ok: func(c *config) bool { return above(c.neurons.output, 0, maxNumber) },
		}, {
			name: "neurons.teaching_per_ms", meaning: "conductance of the teaching current, g_E of the true class and g_I of the others", unit: "1/ms",
			symbols:  "g_E g_I",
			equation: "I = g_E (E_E − V) + g_I (E_I − V) (20)", wants: "at least 0, at most 1000000",
			at: func(c *config) any { return &c.neurons.teaching },
			ok: func(c *config) bool { return within(c.neurons.teaching, 0, maxNumber) },
		}, {
			name: "neurons.excitatory", meaning: "reversal potential E_E of the teaching current of the true class, relative to rest",
			symbols:  "E_E",
			equation: "(20)", wants: "more than {neurons.inhibitory}, at most 1000000",
			at: func(c *config) any { return &c.neurons.excitatory },
			ok: func(c *config) bool {
				return within(c.neurons.excitatory, -maxNumber, maxNumber) && !(c.neurons.excitatory <= c.neurons.inhibitory)
			},
		}, {
			name: "neurons.inhibitory", meaning: "reversal potential E_I of the teaching current of the other classes, relative to rest",
			symbols:  "E_I",
			equation: "(20)", wants: "at least -1000000, and less than neurons.excitatory",
			at: func(c *config) any { return &c.neurons.inhibitory },
			ok: func(c *config) bool { return within(c.neurons.inhibitory, -maxNumber, maxNumber) },
		}, {
			name: "neurons.forward_signal", meaning: "what forward weights carry: spikes through κ, or the rate φ(V) itself",
			equation: "V_b = W s + b, or V_b = W φ(V) + b",
			at:       func(c *config) any { return &c.neurons.forward }, choices: []string{string(sim.Spikes), string(sim.Rates)},
		}, {
			name: "neurons.feedback_signal", meaning: "what feedback weights carry: spikes through κ, or the rate φ(V) itself",
			equation: "V_a = Y s, or V_a = Y φ(V)",
			at:       func(c *config) any { return &c.neurons.feedback }, choices: []string{string(sim.Spikes), string(sim.Rates)},
		},

		{
			name: "phases.forward_ms", meaning: "length of the forward phase of a training example, or the least of it", unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			at:    func(c *config) any { return &c.phases.forward },
			ok: func(c *config) bool {
				return c.phases.forward < maxLength && longerThan(c.phases.forward, c.phases.settle)
			},
		}, {
			name: "phases.target_ms", meaning: "length of the target phase, with the teaching current, or the least of it", unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			at:    func(c *config) any { return &c.phases.target },
			ok: func(c *config) bool {
				return c.phases.target < maxLength && longerThan(c.phases.target, c.phases.settle)
			},
		}, {
			name: "phases.settle_ms", meaning: "settling time Δt_s at the beginning of a phase, left out of every average unless phases.window_ms is above 0", unit: "ms",
			symbols:  "Δt_s",
			steps:    true,
			equation: "V̄, s̄, φ̄: means over t > Δt_s",
			wants:    "at least 0 and less than 1000000",
			at:       func(c *config) any { return &c.phases.settle },
			ok:       func(c *config) bool { return c.phases.settle >= 0 && c.phases.settle < maxLength },
		}, {
			name: "phases.longer", meaning: "whether a draw from a Wald distribution makes each phase longer, as in the paper",
			equation: "length + Wald(μ, λ), to the nearest step",
			wants:    "true or false",
			at:       func(c *config) any { return &c.phases.longer },
			ok:       func(c *config) bool { return true },
		}, {
			name: "phases.longer_mean_ms", meaning: "mean μ of that draw", unit: "ms",
			symbols: "μ",
			wants:   "more than 0, at most 100000",
			at:      func(c *config) any { return &c.phases.longerMean },
			ok:      func(c *config) bool { return above(c.phases.longerMean, 0, 1e5) },
		}, {
			name: "phases.longer_scale_ms", meaning: "scale λ of that draw, whose variance is μ³/λ", unit: "ms",
			symbols: "λ",
			wants:   "more than 0, at most 1e+08",
			at:      func(c *config) any { return &c.phases.longerScale },
			ok:      func(c *config) bool { return above(c.phases.longerScale, 0, 1e8) },
		}, {
			name: "phases.window_ms", meaning: "length of the window at the end of a phase over which averages are taken; 0: everything after the settling time", unit: "ms",
			steps:    true,
			equation: "α = σ(mean of V_a) (21)", wants: "0, or up to the shorter of {phases.forward_ms} and {phases.target_ms}",
			at: func(c *config) any { return &c.phases.window },
			ok: func(c *config) bool { return c.phases.window >= 0 && !(c.phases.window > c.shorterPhase()) },
		}, {
			name: "phases.plateau_spread_ms", meaning: "length of the interval at the end of a phase in which plateaus come, each neuron's at its own time, at the end of its window; 0: all at the end of the phase", unit: "ms",
			steps:    true,
			equation: "end − U(0, spread)",
			wants:    "0, or with {phases.window_ms} above 0 at most what that leaves of the shorter phase",
			at:       func(c *config) any { return &c.phases.plateauSpread },
			ok: func(c *config) bool {
				spread := c.phases.plateauSpread
				return spread == 0 || spread > 0 && !(c.phases.window == 0) && !(c.phases.window+spread > c.shorterPhase())
			},
		}, {
			name: "phases.plateau_sd_ms", meaning: "how long before the end of a phase a plateau comes is drawn from the upper half of a normal distribution of this standard deviation, cut off at phases.plateau_spread_ms; 0: uniform", unit: "ms",
			equation: "end − min(|N(0, sd²)|, spread), whole steps that are over",
			wants:    "0, or with {phases.plateau_spread_ms} above 0 less than 1000000",
			at:       func(c *config) any { return &c.phases.plateauSD },
			ok: func(c *config) bool {
				return c.phases.plateauSD == 0 || c.phases.plateauSD > 0 && c.phases.plateauSD < maxLength && !(c.phases.plateauSpread == 0)
			},
		},

		{
			name: "test.length_ms", meaning: "length of a test, a forward phase from rest; the paper's text has 500, its program 250", unit: "ms",
			steps: true,
			wants: "more than {test.settle_ms} and less than 1000000",
			at:    func(c *config) any { return &c.test.length },
			ok:    func(c *config) bool { return c.test.length < maxLength && longerThan(c.test.length, c.test.settle) },
		}, {
			name: "test.settle_ms", meaning: "time at the beginning of a test that is left out of the average", unit: "ms",
			steps: true,
			wants: "at least 0 and less than 1000000",
			at:    func(c *config) any { return &c.test.settle },
			ok:    func(c *config) bool { return c.test.settle >= 0 && c.test.settle < maxLength },
		},

		{
			name: "learning.epochs", meaning: "passes through the training images",
			wants:   "a whole number from 1 to 1000000",
			at:      func(c *config) any { return &c.learning.epochs },
			ok:      func(c *config) bool { return c.learning.epochs >= 1 && c.learning.epochs <= maxEpochs },
			follows: "6 for digits, 10 for the others",
			derive:  func(c *config) { _, _, c.learning.epochs = schedule(c.data.name) },
		}, {
			name: "learning.batch", meaning: "number of examples that are shown with the same weights before their updates change them; 1 is the paper's online rule",
			wants: "a whole number from 1 to 65536",
			at:    func(c *config) any { return &c.learning.batch },
			ok:    func(c *config) bool { return c.learning.batch >= 1 && c.learning.batch <= maxBatch },
		}, {
			name: "learning.batch_update", meaning: "whether the sum or the mean of the updates of a batch changes the weights",
			equation: "W ← W + Σ ΔW, or W + Σ ΔW / batch",
			at:       func(c *config) any { return &c.learning.batchUpdate }, choices: []string{updateSum, updateMean},
		}, {
			name: "learning.rates", meaning: "learning rate η of each layer, from the first hidden layer up to the output layer",
			symbols:  "η",
			equation: "ΔW = η P_0 k_b φ_max (α^t − α^f) σ'(V̄^f) ⊗ s̄^f (33); ΔW = η P_1 k_d φ_max (φ̄^t − φ_max σ(V̄^f)) σ'(V̄^f) ⊗ s̄^f (28)",
			wants:    "a list of numbers from 0 to 1000000, one for each hidden layer and one for the output layer{:layers}, or two: one for all hidden layers, one for the output layer",
			at:       func(c *config) any { return &c.learning.rates },
			ok: func(c *config) bool {
				return len(c.learning.rates) == len(c.network.hidden)+1 && allWithin(c.learning.rates, 0, maxNumber)
			},
			follows: "the paper's for the number of hidden layers: 0.19; 0.21, 0.21; 0.23, 0.23, 0.12",
			derive:  func(c *config) { c.learning.rates = protocols.DefaultRates(len(c.network.hidden)) },
		}, {
			name: "learning.feedback_rates", meaning: `learning rate of the feedback to each hidden layer; "none" leaves feedback as it is`,
			symbols:  "η_b",
			equation: "ΔY = η_b (φ_max σ(V̄^f) − α^f) σ'(V̄_a^f) ⊗ s̄_feedback^f",
			wants:    `a list of numbers from 0 to 1000000, one for each hidden layer{:hidden}, with network.symmetric = false, or "none"`,
			at:       func(c *config) any { return &c.learning.feedbackRates },
			ok: func(c *config) bool {
				r := c.learning.feedbackRates
				return len(r) == 0 || len(r) == len(c.network.hidden) && allWithin(r, 0, maxNumber) && !c.network.symmetric
			},
		}, {
			name: "learning.rate_decay", meaning: "factor by which all learning rates, of feedback too, are multiplied after each epoch",
			equation: "η of epoch e = η decay^(e − 1)", wants: "more than 0, at most 1",
			at: func(c *config) any { return &c.learning.rateDecay },
			ok: func(c *config) bool { return above(c.learning.rateDecay, 0, 1) },
		}, {
			name: "learning.hidden_scale", meaning: "scale P_0 of the updates of hidden layers", unit: "ms",
			symbols:  "P_0",
			equation: "(33)", wants: "more than 0, at most 1e+12",
			at:      func(c *config) any { return &c.learning.hiddenScale },
			ok:      func(c *config) bool { return above(c.learning.hiddenScale, 0, 1e12) },
			follows: "20/φ_max = 20000 / neurons.max_rate_hz",
			derive:  func(c *config) { c.learning.hiddenScale = 20e3 / c.neurons.maxRate },
		}, {
			name: "learning.output_scale", meaning: "scale P_1 of the updates of the output layer", unit: "ms²",
			symbols:  "P_1",
			equation: "(28)", wants: "more than 0, at most 1e+24",
			at:      func(c *config) any { return &c.learning.outputScale },
			ok:      func(c *config) bool { return above(c.learning.outputScale, 0, 1e24) },
			follows: "20/φ_max² = 20000000 / neurons.max_rate_hz²",
			derive:  func(c *config) { c.learning.outputScale = 20e6 / (c.neurons.maxRate * c.neurons.maxRate) },
		},

		{
			name: "initial.law", meaning: "law of the initial weights: the paper's, fitted to the statistics of potentials, or the same uniform law for every layer",
			at: func(c *config) any { return &c.initial.law }, choices: []string{optimised, uniform},
		}, {
			name: "initial.mean", meaning: "optimised: mean V̄ that dendritic potentials should have",
			symbols:  "V̄",
			equation: "W = W̄ + 3.465 W_sd U(−1, 1)", wants: "from 0.001 to 1000000",
			at: func(c *config) any { return &c.initial.mean },
			ok: func(c *config) bool { return within(c.initial.mean, 0.001, maxNumber) },
		}, {
			name: "initial.sd", meaning: "optimised: their standard deviation V_sd",
			symbols: "V_sd",
			wants:   "more than 0, at most 1000000",
			at:      func(c *config) any { return &c.initial.sd },
			ok:      func(c *config) bool { return above(c.initial.sd, 0, maxNumber) },
		}, {
			name: "initial.bias", meaning: "optimised: mean of the biases",
			symbols:  "b̄",
			equation: "b = b̄ + 3.465 b_sd U(−1, 1)", wants: "from -1000000 to 1000000",
			at: func(c *config) any { return &c.initial.bias },
			ok: func(c *config) bool { return within(c.initial.bias, -maxNumber, maxNumber) },
		}, {
			name: "initial.bias_sd", meaning: "optimised: standard deviation b_sd of the biases",
			symbols: "b_sd",
			wants:   "at least 0, at most 1000000",
			at:      func(c *config) any { return &c.initial.biasSD },
			ok:      func(c *config) bool { return within(c.initial.biasSD, 0, maxNumber) },
		}, {
			name: "initial.uniform_weight_mean", meaning: "uniform: mean of the forward weights W",
			wants: "from -1000000 to 1000000",
			at:    func(c *config) any { return &c.initial.weightMean },
			ok:    func(c *config) bool { return within(c.initial.weightMean, -maxNumber, maxNumber) },
		}, {
			name: "initial.uniform_weight_halfwidth", meaning: "uniform: largest distance of W from their mean",
			wants: "at least 0, at most 1000000",
			at:    func(c *config) any { return &c.initial.weightHalfWidth },
			ok:    func(c *config) bool { return within(c.initial.weightHalfWidth, 0, maxNumber) },
		}, {
			name: "initial.uniform_bias_mean", meaning: "uniform: mean of the biases b",
			wants: "from -1000000 to 1000000",
			at:    func(c *config) any { return &c.initial.plainBiasMean },
			ok:    func(c *config) bool { return within(c.initial.plainBiasMean, -maxNumber, maxNumber) },
		}, {
			name: "initial.uniform_bias_halfwidth", meaning: "uniform: largest distance of b from their mean",
			wants: "at least 0, at most 1000000",
			at:    func(c *config) any { return &c.initial.plainBiasHalf },
			ok:    func(c *config) bool { return within(c.initial.plainBiasHalf, 0, maxNumber) },
		}, {
			name: "initial.uniform_feedback_mean", meaning: "uniform: mean of the feedback weights Y and of c",
			wants: "from -1000000 to 1000000",
			at:    func(c *config) any { return &c.initial.feedbackMean },
			ok:    func(c *config) bool { return within(c.initial.feedbackMean, -maxNumber, maxNumber) },
		}, {
			name: "initial.uniform_feedback_halfwidth", meaning: "uniform: largest distance of Y and c from their mean",
			wants: "at least 0, at most 1000000",
			at:    func(c *config) any { return &c.initial.feedbackHalfWidth },
			ok:    func(c *config) bool { return within(c.initial.feedbackHalfWidth, 0, maxNumber) },
		},

		{
			name: "measure.what", meaning: "what train --measure measures, for lines of metrics.jsonl and for measurements.npz",
			wants: `"none", "all" or some of "` + strings.Join(measurementNames(), ",") + `", of which angle, eigenvalue and alignment need a hidden layer`,
			at:    func(c *config) any { return &c.measure.what },
			ok:    func(c *config) bool { _, err := c.measured(); return err == nil },
		}, {
			name: "measure.every", meaning: "number of training images from one line of measurements to the next", unit: "images",
			wants: "a whole number from 1 to 1000000000",
			at:    func(c *config) any { return &c.measure.every },
			ok:    func(c *config) bool { return c.measure.every >= 1 && c.measure.every <= 1e9 },
		},

		{
			name: "record.spikes", meaning: "populations whose spikes train --record records",
			wants: `"all", "none" or names, as in "input,hidden0"{:populations}`,
			at:    func(c *config) any { return &c.record.spikes },
			ok:    func(c *config) bool { _, err := c.recordedPopulations(); return err == nil },
		}, {
			name: "record.plateaus", meaning: "whether times and values of all plateaus are recorded",
			wants: "true or false",
			at:    func(c *config) any { return &c.record.plateaus },
			ok:    func(c *config) bool { return true },
		}, {
			name: "record.variables", meaning: "potentials and rates that are recorded; replay recomputes them from spikes and weights",
			wants: `"none", "all" or some of "basal,apical,soma,rate"`,
			at:    func(c *config) any { return &c.record.variables },
			ok:    func(c *config) bool { _, err := c.recordedTraces(); return err == nil || c.recordedNeuronsWrong() },
		}, {
			name: "record.neurons", meaning: "neurons whose potentials and rates are recorded, counted from 0",
			wants: `"all" or populations, with ranges if only some of their neurons are wanted, as in "hidden0:0:20,hidden0:77,output"{:neurons}`,
			at:    func(c *config) any { return &c.record.neurons },
			ok:    func(c *config) bool { return !c.recordedNeuronsWrong() },
		}, {
			name: "record.every_ms", meaning: "time from one recorded value to the next", unit: "ms",
			steps:   true,
			wants:   "more than 0, at most 1000000",
			at:      func(c *config) any { return &c.record.every },
			ok:      func(c *config) bool { return above(c.record.every, 0, maxLength) },
			follows: "neurons.dt_ms",
			derive:  func(c *config) { c.record.every = c.neurons.dt },
		}, {
			name: "record.trials", meaning: "which trials are recorded, counted from 1",
			wants: `"all", "misread", "every=N", or numbers and ranges from 1 to {the number of trials}, as in "1,500:520"`,
			at:    func(c *config) any { return &c.record.trials },
			ok:    func(c *config) bool { return c.selectTrials(&record.Selection{}) == nil },
		}, {
			name: "record.images", meaning: "images whose trials are recorded, counted from 0",
			wants: `"all", or numbers and ranges from 0, less than {the number of images in an epoch}, as in "0:10,77"`,
			at:    func(c *config) any { return &c.record.images },
			ok:    func(c *config) bool { return c.selectImages(&record.Selection{}) == nil },
		}, {
			name: "record.weights", meaning: "whether weights are recorded, which replay needs; otherwise only their checksums are",
			wants: "true or false",
			at:    func(c *config) any { return &c.record.weights },
			ok:    func(c *config) bool { return true },
		}, {
			name: "record.weights_every", meaning: "number of trials from one recording of the weights to the next; 0: only at the start. Replay repeats the learning since then",
			unit: "trials", wants: "a whole number from 0 to 1000000000",
			at: func(c *config) any { return &c.record.weightsEvery },
			ok: func(c *config) bool { return c.record.weightsEvery >= 0 && c.record.weightsEvery <= 1e9 },
		}, {
			name: "record.errors", meaning: "what happens to the training if the recording cannot go on, for example because the disk is full",
			at: func(c *config) any { return &c.record.errors }, choices: []string{stopOnError, ignoreErrors},
		},
	}
}

// longerThan reports whether a phase outlasts its settling time. A settling time
// that is itself out of range is reported where it stands.
func longerThan(length, settle float64) bool { return length > 0 && !(length <= settle) }

func allWithin(x []float64, low, high float64) bool {
	for _, v := range x {
		if !within(v, low, high) {
			return false
		}
	}
	return true
}

func (c *config) shorterPhase() float64 { return min(c.phases.forward, c.phases.target) }

// conductance returns the largest sum of conductances of any soma (1/ms), which
// limits Euler steps.
func (c *config) conductance() float64 {
	n := c.neurons
	return max(n.leak+n.output+n.teaching, n.leak+n.basal+n.apical)
}

// images describes the data set, with the largest numbers of images that its splits
// can have.
func (c *config) images() dataset.Info {
	info, err := dataset.Lookup(c.data.name)
	if err == nil && len(info.Files) == 0 {
		info.Train, info.Test = maxDrawn, maxDrawn
	}
	return info
}

// maxDrawn is the largest number of images of digits.
const maxDrawn = 1000000

// weights counts the weights of the network. It returns more than maxWeights if a
// layer is impossible.
func (c *config) weights() float64 {
	info, _ := dataset.Lookup(c.data.name)
	below, total := float64(inputs(info)), 0.0
	output := float64(len(info.Classes) * c.network.perClass)
	sizes := c.network.hidden
	for m, n := range sizes {
		if n < 1 || n > maxNeurons {
			return math.Inf(1)
		}
		above := output
		if c.network.feedback == string(network.LayerWise) && m+1 < len(sizes) {
			above = float64(sizes[m+1])
		}
		total += float64(n) * (below + 2 + above)
		below = float64(n)
	}
	return total + output*(below+1)
}

// term returns the text for a word in braces in wants, if the word is not a key. Words
// that begin with a colon are for messages only.
func (c *config) term(word string) (text string, ok bool) {
	switch word {
	case "the number of training images":
		return fmt.Sprintf("%s (%d)", word, c.images().Train), true
	case "the number of test images":
		return fmt.Sprintf("%s (%d)", word, c.images().Test), true
	case "2/(sum of a soma's conductances)":
		return fmt.Sprintf("%s (%.4g)", word, 2/c.conductance()), true
	case "the number of trials":
		return fmt.Sprintf("%s (%d)", word, c.trials()), true
	case "the number of images in an epoch":
		return fmt.Sprintf("%s (%d)", word, c.shown()), true
	case ":populations":
		return ": there are " + strings.Join(populationNames(len(c.network.hidden)), ", "), true
	case ":neurons":
		info, err := dataset.Lookup(c.data.name)
		if err != nil {
			return "", true
		}
		var there []string
		sizes := c.sizes(info)
		for i, name := range populationNames(len(c.network.hidden))[1:] {
			there = append(there, fmt.Sprintf("%s with %s", name, plural(sizes[i+1], "neuron")))
		}
		return ": there are " + strings.Join(there, ", "), true
	case ":layers":
		return ": " + plural(len(c.network.hidden)+1, "number"), true
	case ":hidden":
		return ": " + plural(len(c.network.hidden), "number"), true
	}
	return "", false
}
