package settings

import (
	"fmt"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/protocols/measure"
)

// measureSection is the section [measure]: what is measured in training.
type measureSection struct {
	What  string
	Every int
}

func defaultMeasure() (s measureSection) {
	s.What, s.Every = Nothing, 1000
	return s
}

func measureKeys() []Key {
	return []Key{
		{
			Name: "measure.what", Meaning: "what train --measure measures, for lines of metrics.jsonl and for measurements.npz",
			wants: `"none", "all" or some of "` + strings.Join(MeasurementNames(), ",") + `", of which angle, eigenvalue and alignment need a hidden layer`,
			At:    func(c *Config) any { return &c.Measure.What },
			ok:    func(c *Config) bool { _, err := c.Measured(); return err == nil },
		},
		{
			Name: "measure.every", Meaning: "number of training images from one line of measurements to the next", Unit: "images",
			limits: whole(1, 1e9),
			At:     func(c *Config) any { return &c.Measure.Every },
		},
	}
}

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
