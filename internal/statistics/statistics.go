// Package statistics checks what was drawn at random. It is imported by tests only.
package statistics

import (
	"math"
	"testing"
)

// Sigmas is the number of standard errors by which a sample may deviate. The statistical
// tests have fixed seeds, so each always passes or always fails. A
// deviation of 4.5 standard errors has probability 7e-6; the tests check a few
// thousand numbers. In the larger samples, a rate that is off by a factor of 1.01 is
// 10 standard errors away.
const Sigmas = 4.5

// Expect fails unless got is within some standard errors e of want.
func Expect(t testing.TB, what string, got, want, e float64) {
	t.Helper()
	if !(math.Abs(got-want) <= Sigmas*e) {
		t.Errorf("%s = %.6g, want %.6g ± %.2g (is %.1f standard errors away)", what, got, want, Sigmas*e, (got-want)/e)
	}
}

// ChiSquare fails unless counts have the expected frequencies. Cells expecting
// fewer than 10 are put together with their right neighbours.
func ChiSquare(t testing.TB, what string, counts []int, expected []float64) {
	t.Helper()
	var chi, seen, want float64
	cells := 0
	for k := range counts {
		seen += float64(counts[k])
		want += expected[k]
		rest := 0.0
		for _, e := range expected[k+1:] {
			rest += e
		}
		if want < 10 || rest < 10 && rest > 0 {
			continue
		}
		chi += (seen - want) * (seen - want) / want
		cells++
		seen, want = 0, 0
	}
	CheckChi(t, what, chi, cells-1)
}

// CheckChi uses the Wilson–Hilferty approximation: (χ²/k)^⅓ is nearly normal
// with mean 1 − 2/9k and variance 2/9k.
func CheckChi(t testing.TB, what string, chi float64, freedom int) {
	t.Helper()
	if freedom < 1 {
		return
	}
	v := 2 / (9 * float64(freedom))
	if z := (math.Cbrt(chi/float64(freedom)) - (1 - v)) / math.Sqrt(v); !(math.Abs(z) <= Sigmas) {
		t.Errorf("%s: χ² = %.4g with %d degrees of freedom, %.1f standard errors from the mean", what, chi, freedom, z)
	}
}
