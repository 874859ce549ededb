package settings

import (
	"math"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/protocols"
	"plateau/sim"
)

// neuronsSection is the section [neurons]: how a neuron works.
type neuronsSection struct {
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

func defaultNeurons() (s neuronsSection) {
	n := protocols.Default(1, nil, 2).Neurons
	s.Dt, s.integration, s.MaxRate = n.Dt, string(n.Integration), 1000*n.Noise.MaxRate
	s.kernel, s.rise, s.decay, s.memory = doubleExponential, 3, 10, 10
	s.basal, s.output, s.teaching = n.Hidden.Basal, n.Output.Dendritic, n.Output.Teaching
	s.excitatory, s.inhibitory = n.Output.Excitatory, n.Output.Inhibitory
	s.Forward, s.feedback = string(n.Forward), string(n.Feedback)
	return s
}

func neuronsKeys() []Key {
	return []Key{
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
		},
		{
			Name: "neurons.integration", Meaning: "step of the somata: forward Euler, exact for dendrites constant in a step, or at rest at once, as in the published program without conductances",
			Equation: "dV/dt of (14), (18)",
			At:       func(c *Config) any { return &c.Neurons.integration },
			Choices:  []string{string(compartments.ForwardEuler), string(compartments.Exponential), string(compartments.Steady)},
		},
		{
			Name: "neurons.max_rate_hz", Meaning: "highest firing rate φ_max; white pixels fire with it too", Unit: "Hz",
			Symbols:  "φ_max",
			Equation: "φ(V) = φ_max σ(V) (17)", wants: "from 0.001 to 100000, and at most 10 spikes in a step of {neurons.dt_ms}",
			At: func(c *Config) any { return &c.Neurons.MaxRate },
			ok: func(c *Config) bool {
				return within(c.Neurons.MaxRate, minRateHz, maxRateHz) && !(c.Neurons.MaxRate/1000*c.Neurons.Dt > sim.MaxPerStep)
			},
		},
		{
			Name: "neurons.kernel", Meaning: "shape of the response κ of a dendrite to a spike; exponential has τ_L alone, alpha τ_s alone",
			Symbols:  "κ",
			Equation: "κ(t) = (e^(−t/τ_L) − e^(−t/τ_s)) / (τ_L − τ_s) (12)",
			At:       func(c *Config) any { return &c.Neurons.kernel },
			Choices:  []string{doubleExponential, exponential, alpha},
		},
		{
			Name: "neurons.tau_rise_ms", Meaning: "synaptic time constant τ_s of κ", Unit: "ms",
			Symbols:  "τ_s",
			Equation: "(12)", wants: `from 0.001 to 1000000, and with neurons.kernel = "double-exponential" less than {neurons.tau_leak_ms} by 1 %; where they meet, neurons.kernel = "alpha"`,
			At: func(c *Config) any { return &c.Neurons.rise },
			ok: func(c *Config) bool {
				return within(c.Neurons.rise, minTau, maxNumber) && (c.Neurons.kernel != doubleExponential || !(float64(kernels.Apart*c.Neurons.rise) > c.Neurons.decay))
			},
		},
		{
			Name: "neurons.tau_leak_ms", Meaning: "leak time constant τ_L of κ", Unit: "ms",
			Symbols:  "τ_L",
			Equation: "(12)", limits: between(minTau, maxNumber),
			At: func(c *Config) any { return &c.Neurons.decay },
		},
		{
			Name: "neurons.spike_memory_ms", Meaning: "how long a spike acts on a dendrite; the published results have 10, the equation has no limit", Unit: "ms",
			steps:    true,
			Equation: "s(t) = Σ κ(t − t_k) (11)",
			wants:    `more than 0, at most 65536 steps of {neurons.dt_ms}, or "unlimited"`,
			At:       func(c *Config) any { return &c.Neurons.memory },
			ok: func(c *Config) bool {
				m := float64(c.Neurons.memory)
				return m > 0 && (math.IsInf(m, 1) || !(m/c.Neurons.Dt > sim.MaxSupport))
			},
		},
		{
			Name: "neurons.leak_per_ms", Meaning: "leak conductance g_l of all somata", Unit: "1/ms",
			Symbols:  "g_l",
			Equation: "dV/dt = −g_l V + g_b (V_b − V) + g_a (V_a − V) (14)", limits: moreThan(0, maxNumber),
			At:      func(c *Config) any { return &c.Neurons.leak },
			Follows: "1 / neurons.tau_leak_ms",
			derive:  func(c *Config) { c.Neurons.leak = 1 / c.Neurons.decay },
		},
		{
			Name: "neurons.basal_per_ms", Meaning: "conductance g_b from basal dendrite to soma, hidden neurons", Unit: "1/ms",
			Symbols:  "g_b",
			Equation: "(14)", limits: moreThan(0, maxNumber),
			At: func(c *Config) any { return &c.Neurons.basal },
		},
		{
			Name: "neurons.apical_per_ms", Meaning: "conductance g_a from apical dendrite to soma, hidden neurons; 0 keeps it apart, 0.05 attenuates, 0.6 is strong", Unit: "1/ms",
			Symbols:  "g_a",
			Equation: "(14)", limits: between(0, maxNumber),
			At: func(c *Config) any { return &c.Neurons.apical },
		},
		{
			Name: "neurons.output_per_ms", Meaning: "conductance g_d from dendrite to soma, output neurons", Unit: "1/ms",
			Symbols:  "g_d",
			Equation: "dV/dt = −g_l V + g_d (V_b − V) + I (18)", limits: moreThan(0, maxNumber),
			At: func(c *Config) any { return &c.Neurons.output },
		},
		{
			Name: "neurons.teaching_per_ms", Meaning: "conductance of the teaching current, g_E of the true class and g_I of the others", Unit: "1/ms",
			Symbols:  "g_E g_I",
			Equation: "I = g_E (E_E − V) + g_I (E_I − V) (20)", limits: between(0, maxNumber),
			At: func(c *Config) any { return &c.Neurons.teaching },
		},
		{
			Name: "neurons.excitatory", Meaning: "reversal potential E_E of the teaching current of the true class, relative to rest",
			Symbols:  "E_E",
			Equation: "(20)", wants: "more than {neurons.inhibitory}, at most 1000000",
			At: func(c *Config) any { return &c.Neurons.excitatory },
			ok: func(c *Config) bool {
				return within(c.Neurons.excitatory, -maxNumber, maxNumber) && !(c.Neurons.excitatory <= c.Neurons.inhibitory)
			},
		},
		{
			Name: "neurons.inhibitory", Meaning: "reversal potential E_I of the teaching current of the other classes, relative to rest",
			Symbols:  "E_I",
			Equation: "(20)", wants: "at least -1000000, and less than neurons.excitatory",
			At: func(c *Config) any { return &c.Neurons.inhibitory },
			ok: func(c *Config) bool { return within(c.Neurons.inhibitory, -maxNumber, maxNumber) },
		},
		{
			Name: "neurons.forward_signal", Meaning: "what forward weights carry: spikes through κ, or the rate φ(V) itself",
			Equation: "V_b = W s + b, or V_b = W φ(V) + b",
			At:       func(c *Config) any { return &c.Neurons.Forward }, Choices: []string{string(sim.Spikes), string(sim.Rates)},
		},
		{
			Name: "neurons.feedback_signal", Meaning: "what feedback weights carry: spikes through κ, or the rate φ(V) itself",
			Equation: "V_a = Y s, or V_a = Y φ(V)",
			At:       func(c *Config) any { return &c.Neurons.feedback }, Choices: []string{string(sim.Spikes), string(sim.Rates)},
		},
	}
}
