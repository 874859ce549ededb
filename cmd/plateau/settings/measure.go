package settings

import (
	"fmt"

	"plateau/cmd/plateau/cli"
	"plateau/protocols/measure"
)

// MeasurementNames are the words of measure.what.
func MeasurementNames() []string {
	return []string{"losses", "angle", "eigenvalue", "norms", "alignment", "rates", "confusion"}
}

// Measured is what a run measures while it learns.
type Measured struct {
	measure.Options      // in training
	Everything      bool // in training, whatever the learner can tell
	Confusion       bool // in the test after each epoch
}

// Training reports whether anything is measured in training.
func (m Measured) Training() bool {
	o := m.Options
	o.Every = 0
	return m.Everything || o != measure.Options{}
}

// Measured reads measure.what.
func (c *Config) Measured() (Measured, error) {
	m := Measured{Options: measure.Options{Every: c.Measure.Every}}
	hidden := len(c.Network.Hidden)
	switch c.Measure.What {
	case Nothing:
		return m, nil
	case Everything:
		m.Everything, m.Confusion = true, true
		return m, nil
	}
	for _, name := range cli.SplitList(c.Measure.What) {
		switch name {
		case "losses":
			m.Losses = true
		case "angle":
			m.Angles = true
		case "eigenvalue":
			m.Eigenvalue = true
		case "norms":
			m.Norms = true
		case "alignment":
			m.Alignment = true
		case "rates":
			m.Rates = true
		case "confusion":
			m.Confusion = true
		default:
			return Measured{}, fmt.Errorf("there is no measurement %q", name)
		}
	}
	return m, measure.Options{Every: 1, Angles: m.Angles, Eigenvalue: m.Eigenvalue, Alignment: m.Alignment}.Validate(hidden)
}
