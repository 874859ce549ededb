package settings

import (
	"fmt"
	"math"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/sim"
)

// neuronsSection is the section [neurons]: how all neurons work.
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

func defaultNeurons(p sim.Params) neuronsSection {
	finite := p.Kernel.(kernels.Finite)
	kernel := finite.Kernel.(kernels.DoubleExponential)
	return neuronsSection{
		Dt: p.Dt, integration: string(p.Integration), MaxRate: 1000 * p.Noise.MaxRate,
		kernel: doubleExponential, rise: kernel.Rise, decay: kernel.Decay, memory: span(finite.Support),
		basal: p.Hidden.Basal, apical: p.Hidden.Apical, output: p.Output.Dendritic, teaching: p.Output.Teaching,
		excitatory: p.Output.Excitatory, inhibitory: p.Output.Inhibitory,
		Forward: string(p.Forward), feedback: string(p.Feedback),
	}
}

// Values of neurons.kernel.
const (
	doubleExponential = "double-exponential"
	exponential       = "exponential"
	alpha             = "alpha"
)

func neuronsKeys() []Key {
	return []Key{{
		Name: "neurons.dt_ms", Meaning: "time step dt", Unit: "ms",
		Symbols:  "dt",
		Equation: "a spike is seen at age dt, 2 dt, …",
		Range: from(minStep, maxStep).with(`, and with neurons.integration = "euler" less than {2/(sum of a soma's conductances)}`,
			func(c *Config) bool { return c.Neurons.stable() }).
			term("2/(sum of a soma's conductances)", func(c *Config) string { return fmt.Sprintf("%.4g", 2/c.Neurons.conductance()) }),
		At: func(c *Config) any { return &c.Neurons.Dt },
	}, {
		Name: "neurons.integration", Meaning: "step of the somata: forward Euler, exact for dendrites constant in a step, or at rest at once, as in the published program without conductances",
		Equation: "dV/dt of (14), (18)",
		Range:    choice(string(compartments.ForwardEuler), string(compartments.Exponential), string(compartments.Steady)),
		At:       func(c *Config) any { return &c.Neurons.integration },
	}, {
		Name: "neurons.max_rate_hz", Meaning: "highest firing rate φ_max; white pixels fire with it too", Unit: "Hz",
		Symbols:  "φ_max",
		Equation: "φ(V) = φ_max σ(V) (17)",
		Range: from(0.001, 100000).with(fmt.Sprintf(", and at most %v spikes in a step of {neurons.dt_ms}", sim.MaxPerStep),
			func(c *Config) bool { return !(c.Neurons.MaxRate/1000*c.Neurons.Dt > sim.MaxPerStep) }),
		At: func(c *Config) any { return &c.Neurons.MaxRate },
	}, {
		Name: "neurons.kernel", Meaning: "shape of the response κ of a dendrite to a spike; exponential has τ_L alone, alpha τ_s alone",
		Symbols:  "κ",
		Equation: "κ(t) = (e^(−t/τ_L) − e^(−t/τ_s)) / (τ_L − τ_s) (12)",
		Range:    choice(doubleExponential, exponential, alpha),
		At:       func(c *Config) any { return &c.Neurons.kernel },
	}, {
		Name: "neurons.tau_rise_ms", Meaning: "synaptic time constant τ_s of κ", Unit: "ms",
		Symbols:  "τ_s",
		Equation: "(12)",
		Range: from(minTau, maxNumber).with(fmt.Sprintf(`, and with neurons.kernel = "double-exponential" less than {neurons.tau_leak_ms} by %.3g %%; where they meet, neurons.kernel = "alpha"`, 100*(kernels.Apart-1)),
			func(c *Config) bool {
				return c.Neurons.kernel != doubleExponential || !(float64(kernels.Apart*c.Neurons.rise) > c.Neurons.decay)
			}),
		At: func(c *Config) any { return &c.Neurons.rise },
	}, {
		Name: "neurons.tau_leak_ms", Meaning: "leak time constant τ_L of κ", Unit: "ms",
		Symbols:  "τ_L",
		Equation: "(12)",
		Range:    from(minTau, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.decay },
	}, {
		Name: "neurons.spike_memory_ms", Meaning: "how long a spike acts on a dendrite; the published results have 10, the equation has no limit", Unit: "ms",
		steps:    true,
		Equation: "s(t) = Σ κ(t − t_k) (11)",
		Range: relation(fmt.Sprintf(`more than 0, at most %d steps of {neurons.dt_ms}, or "unlimited"`, sim.MaxSupport), func(c *Config) bool {
			m := float64(c.Neurons.memory)
			return m > 0 && (math.IsInf(m, 1) || !(m/c.Neurons.Dt > sim.MaxSupport))
		}),
		At: func(c *Config) any { return &c.Neurons.memory },
	}, {
		Name: "neurons.leak_per_ms", Meaning: "leak conductance g_l of all somata", Unit: "1/ms",
		Symbols:  "g_l",
		Equation: "dV/dt = −g_l V + g_b (V_b − V) + g_a (V_a − V) (14)",
		Range:    moreThan(0, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.leak },
		Follows:  "1 / neurons.tau_leak_ms",
		derive:   func(c *Config) { c.Neurons.leak = 1 / c.Neurons.decay },
	}, {
		Name: "neurons.basal_per_ms", Meaning: "conductance g_b from basal dendrite to soma, hidden neurons", Unit: "1/ms",
		Symbols:  "g_b",
		Equation: "(14)",
		Range:    moreThan(0, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.basal },
	}, {
		Name: "neurons.apical_per_ms", Meaning: "conductance g_a from apical dendrite to soma, hidden neurons; 0 keeps it apart, 0.05 attenuates, 0.6 is strong", Unit: "1/ms",
		Symbols:  "g_a",
		Equation: "(14)",
		Range:    atLeast(0, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.apical },
	}, {
		Name: "neurons.output_per_ms", Meaning: "conductance g_d from dendrite to soma, output neurons", Unit: "1/ms",
		Symbols:  "g_d",
		Equation: "dV/dt = −g_l V + g_d (V_b − V) + I (18)",
		Range:    moreThan(0, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.output },
	}, {
		Name: "neurons.teaching_per_ms", Meaning: "conductance of the teaching current, g_E of the true class and g_I of the others", Unit: "1/ms",
		Symbols:  "g_E g_I",
		Equation: "I = g_E (E_E − V) + g_I (E_I − V) (20)",
		Range:    atLeast(0, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.teaching },
	}, {
		Name: "neurons.excitatory", Meaning: "reversal potential E_E of the teaching current of the true class, relative to rest",
		Symbols:  "E_E",
		Equation: "(20)",
		Range: within("more than {neurons.inhibitory}, at most "+limit(maxNumber), -maxNumber, maxNumber).with("", func(c *Config) bool {
			return !(c.Neurons.excitatory <= c.Neurons.inhibitory)
		}),
		At: func(c *Config) any { return &c.Neurons.excitatory },
	}, {
		Name: "neurons.inhibitory", Meaning: "reversal potential E_I of the teaching current of the other classes, relative to rest",
		Symbols:  "E_I",
		Equation: "(20)",
		Range:    within("at least "+limit(-maxNumber)+", and less than neurons.excitatory", -maxNumber, maxNumber),
		At:       func(c *Config) any { return &c.Neurons.inhibitory },
	}, {
		Name: "neurons.forward_signal", Meaning: "what forward weights carry: spikes through κ, or the rate φ(V) itself",
		Equation: "V_b = W s + b, or V_b = W φ(V) + b",
		Range:    choice(string(sim.Spikes), string(sim.Rates)),
		At:       func(c *Config) any { return &c.Neurons.Forward },
	}, {
		Name: "neurons.feedback_signal", Meaning: "what feedback weights carry: spikes through κ, or the rate φ(V) itself",
		Equation: "V_a = Y s, or V_a = Y φ(V)",
		Range:    choice(string(sim.Spikes), string(sim.Rates)),
		At:       func(c *Config) any { return &c.Neurons.feedback },
	}}
}

