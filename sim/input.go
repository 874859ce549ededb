package sim

import (
	"slices"

	"plateau/internal/vec"
)

// input draws the spikes of the input population by thinning: it draws candidates
// with rate φ_max for all inputs whose intensity is not zero, and accepts each with
// a probability equal to the intensity.
type input struct {
	size       int
	rate       float64 // φ_max dt, candidates of an input in a step
	candidates *candidates
	shown      []float32 // the intensities that were set
	active     []int32   // inputs with intensity above zero
	most       []uint32  // for each active input, the largest mark that is accepted; of this step, if rates vary
	given      [][]int32 // the spikes of each step of the phase, if they are not drawn
	first      int       // step of the phase with which the block begins
}

func newInput(size int, maxRate, dt float64) *input {
	return &input{
		size:       size,
		rate:       maxRate * dt,
		candidates: newCandidates(size, maxRate*dt),
		active:     make([]int32, 0, size),
		most:       make([]uint32, 0, size),
	}
}

// set sets the intensities of a phase, each in [0, 1], where 1 is φ_max: one for each
// input, or a row of them for each step. They are rounded to multiples of 2⁻³².
func (in *input) set(intensity []float32) {
	in.first = 0
	if vec.Same(intensity, in.shown) {
		return // the same example, as in the target phase after the forward phase
	}
	in.shown = append(in.shown[:0], intensity...)
	in.active, in.most = in.active[:0], in.most[:0]
	for j := range in.size {
		// An input is active if it ever fires in the phase.
		most := uint64(0)
		for k := j; k < len(intensity); k += in.size {
			most = max(most, accepted(intensity[k]))
		}
		if most > 0 {
			in.active = append(in.active, int32(j))
			in.most = append(in.most, uint32(most-1))
		}
	}
	if n := len(in.active); n > 0 && n != in.candidates.size {
		in.candidates.resize(n, in.rate)
	}
}

// accepted returns how many of the 2³² marks are accepted at an intensity.
func accepted(x float32) uint64 {
	if x == 0 {
		return 0
	}
	return uint64(float64(float64(x)*0x1p32) + 0.5)
}

// varies reports whether there is a row of intensities for each step.
func (in *input) varies() bool { return len(in.shown) > in.size }

// row returns the intensities in step t of the block.
func (in *input) row(t int) []float32 {
	if !in.varies() {
		return in.shown
	}
	return in.shown[(in.first+t)*in.size:][:in.size]
}

// begin prepares for a block of steps.
func (in *input) begin(steps int) { in.candidates.begin(steps) }

// shift moves on to the next block.
func (in *input) shift(steps int) { in.first += steps }

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
	row := in.row(step)
	if in.varies() {
		for k, j := range in.active {
			in.most[k] = uint32(max(accepted(row[j]), 1) - 1)
		}
	}
	tried, n := vec.AcceptBelow(list[end:], cells, marks, base, last, in.active, in.most)
	in.candidates.next += tried
	list = list[:end+n]
	if !in.varies() {
		return list
	}
	// A mark of 0 is always accepted, also of an input that is silent in this step.
	silent := func(j int32) bool { return accepted(row[j]) == 0 }
	return append(list[:end], slices.DeleteFunc(list[end:], silent)...)
}
