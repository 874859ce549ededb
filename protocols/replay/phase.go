package replay

import (
	"slices"

	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// show takes an engine through the steps of a trial before to, with the spikes of the
// recording.
func (p *Replay) show(e *sim.Engine, t *record.Trial, to int, means func(taught bool) []network.Means, watch sim.Observer) error {
	script := newScript(p.reader, t.Index)
	if s, ok := watch.(*sampler); ok {
		s.script = script
	}
	e.Follow(script)
	defer e.Follow(nil)
	if to == record.End || to > t.Steps {
		to = t.Steps
	}
	e.Present(sim.Presentation{Purpose: t.Purpose, Number: t.Number, Example: t.Example, Class: t.Class, Slot: t.Slot})
	for k, ph := range t.Phases {
		if ph.First >= to {
			break
		}
		phase, err := p.phase(t, k)
		if err != nil {
			return err
		}
		shorten(phase, to-ph.First, p.header.Network.Inputs)
		if err := e.Run(phase, means(phase.Taught)); err != nil {
			return err
		}
		if script.err != nil {
			return script.err
		}
	}
	return nil
}

// phase returns a phase as it was run.
func (p *Replay) phase(t *record.Trial, k int) (*sim.Phase, error) {
	ph := t.Phases[k]
	intensity, plateaus, err := p.reader.Input(t.Index, k)
	if err != nil {
		return nil, err
	}
	if intensity == nil {
		intensity = make([]float32, p.header.Network.Inputs)
	}
	return &sim.Phase{
		Name: ph.Name, Intensity: intensity, Steps: ph.Steps, From: ph.From, Taught: ph.Taught, Class: ph.Class,
		PlateauStep: plateaus, PlateauWindow: ph.PlateauWindow, Currents: slices.Clone(ph.Currents),
	}, nil
}

// shorten cuts a phase to the given number of steps. That does not change these steps,
// only the means at the end.
func shorten(ph *sim.Phase, steps, inputs int) {
	if ph.Steps <= steps {
		return
	}
	if len(ph.Intensity) > inputs {
		ph.Intensity = ph.Intensity[:steps*inputs]
	}
	for k := range ph.Currents {
		if c := &ph.Currents[k]; len(c.Values) > 1 {
			c.Values = c.Values[:steps*(len(c.Values)/ph.Steps)]
		}
	}
	ph.Steps, ph.From = steps, 0
	if ph.PlateauStep != nil {
		// Keep plateau times: apical potentials are computed in another way without.
		ph.PlateauWindow = 1
		for _, at := range ph.PlateauStep {
			for i := range at {
				at[i] = 0
			}
		}
	}
}