// params turns Hz into spikes/ms.
func (n neuronsSection) params() sim.Params {
	return sim.Params{
		Dt: n.Dt, Kernel: n.response(), Hidden: n.hiddenNeuron(), Output: n.outputNeuron(),
		Noise:       compartments.EscapeNoise{MaxRate: n.MaxRate / 1000},
		Integration: compartments.Integration(n.integration),
		Forward:     sim.Signal(n.Forward), Feedback: sim.Signal(n.feedback),
	}
}

func (n neuronsSection) hiddenNeuron() compartments.Pyramidal {
	return compartments.Pyramidal{Leak: n.leak, Basal: n.basal, Apical: n.apical}
}

func (n neuronsSection) outputNeuron() compartments.Output {
	return compartments.Output{
		Leak: n.leak, Dendritic: n.output, Teaching: n.teaching,
		Excitatory: n.excitatory, Inhibitory: n.inhibitory,
	}
}

func (n neuronsSection) response() kernels.Kernel {
	var k kernels.Kernel
	switch n.kernel {
	case exponential:
		k = kernels.Exponential{Decay: n.decay}
	case alpha:
		k = kernels.Alpha{Peak: n.rise}
	default:
		k = kernels.DoubleExponential{Rise: n.rise, Decay: n.decay}
	}
	if math.IsInf(float64(n.memory), 1) {
		return k
	}
	return kernels.Finite{Kernel: k, Support: float64(n.memory)}
}

// conductance returns the largest sum of conductances of any soma (1/ms), which
// limits Euler steps.
func (n neuronsSection) conductance() float64 {
	return max(n.outputNeuron().Conductance(), n.hiddenNeuron().Conductance())
}

// stable reports whether no soma can oscillate from step to step. Conductances that are
// no numbers are reported where they stand.
func (n neuronsSection) stable() bool {
	g := n.conductance()
	return compartments.Integration(n.integration) != compartments.ForwardEuler || math.IsNaN(g) || compartments.StableEuler(n.Dt, g)
}
