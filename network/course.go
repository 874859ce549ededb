package network

import (
	"errors"
	"fmt"
	"math"
)

// Course says how learning rates change from epoch to epoch. In epoch e, counted from 1,
// all of them are multiplied by a product of up to four factors:
//
//	Decay^⌊(e−1)/Every⌋
//	End + (1 − End) (1 + cos(π (e−1)/Cosine))/2, and End once e > Cosine
//	List[e−1], and the last of the list after its end
//	e/(WarmUp+1) for e ≤ WarmUp
//
// A field that is 0 or nil leaves its factor out, except Decay, which is 1 if rates do not
// decay. A factor depends on nothing but the number of the epoch, so that training that
// is resumed, and replay, have the same bits.
type Course struct {
	Decay  float64   // factor after every Every epochs; in (0, 1]
	Every  int       // epochs; ≥ 0, where 0 is 1
	Cosine int       // length of half a period of the cosine, in epochs; ≥ 0
	End    float64   // where the cosine ends; in [0, 1]
	List   []float64 // factors of the first epochs; ≥ 0
	WarmUp int       // number of epochs in which rates rise; ≥ 0
}

// Constant reports whether learning rates are always the same.
func (c Course) Constant() bool {
	return c.Decay == 1 && c.Cosine == 0 && len(c.List) == 0 && c.WarmUp == 0
}

// Validate reports every field outside its domain.
func (c Course) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("network: Course."+format, args...))
		}
	}
	require(c.Decay > 0 && c.Decay <= 1, "Decay = %v, want more than 0, at most 1", c.Decay)
	require(c.Every >= 0, "Every = %d, want ≥ 0", c.Every)
	require(c.Cosine >= 0, "Cosine = %d, want ≥ 0", c.Cosine)
	require(c.End >= 0 && c.End <= 1, "End = %v, want 0 to 1", c.End)
	require(c.End == 0 || c.Cosine > 0, "End = %v needs a Cosine, which is 0", c.End)
	for i, factor := range c.List {
		require(factor >= 0 && factor < math.Inf(1), "List[%d] = %v, want ≥ 0", i, factor)
	}
	require(c.WarmUp >= 0, "WarmUp = %d, want ≥ 0", c.WarmUp)
	return errors.Join(errs...)
}

// Factor returns the factor of all learning rates in an epoch, counted from 1.
func (c Course) Factor(epoch int) float64 {
	factor := 1.0
	for range (epoch - 1) / max(c.Every, 1) {
		if factor *= c.Decay; factor == 0 || factor == 1 {
			break // it no longer changes
		}
	}
	if c.Cosine > 0 {
		height := (1 + cosine(min(epoch-1, c.Cosine), c.Cosine)) / 2
		factor *= c.End + float64((1-c.End)*height)
	}
	if n := len(c.List); n > 0 {
		factor *= c.List[min(epoch, n)-1]
	}
	if epoch <= c.WarmUp {
		factor *= float64(epoch) / float64(c.WarmUp+1)
	}
	return factor
}

// cosine returns cos(π k/n) for 0 ≤ k ≤ n, from its series, with the same bits on every
// machine: that of package math differs between processors.
func cosine(k, n int) float64 {
	if k > n-k {
		return -cosine(n-k, n) // and the argument is at most π/2
	}
	if 2*k == n {
		return 0
	}
	x := math.Pi * float64(k) / float64(n)
	square := float64(x * x)
	sum := 1.0
	for i := 24; i > 0; i -= 2 { // the next term would be below 1e-21
		sum = 1 - float64(float64(square/float64(i*(i-1)))*sum)
	}
	return sum
}
