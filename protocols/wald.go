package protocols

import (
	"fmt"
	"math"

	"plateau/internal/stream"
	"plateau/network"
)

// Wald is the inverse Gaussian distribution. The paper draws from it how much longer
// phases are than their minimum.
type Wald struct {
	Mean  float64 // μ (ms); > 0
	Scale float64 // λ (ms); > 0; the variance is μ³/λ
}

// Draw returns one draw in ms (Michael, Schucany & Haas 1976): one of the two
// roots x of λ (x − μ)² = μ² x z², for a normal z. Their product is μ². The smaller
// root is computed as a quotient, because a difference would lose all its digits if μ
// is far larger than λ.
func (w Wald) Draw(src network.Source) float64 {
	z := stream.Normal(src)
	h := w.Mean * z * z / (2 * w.Scale)
	root := 1 + h + math.Sqrt(h*(h+2))
	if float64(src.Uniform()*(1+1/root)) <= 1 {
		return max(w.Mean/root, math.SmallestNonzeroFloat64)
	}
	return w.Mean * root
}

// Validate reports parameters outside their domain.
func (w Wald) Validate() error {
	if !(w.Mean > 0 && w.Mean < MaxLength && w.Scale > 0 && w.Scale < 1e9) {
		return fmt.Errorf("protocols: Wald has Mean = %v ms and Scale = %v ms, want both > 0, Mean < %v ms and Scale < 1e+09 ms", w.Mean, w.Scale, MaxLength)
	}
	return nil
}
