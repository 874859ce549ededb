package elementary

import "math"

// logTail returns R(z) = (ln((1+s)/(1−s)) − 2s)/s for z = s², |s| ≤ 0.207:
// the series 2z/3 + 2z²/5 + 2z³/7 + …, replaced by the polynomial through its values
// at eight Chebyshev nodes; the relative error of the logarithm is 2^−59.7.
func logTail(z float64) float64 {
	const (
		c1 = 0x1.5555555555555p-1
		c2 = 0x1.999999999a2b4p-2
		c3 = 0x1.249249237c5c1p-2
		c4 = 0x1.c71c735a7f8f6p-3
		c5 = 0x1.745c87ce747dep-3
		c6 = 0x1.3b2f4f334568cp-3
		c7 = 0x1.0e23df52da161p-3
		c8 = 0x1.19a3e2354ba37p-3
	)
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	low := c1 + float64(z*c2) + float64(z2*(c3+float64(z*c4)))
	high := c5 + float64(z*c6) + float64(z2*(c7+float64(z*c8)))
	return float64(z * (low + float64(z4*high)))
}

// Log returns the natural logarithm of x.
//
// With x = 2^k m, 3/4 ≤ m < 3/2, and f = m − 1, s = f/(2+f):
//
//	ln x = k ln 2 + ln((1+s)/(1−s)),  ln((1+s)/(1−s)) = 2s + s R(s²)
//
// and because 2s = f − s·f = f − f²/2 + s·f²/2, the rounded quotient s is needed in
// the small terms only.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	k := int64(0)
	if !(minNormal <= x && x < math.Inf(1)) {
		switch {
		case x == 0:
			return math.Inf(-1)
		case x < 0:
			return math.NaN()
		case !(x < math.Inf(1)): // +Inf, NaN
			return x
		}
		bits = math.Float64bits(x * 0x1p54)
		k = -54
	}
	const half = 1 << (fractionBits - 1)
	n := (int64(bits) - oneBits + half) >> fractionBits
	m := math.Float64frombits(bits - uint64(n)<<fractionBits)
	exponent := float64(k + n)

	f := m - 1
	s := f / (2 + f)
	h := float64(float64(0.5*f) * f)
	tail := float64(s*(h+logTail(float64(s*s)))) + float64(exponent*ln2Low)
	return float64(exponent*ln2High) + (f - (h - tail))
}
