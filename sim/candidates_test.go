package sim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"plateau/internal/stream"

	"plateau/internal/statistics"
)

// drawn returns the owners and marks of the candidates of each step of a block.
func drawn(c *candidates, steps int, key func(step int) uint64) (owners [][]int32, marks [][]uint32) {
	c.begin(steps)
	for step := range steps {
		cells, m, base, end := c.at(step, key(step))
		n := 0
		var own []int32
		for ; cells[n] < end; n++ {
			own = append(own, cells[n]-base)
		}
		c.next += n
		owners, marks = append(owners, own), append(marks, slices.Clone(m[:n]))
	}
	return owners, marks
}

// Candidates are a homogeneous Poisson process: their number in a step is Poisson,
// their owners are uniform, and marks are uniform whatever the owner. This holds in
// lines of one step and of many, and if a block takes several lines.
func TestCandidatesArePoisson(t *testing.T) {
	for _, test := range []struct {
		size   int
		rate   float64
		block  int
		blocks int
	}{
		{1, 0.2, 1, 40_000}, {1, 0.2, 128, 400}, {1, 5, 50, 400}, {3, 0.001, 100, 1_000}, {10, 0.2, 50, 800},
		{500, 0.2, 50, 80}, {500, 0.02, 1, 20_000}, {500, 0.02, 128, 160}, {784, 1, 100, 10}, {20_000, 0.2, 20, 3},
	} {
		what := fmt.Sprintf("%d neurons, rate %v, blocks of %d", test.size, test.rate, test.block)
		c := newCandidates(test.size, test.rate)
		mean := float64(test.size) * test.rate
		presentation := stream.Key(31, TrialSpikes, uint64(test.size))
		var totals []float64 // number of steps with 0, 1, … candidates
		var series []float64 // number of candidates of each step
		owners, marks := make([]int, min(test.size, 50)), make([]int, 64)
		all := 0
		for block := range test.blocks {
			own, m := drawn(c, test.block, func(step int) uint64 { return stream.StepKey(presentation, 0, 0, block*test.block+step) })
			for step := range own {
				n := len(own[step])
				for len(totals) <= n {
					totals = append(totals, 0)
				}
				totals[n]++
				series = append(series, float64(n))
				all += n
				for k, owner := range own[step] {
					if k > 0 && owner < own[step][k-1] || owner < 0 || int(owner) >= test.size {
						t.Fatalf("%s: owners %v", what, own[step])
					}
					owners[int(owner)*len(owners)/test.size]++
					marks[m[step][k]>>26]++
				}
			}
		}
		steps := float64(test.block * test.blocks)
		statistics.Expect(t, what+": candidates", float64(all)/steps, mean, math.Sqrt(mean/steps))
		var square float64
		for n, k := range totals {
			square += k * (float64(n) - mean) * (float64(n) - mean)
		}
		// The variance of a squared deviation of a Poisson number is mean + 2 mean².
		statistics.Expect(t, what+": variance", square/steps, mean, math.Sqrt((mean+2*mean*mean)/steps))
		statistics.Expect(t, what+": correlation with the step before", correlation(series[1:], series[:len(series)-1]), 0, 1/math.Sqrt(steps))
		chi, freedom := 0.0, 0
		for n, k := range totals {
			if want := poissonProbability(mean, n) * steps; want >= 10 {
				chi += (k - want) * (k - want) / want
				freedom++
			}
		}
		if freedom > 1 {
			statistics.CheckChi(t, what+": distribution", chi, freedom)
		}
		uniform := func(n int) []float64 {
			x := make([]float64, n)
			for i := range x {
				x[i] = float64(all) / float64(n)
			}
			return x
		}
		if test.size%len(owners) == 0 && len(owners) > 1 {
			statistics.ChiSquare(t, what+": owners", owners, uniform(len(owners)))
		}
		statistics.ChiSquare(t, what+": marks", marks, uniform(len(marks)))
	}
}

// If a line has more candidates than expected, the room for them grows.
func TestCandidatesFindRoom(t *testing.T) {
	key := func(int) uint64 { return 3 }
	expected, _ := drawn(newCandidates(100, 0.5), 4, key)
	c := newCandidates(100, 0.5)
	c.begin(4)
	c.rate = 1e-3 // makes it expect too few
	*c.line(4) = *newCandidates(100, 0.5).line(4)
	surprised, _ := drawn(c, 4, key)
	if fmt.Sprint(expected) != fmt.Sprint(surprised) || len(expected[0]) < 20 {
		t.Fatalf("with too little room %v, with enough %v", surprised, expected)
	}
}
