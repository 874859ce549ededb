package replay

import (
	"fmt"

	"plateau/sim"
	"plateau/sim/record"
)

// Values replays the steps from ≤ step < to of a trial and calls emit with what each of
// the given probes finds, in the order of steps. The values are valid only during the
// call. An error from emit ends the replay. Only the populations on whose spikes the
// probes depend must have been recorded.
func (p *Replay) Values(i int, probes []record.Probe, from, to int, emit func(probe, step int, values []float32) error) error {
	wrap := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("replay of trial %d: %w", i, err)
	}
	h := *p.header
	h.Probes = probes
	if err := h.Validate(); err != nil {
		return wrap(err)
	}
	t, err := p.reader.Trial(i)
	if err != nil {
		return wrap(err)
	}
	if to == record.End || to > t.Steps {
		to = t.Steps
	}
	for _, probe := range probes {
		if err := p.missing(p.needs(probe)); err != nil {
			return wrap(err)
		}
	}
	s := &sampler{probes: probes, from: max(from, 0), to: to, emit: emit}
	if s.from >= s.to {
		return nil
	}
	for _, probe := range probes {
		s.of = append(s.of, p.header.Sampler(probe))
	}
	if err := p.run(i, s, to); err != nil {
		return wrap(err)
	}
	return wrap(s.err)
}

// sampler takes samples from blocks.
type sampler struct {
	probes   []record.Probe
	of       []*record.Sampler // of each probe
	row      []float32
	from, to int
	emit     func(probe, step int, values []float32) error
	script   *script
	err      error
}

func (s *sampler) Observe(e sim.Event) {
	b, ok := e.(*sim.Block)
	if !ok {
		return
	}
	for step := range b.Steps {
		at := b.First + step
		for k, probe := range s.probes {
			if s.err == nil && s.script.err == nil && at >= s.from && at < s.to && at%probe.Every == 0 {
				s.row = s.of[k].Append(s.row[:0], b, step)
				s.err = s.emit(k, at, s.row)
			}
		}
	}
}
