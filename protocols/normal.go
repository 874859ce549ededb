package protocols

import (
	"math"

	"plateau/internal/elementary"
	"plateau/network"
)

// normal returns a standard normal draw.
func normal(src network.Source) float64 {
	z, _ := normals(src)
	return z
}

// normals returns two independent standard normal draws by the polar method.
func normals(src network.Source) (a, b float64) {
	for {
		u, v := 2*src.Uniform()-1, 2*src.Uniform()-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			r := math.Sqrt(-2 * elementary.Log(s) / s)
			return u * r, v * r
		}
	}
}
