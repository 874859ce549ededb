package measure

import "math"

// dot returns the scalar product. It adds up four sums in parallel, so that an
// addition need not wait for the one before.
func dot(a []float32, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i < len(a)-3; i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += float64(float64(x[0]) * y[0])
		s1 += float64(float64(x[1]) * y[1])
		s2 += float64(float64(x[2]) * y[2])
		s3 += float64(float64(x[3]) * y[3])
	}
	for ; i < len(a); i++ {
		s0 += float64(float64(a[i]) * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// product sums up the scalar product of two vectors and their squared lengths.
type product struct{ ab, aa, bb float64 }

func (p *product) add(a, b float64) {
	p.ab += float64(a * b)
	p.aa += float64(a * a)
	p.bb += float64(b * b)
}

// degrees returns the angle between the vectors, NaN if one of them is zero.
func (p *product) degrees() float64 {
	cos := p.ab / (math.Sqrt(p.aa) * math.Sqrt(p.bb))
	return math.Acos(max(-1, min(1, cos))) * (180 / math.Pi)
}

// each returns f(0), …, f(n − 1).
func each(n int, f func(i int) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f(i)
	}
	return x
}
