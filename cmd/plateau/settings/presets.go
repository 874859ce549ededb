package settings

import "fmt"

// A preset is a named experiment: settings that replace the defaults, and that the user
// can replace. A run's config.toml holds every value, so nothing depends on a preset
// once a run has begun.
type preset struct {
	Name     string
	Meaning  string
	Settings []string // as --set takes them
}

// Presets lists all presets. Those of the paper are what its authors' program did when
// the paper came out (May 2017). They do not set learning rates, which follow the
// number of hidden layers by default, as in the paper.
func Presets() []preset {
	paper := func(name, meaning string, more ...string) preset {
		settings := []string{
			"data.name=mnist", "learning.epochs=60",
			"phases.forward_ms=50", "phases.target_ms=50", "phases.longer=true", "phases.longer_mean_ms=2", "phases.longer_scale_ms=1",
			"phases.window_ms=20", "neurons.spike_memory_ms=10", "test.length_ms=250", "test.settle_ms=30",
		}
		return preset{"paper-" + name, meaning, append(settings, more...)}
	}
	// Feedback through the forward weights tells hidden neurons more than random
	// feedback. Feedback of rates, and high rates, reduce the noise.
	// docs/performance.md says how these settings were found.
	best := func(name, data, meaning string, more ...string) preset {
		settings := []string{
			"data.name=" + data, "data.validation=5000", "network.hidden=2000", "network.symmetric=true",
			"neurons.max_rate_hz=500", "neurons.feedback_signal=rates", "phases.forward_ms=60", "phases.target_ms=20", "phases.settle_ms=15",
		}
		return preset{"best" + name, meaning, append(settings, more...)}
	}
	return []preset{
		{digitsPreset, "what train does by default: digits that the program draws; random feedback of rates, up to 500 Hz, short phases, decaying learning rates", []string{
			"data.name=digits", "neurons.max_rate_hz=500", "neurons.feedback_signal=rates",
			"phases.forward_ms=40", "phases.target_ms=20", "phases.settle_ms=15",
			"learning.rates=1.2,0.06", "learning.rate_decay=0.7",
		}},
		paper("0-hidden", "no hidden layer: test error on MNIST 8.3 % in the paper", "network.hidden=none"),
		paper("1-hidden", "one hidden layer of 500 neurons: 4.1 % in the paper", "network.hidden=500"),
		paper("2-hidden", "hidden layers of 500 and 100 neurons: 3.2 % in the paper", "network.hidden=500,100"),
		paper("sparse", "500 hidden neurons; 80 % of the feedback synapses are silent, the others 5 times stronger: 3.7 % in the paper",
			"network.hidden=500", "network.silent=0.8", "network.silent_gain=5"),
		paper("symmetric", "500 hidden neurons; feedback weights follow the forward weights: 3.6 % in the paper",
			"network.hidden=500", "network.symmetric=true"),
		paper("noisy-symmetric", "500 hidden neurons; feedback weights follow the forward weights, with noise drawn anew after every update",
			"network.hidden=500", "network.symmetric=true", "network.feedback_noise=0.05"),
		paper("apical-weak", "500 hidden neurons; their somata see an attenuated apical dendrite, g_a = 0.05",
			"network.hidden=500", "neurons.apical_per_ms=0.05"),
		paper("apical-strong", "500 hidden neurons; their somata see the apical dendrite as strongly as the basal one, g_a = 0.6",
			"network.hidden=500", "neurons.apical_per_ms=0.6"),
		paper("stochastic-plateaus", "500 hidden neurons; each has its plateau at its own time in the last 5 ms of a phase",
			"network.hidden=500", "phases.plateau_spread_ms=5", "phases.plateau_sd_ms=3"),
		{"rate-mode", "500 hidden neurons without spikes: rates, somata at rest at once, phases of two steps", []string{
			"data.name=mnist", "learning.epochs=60", "network.hidden=500",
			"neurons.forward_signal=rates", "neurons.feedback_signal=rates", "neurons.integration=steady",
			"phases.forward_ms=2", "phases.target_ms=2", "phases.settle_ms=1", "test.length_ms=2", "test.settle_ms=1",
		}},
		best("", "mnist", "the best recipe known here: 2000 hidden neurons, symmetric feedback of rates, up to 500 Hz, decaying learning rates: test error on MNIST 1.8 %",
			"learning.epochs=20", "learning.rates=1.2,0.03", "learning.rate_decay=0.85"),
		best("-fashion", "fashion-mnist", "the same for fashion-mnist, with smaller learning rates: 11.9 %",
			"learning.epochs=22", "learning.rates=0.6,0.015", "learning.rate_decay=0.88"),
	}
}

// digitsPreset is the preset of plateau train on digits if none is named, so that a
// first run shows what the model can do. Other data sets, and --preset none, have the
// paper's settings.
const digitsPreset = "digits"

// presetLines describes each preset in a line.
func presetLines() []string {
	var lines []string
	for _, p := range Presets() {
		lines = append(lines, fmt.Sprintf("  %-26s %s", p.Name, p.Meaning))
	}
	return lines
}
