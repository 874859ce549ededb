package sim

import (
	"math"
	"testing"

	"plateau/internal/statistics"
)

// poissonProbability returns e^(−mean) mean^k / k!.
func poissonProbability(mean float64, k int) float64 {
	if mean == 0 {
		if k == 0 {
			return 1
		}
		return 0
	}
	g, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(k)*math.Log(mean) - mean - g)
}

// checkPoisson fails unless the counts of a histogram are Poisson draws with the
// given mean: it checks their mean, their dispersion, and the shares of 0, 1, 2 and 3
// or more.
func checkPoisson(t *testing.T, what string, histogram []int, mean float64) {
	t.Helper()
	var n, sum, square float64
	for k, c := range histogram {
		n += float64(c)
		sum += float64(c * k)
		square += float64(c) * (float64(k) - mean) * (float64(k) - mean)
	}
	if mean == 0 {
		if sum != 0 {
			t.Errorf("%s: %v spikes, want none", what, sum)
		}
		return
	}
	if n*mean >= 20 { // otherwise the mean is far from normal
		statistics.Expect(t, what+", mean", sum/n, mean, math.Sqrt(mean/n))
	}
	if n*mean >= 200 { // squares need more counts to be normal
		// (N − mean)² has variance mean + 2 mean².
		statistics.Expect(t, what+", dispersion", square/n/mean, 1, math.Sqrt((1/mean+2)/n))
	}
	rest, left := n, 1.0
	for k := range 3 {
		p := poissonProbability(mean, k)
		share(t, what, n, float64(histogram[k]), p)
		rest -= float64(histogram[k])
		left -= p
	}
	share(t, what, n, rest, max(0, left))
}

func share(t *testing.T, what string, n, got, p float64) {
	t.Helper()
	if n*p >= 20 && n*(1-p) >= 20 {
		statistics.Expect(t, what+", a probability", got/n, p, math.Sqrt(p*(1-p)/n))
	}
}

// correlation returns the correlation of two samples. Its standard error is 1/√n if
// they are independent.
func correlation(x, y []float64) float64 {
	var mx, my, xx, yy, xy float64
	n := float64(len(x))
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
		xy += (x[i] - mx) * (y[i] - my)
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// raster counts the spikes of a population by neuron and step.
type raster struct {
	counts [][]float64
	steps  int
}

func newRaster(size, steps int) *raster {
	r := &raster{steps: steps}
	for range size {
		r.counts = append(r.counts, make([]float64, steps))
	}
	return r
}

// add adds the spikes of a step and fails unless they are in order.
func (r *raster) add(t *testing.T, step int, spikes []int32) {
	t.Helper()
	for k, i := range spikes {
		if k > 0 && spikes[k-1] > i {
			t.Fatalf("step %d: spikes %v, want ascending order", step, spikes)
		}
		r.counts[i][step]++
	}
}

// check fails unless the neurons fire as independent Poisson processes with
// these means in a step.
func (r *raster) check(t *testing.T, what string, means []float64) {
	t.Helper()
	n := float64(r.steps)
	population := make([]float64, r.steps) // number of spikes of all neurons in each step
	var all, sumOfLag float64
	lags := 0
	for i, mean := range means {
		histogram := make([]int, 64)
		for step, c := range r.counts[i] {
			histogram[int(c)]++
			population[step] += c
		}
		checkPoisson(t, what, histogram, mean)
		all += mean
		if mean*n >= 50 {
			c := correlation(r.counts[i][1:], r.counts[i][:r.steps-1])
			statistics.Expect(t, what+", correlation with the step before", c, 0, 1/math.Sqrt(n))
			sumOfLag += c * math.Sqrt(n)
			lags++
			if i > 0 && means[i-1]*n >= 50 {
				statistics.Expect(t, what+", correlation between neighbours", correlation(r.counts[i], r.counts[i-1]), 0, 1/math.Sqrt(n))
			}
		}
	}
	if lags > 0 {
		statistics.Expect(t, what+", all correlations with the step before", sumOfLag/float64(lags), 0, 1/math.Sqrt(float64(lags)))
	}
	// The sum of independent Poisson numbers is a Poisson number, so any dependence
	// between neurons shows in the dispersion of the whole population.
	var sum, square float64
	for _, c := range population {
		sum += c
		square += (c - all) * (c - all)
	}
	statistics.Expect(t, what+", mean of the population", sum/n, all, math.Sqrt(all/n))
	statistics.Expect(t, what+", dispersion of the population", square/n/all, 1, math.Sqrt((1/all+2)/n))
	statistics.Expect(t, what+", correlation of the population with the step before",
		correlation(population[1:], population[:r.steps-1]), 0, 1/math.Sqrt(n))
}
