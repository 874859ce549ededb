package trial

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/stimulus"
	"plateau/sim"
)

// A currentSpec is a current as a protocol describes it. It has exactly one of Constant,
// Ramp, Levels, Noise and File.
type currentSpec struct {
	Neurons  string     `toml:"neurons"`        // such as hidden0:0:20,hidden0:77
	Into     string     `toml:"into,omitempty"` // soma, basal or apical; empty for soma
	Constant *float64   `toml:"constant,omitempty"`
	Ramp     []float64  `toml:"ramp,omitempty"`   // from, to
	Levels   []float64  `toml:"levels,omitempty"` // one after another, for the same time
	Noise    *noiseSpec `toml:"noise,omitempty,inline"`
	File     string     `toml:"file,omitempty"`
	From     *float64   `toml:"from_ms,omitempty"` // within the phase
	To       *float64   `toml:"to_ms,omitempty"`
}

type noiseSpec struct {
	Mean float64 `toml:"mean"`
	SD   float64 `toml:"sd"`
	Tau  float64 `toml:"tau_ms"`
}

// parseCurrent reads the value of --current, such as hidden0:0:10@soma=0.5. Levels are
// several if it gives a staircase, such as −1:3:0.5.
func parseCurrent(text string) (spec currentSpec, levels []float64, err error) {
	where, value, ok := strings.Cut(text, "=")
	if !ok {
		return spec, nil, cli.Misuse("--current %s: want neurons and a current, such as hidden0:3=0.5, or hidden0:3@apical=-1:3:0.5 for a staircase from -1 to 3", text)
	}
	spec.Neurons, spec.Into, _ = strings.Cut(where, "@")
	var numbers []float64
	for part := range strings.SplitSeq(value, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return spec, nil, cli.Misuse("--current %s: %q is not a number", text, part)
		}
		numbers = append(numbers, x)
	}
	switch {
	case len(numbers) == 1:
		return spec, numbers, nil
	case len(numbers) != 3:
		return spec, nil, cli.Misuse("--current %s: want a number, or from:to:step such as -1:3:0.5", text)
	}
	from, to, by := numbers[0], numbers[1], numbers[2]
	if n := (to - from) / by; !(n >= 1 && n <= maxLevels) {
		return spec, nil, cli.Misuse("--current %s: want from 2 to %d levels; the step leads from the first to the last", text, maxLevels)
	}
	const slip = 1e-9 // rounding error of the division
	for k := range int((to-from)/by+slip) + 1 {
		levels = append(levels, from+float64(float64(k)*by))
	}
	return spec, levels, nil
}

// maxLevels is the largest number of levels of a staircase.
const maxLevels = 1000

// currents returns the currents that a spec describes in a phase: one for each
// population. Number is that of the spec in the phase.
func (b *builder) currents(s currentSpec, phase, number, steps int) ([]sim.Current, error) {
	into := sim.Compartment(s.Into)
	if s.Into == "" {
		into = sim.Soma
	}
	if into != sim.Soma && into != sim.Basal && into != sim.Apical {
		return nil, fmt.Errorf("into = %q: want %q, %q or %q", s.Into, sim.Soma, sim.Basal, sim.Apical)
	}
	chosen, err := settings.ParseNeurons(b.c, s.Neurons)
	if err != nil {
		return nil, fmt.Errorf("neurons = %q: %w", s.Neurons, err)
	}
	from, to, err := b.window(s, steps)
	if err != nil {
		return nil, err
	}
	var list []sim.Current
	for population, neurons := range chosen {
		if len(neurons) == 0 {
			continue
		}
		if into == sim.Apical && population == len(chosen)-1 {
			return nil, errors.New(`into = "apical": output neurons have no apical dendrite`)
		}
		values, err := b.waveform(s, phase, 100*number+population, to-from, len(neurons))
		if err != nil {
			return nil, err
		}
		list = append(list, sim.Current{Layer: population, Into: into, Neurons: neurons, Values: stimulus.Between(values, from, to, steps)})
	}
	return list, nil
}

// window returns the steps of a phase in which a current flows, from ≤ step < to.
func (b *builder) window(s currentSpec, steps int) (from, to int, err error) {
	to = steps
	if s.From != nil {
		if from, err = b.steps("from_ms", *s.From); err != nil {
			return 0, 0, err
		}
	}
	if s.To != nil {
		if to, err = b.steps("to_ms", *s.To); err != nil {
			return 0, 0, err
		}
	}
	if !(from >= 0 && from < to && to <= steps) {
		length := sim.NewClock(b.m.Neurons.Dt).At(int64(steps))
		return 0, 0, fmt.Errorf("it flows from %s to %s ms, want times of the phase, 0 to %s ms, in ascending order",
			terminal.Number(sim.NewClock(b.m.Neurons.Dt).At(int64(from))), terminal.Number(sim.NewClock(b.m.Neurons.Dt).At(int64(to))), terminal.Number(length))
	}
	return from, to, nil
}

// waveform returns the values of a current in some steps.
func (b *builder) waveform(s currentSpec, phase, number, steps, neurons int) ([]float32, error) {
	kinds := 0
	for _, given := range []bool{s.Constant != nil, s.Ramp != nil, s.Levels != nil, s.Noise != nil, s.File != ""} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("it has %d of constant, ramp, levels, noise and file: want exactly one of them", kinds)
	}
	if k := slices.IndexFunc(slices.Concat(s.Ramp, s.Levels), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }); k >= 0 {
		return nil, errors.New("a current is not a number")
	}
	switch {
	case s.Constant != nil:
		return stimulus.Constant(*s.Constant), nil
	case s.Ramp != nil:
		if len(s.Ramp) != 2 {
			return nil, fmt.Errorf("ramp has %d numbers, want 2: from and to", len(s.Ramp))
		}
		return stimulus.Ramp(s.Ramp[0], s.Ramp[1], steps), nil
	case s.Levels != nil:
		if len(s.Levels) == 0 || len(s.Levels) > steps {
			return nil, fmt.Errorf("levels has %d numbers, want 1 to %d, the number of time steps", len(s.Levels), steps)
		}
		return stimulus.Levels(s.Levels, steps), nil
	case s.Noise != nil:
		n := stimulus.Noise{Mean: s.Noise.Mean, SD: s.Noise.SD, Tau: s.Noise.Tau}
		if err := n.Validate(); err != nil {
			return nil, errors.New(cli.Plain(err))
		}
		return n.Values(b.m.Neurons.Dt, steps, neurons, b.m.Seed, b.number, phase, number), nil
	}
	key := fmt.Sprintf("%s %d %d", s.File, steps, neurons)
	return once(b.files, &b.files.currents, key, func() ([]float32, error) { return stimulus.ReadCurrent(b.path(s.File), steps, neurons) })
}
