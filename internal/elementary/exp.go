package elementary

import "math"

const (
	expSteps     = 1 << expStepBits // grid points of the exponent in an octave
	expStepBits  = 7
	stepsPerUnit = 0x1.71547652b82fep+7 // expSteps / ln 2

	// ln 2 / expSteps in two parts, the first of 34 bits: exact times n < 2^19.
	stepHigh = 0x1.62e42fef8p-8
	stepLow  = 0x1.1cf79abc9e3b4p-43

	// Adding shifter to a number below 2^51 leaves the nearest integer in the low
	// bits of the sum.
	shifter = 0x1.8p52

	// (e^r − 1 − r − r²/2)/r³ on [0, ln 2 / expSteps], as the parabola through its
	// values at the three Chebyshev nodes; the relative error of e^r is 2^−59.7.
	exp3 = 0x1.5555555592077p-3
	exp4 = 0x1.555549051d89cp-5
	exp5 = 0x1.116fc96a8a0f2p-7
)

// Exp returns e^x.
//
// With n = ⌊x·128/ln 2⌋ and r = x − n·ln 2/128, e^x = 2^(n/128) e^r, where the
// fraction of n/128 chooses a power of two from a table and r, from 0 to
// 0.0054, is small enough for a short polynomial. Because r and all coefficients are
// positive, no step of the evaluation falls when x rises, so the result never falls
// either; Sigmoid relies on this.
func Exp(x float64) float64 {
	if !(-708 < x && x < 709) { // also true for NaN
		return expFar(x)
	}
	y, k := expReduced(x)
	return math.Float64frombits(math.Float64bits(y) + uint64(k)<<fractionBits)
}

// expReduced returns y in [1, 2] and k with e^x = y·2^k, for |x| < 2^10.
func expReduced(x float64) (y float64, k int64) {
	shifted := float64(x*stepsPerUnit) - 0.5 + shifter
	n := int64(math.Float64bits(shifted)) - int64(math.Float64bits(shifter))
	steps := shifted - shifter
	r := x - float64(steps*stepHigh) - float64(steps*stepLow)
	r2 := float64(r * r)
	p := r + (float64(r2*(0.5+float64(r*exp3))) + float64(float64(r2*r2)*(exp4+float64(r*exp5))))
	t := &expTable[n&(expSteps-1)]
	return t[0] + (t[1] + float64(t[0]*p)), n >> expStepBits
}

// expFar is Exp for results that are not normal numbers, or only just.
func expFar(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 709.79:
		return math.Inf(1)
	case x < -745.14:
		return 0
	}
	// The power of two is split into two factors, because in one it would leave the
	// range. Only the second product can round.
	y, k := expReduced(x)
	half := k / 2
	return float64(float64(y*exp2(half)) * exp2(k-half))
}

// exp2 returns 2^k for −1022 ≤ k ≤ 1023.
func exp2(k int64) float64 { return math.Float64frombits(uint64(k+1023) << fractionBits) }
