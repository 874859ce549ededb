package settings

import "plateau/protocols"

// phasesSection is the section [phases]: the protocol of a training example.
type phasesSection struct {
	Forward, Target, settle float64
	longer                  bool
	longerMean, longerScale float64
	Window                  float64
	plateauSpread           float64
	plateauSD               float64
}

func defaultPhases() (s phasesSection) {
	p := protocols.DefaultTwoPhase()
	s.Forward, s.Target, s.settle = p.Forward, p.Target, p.Settle
	s.longerMean, s.longerScale = 2, 1
	return s
}

func phasesKeys() []Key {
	return []Key{
		{
			Name: "phases.forward_ms", Meaning: "length of the forward phase of a training example, or the least of it", Unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Phases.Forward },
			ok: func(c *Config) bool {
				return c.Phases.Forward < maxLength && longerThan(c.Phases.Forward, c.Phases.settle)
			},
		},
		{
			Name: "phases.target_ms", Meaning: "length of the target phase, with the teaching current, or the least of it", Unit: "ms",
			steps: true,
			wants: "more than {phases.settle_ms} and less than 1000000",
			At:    func(c *Config) any { return &c.Phases.Target },
			ok: func(c *Config) bool {
				return c.Phases.Target < maxLength && longerThan(c.Phases.Target, c.Phases.settle)
			},
		},
		{
			Name: "phases.settle_ms", Meaning: "settling time Δt_s at the beginning of a phase, left out of every average unless phases.window_ms is above 0", Unit: "ms",
			Symbols:  "Δt_s",
			steps:    true,
			Equation: "V̄, s̄, φ̄: means over t > Δt_s",
			limits:   below(0, maxLength),
			At:       func(c *Config) any { return &c.Phases.settle },
		},
		{
			Name: "phases.longer", Meaning: "whether a draw from a Wald distribution makes each phase longer, as in the paper",
			Equation: "length + Wald(μ, λ), to the nearest step",

			At: func(c *Config) any { return &c.Phases.longer },
		},
		{
			Name: "phases.longer_mean_ms", Meaning: "mean μ of that draw", Unit: "ms",
			Symbols: "μ",
			limits:  moreThan(0, 1e5),
			At:      func(c *Config) any { return &c.Phases.longerMean },
		},
		{
			Name: "phases.longer_scale_ms", Meaning: "scale λ of that draw, whose variance is μ³/λ", Unit: "ms",
			Symbols: "λ",
			limits:  moreThan(0, 1e8),
			At:      func(c *Config) any { return &c.Phases.longerScale },
		},
		{
			Name: "phases.window_ms", Meaning: "length of the window at the end of a phase over which averages are taken; 0: everything after the settling time", Unit: "ms",
			steps:    true,
			Equation: "α = σ(mean of V_a) (21)", wants: "0, or up to the shorter of {phases.forward_ms} and {phases.target_ms}",
			At: func(c *Config) any { return &c.Phases.Window },
			ok: func(c *Config) bool { return c.Phases.Window >= 0 && !(c.Phases.Window > c.shorterPhase()) },
		},
		{
			Name: "phases.plateau_spread_ms", Meaning: "length of the interval at the end of a phase in which plateaus come, each neuron's at its own time, at the end of its window; 0: all at the end of the phase", Unit: "ms",
			steps:    true,
			Equation: "end − U(0, spread)",
			wants:    "0, or with {phases.window_ms} above 0 at most what that leaves of the shorter phase",
			At:       func(c *Config) any { return &c.Phases.plateauSpread },
			ok: func(c *Config) bool {
				spread := c.Phases.plateauSpread
				return spread == 0 || spread > 0 && !(c.Phases.Window == 0) && !(c.Phases.Window+spread > c.shorterPhase())
			},
		},
		{
			Name: "phases.plateau_sd_ms", Meaning: "how long before the end of a phase a plateau comes is drawn from the upper half of a normal distribution of this standard deviation, cut off at phases.plateau_spread_ms; 0: uniform", Unit: "ms",
			Equation: "end − min(|N(0, sd²)|, spread), whole steps that are over",
			wants:    "0, or with {phases.plateau_spread_ms} above 0 less than 1000000",
			At:       func(c *Config) any { return &c.Phases.plateauSD },
			ok: func(c *Config) bool {
				return c.Phases.plateauSD == 0 || c.Phases.plateauSD > 0 && c.Phases.plateauSD < maxLength && !(c.Phases.plateauSpread == 0)
			},
		},
	}
}
