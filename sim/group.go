package sim

import (
	"math"
	"slices"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/internal/vec"
	"plateau/network"
)

// A group is some neurons of a layer that take their steps together. It reads nothing of
// other groups of its layer.
//
// If no soma sees its apical dendrite, each block of the projections is a group. It goes
// through all steps before the next group begins, while what it needs stays in the cache,
// and workers share the groups. Otherwise the layers take turns in each step, and the whole
// layer is one group, because then it is quicker to take many neurons at a time.
type group struct {
	block    int // the first of its blocks
	from, to int // its neurons
	width    int // of a row; the last group of a layer may have fewer neurons
	weights  *network.Layer
	basal    *dendrite
	apical   *dendrite                    // nil in the output layer
	stale    struct{ basal, apical bool } // whether the dendrites must be computed anew
	out      *sender

	last     []float32 // V after the step before the block
	soma     []float32 // rows of V: the step before the block, then the block; room like that of dendrites
	drive    []float32 // what the teaching current adds to V in a step
	injected injected
	current  []float32 // what currents add to V in a step, with the teaching current
	scratch  []float32

	thin   *thinner
	fired  []int32               // the spikes of the block, by step
	begins [blockSteps + 1]int32 // those of step t begin at fired[begins[t]]
}

// size returns the number of neurons.
func (g *group) size() int { return g.to - g.from }

// potential returns the row of somatic potentials of a step of the block, or of the step
// before.
func (g *group) potential(step int) []float32 { return row(g.soma, 1+step, g.width) }

// advanceApical computes the apical potentials after steps first ≤ t < end of the block.
func (g *group) advanceApical(first, end int) {
	if g.stale.apical {
		bias := g.weights.FeedbackBias
		if bias != nil {
			bias = bias[g.from:g.to]
		}
		g.apical.refresh(bias)
		g.stale.apical = false
	}
	g.apical.advance(first, end)
	for t := first; t < end; t++ {
		g.injected.add(g.apical.potential(t), g.injected.apical, t, 1)
	}
}

// begin prepares for a block of steps, with room to work in.
func (g *group) begin(r *rows) {
	g.basal.begin(r)
	g.soma, g.thin.candidates.room = r.soma, &r.points
	copy(g.potential(-1), g.last)
	if g.stale.basal {
		g.basal.refresh(g.weights.Bias[g.from:g.to])
		g.stale.basal = false
	} else {
		g.basal.resume()
	}
}

// end ends a block of steps.
func (g *group) end(steps int) {
	g.basal.end(steps)
	copy(g.last, g.potential(steps-1))
}

// advanceBasal computes the basal potentials after steps first ≤ t < end of the block.
func (g *group) advanceBasal(first, end int) {
	g.basal.advance(first, end)
	for t := first; t < end; t++ {
		g.injected.add(g.basal.potential(t), g.injected.basal, t, 1)
	}
}

// advanceSoma computes the somatic potentials after step t of the block from those of the
// dendrites.
func (g *group) advanceSoma(l *layer, t int) {
	var apical, drive []float32
	if l.coupled() {
		apical = g.apical.potential(t)
	}
	if l.driven {
		drive = g.drive
	}
	if len(g.injected.soma) > 0 {
		clear(g.current)
		copy(g.current, drive)
		g.injected.add(g.current, g.injected.soma, t, l.step.Drive(1))
		drive = g.current
	}
	l.step.Advance(g.potential(t), g.potential(t-1), g.basal.potential(t), apical, drive)
}

// advance takes a group whose somata do not see their apical dendrites through all steps of
// a block, and adds to its means.
func (e *Engine) advance(l *layer, g *group, r *rows) {
	steps := e.block.Steps
	g.begin(r)
	if l.driven || e.potentials || l.rates() || len(g.injected.basal)+len(g.injected.soma) > 0 {
		g.advanceBasal(0, steps)
		for t := range steps {
			g.advanceSoma(l, t)
		}
	} else {
		g.basal.advanceSoma(l.step, g.soma[:(1+steps)*g.width])
	}
	g.end(steps)
	if g.out.rates != nil {
		for t := range steps {
			g.send(e.params.Noise, t)
		}
	}
	if e.script == nil && l.fires {
		g.fire(steps, stream.StepKey(e.key, l.index+1, g.block, e.step))
	}
	e.addMeans(l, g)
}

