package sim

import (
	"strconv"
	"strings"
)

// A Clock tells the time at which a step begins.
//
// In floating point, 3 × 0.1 ms is 0.30000000000000004 ms. A Clock takes dt as the
// shortest decimal that reads back as dt, multiplies that as one would on paper, and
// rounds once. So a time prints as 0.3, and times that were read from two files
// compare equal.
type Clock struct {
	dt     float64 // ms
	digits float64 // the digits of dt as a decimal, without the point
	scale  float64 // dt = digits / scale; a power of ten
}

// NewClock returns the clock for steps of dt ms.
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
	maxExact      = 1 << 53 // every whole number up to here is a float64
)

// At returns the time at which a step begins (ms); step 0 begins at 0.
func (c Clock) At(step int64) float64 {
	// The product of whole numbers is exact below 2⁵³, and so is the power of ten,
	// so the quotient is the float64 nearest to the decimal. If dt has too many
	// digits for that, the plain product must do.
	if n := float64(step) * c.digits; c.digits < maxExact && n < maxExact && -n < maxExact {
		return n / c.scale
	}
	return float64(step) * c.dt
}
