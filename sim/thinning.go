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

// thinner draws the spikes of a group of neurons.
type thinner struct {
	candidates *candidates
	theta      *vec.Thresholds
}

func newThinner(size int, theta *vec.Thresholds, maxRate, dt float64) *thinner {
	return &thinner{newCandidates(size, maxRate*dt), theta}
}

// begin prepares for a block of steps.
func (h *thinner) begin(steps int) { h.candidates.begin(steps) }

// draw appends the spikes of steps first ≤ t < end of the block to list, in ascending order
// of steps and neurons: neuron i of the population in step first + t is i + t·size. Potentials
// v have a row for each of these steps. Call it for the steps in order; key is the
// stream.StepKey of the first of them. If there are several, they must fit on a line.
func (h *thinner) draw(list []int32, first, end int, key uint64, v []float32) []int32 {
	c, n := h.candidates, len(list)
	for {
		cells, marks, base, _ := c.at(first, key)
		last := base + int32((end-first)*c.size)
		list = room(list[:n], len(cells))
		tried, accepted := vec.Accept(list[n:], cells, marks, base, last, v, h.theta)
		n += accepted
		c.next += tried
		if cells[tried] >= last {
			return list[:n]
		}
		if cell := cells[tried] - base; exceeds(v[cell], marks[tried]) {
			list[n] = cell
			n++
		}
		c.next++
	}
}

// room lengthens list by n elements with undefined values.
func room(list []int32, n int) []int32 {
	if free := cap(list) - len(list); n > free {
		longer := make([]int32, len(list)+n, 2*(len(list)+n)) // twice as long, so that it is seldom needed
		copy(longer, list)
		return longer
	}
	return list[:len(list)+n]
}
