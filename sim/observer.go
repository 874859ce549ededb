package sim

import "plateau/network"

// An Observer is told what happens in a run. It cannot change it: whatever is
// observed, the run is the same to the last bit. Events and all that they hold
// are valid only during the call.
type Observer interface {
	Observe(Event)
}

// An Event is a *Presentation, a *PhaseBegan, a *Block or a *PhaseEnded. A
// presentation is told when it begins.
type Event interface{ event() }

// PhaseBegan is told before the first step of a phase.
type PhaseBegan struct {
	Step  int // steps since the presentation began
	Phase *Phase
}

// PhaseEnded is told after the last step of a phase, when means and plateaus
// are known.
type PhaseEnded struct {
	Phase *Phase
	Means []network.Means // of each layer; what was not asked for is nil
}

// A Block tells of some steps that follow one another, of all populations.
// Steps of a block count from 0.
type Block struct {
	First  int // steps since the presentation began
	Steps  int
	engine *Engine
}

// Spikes returns the neurons that fired in a step, in ascending order, a neuron
// that fired twice standing there twice. Layer 0 is the input, layer 1 the
// first hidden layer.
func (b *Block) Spikes(layer, step int) []int32 { return b.engine.sender(layer).spikes.at(step) }

// Train returns the spikes of all steps of the block, one step after the other.
// Those of step s, as Spikes lists them, are from starts[s] − starts[0] up to
// starts[s+1] − starts[0].
func (b *Block) Train(layer int) (neurons []int32, starts []int) {
	return b.engine.sender(layer).spikes.block(b.Steps)
}

// Basal, Apical and Soma return the potentials after a step, relative to rest,
// for layers from 1; Apical is nil for the output layer. They are there for
// observers that asked for potentials.
func (b *Block) Basal(layer, step int) []float32 {
	l := b.engine.layers[layer-1]
	return l.basal.potential(step)[:l.size]
}

// Apical returns the apical potentials; see Basal.
func (b *Block) Apical(layer, step int) []float32 {
	l := b.engine.layers[layer-1]
	if l.apical == nil {
		return nil
	}
	return l.apical.potential(step)[:l.size]
}

// Soma returns the somatic potentials; see Basal.
func (b *Block) Soma(layer, step int) []float32 {
	l := b.engine.layers[layer-1]
	return l.potential(step)[:l.size]
}

func (*Presentation) event() {}
func (*PhaseBegan) event()   {}
func (*PhaseEnded) event()   {}
func (*Block) event()        {}

// Watch sends events to an observer from the next presentation on. Potentials
// says whether its blocks must hold the potentials of every compartment, which
// costs time that spikes alone do not.
func (e *Engine) Watch(o Observer, potentials bool) {
	e.observers = append(e.observers, o)
	e.potentials = e.potentials || potentials
}

func (e *Engine) tell(event Event) {
	for _, o := range e.observers {
		o.Observe(event)
	}
}

// A Script supplies spikes in place of an engine's own draws: recorded ones, or
// made-up ones. Layer 0 is the input; steps count from the start of the
// presentation. Neurons are in ascending order, one entry for each spike; Run
// returns an error if they are not.
type Script interface {
	Spikes(layer, step int) []int32
}

// Follow makes the engine take all spikes from a script; nil ends that.
func (e *Engine) Follow(s Script) { e.script = s }
