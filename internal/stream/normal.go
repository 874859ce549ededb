package stream

import (
	"math"

	"plateau/internal/elementary"
)

// Uniforms are numbers drawn uniformly from [0, 1), such as a Stream.
type Uniforms interface{ Uniform() float64 }

// Normal returns a standard normal draw.
func Normal(src Uniforms) float64 {
	z, _ := Normals(src)
	return z
}

// Normals returns two independent standard normal draws by the polar method.
func Normals(src Uniforms) (a, b float64) {
	for {
		u, v := 2*src.Uniform()-1, 2*src.Uniform()-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			r := math.Sqrt(-2 * elementary.Log(s) / s)
			return u * r, v * r
		}
	}
}
