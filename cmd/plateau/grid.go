package main

import (
	"fmt"

	"plateau/kernels"
)

// A rounding is a setting that was rounded to whole steps.
type rounding struct {
	key       key
	from, dt  string // as TOML
	where, to string
}

// onGrid rounds every time that is simulated to a multiple of the time step, by the
// rule of kernels.Steps, and returns what it changed. It leaves values that are out of
// range as they are; they are reported later.
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

// String describes the rounding to the user.
func (r rounding) String() string {
	standard := ""
	if r.where == "" {
		standard = " (the default)"
	}
	return fmt.Sprintf("%s%s = %s%s is %s in whole steps of neurons.dt_ms (%s)", prefix(r.where), r.key.name, r.from, standard, r.to, r.dt)
}

// noteRounded prints a note for each setting that was rounded.
func noteRounded(c *console, of *config) {
	for _, r := range of.rounded {
		c.note("note: %v", r)
	}
}
