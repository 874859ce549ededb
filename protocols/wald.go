package protocols

import (
	"fmt"
	"math"

	"plateau/internal/elementary"
	"plateau/network"
)

// Wald is the inverse Gaussian distribution, from which the paper draws
// by how much phases outlast their minimum.
type Wald struct {
	Mean  float64 // μ (ms); > 0
	Scale float64 // λ (ms); > 0; the variance is μ³/λ
}

// Draw returns one draw in ms (Michael, Schucany & Haas 1976).
func (w Wald) Draw(src network.Source) float64 {
	z := normal(src)
	y := w.Mean * z * z
	x := w.Mean + float64(w.Mean/(2*w.Scale)*(y-math.Sqrt(y*(float64(4*w.Scale)+y))))
	if x <= 0 {
		// Cancellation; the other root is then beyond all bounds.
		x = math.SmallestNonzeroFloat64
	}
	if src.Uniform()*(w.Mean+x) <= w.Mean {
		return x
	}
	return w.Mean * w.Mean / x
}

// normal returns a standard normal draw by the polar method.
func normal(src network.Source) float64 {
	for {
		u, v := 2*src.Uniform()-1, 2*src.Uniform()-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			return u * math.Sqrt(-2*elementary.Log(s)/s)
		}
	}
}

// Validate reports parameters outside their domain.
func (w Wald) Validate() error {
	if !(w.Mean > 0 && w.Mean < 1e6 && w.Scale > 0 && w.Scale < 1e9) {
		return fmt.Errorf("protocols: Wald has Mean = %v ms and Scale = %v ms, want both > 0", w.Mean, w.Scale)
	}
	return nil
}
