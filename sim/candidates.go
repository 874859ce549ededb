package sim

import (
	"math"

	"plateau/internal/vec"
)

// candidates are the points at which the neurons of a population could fire in
// a step: a homogeneous Poisson process of rate φ_max for each of them. Laid side
// by side the neurons form a line, and the candidates a Poisson process along it
// whose gaps are exponentially distributed: so they are drawn in the order of
// their owners, without a draw for those that have none.
type candidates struct {
	line   vec.Line
	owners []int32  // ascending
	marks  []uint32 // 32 random bits for each candidate
}

// newCandidates prepares for a population of size neurons with so many
// candidates in a step on average, each.
func newCandidates(size int, rate float64) *candidates {
	c := &candidates{}
	c.resize(size, rate)
	return c
}

func (c *candidates) resize(size int, rate float64) {
	c.line = vec.NewLine(size, rate)
	mean := float64(size) * rate
	c.grow(int(mean+5*math.Sqrt(mean)) + 16)
}

func (c *candidates) grow(n int) {
	n = (n + 7) &^ 7
	if n > len(c.owners) {
		c.owners, c.marks = make([]int32, n), make([]uint32, n)
	}
}

// draw draws the candidates of a step and returns their number.
func (c *candidates) draw(key uint64) int {
	for {
		if n := c.line.Points(c.owners, c.marks, key); n >= 0 {
			return n
		}
		c.grow(2 * len(c.owners))
	}
}
