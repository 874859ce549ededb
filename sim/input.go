package sim

import "math"

// input draws the spikes of the input population: candidates of processes at
// φ_max, of the inputs that fire at all, each accepted with the input's
// intensity.
type input struct {
	rate       float64 // φ_max dt, candidates of an input in a step
	candidates *candidates
	active     []int32  // inputs with intensity above zero
	accept     []uint64 // their intensity in units of 2⁻³²
}

func newInput(size int, maxRate, dt float64) *input {
	return &input{
		rate:       maxRate * dt,
		candidates: newCandidates(size, maxRate*dt),
		active:     make([]int32, 0, size),
		accept:     make([]uint64, 0, size),
	}
}

// set takes the intensities of a phase, each in [0, 1] with 1 for φ_max.
func (in *input) set(intensity []float32) {
	in.active, in.accept = in.active[:0], in.accept[:0]
	for j, x := range intensity {
		if x > 0 {
			in.active = append(in.active, int32(j))
			in.accept = append(in.accept, uint64(math.RoundToEven(float64(x)*0x1p32)))
		}
	}
	if len(in.active) > 0 {
		in.candidates.resize(len(in.active), in.rate)
	}
}

// draw appends the spikes of a step to list, in ascending order of inputs, one
// entry for each spike. Key is that of the step.
func (in *input) draw(list []int32, key uint64) []int32 {
	if len(in.active) == 0 {
		return list
	}
	n := in.candidates.draw(key)
	owners, marks := in.candidates.owners[:n], in.candidates.marks[:n]
	end := len(list)
	list = room(list, n)
	for k, owner := range owners {
		list[end] = in.active[owner]
		accepted := 0
		if uint64(marks[k]) < in.accept[owner] {
			accepted = 1
		}
		end += accepted
	}
	return list[:end]
}
