package record

import (
	"encoding/binary"

	"plateau/sim"
)

// events are what happened in a group, in order. The package comment lists what follows
// each tag.
type events []byte

const (
	tagTrial byte = 1 + iota
	tagPhase
	tagPhaseEnd
	tagPredicted
	tagTrialEnd
)

// Flags of a trial, then of a phase, then of the end of a phase.
const (
	flagRested = 1 << iota
	flagState
)

const (
	flagTaught = 1 << iota
	flagOnsets
	flagIntensity
	flagVaries
	flagCurrents
)

const flagPlateaus = 1

// beginTrial adds that a trial begins with a step of the group.
func (e *events) beginTrial(p *sim.Presentation, flags byte, step int, from origin) {
	b := append(*e, tagTrial, flags)
	b = appendUint(b, step)
	b = appendUint(b, int(p.Purpose))
	b = binary.AppendUvarint(b, p.Number)
	b = appendInt(b, p.Example)
	b = appendInt(b, p.Class)
	b = appendInt(b, p.Slot)
	b = appendUint(b, from.snapshot)
	*e = appendUint(b, from.updates)
}

// beginPhase adds that a phase begins, with the intensities of the input if that is
// wanted.
func (e *events) beginPhase(began *sim.PhaseBegan, inputs int, intensities bool) {
	p := began.Phase
	flags := byte(0)
	if p.Taught {
		flags |= flagTaught
	}
	if p.PlateauStep != nil {
		flags |= flagOnsets
	}
	if intensities {
		flags |= flagIntensity
		if len(p.Intensity) > inputs {
			flags |= flagVaries
		}
	}
	if len(p.Currents) > 0 {
		flags |= flagCurrents
	}
	b := append(*e, tagPhase, flags)
	b = appendString(b, p.Name)
	b = appendUint(b, began.Step)
	b = appendUint(b, p.Steps)
	b = appendUint(b, p.From)
	b = appendInt(b, p.Class)
	b = appendUint(b, p.PlateauWindow)
	if flags&flagIntensity != 0 {
		b = appendFloats(b, p.Intensity)
	}
	if flags&flagOnsets != 0 {
		for _, at := range p.PlateauStep {
			for _, step := range at {
				b = appendInt(b, p.Steps-1-step)
			}
		}
	}
	if flags&flagCurrents != 0 {
		b = appendCurrents(b, p.Currents)
	}
	*e = b
}

// endPhase adds that a phase ends. The flag is flagPlateaus if the group has a row of
// plateaus for it, or 0.
func (e *events) endPhase(flags byte) { *e = append(*e, tagPhaseEnd, flags) }

func (e *events) predict(class int) { *e = appendUint(append(*e, tagPredicted), class) }

func (e *events) endTrial(steps int, losses []float64) {
	b := append(*e, tagTrialEnd)
	b = appendUint(b, steps)
	b = appendUint(b, len(losses))
	for _, loss := range losses {
		b = appendFloat64(b, loss)
	}
	*e = b
}
