package settings

import (
	"fmt"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/protocols/measure"
)

// measureSection is the section [measure]: what is measured while a network learns.
type measureSection struct {
	What  string
	Every int
}

func defaultMeasure() measureSection { return measureSection{What: Nothing, Every: 1000} }

func measureKeys() []Key {
	return []Key{{
		Name: "measure.what", Meaning: "what train --measure measures, for lines of metrics.jsonl and for measurements.npz",
		Option: Option{Flag: "measure", hint: "LIST", usage: "what to measure in training: all, or some words of measure.what, such as angle,norms"},
		Range: relation(`"none", "all" or some of "`+strings.Join(MeasurementNames(), ",")+`", of which angle, eigenvalue and alignment need a hidden layer`,
			func(c *Config) bool { _, err := c.Measure.Measured(len(c.Network.Hidden)); return err == nil }),
		At: func(c *Config) any { return &c.Measure.What },
	}, {
		Name: "measure.every", Meaning: "number of training images from one line of measurements to the next", Unit: "images",
		Range: whole(1, 1e9),
		At:    func(c *Config) any { return &c.Measure.Every },
	}}
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

// Measured reads measure.what, for a network with that many hidden layers.
func (s measureSection) Measured(hidden int) (Measured, error) {
	m := Measured{Options: measure.Options{Every: s.Every}}
	switch s.What {
	case Nothing:
		return m, nil
	case Everything:
		m.Everything, m.Confusion = true, true
		return m, nil
	}
	for _, name := range cli.SplitList(s.What) {
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
