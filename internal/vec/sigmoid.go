package vec

import "math"

// Sigmoid sets y to 1/(1 + e^(−x)), correct to two units in the last place of
// float32; NaN for NaN. The slices must have the same length; y may be x.
//
// e^(−x) is 2ⁿ e^r with |r| ≤ ln 2/2, and e^r is 1 + r + r² R(r) with a
// polynomial R whose coefficients minimise the largest error of e^r, 3e-9.
func Sigmoid(y, x []float32) {
	x = x[:len(y)]
	n := 0
	if path != Generic {
		n = len(y) &^ 7
		sigmoidAVX2(y[:n], x)
	}
	sigmoidGeneric(y[n:], x[n:])
}

const (
	// Beyond ±sigmoidEnd the exponent of e^(−x) would leave the range of float32.
	sigmoidEnd = 87
	log2e      = 1.44269504088896340736
	ln2High    = 0.693359375       // 355/512
	ln2Low     = -2.12194440055e-4 // ln 2 − ln2High

	expR0 = 0.5
	expR1 = 0.1666651964187622
	expR2 = 0.04166620597243309
	expR3 = 0.008368882350623608
	expR4 = 0.0013950478751212358
)

func sigmoidGeneric(y, x []float32) {
	x = x[:len(y)]
	for i, v := range x {
		// Compare as MINPS and MAXPS do, so that a NaN passes.
		z := -v
		if sigmoidEnd < z {
			z = sigmoidEnd
		}
		if -sigmoidEnd > z {
			z = -sigmoidEnd
		}
		n := roundToEven(float32(z * log2e))
		r := z - float32(n*ln2High)
		r -= float32(n * ln2Low)
		p := float32(expR4*r) + expR3
		p = float32(p*r) + expR2
		p = float32(p*r) + expR1
		p = float32(p*r) + expR0
		p = float32(float32(p*r)*r) + r
		p += 1
		e := math.Float32frombits(math.Float32bits(p) + uint32(int32(n))<<23)
		y[i] = 1 / (1 + e)
	}
}

func roundToEven(x float32) float32 { return float32(math.RoundToEven(float64(x))) }
