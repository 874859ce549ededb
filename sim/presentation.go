package sim

import "plateau/internal/stream"

// Presentation describes an example that is being shown. Purpose, Number and the
// seed determine every random draw; the other fields are for observers.
type Presentation struct {
	Purpose Purpose
	Number  uint64
	Example int // index of the example in its data set, −1 for a stimulus that is in none
	Class   int // its true class, −1 if it has none
	Slot    int // the slot of the batch in which it is shown, counted from 0

	// Rested tells observers that the engine is at rest; Present sets it.
	Rested bool
	engine *Engine
}

// Purpose says what a presentation is for, so that no two draw the same random numbers.
type Purpose = stream.Purpose

// Purposes of presentations.
const (
	TrainingSpikes = stream.TrainingSpikes
	TestSpikes     = stream.TestSpikes
	TrialSpikes    = stream.TrialSpikes
	ProtocolSpikes = stream.ProtocolSpikes // of a trial that has stimuli or phases of its own
)

// AppendState appends the engine's state at the beginning of the presentation; see
// Engine.AppendState. Observers may call it when they are told of the presentation.
func (p *Presentation) AppendState(b []byte) []byte { return p.engine.AppendState(b) }

// Present begins a presentation. The potentials of dendrites are computed anew
// from the spikes that still act and the weights as they are now.
func (e *Engine) Present(p Presentation) {
	p.Rested, p.engine = e.rested, e
	e.shown, e.step, e.rested = p, 0, false
	e.key = stream.Key(e.seed, p.Purpose, p.Number)
	for m, l := range e.layers {
		l.basal.refresh(e.net.Layers[m].Bias)
		if l.apical != nil {
			copy(l.apical.bias, e.net.Layers[m].FeedbackBias)
		}
	}
	e.fresh, e.needed = false, false
	e.tell(&e.shown)
}
