package sim

import "plateau/internal/stream"

// A Block holds some consecutive steps of all populations. Its steps count from 0.
type Block struct {
	First  int // steps since the presentation began
	Steps  int
	engine *Engine
	taped  *taped // in place of an engine, what a Tape kept
}

// Spikes returns the neurons that fired in a step, counted from 0, in ascending
// order; a neuron that fired twice is listed twice. Layer 0 is the input, layer 1
// the first hidden layer.
func (b *Block) Spikes(layer, step int) []int32 {
	if b.taped != nil {
		return b.taped.spikes(layer, step)
	}
	return b.engine.sender(layer).spikes.at(step)
}

// Raster returns the spikes of all steps of the block, one step after the other.
// The spikes of step s are neurons[starts[s]−starts[0] : starts[s+1]−starts[0]].
func (b *Block) Raster(layer int) (neurons []int32, starts []int) {
	if b.taped != nil {
		return b.taped.neurons[layer], b.taped.starts[layer]
	}
	return b.engine.sender(layer).spikes.block(b.Steps)
}

// Basal returns the basal potentials of a layer after a step, relative to rest.
// Layers count from 1, the first hidden layer. Basal, Apical and Soma are only for
// observers that were registered with potentials.
func (b *Block) Basal(layer, step int) []float32 {
	if b.taped != nil {
		return b.taped.potential(b.taped.basal, layer, step)
	}
	l := b.engine.layers[layer-1]
	return l.basal.potential(step)[:l.size]
}

// Apical returns the apical potentials, nil for the output layer; see Basal.
func (b *Block) Apical(layer, step int) []float32 {
	if b.taped != nil {
		return b.taped.potential(b.taped.apical, layer, step)
	}
	l := b.engine.layers[layer-1]
	if l.apical == nil {
		return nil
	}
	return l.apical.potential(step)[:l.size]
}

// Soma returns the somatic potentials; see Basal.
func (b *Block) Soma(layer, step int) []float32 {
	if b.taped != nil {
		return b.taped.potential(b.taped.soma, layer, step)
	}
	l := b.engine.layers[layer-1]
	return l.potential(step)[:l.size]
}

// advance simulates a block of steps.
func (e *Engine) advance(steps int) {
	e.drawInput(steps)
	for _, l := range e.layers {
		l.thin.begin(steps)
	}
	if e.params.Hidden.Apical > 0 || e.stepwise {
		for t := range steps {
			for _, l := range e.layers {
				if e.fresh && l.apical != nil {
					l.advanceApical(t)
				}
				e.advanceLayer(l, t)
			}
		}
		return
	}
	for _, l := range e.layers {
		for t := range steps {
			e.advanceLayer(l, t)
		}
	}
	if !e.fresh {
		return
	}
	// Only now are the spikes that feed back known. No soma sees these potentials.
	for _, l := range e.layers {
		if l.apical != nil {
			for t := range steps {
				l.advanceApical(t)
			}
		}
	}
}

// advanceLayer takes step t of the block for one layer.
func (e *Engine) advanceLayer(l *layer, t int) {
	l.advance(t)
	if l.out.rates != nil {
		e.params.Noise.Rates(l.out.rate(t)[:l.size], l.potential(t)[:l.size])
		l.out.hush(l.out.rate(t))
	}
	s := l.out.spikes
	switch {
	case e.script != nil:
		s.neurons = append(s.neurons, e.scripted(l.index+1, t, l.size)...)
	case l.fires:
		s.neurons = l.thin.draw(s.neurons, t, stream.StepKey(e.key, l.index+1, e.step+t), l.potential(t))
	}
	l.out.endStep()
}

func (e *Engine) drawInput(steps int) {
	s := e.inputs.spikes
	e.in.begin(steps)
	for t := range steps {
		switch {
		case e.script != nil:
			s.neurons = append(s.neurons, e.scripted(0, t, e.inputs.size)...)
		case e.in.given != nil:
			s.neurons = append(s.neurons, e.in.given[e.in.first+t]...)
		case e.params.Forward == Spikes:
			s.neurons = e.in.draw(s.neurons, t, stream.StepKey(e.key, 0, e.step+t))
		}
		if e.params.Forward == Rates && e.in.varies() {
			e.inputRates(e.inputs.rate(t), e.in.row(t))
		}
		e.inputs.endStep()
	}
}

// shift makes the last steps of a block the history of the next.
func (e *Engine) shift(steps int) {
	e.in.shift(steps)
	e.inputs.shift(steps)
	for _, l := range e.layers {
		l.out.shift(steps)
		l.injected.first += steps
		copy(l.potential(-1), l.potential(steps-1))
	}
}
