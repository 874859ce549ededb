package kernels

import (
	"math"
	"strconv"
)

// Steps returns how many steps of dt a time takes, both in ms: the nearest whole
// number, of two that are as near the larger, and at least one for a time above
// zero. It is the one rule by which times become steps, whatever they are of.
func Steps(time, dt float64) int {
	n := int(math.Round(time / dt))
	if n == 0 && time > 0 {
		n = 1
	}
	return n
}

// OnGrid returns what a time becomes when it is counted in steps of dt, in ms:
// Steps(time, dt) of them. A time that is a multiple of dt stays as it is, to the
// last bit.
func OnGrid(time, dt float64) float64 {
	if math.IsNaN(time) || math.IsInf(time, 0) {
		return time
	}
	whole := float64(Steps(time, dt)) * dt
	if math.Abs(time-whole) <= slip*whole {
		return time
	}
	// 9.9 is meant where 33 × 0.3 is 9.899999999999999.
	if short, err := strconv.ParseFloat(strconv.FormatFloat(whole, 'g', digits, 64), 64); err == nil {
		whole = short
	}
	return whole
}

// A time may be off a multiple of dt by what is lost when decimals become binary
// numbers: 0.3 is no multiple of 0.1. Digits are enough to tell more than that.
const (
	slip   = 1e-9
	digits = 12
)
