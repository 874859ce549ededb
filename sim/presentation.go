package sim

import "plateau/internal/stream"

// Presentation describes an example that is being shown. Purpose, Number and the
// seed determine every random draw; the other fields are for observers.
type Presentation struct {
	Purpose Purpose
	Number  uint64
	Example int // index of the example in its data set
	Class   int // its true class
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
)
