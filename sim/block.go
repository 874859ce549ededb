package sim

import "plateau/internal/stream"

// A Block holds some consecutive steps of all populations. Its steps count from 0.
type Block struct {
	First  int // steps since the presentation began
	Steps  int
	engine *Engine
	taped  *taped // in place of an engine, what a Tape kept

	basal, apical, soma [][]float32 // rows of potentials of each layer, where they were asked for
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
	return b.row(layer, step, b.basal, func(g *group, t int) []float32 { return g.basal.potential(t) })
}

// Apical returns the apical potentials, nil for the output layer; see Basal.
func (b *Block) Apical(layer, step int) []float32 {
	if b.taped != nil {
		return b.taped.potential(b.taped.apical, layer, step)
	}
	if !b.engine.layers[layer-1].apical() {
		return nil
	}
	return b.row(layer, step, b.apical, func(g *group, t int) []float32 { return g.apical.potential(t) })
}

// Soma returns the somatic potentials; see Basal.
func (b *Block) Soma(layer, step int) []float32 {
	if b.taped != nil {
		return b.taped.potential(b.taped.soma, layer, step)
	}
	return b.row(layer, step, b.soma, (*group).potential)
}

// row puts the potentials of a layer after a step, which its groups hold, into a row of room.
func (b *Block) row(layer, step int, room [][]float32, read func(g *group, step int) []float32) []float32 {
	l := b.engine.layers[layer-1]
	if !b.engine.potentials {
		panic("sim: potentials are asked for by an observer that is not watching them")
	}
	if room[layer-1] == nil {
		room[layer-1] = make([]float32, blockSteps*l.size)
	}
	dst := row(room[layer-1], step, l.size)
	for _, g := range l.groups {
		copy(dst[g.from:g.to], read(g, step))
	}
	return dst
}

// advanceBlock simulates a block of steps.
func (e *Engine) advanceBlock() {
	e.drawInput()
	if e.takesTurns() {
		e.takeTurns()
		return
	}
	for _, l := range e.layers {
		e.crew.Do(len(l.groups)+1, l.advance) // the last job is that of the traces
		e.endSteps(l)
	}
	for _, l := range e.layers {
		e.addFeedbackTrace(l)
	}
	if !e.fresh {
		return
	}
	// Only now are the spikes that feed back known. No soma sees these potentials.
	for _, l := range e.layers {
		if l.apical() {
			e.crew.Do(len(l.groups), l.advanceApical)
		}
	}
}

// setJobs makes the functions that workers call, once, so that a run does not allocate.
func (e *Engine) setJobs(l *layer) {
	room := func(worker int, d *dendrite) *rows {
		if e.potentials || e.kernel.Support > blockSteps {
			return d.room() // or a long history would be copied back and forth
		}
		return e.work[worker]
	}
	l.advance = func(worker, k int) {
		if k == len(l.groups) {
			e.addTrace(l)
			return
		}
		e.advance(l, l.groups[k], room(worker, l.groups[k].basal))
	}
	l.advanceApical = func(worker, k int) { e.advanceApical(l, l.groups[k], room(worker, l.groups[k].apical)) }
	l.goAhead = func(_, block int) { e.goAhead(l.groups[0], block) }
}

// endSteps makes the spikes of the groups those of a layer.
func (e *Engine) endSteps(l *layer) {
	switch {
	case e.script == nil && l.fires:
		l.gather(e.block.Steps)
	default:
		for t := range e.block.Steps {
			e.endStep(l, t)
		}
	}
}

// endStep ends a step of a layer, of which the spikes are known or come from the script.
func (e *Engine) endStep(l *layer, t int) {
	if s := l.out.spikes; e.script != nil {
		s.neurons = append(s.neurons, e.scripted(l.index+1, t, l.size)...)
	}
	l.out.endStep()
}

// takeTurns simulates a block of steps in which the layers take turns in each step. Only the
// basal dendrites of the first layer can go ahead, because nothing feeds back to the input.
func (e *Engine) takeTurns() {
	steps := e.block.Steps
	for m, l := range e.layers {
		g := l.groups[0]
		g.begin(g.basal.room())
		if e.fresh && g.apical != nil {
			g.apical.begin(g.apical.room())
			g.apical.resume()
		}
		if m == 0 && !l.rates() {
			e.crew.Do(g.basal.blocks(), l.goAhead)
			g.basal.follow(0, steps)
		}
		g.thin.begin(steps)
	}
	for t := range steps {
		for m, l := range e.layers {
			g, s := l.groups[0], l.out.spikes
			if e.fresh && g.apical != nil {
				g.advanceApical(t, t+1)
			}
			if m > 0 || l.rates() {
				g.basal.advance(t, t+1)
			}
			g.injected.add(g.basal.potential(t), g.injected.basal, t, 1)
			g.advanceSoma(l, t)
			g.send(e.params.Noise, t)
			if e.script == nil && l.fires {
				s.neurons = g.fireAt(s.neurons, t, stream.StepKey(e.key, m+1, 0, e.step+t))
			}
			e.endStep(l, t)
		}
	}
	for _, l := range e.layers {
		g := l.groups[0]
		g.end(steps)
		e.addMeans(l, g)
		e.addTrace(l)
		e.addFeedbackTrace(l)
		if e.fresh && g.apical != nil {
			g.apical.end(steps)
			e.addApical(l, g)
		}
	}
}

// goAhead adds up the input of a block of neurons of the first layer in all steps.
func (e *Engine) goAhead(g *group, block int) {
	d, steps := g.basal, e.block.Steps
	d.sumBlocks(d.input(0, steps), 0, steps, block, block+1)
}

// takesTurns reports whether the layers take turns in each step.
func (e *Engine) takesTurns() bool { return e.params.Hidden.Apical > 0 || e.stepwise }

func (e *Engine) drawInput() {
	s := e.inputs.spikes
	e.in.begin(e.block.Steps)
	for t := range e.block.Steps {
		switch {
		case e.script != nil:
			s.neurons = append(s.neurons, e.scripted(0, t, e.inputs.size)...)
		case e.in.given != nil:
			s.neurons = append(s.neurons, e.in.given[e.in.first+t]...)
		case e.params.Forward == Spikes:
			s.neurons = e.in.draw(s.neurons, t, stream.StepKey(e.key, 0, 0, e.step+t))
		}
		if e.params.Forward == Rates && e.in.varies() {
			e.inputRates(e.inputs.rate(t), e.in.row(t))
		}
		e.inputs.endStep()
	}
	s.cut()
}

// shift makes the last steps of a block the history of the next.
func (e *Engine) shift(steps int) {
	e.in.shift(steps)
	e.inputs.shift(steps)
	for _, l := range e.layers {
		l.out.shift(steps)
		for _, g := range l.groups {
			g.injected.first += steps
		}
	}
}
