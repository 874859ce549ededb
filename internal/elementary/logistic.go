package elementary

import "math"

// Sigmoid returns the logistic function 1/(1 + e^−x). It never falls when x
// rises.
func Sigmoid(x float64) float64 {
	if x < -40 {
		// 1 + e^−x rounds to e^−x.
		return Exp(x)
	}
	return 1 / (1 + Exp(-x))
}

// Logit returns ln(p/(1−p)), the inverse of Sigmoid: −Inf for 0, +Inf for 1,
// NaN outside [0, 1].
//
// With a k that makes a = p 2^−k and b = 1 − p nearly equal, the result is
// k ln 2 + ln(a/b), and s = (a−b)/(a+b) is the only division. Around p = 1/2, where
// the result vanishes, k = 0 and s = 2p − 1 is exact.
func Logit(p float64) float64 {
	bits := math.Float64bits(p)
	k := int64(0)
	if !(minNormal <= p && p < 1) {
		switch {
		case p == 0:
			return math.Inf(-1)
		case p == 1:
			return math.Inf(1)
		case !(0 < p && p < 1):
			return math.NaN()
		}
		bits = math.Float64bits(p * 0x1p54)
		k = -54
	}
	b := 1 - p
	lost := (1 - b) - p // what rounding took from b: b + lost = 1 − p exactly

	// The bits of a float64 are nearly linear in its logarithm.
	const half = 1 << (fractionBits - 1)
	n := (int64(bits) - int64(math.Float64bits(b)) + half) >> fractionBits
	a := math.Float64frombits(bits - uint64(n)<<fractionBits)
	exponent := float64(k + n)

	s := ((a - b) - lost) / (a + b)
	tail := float64(s*logTail(float64(s*s))) + float64(exponent*ln2Low)
	return float64(exponent*ln2High) + (float64(2*s) + tail)
}
