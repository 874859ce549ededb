package record

import (
	"plateau/compartments"
	"plateau/sim"
)

// A Sampler takes the samples of a probe out of blocks.
type Sampler struct {
	probe Probe
	all   bool // whether it samples every neuron of the population
	noise compartments.EscapeNoise
	rates []float32 // room for the rates of the population
	quiet []bool    // neurons whose rate is 0 because they are silenced; nil if there are none
}

// Sampler returns a sampler of a probe, which need not be one of the header's own.
func (h *Header) Sampler(p Probe) *Sampler {
	size := h.Populations[p.Population].Size
	s := &Sampler{probe: p, all: p.Neurons == nil || len(p.Neurons) == size, noise: h.Neurons.Noise}
	if p.Variable == Rate {
		s.rates, s.quiet = make([]float32, size), h.Network.Silenced(p.Population)
	}
	return s
}

// Append appends the values of the probe's neurons after a step of a block to dst.
func (s *Sampler) Append(dst []float32, b *sim.Block, step int) []float32 {
	var row []float32
	switch s.probe.Variable {
	case Basal:
		row = b.Basal(s.probe.Population, step)
	case Apical:
		row = b.Apical(s.probe.Population, step)
	case Soma:
		row = b.Soma(s.probe.Population, step)
	case Rate:
		row = s.rates
		s.noise.Rates(row, b.Soma(s.probe.Population, step))
		for n, quiet := range s.quiet {
			if quiet {
				row[n] = 0
			}
		}
	}
	if s.all {
		return append(dst, row...)
	}
	for _, n := range s.probe.Neurons {
		dst = append(dst, row[n])
	}
	return dst
}
