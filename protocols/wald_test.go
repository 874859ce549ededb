package protocols_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/internal/stream"
	"plateau/protocols"
)

// cdf returns the distribution function of the Wald distribution,
//
//	F(x) = Φ(√(λ/x) (x/μ − 1)) + e^(2λ/μ) Φ(−√(λ/x) (x/μ + 1))
//
// (Shuster 1968).
func cdf(w protocols.Wald, x float64) float64 {
	root := math.Sqrt(w.Scale / x)
	first := math.Erfc(-root*(x/w.Mean-1)/math.Sqrt2) / 2
	return first + math.Exp(2*w.Scale/w.Mean+logUpper(root*(x/w.Mean+1)))
}

// logUpper returns ln Φ(−a), for large a by its asymptotic series.
func logUpper(a float64) float64 {
	if a < 20 {
		return math.Log(math.Erfc(a/math.Sqrt2) / 2)
	}
	return -a*a/2 - math.Log(a*math.Sqrt(2*math.Pi)) + math.Log1p(-1/(a*a)+3/(a*a*a*a))
}

func drawWald(w protocols.Wald, seed uint64, n int) []float64 {
	s := stream.New(seed, stream.PhaseLengths, 0, 0, 0)
	x := make([]float64, n)
	for i := range x {
		x[i] = w.Draw(&s)
	}
	return x
}

// Kolmogorov and Smirnov's distance between n draws and F exceeds 1.95/√n once in a
// thousand times.
func TestWaldDistribution(t *testing.T) {
	n := 100000
	if testing.Short() {
		n = 20000
	}
	for _, w := range []protocols.Wald{
		{Mean: 2, Scale: 1}, // as in the paper
		{Mean: 1, Scale: 1}, {Mean: 30, Scale: 4}, {Mean: 0.01, Scale: 3},
		{Mean: 2, Scale: 1e6},     // nearly normal
		{Mean: 1e5, Scale: 1e-4},  // nearly the first passage of a walk without drift
		{Mean: 9e5, Scale: 1e-12}, // beyond the 53 bits of a float64
	} {
		x := drawWald(w, 1, n)
		for _, v := range x {
			if !(v > 0 && v < math.Inf(1)) {
				t.Fatalf("%+v drew %v", w, v)
			}
		}
		slices.Sort(x)
		var d float64
		for i, v := range x {
			f := cdf(w, v)
			d = max(d, f-float64(i)/float64(n), float64(i+1)/float64(n)-f)
		}
		if limit := 1.95 / math.Sqrt(float64(n)); !(d < limit) {
			t.Errorf("%+v: distance %.4f from the distribution function, want < %.4f", w, d, limit)
		}
	}
}

// Moments agree with closed forms within four standard errors. With the variance
// v = μ³/λ and the excess kurtosis 15 μ/λ, the standard errors for n draws are √(v/n)
// for the mean and v √((2 + 15 μ/λ)/n) for the variance. The mean of 1/x is 1/μ + 1/λ
// and its variance 1/(μλ) + 2/λ².
func TestWaldMoments(t *testing.T) {
	n := 200000
	if testing.Short() {
		n = 40000
	}
	for _, w := range []protocols.Wald{{Mean: 2, Scale: 1}, {Mean: 2, Scale: 20}, {Mean: 50, Scale: 70}, {Mean: 2, Scale: 1e6}} {
		x := drawWald(w, 2, n)
		var mean, variance, inverse float64
		for _, v := range x {
			mean += v / float64(n)
			inverse += 1 / v / float64(n)
		}
		for _, v := range x {
			variance += (v - mean) * (v - mean) / float64(n-1)
		}
		root := math.Sqrt(float64(n))
		v := w.Mean * w.Mean * w.Mean / w.Scale
		for _, c := range []struct {
			what          string
			got, want, sd float64
		}{
			{"mean", mean, w.Mean, math.Sqrt(v)},
			{"variance", variance, v, v * math.Sqrt(2+15*w.Mean/w.Scale)},
			{"mean of 1/x", inverse, 1/w.Mean + 1/w.Scale, math.Sqrt(1/(w.Mean*w.Scale) + 2/(w.Scale*w.Scale))},
		} {
			if !(math.Abs(c.got-c.want) < 4*c.sd/root) {
				t.Errorf("%+v: %s %v, want %v ± %.2g", w, c.what, c.got, c.want, 4*c.sd/root)
			}
		}
	}
}

// Each draw is independent of the one before: the ranks do not correlate.
func TestWaldDrawsAreIndependent(t *testing.T) {
	const n = 40000
	w := protocols.Wald{Mean: 2, Scale: 1}
	x := drawWald(w, 3, n)
	var sum float64
	for i := 1; i < n; i++ {
		sum += (cdf(w, x[i-1]) - 0.5) * (cdf(w, x[i]) - 0.5)
	}
	// Each product of two centred uniform numbers has mean 0 and variance 1/144.
	if limit := 4 * math.Sqrt(n) / 12; math.Abs(sum) > limit {
		t.Errorf("sum of products %.0f, want 0 ± %.0f", sum, limit)
	}
}

func TestWaldValidate(t *testing.T) {
	for _, w := range []protocols.Wald{{Mean: 2, Scale: 1}, {Mean: 1e-300, Scale: 1e-300}, {Mean: 9.9e5, Scale: 9.9e8}, {Mean: 9.9e5, Scale: 5e-324}} {
		if err := w.Validate(); err != nil {
			t.Error(err)
		}
		if x := drawWald(w, 1, 100); slices.ContainsFunc(x, func(v float64) bool { return !(v > 0 && v < math.Inf(1)) }) {
			t.Errorf("%+v drew %v", w, x)
		}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, bad := range []float64{0, -1, nan, inf, -inf, 1e300} {
		for _, w := range []protocols.Wald{{Mean: bad, Scale: 1}, {Mean: 2, Scale: bad}, {Mean: bad, Scale: bad}} {
			err := w.Validate()
			if err == nil {
				t.Errorf("%+v is accepted", w)
				continue
			}
			for _, want := range []string{fmt.Sprintf("Mean = %v ms", w.Mean), fmt.Sprintf("Scale = %v ms", w.Scale), "> 0"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		}
	}
}
