package sim

import "plateau/internal/vec"

// input draws the spikes of the input population by thinning: it draws candidates
// with rate φ_max for all inputs whose intensity is not zero, and accepts each with
// a probability equal to the intensity.
type input struct {
	rate       float64 // φ_max dt, candidates of an input in a step
	candidates *candidates
	shown      []float32 // the intensities that were set
	active     []int32   // inputs with intensity above zero
	most       []uint32  // for each active input, the largest mark that is accepted
}

func newInput(size int, maxRate, dt float64) *input {
	return &input{
		rate:       maxRate * dt,
		candidates: newCandidates(size, maxRate*dt),
		active:     make([]int32, 0, size),
		most:       make([]uint32, 0, size),
	}
}

// set sets the intensities of a phase, each in [0, 1], where 1 is φ_max. They are
// rounded to multiples of 2⁻³².
func (in *input) set(intensity []float32) {
	if vec.Same(intensity, in.shown) {
		return // the same example, as in the target phase after the forward phase
	}
	in.shown = append(in.shown[:0], intensity...)
	in.active, in.most = in.active[:0], in.most[:0]
	for j, x := range intensity {
		if x == 0 {
			continue
		}
		if p := uint64(float64(float64(x)*0x1p32) + 0.5); p > 0 {
			in.active = append(in.active, int32(j))
			in.most = append(in.most, uint32(p-1))
		}
	}
	if n := len(in.active); n > 0 && n != in.candidates.size {
		in.candidates.resize(n, in.rate)
	}
}

// begin prepares for a block of steps.
func (in *input) begin(steps int) { in.candidates.begin(steps) }

// draw appends the spikes of a step of the block to list, in ascending order of
// inputs, one entry for each spike. Call it for the steps in order, with their
// stream.StepKey.
func (in *input) draw(list []int32, step int, key uint64) []int32 {
	if len(in.active) == 0 {
		return list
	}
	cells, marks, base, last := in.candidates.at(step, key)
	end := len(list)
	list = room(list, len(cells))
	tried, accepted := vec.AcceptBelow(list[end:], cells, marks, base, last, in.active, in.most)
	in.candidates.next += tried
	return list[:end+accepted]
}
