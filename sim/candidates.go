package sim

import (
	"math"

	"plateau/internal/vec"
)

// candidates are the points at which the neurons of a population could fire: a
// homogeneous Poisson process of rate φ_max for each neuron. Imagine a line with a
// cell for every neuron in the first step, then one for every neuron in the second,
// and so on. Along it, the candidates are one Poisson process, whose gaps are
// exponentially distributed. Drawing the gaps gives the candidates in the order of
// steps and neurons, and costs nothing for neurons that have none. A line covers a
// block of steps, or as many of them as fit.
type candidates struct {
	size  int // neurons
	rate  float64
	lines [2]struct { // the last two lengths that were needed
		steps int
		vec.Line
	}
	block int // steps of the block
	first int // the line that was drawn covers the steps of the block from here
	until int // up to but not including this one
	next  int // first candidate that has not been thinned

	room *points
}

// newCandidates prepares for a population of size neurons; rate is the mean number
// of candidates of a neuron in a step.
func newCandidates(size int, rate float64) *candidates {
	c := &candidates{room: &points{}}
	c.resize(size, rate)
	return c
}

func (c *candidates) resize(size int, rate float64) {
	c.size, c.rate = size, rate
	clear(c.lines[:])
}

// begin prepares for a block of steps.
func (c *candidates) begin(steps int) { c.block, c.until = steps, 0 }

// maxLine is the length of a line up to which positions are resolved to 2⁻¹⁰ of a
// cell. Only a single step of a larger population takes more.
const maxLine = 1 << 17

// at returns the candidates that have not been thinned, and the range of cells
// base ≤ cell < end of a step of the block. Call it for the steps in order. If the
// step begins a new line, key seeds its draws.
func (c *candidates) at(step int, key uint64) (cells []int32, marks []uint32, base, end int32) {
	if step >= c.until {
		steps := min(c.block-step, max(1, maxLine/c.size))
		c.draw(key, steps)
		c.first, c.until = step, step+steps
	}
	base = int32((step - c.first) * c.size)
	return c.room.cells[c.next:], c.room.marks[c.next:], base, base + int32(c.size)
}

// draw draws the candidates of the given number of steps.
func (c *candidates) draw(key uint64, steps int) {
	c.next = 0
	l := c.line(steps)
	mean := float64(float64(c.size*steps) * c.rate)
	n := whole(mean + float64(6*math.Sqrt(mean)))
	for {
		c.room.grow(n)
		if l.Points(c.room.cells[:n], c.room.marks[:n], key) {
			return
		}
		n *= 2
	}
}

// line returns the line for the given number of steps. It keeps two of them,
// because training alternates between phases of two lengths.
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

// grow makes room for n candidates and some more, so that it is seldom needed.
func (p *points) grow(n int) {
	if n > len(p.cells) {
		n = whole(1.25 * float64(n))
		p.cells, p.marks = make([]int32, n), make([]uint32, n)
	}
}
