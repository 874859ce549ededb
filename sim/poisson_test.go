package sim

import (
	"fmt"
	"math"
	"sort"
	"testing"
)

var poissonMeans = []float64{0.001, 0.02, 0.2, 0.5, 1, 3.7, 10, 25.6, 156.8, 1000, 5000}

// The distribution that the draws have is read off at its jumps, so nothing is
// left to chance: the numbers of 64 bits that give at most k are P(N ≤ k) of
// all.
func TestPoissonIsExact(t *testing.T) {
	for _, mean := range poissonMeans {
		p := newPoisson(mean)
		below := func(k int) float64 { // P(N ≤ k)
			if p.draw(math.MaxUint64) <= k {
				return 1
			}
			low, high := uint64(0), uint64(math.MaxUint64) // draw(high) > k
			for low < high {
				if mid := low + (high-low)/2; p.draw(mid) > k {
					high = mid
				} else {
					low = mid + 1
				}
			}
			return float64(low) * 0x1p-64
		}
		sd := math.Sqrt(mean)
		from, to := max(0, int(mean-9*sd)), int(mean+9*sd+12)
		sum := 0.0
		for k := range from {
			sum += poissonProbability(mean, k)
		}
		for k := from; k <= to; k++ {
			sum += poissonProbability(mean, k)
			// The logarithms of large probabilities' factors leave 1e-16 of k ln k.
			if got := below(k); !(math.Abs(got-sum) <= 1e-15*(10+10*mean)) {
				t.Errorf("mean %v: P(N ≤ %d) = %.17g, want %.17g", mean, k, got, sum)
			}
		}
		// What is left out is beyond all that is ever seen.
		if least, most := p.draw(0), p.draw(math.MaxUint64); float64(least) > max(0, mean-7*sd) || float64(most) < mean+7*sd || float64(most) > mean+12*sd+25 {
			t.Errorf("mean %v: draws from %d to %d", mean, least, most)
		}
	}
	nothing := newPoisson(0)
	for _, u := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
		if k := nothing.draw(u); k != 0 {
			t.Errorf("mean 0: drew %d", k)
		}
	}
}

func TestPoissonDraws(t *testing.T) {
	const n = 100_000
	for _, mean := range poissonMeans {
		p := newPoisson(mean)
		s := NewStream(1, TrialSpikes, 0, 0, int(mean))
		counts := map[int]int{}
		var sum, square float64
		for range n {
			k := p.draw(s.Uint64())
			counts[k]++
			sum += float64(k)
			square += (float64(k) - mean) * (float64(k) - mean)
		}
		what := fmt.Sprintf("mean %v: ", mean)
		expect(t, what+"mean", sum/n, mean, math.Sqrt(mean/n))
		expect(t, what+"variance", square/n, mean, math.Sqrt((mean+2*mean*mean)/n))
		most := 0
		for k := range counts {
			most = max(most, k)
		}
		var histogram []int
		var expected []float64
		sum = 0
		for k := range most + 1 {
			histogram = append(histogram, counts[k])
			expected = append(expected, n*poissonProbability(mean, k))
			sum += expected[k]
		}
		expected[most] += n - sum // and all above
		chiSquare(t, what+"pmf", histogram, expected)
	}
}

// More random bits never give fewer events, which is what makes the table's
// short cuts safe.
func TestPoissonIsMonotone(t *testing.T) {
	for _, mean := range poissonMeans {
		p := newPoisson(mean)
		s := NewStream(2, TrialSpikes, 0, 0, 0)
		u := make([]uint64, 5000)
		for i := range u {
			u[i] = s.Uint64() >> (i % 3 * 20)
		}
		sort.Slice(u, func(i, j int) bool { return u[i] < u[j] })
		last := 0
		for _, x := range u {
			k := p.draw(x)
			if k < last {
				t.Fatalf("mean %v: draw(%#x) = %d after %d", mean, x, k, last)
			}
			last = k
		}
	}
}
