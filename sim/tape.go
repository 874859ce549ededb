package sim

import (
	"slices"

	"plateau/network"
)

// A Tape is an observer that keeps what happens in a presentation, to tell it to other
// observers later. With one for each of several engines, presentations can run at the
// same time and yet be told in order. A Tape reuses its memory after Clear.
type Tape struct {
	potentials bool
	layers     int // with the input
	events     []Event
	blocks     int // how many of room are in use
	room       []*taped
}

// NewTape returns an empty tape for a network. With potentials it keeps those of every
// compartment, and the engine has to be watched with potentials.
func NewTape(net *network.Network, potentials bool) *Tape {
	return &Tape{potentials: potentials, layers: len(net.Layers) + 1}
}

// Clear empties the tape.
func (t *Tape) Clear() {
	clear(t.events)
	t.events, t.blocks = t.events[:0], 0
}

// Observe implements Observer.
func (t *Tape) Observe(event Event) {
	switch e := event.(type) {
	case *Presentation:
		p := *e
		if !p.Rested {
			p.state = e.AppendState(nil)
		}
		p.engine = nil
		t.events = append(t.events, &p)
	case *PhaseBegan:
		t.events = append(t.events, &PhaseBegan{e.Step, e.Phase.clone()})
	case *Block:
		t.events = append(t.events, t.copy(e))
	case *PhaseEnded:
		t.events = append(t.events, &PhaseEnded{e.Phase.clone(), network.CloneMeans(e.Means)})
	}
}

// Tell tells everything to an observer.
func (t *Tape) Tell(o Observer) {
	for _, e := range t.events {
		o.Observe(e)
	}
}

// clone returns a copy that shares nothing with p.
func (p *Phase) clone() *Phase {
	c := *p
	c.Intensity = slices.Clone(p.Intensity)
	c.Spikes, c.PlateauStep = cloneRows(p.Spikes), cloneRows(p.PlateauStep)
	c.Currents = slices.Clone(p.Currents)
	for k := range c.Currents {
		c.Currents[k].Neurons = slices.Clone(c.Currents[k].Neurons)
		c.Currents[k].Values = slices.Clone(c.Currents[k].Values)
	}
	return &c
}

func cloneRows[T any](rows [][]T) [][]T {
	rows = slices.Clone(rows)
	for k := range rows {
		rows[k] = slices.Clone(rows[k])
	}
	return rows
}

// taped is what a tape keeps of a block, by layer; layer 0 is the input.
type taped struct {
	neurons             [][]int32
	starts              [][]int
	sizes               []int
	basal, apical, soma [][]float32 // step after step; empty if they are not kept
}

// copy copies a block into the next room.
func (t *Tape) copy(b *Block) *Block {
	if t.blocks == len(t.room) {
		t.room = append(t.room, newTaped(t.layers))
	}
	to := t.room[t.blocks]
	t.blocks++
	for layer := range t.layers {
		neurons, starts := b.Raster(layer)
		to.neurons[layer] = append(to.neurons[layer][:0], neurons...)
		to.starts[layer] = append(to.starts[layer][:0], starts...)
		if t.potentials && layer > 0 {
			to.keep(b, layer)
		}
	}
	return &Block{First: b.First, Steps: b.Steps, taped: to}
}

func newTaped(layers int) *taped {
	return &taped{
		neurons: make([][]int32, layers), starts: make([][]int, layers), sizes: make([]int, layers),
		basal: make([][]float32, layers), apical: make([][]float32, layers), soma: make([][]float32, layers),
	}
}

// keep keeps the potentials of a layer.
func (t *taped) keep(b *Block, layer int) {
	basal, apical, soma := t.basal[layer][:0], t.apical[layer][:0], t.soma[layer][:0]
	for step := range b.Steps {
		basal = append(basal, b.Basal(layer, step)...)
		apical = append(apical, b.Apical(layer, step)...)
		soma = append(soma, b.Soma(layer, step)...)
	}
	t.sizes[layer] = len(soma) / b.Steps
	t.basal[layer], t.apical[layer], t.soma[layer] = basal, apical, soma
}

func (t *taped) spikes(layer, step int) []int32 {
	s := t.starts[layer]
	return t.neurons[layer][s[step]-s[0] : s[step+1]-s[0]]
}

// potential returns the row of a step in what was kept of a layer, nil if nothing was.
func (t *taped) potential(kept [][]float32, layer, step int) []float32 {
	if len(kept[layer]) == 0 {
		return nil
	}
	n := t.sizes[layer]
	return kept[layer][step*n : (step+1)*n]
}
