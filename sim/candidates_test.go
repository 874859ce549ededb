package sim

import (
	"fmt"
	"math"
	"testing"
)

// Candidates are a homogeneous Poisson process: their number in a step is Poisson,
// their owners are uniform, each neuron's count is Poisson too, and marks are
// uniform whatever the owner.
func TestCandidatesArePoisson(t *testing.T) {
	for _, test := range []struct {
		size  int
		rate  float64
		steps int
	}{
		{1, 0.2, 40_000}, {1, 5, 20_000}, {3, 0.001, 100_000}, {10, 0.2, 40_000},
		{500, 0.2, 4_000}, {500, 0.02, 20_000}, {784, 1, 1_000}, {20_000, 0.2, 60},
	} {
		what := fmt.Sprintf("%d neurons, rate %v", test.size, test.rate)
		c := newCandidates(test.size, test.rate)
		mean := float64(test.size) * test.rate
		key := presentationKey(31, TrialSpikes, uint64(test.size))
		var totals []float64 // steps by number of candidates
		owners, marks := make([]int, min(test.size, 50)), make([]int, 64)
		all := 0
		for step := range test.steps {
			n := c.draw(placeKey(key, 0, step))
			for len(totals) <= n {
				totals = append(totals, 0)
			}
			totals[n]++
			all += n
			for k, owner := range c.owners[:n] {
				if k > 0 && owner < c.owners[k-1] || owner < 0 || int(owner) >= test.size {
					t.Fatalf("%s: owners %v", what, c.owners[:n])
				}
				owners[int(owner)*len(owners)/test.size]++
				marks[c.marks[k]>>26]++
			}
		}
		expect(t, what+": candidates", float64(all)/float64(test.steps), mean, math.Sqrt(mean/float64(test.steps)))
		var square float64
		for n, steps := range totals {
			square += steps * (float64(n) - mean) * (float64(n) - mean)
		}
		// The variance of a squared deviation of a Poisson number is mean + 2 mean².
		expect(t, what+": variance", square/float64(test.steps), mean, math.Sqrt((mean+2*mean*mean)/float64(test.steps)))
		chi, cells := 0.0, 0
		for n, steps := range totals {
			if want := poissonProbability(mean, n) * float64(test.steps); want >= 10 {
				chi += (steps - want) * (steps - want) / want
				cells++
			}
		}
		if cells > 1 {
			checkChi(t, what+": distribution", chi, cells)
		}
		uniform := func(n int) []float64 {
			x := make([]float64, n)
			for i := range x {
				x[i] = float64(all) / float64(n)
			}
			return x
		}
		if test.size%len(owners) == 0 && len(owners) > 1 {
			chiSquare(t, what+": owners", owners, uniform(len(owners)))
		}
		chiSquare(t, what+": marks", marks, uniform(len(marks)))
	}
}

// Room for candidates grows when a step has more of them than were expected.
func TestCandidatesFindRoom(t *testing.T) {
	wide, narrow := newCandidates(100, 0.5), newCandidates(100, 0.5)
	narrow.owners, narrow.marks = make([]int32, 8), make([]uint32, 8)
	n := wide.draw(3)
	if m := narrow.draw(3); m != n || n < 20 {
		t.Fatalf("%d candidates with little room, %d with enough", m, n)
	}
	for k := range n {
		if wide.owners[k] != narrow.owners[k] || wide.marks[k] != narrow.marks[k] {
			t.Fatalf("candidate %d is %d or %d", k, wide.owners[k], narrow.owners[k])
		}
	}
}
