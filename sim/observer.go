package sim

import "plateau/network"

// An Observer is told what happens in a run. It cannot change the run, which has
// the same bits whatever is observed. Events and everything in them are valid only
// during the call.
type Observer interface {
	Observe(Event)
}

// An Event is a *Presentation, a *PhaseBegan, a *Block or a *PhaseEnded. The
// Presentation comes when it begins.
type Event interface{ event() }

// PhaseBegan comes before the first step of a phase.
type PhaseBegan struct {
	Step  int // steps since the presentation began
	Phase *Phase
}

// PhaseEnded comes after the last step of a phase, when means and plateaus are
// known.
type PhaseEnded struct {
	Phase *Phase
	Means []network.Means // one for each layer; slices that Run was not asked for are nil
}

// A Block holds some consecutive steps of all populations. Its steps count from 0.
type Block struct {
	First  int // steps since the presentation began
	Steps  int
	engine *Engine
}

// Spikes returns the neurons that fired in a step, counted from 0, in ascending
// order; a neuron that fired twice is listed twice. Layer 0 is the input, layer 1
// the first hidden layer.
func (b *Block) Spikes(layer, step int) []int32 { return b.engine.sender(layer).spikes.at(step) }

// Train returns the spikes of all steps of the block, one step after the other.
// The spikes of step s are neurons[starts[s]−starts[0] : starts[s+1]−starts[0]].
func (b *Block) Train(layer int) (neurons []int32, starts []int) {
	return b.engine.sender(layer).spikes.block(b.Steps)
}

// Basal returns the basal potentials of a layer after a step, relative to rest.
// Layers count from 1, the first hidden layer. Basal, Apical and Soma are only for
// observers that were registered with potentials.
func (b *Block) Basal(layer, step int) []float32 {
	l := b.engine.layers[layer-1]
	return l.basal.potential(step)[:l.size]
}

// Apical returns the apical potentials, nil for the output layer; see Basal.
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

// Watch sends events to an observer from the next presentation on. If potentials
// is set, blocks hold the potentials of every compartment, which costs time.
func (e *Engine) Watch(o Observer, potentials bool) {
	e.observers = append(e.observers, o)
	e.potentials = e.potentials || potentials
}

func (e *Engine) tell(event Event) {
	for _, o := range e.observers {
		o.Observe(event)
	}
}

// A Script supplies spikes, such as recorded ones, in place of an engine's own
// draws. Layer 0 is the input; steps count from the start of the presentation.
// Neurons must be in ascending order, one entry for each spike; otherwise Run
// returns an error.
type Script interface {
	Spikes(layer, step int) []int32
}

// Follow makes the engine take all spikes from a script, or draw them itself again
// if s is nil.
func (e *Engine) Follow(s Script) { e.script = s }
