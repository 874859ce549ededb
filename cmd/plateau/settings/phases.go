package settings

import "plateau/protocols"

// phasesSection is the section [phases]: how a training example is shown.
type phasesSection struct {
	Forward, Target, settle float64
	longer                  bool
	longerMean, longerScale float64
	Window                  float64
	plateauSpread           float64
	plateauSD               float64
}

func defaultPhases(p protocols.TwoPhase) phasesSection {
	return phasesSection{
		Forward: p.Forward, Target: p.Target, settle: p.Settle,
		longer: p.Longer != nil, longerMean: 2, longerScale: 1, // the paper's, if phases are longer
		Window: p.Window, plateauSpread: p.PlateauSpread, plateauSD: p.PlateauSD,
	}
}

func phasesKeys() []Key {
	return []Key{{
		Name: "phases.forward_ms", Meaning: "length of the forward phase of a training example, or the least of it", Unit: "ms",
		steps: true,
		Range: longerThan("phases.settle_ms", func(c *Config) (length, settle float64) { return c.Phases.Forward, c.Phases.settle }),
		At:    func(c *Config) any { return &c.Phases.Forward },
	}, {
		Name: "phases.target_ms", Meaning: "length of the target phase, with the teaching current, or the least of it", Unit: "ms",
		steps: true,
		Range: longerThan("phases.settle_ms", func(c *Config) (length, settle float64) { return c.Phases.Target, c.Phases.settle }),
		At:    func(c *Config) any { return &c.Phases.Target },
	}, {
		Name: "phases.settle_ms", Meaning: "settling time Δt_s at the beginning of a phase, left out of every average unless phases.window_ms is above 0", Unit: "ms",
		Symbols:  "Δt_s",
		steps:    true,
		Equation: "V̄, s̄, φ̄: means over t > Δt_s",
		Range:    below(0, protocols.MaxLength),
		At:       func(c *Config) any { return &c.Phases.settle },
	}, {
		Name: "phases.longer", Meaning: "whether a draw from a Wald distribution makes each phase longer, as in the paper",
		Equation: "length + Wald(μ, λ), to the nearest step",
		Range:    yesOrNo(),
		At:       func(c *Config) any { return &c.Phases.longer },
	}, {
		Name: "phases.longer_mean_ms", Meaning: "mean μ of that draw", Unit: "ms",
		Symbols: "μ",
		Range:   moreThan(0, 1e5),
		At:      func(c *Config) any { return &c.Phases.longerMean },
	}, {
		Name: "phases.longer_scale_ms", Meaning: "scale λ of that draw, whose variance is μ³/λ", Unit: "ms",
		Symbols: "λ",
		Range:   moreThan(0, 1e8),
		At:      func(c *Config) any { return &c.Phases.longerScale },
	}, {
		Name: "phases.window_ms", Meaning: "length of the window at the end of a phase over which averages are taken; 0: everything after the settling time", Unit: "ms",
		steps:    true,
		Equation: "α = σ(mean of V_a) (21)",
		Range: relation("0, or up to the shorter of {phases.forward_ms} and {phases.target_ms}", func(c *Config) bool {
			return c.Phases.Window >= 0 && !(c.Phases.Window > c.Phases.shorter())
		}),
		At: func(c *Config) any { return &c.Phases.Window },
	}, {
		Name: "phases.plateau_spread_ms", Meaning: "length of the interval at the end of a phase in which plateaus come, each neuron's at its own time, at the end of its window; 0: all at the end of the phase", Unit: "ms",
		steps:    true,
		Equation: "end − U(0, spread)",
		Range: relation("0, or with {phases.window_ms} above 0 at most what that leaves of the shorter phase", func(c *Config) bool {
			window, spread := c.Phases.Window, c.Phases.plateauSpread
			return spread == 0 || spread > 0 && !(window == 0) && !(window+spread > c.Phases.shorter())
		}),
		At: func(c *Config) any { return &c.Phases.plateauSpread },
	}, {
		Name: "phases.plateau_sd_ms", Meaning: "how long before the end of a phase a plateau comes is drawn from the upper half of a normal distribution of this standard deviation, cut off at phases.plateau_spread_ms; 0: uniform", Unit: "ms",
		Equation: "end − min(|N(0, sd²)|, spread), whole steps that are over",
		Range: relation("0, or with {phases.plateau_spread_ms} above 0 less than "+limit(protocols.MaxLength), func(c *Config) bool {
			sd := c.Phases.plateauSD
			return sd == 0 || sd > 0 && sd < protocols.MaxLength && !(c.Phases.plateauSpread == 0)
		}),
		At: func(c *Config) any { return &c.Phases.plateauSD },
	}}
}

// longerThan allows lengths of phases that outlast their settling time. A settling time
// that is itself out of range is reported where it stands.
func longerThan(settle string, times func(*Config) (length, settle float64)) Range {
	return Range{
		wants:  "more than {" + settle + "} and less than " + limit(protocols.MaxLength),
		number: func(length float64) bool { return length > 0 && length < protocols.MaxLength },
		fits: func(c *Config) bool {
			length, settle := times(c)
			return !(length <= settle)
		},
	}
}

func (p phasesSection) shorter() float64 { return min(p.Forward, p.Target) }

func (p phasesSection) twoPhase() protocols.TwoPhase {
	t := protocols.TwoPhase{
		Forward: p.Forward, Target: p.Target, Settle: p.settle,
		Window: p.Window, PlateauSpread: p.plateauSpread, PlateauSD: p.plateauSD,
	}
	if p.longer {
		t.Longer = &protocols.Wald{Mean: p.longerMean, Scale: p.longerScale}
	}
	return t
}
