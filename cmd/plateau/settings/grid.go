package settings

import (
	"fmt"

	"plateau/cmd/plateau/terminal"
	"plateau/kernels"
	"plateau/protocols"
)

// A rounding is a setting that was rounded to whole steps.
type rounding struct {
	key       Key
	from, dt  string // as TOML
	where, to string
}

// onGrid rounds every time that is simulated to a multiple of the time step, by the
// rule of kernels.Steps, and returns what it changed. It leaves values that are out of
// range as they are; they are reported later.
func onGrid(c *Config) (changed []rounding) {
	dt := c.Neurons.Dt
	if !(dt >= minStep && dt <= maxStep) {
		return nil
	}
	for _, k := range Keys() {
		if !k.steps {
			continue
		}
		from, time := k.Text(c), 0.0
		switch p := k.At(c).(type) {
		case *float64:
			time = *p
		case *span:
			time = float64(*p)
		}
		became := kernels.OnGrid(time, dt)
		if !(time >= 0 && time <= protocols.MaxLength) || became == time {
			continue
		}
		switch p := k.At(c).(type) {
		case *float64:
			*p = became
		case *span:
			*p = span(became)
		}
		changed = append(changed, rounding{key: k, from: from, dt: terminal.Number(dt), where: c.Given[k.Name], to: k.Text(c)})
	}
	return changed
}

// String describes the rounding to the user.
func (r rounding) String() string {
	standard := ""
	if r.where == "" {
		standard = " (the default)"
	}
	return fmt.Sprintf("%s%s = %s%s is %s in whole steps of neurons.dt_ms (%s)", Prefix(r.where), r.key.Name, r.from, standard, r.to, r.dt)
}

// NoteRounded prints a note for each setting that was rounded.
func NoteRounded(c *terminal.Console, of *Config) {
	for _, r := range of.rounded {
		c.Note("note: %v", r)
	}
}
