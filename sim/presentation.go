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
	state  []byte // in place of an engine, what a Tape kept
}

// repeatShift leaves the lower half of a number to the example.
const repeatShift = 32

// RepeatNumber returns the number of a presentation that shows an example once more:
// repeat 0 has the number of the example, and no two have the same.
func RepeatNumber(example, repeat int) uint64 {
	return uint64(repeat)<<repeatShift | uint64(uint32(example))
}

// Repeat returns the repeat that a number made by RepeatNumber stands for.
func Repeat(number uint64) int { return int(number >> repeatShift) }

// MaxRepeats limits the repeats that have numbers.
const MaxRepeats = 1<<31 - 1

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
func (p *Presentation) AppendState(b []byte) []byte {
	if p.engine == nil {
		return append(b, p.state...)
	}
	return p.engine.AppendState(b)
}

// Present begins a presentation. The potentials of dendrites are computed anew
// from the spikes that still act and the weights as they are now.
func (e *Engine) Present(p Presentation) {
	p.Rested, p.engine = e.rested, e
	e.shown, e.step, e.rested = p, 0, false
	e.key = stream.Key(e.seed, p.Purpose, p.Number)
	for _, l := range e.layers {
		for _, g := range l.groups {
			g.stale.basal = true
		}
	}
	e.fresh, e.needed = false, false
	e.tell(&e.shown)
}
