package main

import (
	"fmt"

	"plateau/kernels"
)

// A rounding is a setting that became another, as the program takes whole steps.
type rounding struct {
	key       key
	from, dt  string // as TOML
	where, to string
}

// onGrid makes every time of the configuration that is waited for a multiple of the
// time step, by the rule of kernels.Steps, and says what it changed. Values out of
// range are left to those who report them.
func (c *config) onGrid() (changed []rounding) {
	dt := c.neurons.dt
	if !within(dt, minStep, maxStep) {
		return nil
	}
	for _, k := range keys() {
		if !k.steps {
			continue
		}
		from, time := k.text(c), 0.0
		switch p := k.at(c).(type) {
		case *float64:
			time = *p
		case *span:
			time = float64(*p)
		}
		became := kernels.OnGrid(time, dt)
		if !within(time, 0, maxLength) || became == time {
			continue
		}
		switch p := k.at(c).(type) {
		case *float64:
			*p = became
		case *span:
			*p = span(became)
		}
		changed = append(changed, rounding{key: k, from: from, dt: number(dt), where: c.given[k.name], to: k.text(c)})
	}
	return changed
}

// String says it to the user whose setting it was.
func (r rounding) String() string {
	standard := ""
	if r.where == "" {
		standard = " (the default)"
	}
	return fmt.Sprintf("%s%s = %s%s is %s in whole steps of neurons.dt_ms (%s)", prefix(r.where), r.key.name, r.from, standard, r.to, r.dt)
}

// rounded tells of settings that had to be rounded.
func (c *console) rounded(of *config) {
	for _, r := range of.rounded {
		c.note("note: %v", r)
	}
}
