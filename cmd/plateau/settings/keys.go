package settings

import (
	"fmt"
	"math"
	"strings"

	"plateau/cmd/plateau/terminal"
	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// A Key is one setting of a configuration: how it is read, printed, checked and
// explained. The list of keys is the source of plateau config, of the table in
// docs/options.md and of every message about a setting.
type Key struct {
	Name     string // section.name; the unit is its ending
	Meaning  string
	Unit     string
	Equation string
	wants    string // what is allowed; {key} stands for a key and, in messages, its value
	Symbols  string // of the paper, by which people look for the key; see symbolKey

	steps   bool               // a time that is simulated in whole steps of neurons.dt_ms
	At      func(*Config) any  // pointer to the field
	Choices []string           // the allowed words
	ok      func(*Config) bool // reports whether the value is allowed; NaN must not be
	Follows string             // the default of a key that follows others, in words
	derive  func(*Config)      // sets that default
}

func (k Key) section() string {
	section, _, ok := strings.Cut(k.Name, ".")
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

func above(x, low, high float64) bool { return x > low && x <= high }

// Keys lists all settings in the order in which they are printed.
func Keys() []Key {
	return []Key{
		{
			Name: "seed", Meaning: "root of every random stream: initial weights, order of examples, phase lengths, spikes",
			wants: "a whole number from 0 to 9223372036854775807",
			At:    func(c *Config) any { return &c.Seed },
			ok:    func(c *Config) bool { return c.Seed >= 0 },
		},

		{
			Name: "data.name", Meaning: "data set to train and test on",
			At: func(c *Config) any { return &c.Data.Name }, Choices: dataset.Names(),
		}, {
			Name: "data.dir", Meaning: "the only folder to look for its files in; empty: $PLATEAU_DATA, then the user's cache folder and Keras's",
			wants: `the name of a folder, or "" in a configuration for the usual ones`,
			At:    func(c *Config) any { return &c.Data.Dir },
			ok:    func(c *Config) bool { return true },
		}, {
			Name: "data.examples", Meaning: "number of training images used, from the first", Unit: "images",
			wants:   `1 to {the number of training images}, or "all"`,
			At:      func(c *Config) any { return &c.Data.Examples },
			ok:      func(c *Config) bool { return c.Data.Examples >= 0 && int(c.Data.Examples) <= c.Images().Train },
			Follows: "30000 for digits, all for the others",
			derive:  func(c *Config) { c.Data.Examples, _, _ = schedule(c.Data.Name) },
		}, {
			Name: "data.validation", Meaning: "number of training images held out, the last of data.examples: the network does not learn from them, and is tested on them after every epoch; on the test set it is then tested only at the end of the run", Unit: "images",
			wants: "a whole number from 0 (none are held out), less than {data.examples}",
			At:    func(c *Config) any { return &c.Data.Validation },
			ok:    func(c *Config) bool { return c.Data.Validation >= 0 && (c.Data.Examples < 0 || c.Shown() > 0) },
		}, {
			Name: "data.test_examples", Meaning: "number of test images used in a test, from the first", Unit: "images",
			wants:   `1 to {the number of test images}, or "all"`,
			At:      func(c *Config) any { return &c.Data.Test },
			ok:      func(c *Config) bool { return c.Data.Test >= 0 && int(c.Data.Test) <= c.Images().Test },
			Follows: "2000 for digits, all for the others",
			derive:  func(c *Config) { _, c.Data.Test, _ = schedule(c.Data.Name) },
		}, {
			Name: "data.seed", Meaning: "seed of the digits that are drawn; without effect on the other data sets",
			wants: "a whole number from 0 to 9223372036854775807",
			At:    func(c *Config) any { return &c.Data.seed },
			ok:    func(c *Config) bool { return c.Data.seed >= 0 },
		},

		{
			Name: "network.hidden", Meaning: "neurons of each hidden layer, from the input up", Unit: "neurons",
			Equation: "V_b = W s_below + b (13)",
			wants:    `a list of whole numbers from 1 to 1048576, or "none" for no hidden layer, with at most 2147483648 weights in all`,
			At:       func(c *Config) any { return &c.Network.Hidden },
			ok:       func(c *Config) bool { return c.Weights() <= maxWeights },
		}, {
			Name: "network.per_class", Meaning: "output neurons of each class", Unit: "neurons",
			Equation: "predicted class: argmax of V̄, averaged over a class",
			wants:    "a whole number from 1 to 10000",
			At:       func(c *Config) any { return &c.Network.PerClass },
			ok:       func(c *Config) bool { return c.Network.PerClass >= 1 && c.Network.PerClass <= 10000 },
		}, {
			Name: "network.feedback", Meaning: "where apical dendrites get their input: from the output layer, or from the layer above",
			Equation: "V_a = Y s_feedback (13)",
			At:       func(c *Config) any { return &c.Network.feedback },
			Choices:  []string{string(network.Broadcast), string(network.LayerWise)},
		}, {
			Name: "network.symmetric", Meaning: "whether feedback weights follow the forward weights",
			Equation: "Y = Wᵀ", wants: "true or false",
			At: func(c *Config) any { return &c.Network.symmetric },
			ok: func(c *Config) bool { return true },
		}, {
			Name: "network.feedback_noise", Meaning: "standard deviation σ of the noise of symmetric feedback, drawn anew for every weight each time the forward weights change",

			Equation: "Y = Wᵀ + N(0, σ²)", wants: "0, or with network.symmetric = true at most 1000000",
			At: func(c *Config) any { return &c.Network.noise },
			ok: func(c *Config) bool {
				return c.Network.noise == 0 || above(c.Network.noise, 0, maxNumber) && c.Network.symmetric
			},
		}, {
			Name: "network.silent", Meaning: "share of feedback synapses that are silent",
			Equation: "Y_ij = 0",
			wants:    "at least 0 and less than 1",
			At:       func(c *Config) any { return &c.Network.silent },
			ok:       func(c *Config) bool { return c.Network.silent >= 0 && c.Network.silent < 1 },
		}, {
			Name: "network.silent_gain", Meaning: "factor by which the other feedback synapses are stronger, if some are silent",
			Equation: "Y_ij ← gain Y_ij",
			wants:    "more than 0, at most 100000",
			At:       func(c *Config) any { return &c.Network.silentGain },
			ok:       func(c *Config) bool { return above(c.Network.silentGain, 0, 1e5) },
		}, {
			Name: "network.feedback_bias", Meaning: "whether apical dendrites have a bias",
			Equation: "V_a = Y s_feedback + c", wants: "true or false",
			At: func(c *Config) any { return &c.Network.feedbackBias },
			ok: func(c *Config) bool { return true },
		},

		{
			Name: "neurons.dt_ms", Meaning: "time step dt", Unit: "ms",
			Symbols:  "dt",
			Equation: "a spike is seen at age dt, 2 dt, …",
			wants:    `from 0.001 to 10, and with neurons.integration = "euler" less than {2/(sum of a soma's conductances)}`,
			At:       func(c *Config) any { return &c.Neurons.Dt },
			ok: func(c *Config) bool {
				return within(c.Neurons.Dt, minStep, maxStep) &&
					(c.Neurons.integration != string(compartments.ForwardEuler) || !(c.Neurons.Dt*c.conductance() >= 2))
			},
		}, {
			Name: "neurons.integration", Meaning: "step of the somata: forward Euler, exact for dendrites constant in a step, or at rest at once, as in the published program without conductances",
			Equation: "dV/dt of (14), (18)",
			At:       func(c *Config) any { return &c.Neurons.integration },
			Choices:  []string{string(compartments.ForwardEuler), string(compartments.Exponential), string(compartments.Steady)},
		}, {
			Name: "neurons.max_rate_hz", Meaning: "highest firing rate φ_max; white pixels fire with it too", Unit: "Hz",
			Symbols:  "φ_max",
			Equation: "φ(V) = φ_max σ(V) (17)", wants: "from 0.001 to 100000, and at most 10 spikes in a step of {neurons.dt_ms}",
			At: func(c *Config) any { return &c.Neurons.MaxRate },
			ok: func(c *Config) bool {
				return within(c.Neurons.MaxRate, minRateHz, maxRateHz) && !(c.Neurons.MaxRate/1000*c.Neurons.Dt > sim.MaxPerStep)
			},
		}, {
			Name: "neurons.kernel", Meaning: "shape of the response κ of a dendrite to a spike; exponential has τ_L alone, alpha τ_s alone",
			Symbols:  "κ",
			Equation: "κ(t) = (e^(−t/τ_L) − e^(−t/τ_s)) / (τ_L − τ_s) (12)",
			At:       func(c *Config) any { return &c.Neurons.kernel },
			Choices:  []string{doubleExponential, exponential, alpha},
		}, {
			Name: "neurons.tau_rise_ms", Meaning: "synaptic time constant τ_s of κ", Unit: "ms",
			Symbols:  "τ_s",
			Equation: "(12)", wants: `from 0.001 to 1000000, and with neurons.kernel = "double-exponential" less than {neurons.tau_leak_ms} by 1 %; where they meet, neurons.kernel = "alpha"`,
			At: func(c *Config) any { return &c.Neurons.rise },
			ok: func(c *Config) bool {
				return within(c.Neurons.rise, minTau, maxNumber) && (c.Neurons.kernel != doubleExponential || !(float64(kernels.Apart*c.Neurons.rise) > c.Neurons.decay))
			},
		}, {
			Name: "neurons.tau_leak_ms", Meaning: "leak time constant τ_L of κ", Unit: "ms",
			Symbols:  "τ_L",
			Equation: "(12)", wants: "from 0.001 to 1000000",
			At: func(c *Config) any { return &c.Neurons.decay },
			ok: func(c *Config) bool { return within(c.Neurons.decay, minTau, maxNumber) },
		}, {
			Name: "neurons.spike_memory_ms", Meaning: "how long a spike acts on a dendrite; the published results have 10, the equation has no limit", Unit: "ms",
			steps:    true,
			Equation: "s(t) = Σ κ(t − t_k) (11)",
			wants:    `more than 0, at most 65536 steps of {neurons.dt_ms}, or "unlimited"`,
			At:       func(c *Config) any { return &c.Neurons.memory },
			ok: func(c *Config) bool {
				m := float64(c.Neurons.memory)
				return m > 0 && (math.IsInf(m, 1) || !(m/c.Neurons.Dt > sim.MaxSupport))
			},
		}, {
			Name: "neurons.leak_per_ms", Meaning: "leak conductance g_l of all somata", Unit: "1/ms",
			Symbols:  "g_l",
			Equation: "dV/dt = −g_l V + g_b (V_b − V) + g_a (V_a − V) (14)", wants: "more than 0, at most 1000000",
			At:      func(c *Config) any { return &c.Neurons.leak },
			ok:      func(c *Config) bool { return above(c.Neurons.leak, 0, maxNumber) },
			Follows: "1 / neurons.tau_leak_ms",
			derive:  func(c *Config) { c.Neurons.leak = 1 / c.Neurons.decay },
		}, {
			Name: "neurons.basal_per_ms", Meaning: "conductance g_b from basal dendrite to soma, hidden neurons", Unit: "1/ms",
			Symbols:  "g_b",
			Equation: "(14)", wants: "more than 0, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.basal },
			ok: func(c *Config) bool { return above(c.Neurons.basal, 0, maxNumber) },
		}, {
			Name: "neurons.apical_per_ms", Meaning: "conductance g_a from apical dendrite to soma, hidden neurons; 0 keeps it apart, 0.05 attenuates, 0.6 is strong", Unit: "1/ms",
			Symbols:  "g_a",
			Equation: "(14)", wants: "at least 0, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.apical },
			ok: func(c *Config) bool { return within(c.Neurons.apical, 0, maxNumber) },
		}, {
			Name: "neurons.output_per_ms", Meaning: "conductance g_d from dendrite to soma, output neurons", Unit: "1/ms",
			Symbols:  "g_d",
			Equation: "dV/dt = −g_l V + g_d (V_b − V) + I (18)", wants: "more than 0, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.output },
			ok: func(c *Config) bool { return above(c.Neurons.output, 0, maxNumber) },
		}, {
			Name: "neurons.teaching_per_ms", Meaning: "conductance of the teaching current, g_E of the true class and g_I of the others", Unit: "1/ms",
			Symbols:  "g_E g_I",
			Equation: "I = g_E (E_E − V) + g_I (E_I − V) (20)", wants: "at least 0, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.teaching },
			ok: func(c *Config) bool { return within(c.Neurons.teaching, 0, maxNumber) },
		}, {
			Name: "neurons.excitatory", Meaning: "reversal potential E_E of the teaching current of the true class, relative to rest",
			Symbols:  "E_E",
			Equation: "(20)", wants: "more than {neurons.inhibitory}, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.excitatory },
			ok: func(c *Config) bool {
				return within(c.Neurons.excitatory, -maxNumber, maxNumber) && !(c.Neurons.excitatory <= c.Neurons.inhibitory)
			},
		}, {
			Name: "neurons.inhibitory", Meaning: "reversal potential E_I of the teaching current of the other classes, relative to rest",
			Symbols:  "E_I",
			Equation: "(20)", wants: "at least -1000000, and less than neurons.excitatory",
			At: func(c *Config) any { return &c.Neurons.inhibitory },
			ok: func(c *Config) bool { return within(c.Neurons.inhibitory, -maxNumber, maxNumber) },
		}, {
			Name: "neurons.forward_signal", Meaning: "what forward weights carry: spikes through κ, or the rate φ(V) itself",
			Equation: "V_b = W s + b, or V_b = W φ(V) + b",
			At:       func(c *Config) any { return &c.Neurons.Forward }, Choices: []string{string(sim.Spikes), string(sim.Rates)},
		}, {
			Name: "neurons.feedback_signal", Meaning: "what feedback weights carry: spikes through κ, or the rate φ(V) itself",
			Equation: "V_a = Y s, or V_a = Y φ(V)",
			At:       func(c *Config) any { return &c.Neurons.feedback }, Choices: []string{string(sim.Spikes), string(sim.Rates)},
		},

		{
			Name: "phases.forward_ms", Meaning: "length of the forward phase of a training example, or the least of it", Unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Phases.Forward },
			ok: func(c *Config) bool {
				return c.Phases.Forward < maxLength && longerThan(c.Phases.Forward, c.Phases.settle)
			},
		}, {
			Name: "phases.target_ms", Meaning: "length of the target phase, with the teaching current, or the least of it", Unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Phases.Target },
			ok: func(c *Config) bool {
				return c.Phases.Target < maxLength && longerThan(c.Phases.Target, c.Phases.settle)
			},
		}, {
			Name: "phases.settle_ms", Meaning: "settling time Δt_s at the beginning of a phase, left out of every average unless phases.window_ms is above 0", Unit: "ms",
			Symbols:  "Δt_s",
			steps:    true,
			Equation: "V̄, s̄, φ̄: means over t > Δt_s",
			wants:    "at least 0 and less than 1000000",
			At:       func(c *Config) any { return &c.Phases.settle },
			ok:       func(c *Config) bool { return c.Phases.settle >= 0 && c.Phases.settle < maxLength },
		}, {
			Name: "phases.longer", Meaning: "whether a draw from a Wald distribution makes each phase longer, as in the paper",
			Equation: "length + Wald(μ, λ), to the nearest step",
			wants:    "true or false",
			At:       func(c *Config) any { return &c.Phases.longer },
			ok:       func(c *Config) bool { return true },
		}, {
			Name: "phases.longer_mean_ms", Meaning: "mean μ of that draw", Unit: "ms",
			Symbols: "μ",
			wants:   "more than 0, at most 100000",
			At:      func(c *Config) any { return &c.Phases.longerMean },
			ok:      func(c *Config) bool { return above(c.Phases.longerMean, 0, 1e5) },
		}, {
			Name: "phases.longer_scale_ms", Meaning: "scale λ of that draw, whose variance is μ³/λ", Unit: "ms",
			Symbols: "λ",
			wants:   "more than 0, at most 1e+08",
			At:      func(c *Config) any { return &c.Phases.longerScale },
			ok:      func(c *Config) bool { return above(c.Phases.longerScale, 0, 1e8) },
		}, {
			Name: "phases.window_ms", Meaning: "length of the window at the end of a phase over which averages are taken; 0: everything after the settling time", Unit: "ms",
			steps:    true,
			Equation: "α = σ(mean of V_a) (21)", wants: "0, or up to the shorter of {phases.forward_ms} and {phases.target_ms}",
			At: func(c *Config) any { return &c.Phases.Window },
			ok: func(c *Config) bool { return c.Phases.Window >= 0 && !(c.Phases.Window > c.shorterPhase()) },
		}, {
			Name: "phases.plateau_spread_ms", Meaning: "length of the interval at the end of a phase in which plateaus come, each neuron's at its own time, at the end of its window; 0: all at the end of the phase", Unit: "ms",
			steps:    true,
			Equation: "end − U(0, spread)",
			wants:    "0, or with {phases.window_ms} above 0 at most what that leaves of the shorter phase",
			At:       func(c *Config) any { return &c.Phases.plateauSpread },
			ok: func(c *Config) bool {
				spread := c.Phases.plateauSpread
				return spread == 0 || spread > 0 && !(c.Phases.Window == 0) && !(c.Phases.Window+spread > c.shorterPhase())
			},
		}, {
			Name: "phases.plateau_sd_ms", Meaning: "how long before the end of a phase a plateau comes is drawn from the upper half of a normal distribution of this standard deviation, cut off at phases.plateau_spread_ms; 0: uniform", Unit: "ms",
			Equation: "end − min(|N(0, sd²)|, spread), whole steps that are over",
			wants:    "0, or with {phases.plateau_spread_ms} above 0 less than 1000000",
			At:       func(c *Config) any { return &c.Phases.plateauSD },
			ok: func(c *Config) bool {
				return c.Phases.plateauSD == 0 || c.Phases.plateauSD > 0 && c.Phases.plateauSD < maxLength && !(c.Phases.plateauSpread == 0)
			},
		},

		{
			Name: "test.length_ms", Meaning: "length of a test, a forward phase from rest; the paper's text has 500, its program 250", Unit: "ms",
			steps: true,
			wants: "more than {test.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Test.Length },
			ok:    func(c *Config) bool { return c.Test.Length < maxLength && longerThan(c.Test.Length, c.Test.settle) },
		}, {
			Name: "test.settle_ms", Meaning: "time at the beginning of a test that is left out of the average", Unit: "ms",
			steps: true,
			wants: "at least 0 and less than 1000000",
			At:    func(c *Config) any { return &c.Test.settle },
			ok:    func(c *Config) bool { return c.Test.settle >= 0 && c.Test.settle < maxLength },
		},

		{
			Name: "learning.epochs", Meaning: "passes through the training images",
			wants:   "a whole number from 1 to 1000000",
			At:      func(c *Config) any { return &c.Learning.Epochs },
			ok:      func(c *Config) bool { return c.Learning.Epochs >= 1 && c.Learning.Epochs <= maxEpochs },
			Follows: "6 for digits, 10 for the others",
			derive:  func(c *Config) { _, _, c.Learning.Epochs = schedule(c.Data.Name) },
		}, {
			Name: "learning.batch", Meaning: "number of examples that are shown with the same weights before their updates change them; 1 is the paper's online rule",
			wants: "a whole number from 1 to 65536",
			At:    func(c *Config) any { return &c.Learning.Batch },
			ok:    func(c *Config) bool { return c.Learning.Batch >= 1 && c.Learning.Batch <= maxBatch },
		}, {
			Name: "learning.batch_update", Meaning: "whether the sum or the mean of the updates of a batch changes the weights",
			Equation: "W ← W + Σ ΔW, or W + Σ ΔW / batch",
			At:       func(c *Config) any { return &c.Learning.batchUpdate }, Choices: []string{updateSum, updateMean},
		}, {
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
		}, {
			Name: "learning.feedback_rates", Meaning: `learning rate of the feedback to each hidden layer; "none" leaves feedback as it is`,
			Symbols:  "η_b",
			Equation: "ΔY = η_b (φ_max σ(V̄^f) − α^f) σ'(V̄_a^f) ⊗ s̄_feedback^f",
			wants:    `a list of numbers from 0 to 1000000, one for each hidden layer{:hidden}, with network.symmetric = false, or "none"`,
			At:       func(c *Config) any { return &c.Learning.feedbackRates },
			ok: func(c *Config) bool {
				r := c.Learning.feedbackRates
				return len(r) == 0 || len(r) == len(c.Network.Hidden) && allWithin(r, 0, maxNumber) && !c.Network.symmetric
			},
		}, {
			Name: "learning.rate_decay", Meaning: "factor by which all learning rates, of feedback too, are multiplied after each epoch",
			Equation: "η of epoch e = η decay^(e − 1)", wants: "more than 0, at most 1",
			At: func(c *Config) any { return &c.Learning.rateDecay },
			ok: func(c *Config) bool { return above(c.Learning.rateDecay, 0, 1) },
		}, {
			Name: "learning.hidden_scale", Meaning: "scale P_0 of the updates of hidden layers", Unit: "ms",
			Symbols:  "P_0",
			Equation: "(33)", wants: "more than 0, at most 1e+12",
			At:      func(c *Config) any { return &c.Learning.hiddenScale },
			ok:      func(c *Config) bool { return above(c.Learning.hiddenScale, 0, 1e12) },
			Follows: "20/φ_max = 20000 / neurons.max_rate_hz",
			derive:  func(c *Config) { c.Learning.hiddenScale = 20e3 / c.Neurons.MaxRate },
		}, {
			Name: "learning.output_scale", Meaning: "scale P_1 of the updates of the output layer", Unit: "ms²",
			Symbols:  "P_1",
			Equation: "(28)", wants: "more than 0, at most 1e+24",
			At:      func(c *Config) any { return &c.Learning.outputScale },
			ok:      func(c *Config) bool { return above(c.Learning.outputScale, 0, 1e24) },
			Follows: "20/φ_max² = 20000000 / neurons.max_rate_hz²",
			derive:  func(c *Config) { c.Learning.outputScale = 20e6 / (c.Neurons.MaxRate * c.Neurons.MaxRate) },
		},

		{
			Name: "initial.law", Meaning: "law of the initial weights: the paper's, fitted to the statistics of potentials, or the same uniform law for every layer",
			At: func(c *Config) any { return &c.initial.law }, Choices: []string{optimised, uniform},
		}, {
			Name: "initial.mean", Meaning: "optimised: mean V̄ that dendritic potentials should have",
			Symbols:  "V̄",
			Equation: "W = W̄ + 3.465 W_sd U(−1, 1)", wants: "from 0.001 to 1000000",
			At: func(c *Config) any { return &c.initial.mean },
			ok: func(c *Config) bool { return within(c.initial.mean, 0.001, maxNumber) },
		}, {
			Name: "initial.sd", Meaning: "optimised: their standard deviation V_sd",
			Symbols: "V_sd",
			wants:   "more than 0, at most 1000000",
			At:      func(c *Config) any { return &c.initial.sd },
			ok:      func(c *Config) bool { return above(c.initial.sd, 0, maxNumber) },
		}, {
			Name: "initial.bias", Meaning: "optimised: mean of the biases",
			Symbols:  "b̄",
			Equation: "b = b̄ + 3.465 b_sd U(−1, 1)", wants: "from -1000000 to 1000000",
			At: func(c *Config) any { return &c.initial.bias },
			ok: func(c *Config) bool { return within(c.initial.bias, -maxNumber, maxNumber) },
		}, {
			Name: "initial.bias_sd", Meaning: "optimised: standard deviation b_sd of the biases",
			Symbols: "b_sd",
			wants:   "at least 0, at most 1000000",
			At:      func(c *Config) any { return &c.initial.biasSD },
			ok:      func(c *Config) bool { return within(c.initial.biasSD, 0, maxNumber) },
		}, {
			Name: "initial.uniform_weight_mean", Meaning: "uniform: mean of the forward weights W",
			wants: "from -1000000 to 1000000",
			At:    func(c *Config) any { return &c.initial.weightMean },
			ok:    func(c *Config) bool { return within(c.initial.weightMean, -maxNumber, maxNumber) },
		}, {
			Name: "initial.uniform_weight_halfwidth", Meaning: "uniform: largest distance of W from their mean",
			wants: "at least 0, at most 1000000",
			At:    func(c *Config) any { return &c.initial.weightHalfWidth },
			ok:    func(c *Config) bool { return within(c.initial.weightHalfWidth, 0, maxNumber) },
		}, {
			Name: "initial.uniform_bias_mean", Meaning: "uniform: mean of the biases b",
			wants: "from -1000000 to 1000000",
			At:    func(c *Config) any { return &c.initial.plainBiasMean },
			ok:    func(c *Config) bool { return within(c.initial.plainBiasMean, -maxNumber, maxNumber) },
		}, {
			Name: "initial.uniform_bias_halfwidth", Meaning: "uniform: largest distance of b from their mean",
			wants: "at least 0, at most 1000000",
			At:    func(c *Config) any { return &c.initial.plainBiasHalf },
			ok:    func(c *Config) bool { return within(c.initial.plainBiasHalf, 0, maxNumber) },
		}, {
			Name: "initial.uniform_feedback_mean", Meaning: "uniform: mean of the feedback weights Y and of c",
			wants: "from -1000000 to 1000000",
			At:    func(c *Config) any { return &c.initial.feedbackMean },
			ok:    func(c *Config) bool { return within(c.initial.feedbackMean, -maxNumber, maxNumber) },
		}, {
			Name: "initial.uniform_feedback_halfwidth", Meaning: "uniform: largest distance of Y and c from their mean",
			wants: "at least 0, at most 1000000",
			At:    func(c *Config) any { return &c.initial.feedbackHalfWidth },
			ok:    func(c *Config) bool { return within(c.initial.feedbackHalfWidth, 0, maxNumber) },
		},

		{
			Name: "measure.what", Meaning: "what train --measure measures, for lines of metrics.jsonl and for measurements.npz",
			wants: `"none", "all" or some of "` + strings.Join(MeasurementNames(), ",") + `", of which angle, eigenvalue and alignment need a hidden layer`,
			At:    func(c *Config) any { return &c.Measure.What },
			ok:    func(c *Config) bool { _, err := c.Measured(); return err == nil },
		}, {
			Name: "measure.every", Meaning: "number of training images from one line of measurements to the next", Unit: "images",
			wants: "a whole number from 1 to 1000000000",
			At:    func(c *Config) any { return &c.Measure.Every },
			ok:    func(c *Config) bool { return c.Measure.Every >= 1 && c.Measure.Every <= 1e9 },
		},

		{
			Name: "record.spikes", Meaning: "populations whose spikes train --record records",
			wants: `"all", "none" or names, as in "input,hidden0"{:populations}`,
			At:    func(c *Config) any { return &c.Record.spikes },
			ok:    func(c *Config) bool { _, err := c.recordedPopulations(); return err == nil },
		}, {
			Name: "record.plateaus", Meaning: "whether times and values of all plateaus are recorded",
			wants: "true or false",
			At:    func(c *Config) any { return &c.Record.plateaus },
			ok:    func(c *Config) bool { return true },
		}, {
			Name: "record.variables", Meaning: "potentials and rates that are recorded; replay recomputes them from spikes and weights",
			wants: `"none", "all" or some of "basal,apical,soma,rate"`,
			At:    func(c *Config) any { return &c.Record.variables },
			ok:    func(c *Config) bool { _, err := c.recordedTraces(); return err == nil || c.recordedNeuronsWrong() },
		}, {
			Name: "record.neurons", Meaning: "neurons whose potentials and rates are recorded, counted from 0",
			wants: `"all" or populations, with ranges if only some of their neurons are wanted, as in "hidden0:0:20,hidden0:77,output"{:neurons}`,
			At:    func(c *Config) any { return &c.Record.neurons },
			ok:    func(c *Config) bool { return !c.recordedNeuronsWrong() },
		}, {
			Name: "record.every_ms", Meaning: "time from one recorded value to the next", Unit: "ms",
			steps:   true,
			wants:   "more than 0, at most 1000000",
			At:      func(c *Config) any { return &c.Record.every },
			ok:      func(c *Config) bool { return above(c.Record.every, 0, maxLength) },
			Follows: "neurons.dt_ms",
			derive:  func(c *Config) { c.Record.every = c.Neurons.Dt },
		}, {
			Name: "record.trials", Meaning: "which trials are recorded, counted from 1",
			wants: `"all", "misread", "every=N", or numbers and ranges from 1 to {the number of trials}, as in "1,500:520"`,
			At:    func(c *Config) any { return &c.Record.trials },
			ok:    func(c *Config) bool { return c.selectTrials(&record.Selection{}) == nil },
		}, {
			Name: "record.images", Meaning: "images whose trials are recorded, counted from 0",
			wants: `"all", or numbers and ranges from 0, less than {the number of images in an epoch}, as in "0:10,77"`,
			At:    func(c *Config) any { return &c.Record.images },
			ok:    func(c *Config) bool { return c.selectImages(&record.Selection{}) == nil },
		}, {
			Name: "record.weights", Meaning: "whether weights are recorded, which replay needs; otherwise only their checksums are",
			wants: "true or false",
			At:    func(c *Config) any { return &c.Record.weights },
			ok:    func(c *Config) bool { return true },
		}, {
			Name: "record.weights_every", Meaning: "number of trials from one recording of the weights to the next; 0: only at the start. Replay repeats the learning since then",
			Unit: "trials", wants: "a whole number from 0 to 1000000000",
			At: func(c *Config) any { return &c.Record.weightsEvery },
			ok: func(c *Config) bool { return c.Record.weightsEvery >= 0 && c.Record.weightsEvery <= 1e9 },
		}, {
			Name: "record.errors", Meaning: "what happens to the training if the recording cannot go on, for example because the disk is full",
			At: func(c *Config) any { return &c.Record.Errors }, Choices: []string{stopOnError, IgnoreErrors},
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

func (c *Config) shorterPhase() float64 { return min(c.Phases.Forward, c.Phases.Target) }

// conductance returns the largest sum of conductances of any soma (1/ms), which
// limits Euler steps.
func (c *Config) conductance() float64 {
	n := c.Neurons
	return max(n.leak+n.output+n.teaching, n.leak+n.basal+n.apical)
}

// Images describes the data set, with the largest numbers of images that its splits
// can have.
func (c *Config) Images() dataset.Info {
	info, err := dataset.Lookup(c.Data.Name)
	if err == nil && len(info.Files) == 0 {
		info.Train, info.Test = maxDrawn, maxDrawn
	}
	return info
}

// maxDrawn is the largest number of images of digits.
const maxDrawn = 1000000

// Weights counts the weights of the network. It returns more than maxWeights if a
// layer is impossible.
func (c *Config) Weights() float64 {
	info, _ := dataset.Lookup(c.Data.Name)
	below, total := float64(inputs(info)), 0.0
	output := float64(len(info.Classes) * c.Network.PerClass)
	sizes := c.Network.Hidden
	for m, n := range sizes {
		if n < 1 || n > maxNeurons {
			return math.Inf(1)
		}
		above := output
		if c.Network.feedback == string(network.LayerWise) && m+1 < len(sizes) {
			above = float64(sizes[m+1])
		}
		total += float64(n) * (below + 2 + above)
		below = float64(n)
	}
	return total + output*(below+1)
}

// term returns the text for a word in braces in wants, if the word is not a key. Words
// that begin with a colon are for messages only.
func (c *Config) term(word string) (text string, ok bool) {
	switch word {
	case "the number of training images":
		return fmt.Sprintf("%s (%d)", word, c.Images().Train), true
	case "the number of test images":
		return fmt.Sprintf("%s (%d)", word, c.Images().Test), true
	case "2/(sum of a soma's conductances)":
		return fmt.Sprintf("%s (%.4g)", word, 2/c.conductance()), true
	case "the number of trials":
		return fmt.Sprintf("%s (%d)", word, c.trials()), true
	case "the number of images in an epoch":
		return fmt.Sprintf("%s (%d)", word, c.Shown()), true
	case ":populations":
		return ": there are " + strings.Join(PopulationNames(len(c.Network.Hidden)), ", "), true
	case ":neurons":
		info, err := dataset.Lookup(c.Data.Name)
		if err != nil {
			return "", true
		}
		var there []string
		sizes := c.Sizes(info)
		for i, name := range PopulationNames(len(c.Network.Hidden))[1:] {
			there = append(there, fmt.Sprintf("%s with %s", name, terminal.Plural(sizes[i+1], "neuron")))
		}
		return ": there are " + strings.Join(there, ", "), true
	case ":layers":
		return ": " + terminal.Plural(len(c.Network.Hidden)+1, "number"), true
	case ":hidden":
		return ": " + terminal.Plural(len(c.Network.Hidden), "number"), true
	}
	return "", false
}
