package sim

import (
	"math"

	"plateau/internal/vec"
)

// candidates are the points at which the neurons of a population could fire: a
// homogeneous Poisson process of rate φ_max for each of them. Laid side by side,
// and step after step, the neurons form a line, and the candidates a Poisson
// process along it whose gaps are exponentially distributed: so they are drawn in
// the order of steps and owners, without a draw for those that have none. A
// line takes in a block of steps, or as many as it has cells for.
type candidates struct {
	size  int // neurons
	rate  float64
	lines [2]struct { // as they are needed for blocks of different length
		steps int
		vec.Line
	}
	block int // steps of the block
	first int // step of the block with which the line that was drawn begins
	until int // step of the block with which it ends
	next  int // first candidate that has not been thinned

	cells []int32
	marks []uint32
}

// newCandidates prepares for a population of size neurons with so many
// candidates in a step on average, each.
func newCandidates(size int, rate float64) *candidates {
	c := &candidates{}
	c.resize(size, rate)
	return c
}

func (c *candidates) resize(size int, rate float64) {
	c.size, c.rate = size, rate
	clear(c.lines[:])
}

// begin prepares for a block of steps.
func (c *candidates) begin(steps int) { c.block, c.until = steps, 0 }

// maxLine leaves positions on a line a resolution of 2⁻¹⁰ of a neuron, as far as
// a single step permits.
const maxLine = 1 << 17

// at returns the candidates that have not been thinned, and the cells of a step
// of the block. Steps are asked for in order. If the step begins a line, key is
// that of its draws.
func (c *candidates) at(step int, key uint64) (cells []int32, marks []uint32, base, end int32) {
	if step >= c.until {
		steps := min(c.block-step, max(1, maxLine/c.size))
		c.draw(key, steps)
		c.first, c.until = step, step+steps
	}
	base = int32((step - c.first) * c.size)
	return c.cells[c.next:], c.marks[c.next:], base, base + int32(c.size)
}

// draw draws the candidates of a line of steps.
func (c *candidates) draw(key uint64, steps int) {
	c.next = 0
	l := c.line(steps)
	mean := float64(float64(c.size*steps) * c.rate)
	room := whole(mean + float64(3*math.Sqrt(mean)))
	for {
		c.grow(room)
		if l.Points(c.cells[:room], c.marks[:room], key) {
			return
		}
		room *= 2
	}
}

// line returns the line of so many steps. Phases of two lengths take turns in
// training, so two are kept.
func (c *candidates) line(steps int) *vec.Line {
	l := &c.lines[0]
	if l.steps != steps {
		c.lines[0], c.lines[1] = c.lines[1], c.lines[0]
		if l.steps != steps {
			l.steps, l.Line = steps, vec.NewLine(c.size*steps, c.rate)
		}
	}
	return &l.Line
}

// whole rounds up to a number of candidates that can be drawn.
func whole(n float64) int { return (int(n) + vec.Group) / vec.Group * vec.Group }

// grow makes room for n candidates, and for somewhat more so that it is seldom
// needed.
func (c *candidates) grow(n int) {
	if n > len(c.cells) {
		n = whole(1.25 * float64(n))
		c.cells, c.marks = make([]int32, n), make([]uint32, n)
	}
}
