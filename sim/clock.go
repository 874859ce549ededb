package sim

import (
	"strconv"
	"strings"
)

// A Clock tells the time at which a step begins.
//
// Multiplied as floating-point numbers 3 steps of 0.1 ms are 0.30000000000000004 ms.
// A Clock multiplies as one does on paper, dt being the shortest decimal that reads
// back as it, and rounds once: so the shortest decimal of a time is the exact one,
// 0.3, and who compares times that were read from two files finds them equal.
type Clock struct {
	dt     float64 // ms
	digits float64 // of dt as a decimal, without the point
	scale  float64 // dt = digits / scale; a power of ten
}

// NewClock returns the clock of steps of dt ms.
func NewClock(dt float64) Clock {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(dt, 'f', -1, 64), ".")
	digits, err := strconv.ParseFloat(whole+fraction, 64)
	if err != nil || len(fraction) > maxExactPower {
		return Clock{dt: dt, digits: dt, scale: 1}
	}
	scale := 1.0
	for range fraction {
		scale *= 10
	}
	return Clock{dt: dt, digits: digits, scale: scale}
}

const (
	maxExactPower = 22      // 10²² is the largest power of ten that is a float64
	maxExact      = 1 << 53 // whole numbers up to here are
)

// At returns when a step begins (ms), counted from where steps are.
func (c Clock) At(step int64) float64 {
	// A product of whole numbers below 2⁵³ and the power of ten have no error, so
	// the quotient is the nearest to the decimal. Of an odd dt with all its digits
	// there is no such product.
	if n := float64(step) * c.digits; c.digits < maxExact && n < maxExact && -n < maxExact {
		return n / c.scale
	}
	return float64(step) * c.dt
}