// advanceApical does the same for its apical dendrites, once all spikes are known.
func (e *Engine) advanceApical(l *layer, g *group, r *rows) {
	g.apical.begin(r)
	g.apical.resume()
	g.advanceApical(0, e.block.Steps)
	g.apical.end(e.block.Steps)
	e.addApical(l, g)
}

// send computes the rates after step t of the block, if anything reads them.
func (g *group) send(noise compartments.EscapeNoise, t int) {
	if g.out.rates == nil {
		return
	}
	rates := g.out.rate(t)[g.from:g.to]
	noise.Rates(rates, g.potential(t)[:g.size()])
	g.out.hush(rates, g.from)
}

// quiet keeps the neurons that only fill up rows from firing.
func (g *group) quiet(t int) {
	for i, v := g.size(), g.potential(t); i < len(v); i++ {
		v[i] = float32(math.Inf(-1))
	}
}

// fire draws the spikes of all steps of the block. The group must be one block of neurons.
func (g *group) fire(steps int, key uint64) {
	for t := range steps {
		g.quiet(t)
	}
	g.thin.begin(steps)
	g.fired = g.thin.draw(g.fired[:0], 0, steps, key, g.soma[g.width:])
	// Cell c is neuron c mod width in step c/width; a division by a constant is faster.
	perStep, neuron, from := network.MaxBlockWidth/int32(g.width), int32(g.width-1), int32(g.from)
	if silenced := g.out.silenced; silenced != nil {
		g.fired = slices.DeleteFunc(g.fired, func(cell int32) bool { return silenced[from+cell&neuron] })
	}
	g.begins = [blockSteps + 1]int32{}
	ends := (*[blockSteps]int32)(g.begins[1:])
	for k, cell := range g.fired {
		g.fired[k] = from + cell&neuron
		ends[uint32(cell*perStep)/network.MaxBlockWidth%blockSteps] = int32(k + 1)
	}
	for t := 1; t < steps; t++ {
		ends[t] = max(ends[t], ends[t-1])
	}
	g.fired = room(g.fired, vec.Spare)
}

// fireAt appends the spikes of step t of the block to list. The group must be the whole layer.
// Call it for the steps in order, with their stream.StepKey.
func (g *group) fireAt(list []int32, t int, key uint64) []int32 {
	g.quiet(t)
	return g.thin.draw(list, t, t+1, key, g.potential(t))
}

// addMeans adds the potentials of a group in a block to the means of a phase.
func (e *Engine) addMeans(l *layer, g *group) {
	m, n := &e.means[l.index], g.size()
	if m.Soma == nil && m.Rate == nil {
		return
	}
	for step := max(0, e.phase.From-e.first); step < e.block.Steps; step++ {
		v := g.potential(step)[:n]
		if m.Soma != nil {
			vec.Add(m.Soma[g.from:g.to], v)
		}
		if m.Rate != nil {
			e.params.Noise.Rates(g.scratch[:n], v)
			g.out.hush(g.scratch[:n], g.from)
			vec.Add(m.Rate[g.from:g.to], g.scratch[:n])
		}
	}
}

// addApical does the same for its apical potentials.
func (e *Engine) addApical(l *layer, g *group) {
	if m := e.means[l.index]; e.phase.PlateauStep != nil && m.Apical != nil {
		g.addApical(m.Apical[g.from:g.to], e.phase.PlateauStep[l.index][g.from:g.to], e.phase.PlateauWindow, e.first, e.block.Steps)
	}
}

// addApical sums apical potentials, for each neuron over its own window.
func (g *group) addApical(sum []float32, plateau []int, width, first, steps int) {
	for step := range steps {
		v, t := g.apical.potential(step), first+step
		for i, last := range plateau {
			if t <= last && t > last-width {
				sum[i] += v[i]
			}
		}
	}
}
