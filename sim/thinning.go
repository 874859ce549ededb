package sim

import (
	"math"

	"plateau/internal/elementary"
	"plateau/internal/vec"
)

// A population with potentials V fires as Poisson processes of rates
// φ_max σ(V). They are drawn by thinning: candidates of processes at φ_max are
// each accepted with probability σ(V). The accepted spikes of a neuron are again
// a Poisson process, of rate φ_max σ(V), and independent between neurons.
//
// V > logit(u) for a uniform u has probability σ(V). The logit is tabulated at the
// ends of 1024 cells of u. It is computed only if V lies between the ends of the
// cell, which happens for one candidate in a thousand.

// newThresholds tabulates logit(c/1024) for c = 0 … 1024.
func newThresholds() *vec.Thresholds {
	var t vec.Thresholds
	const last = vec.Ends - 1
	t[0], t[last] = float32(math.Inf(-1)), float32(math.Inf(1))
	for c := 1; c < last; c++ {
		t[c] = float32(elementary.Logit(float64(c) / last))
	}
	return &t
}

// exceeds reports whether v is above logit((u + ½)/2³²); it is for a v within the
// cell of u.
func exceeds(v float32, u uint32) bool {
	return float64(v) > elementary.Logit((float64(u)+0.5)*0x1p-32)
}

// thinner draws the spikes of one population, step by step.
type thinner struct {
	candidates *candidates
	theta      *vec.Thresholds
}

func newThinner(size int, maxRate, dt float64) *thinner {
	return &thinner{newCandidates(size, maxRate*dt), newThresholds()}
}

// begin prepares for a block of steps.
func (h *thinner) begin(steps int) { h.candidates.begin(steps) }

// draw appends the spikes of a step of the block, in which neurons have potentials
// v, to list, in ascending order of neurons, one entry for each spike. Call it for
// the steps in order, with their stream.StepKey.
func (h *thinner) draw(list []int32, step int, key uint64, v []float32) []int32 {
	end := len(list)
	for {
		cells, marks, base, last := h.candidates.at(step, key)
		list = room(list[:end], len(cells))
		tried, accepted := vec.Accept(list[end:], cells, marks, base, last, v, h.theta)
		end += accepted
		h.candidates.next += tried
		if cells[tried] >= last {
			return list[:end]
		}
		if owner := cells[tried] - base; exceeds(v[owner], marks[tried]) {
			list[end] = owner
			end++
		}
		h.candidates.next++
	}
}

// room lengthens list by n elements with undefined values.
func room(list []int32, n int) []int32 {
	if free := cap(list) - len(list); n > free {
		list = append(list, make([]int32, n)...)
		return list
	}
	return list[:len(list)+n]
}
