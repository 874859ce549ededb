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
