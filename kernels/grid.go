package kernels

import (
	"math"
	"strconv"
)

// Steps returns how many steps of dt a time takes, both in ms: the nearest whole
// number, halves rounded up, and at least one for a time above zero. Every time in
// Plateau becomes steps by this rule.
func Steps(time, dt float64) int {
	n := int(math.Round(time / dt))
	if n == 0 && time > 0 {
		n = 1
	}
	return n
}

// OnGrid returns a time rounded to Steps(time, dt) steps, in ms. A time that is a
// multiple of dt keeps every bit.
func OnGrid(time, dt float64) float64 {
	if math.IsNaN(time) || math.IsInf(time, 0) {
		return time
	}
	whole := float64(float64(Steps(time, dt)) * dt) // not fused with the difference below
	if math.Abs(time-whole) <= slip*whole {
		return time
	}
	// 33 × 0.3 is 9.899999999999999; return 9.9.
	if short, err := strconv.ParseFloat(strconv.FormatFloat(whole, 'g', digits, 64), 64); err == nil {
		whole = short
	}
	return whole
}

// In binary, 0.3 is not quite a multiple of 0.1, so a time counts as a multiple of dt
// if its relative distance from one is at most slip. Rounded times get this number of
// significant digits, which still tells neighbouring steps apart.
const (
	slip   = 1e-9
	digits = 12
)
