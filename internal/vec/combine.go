package vec

// Combine sets z to a x + b y. The slices must have the same length; z may
// be x or y.
func Combine(z []float32, a float32, x []float32, b float32, y []float32) {
	x, y = x[:len(z)], y[:len(z)]
	n := 0
	if path != Generic {
		n = len(z) &^ 7
		combineAVX2(z[:n], a, x, b, y)
	}
	combineGeneric(z[n:], a, x[n:], b, y[n:])
}

func combineGeneric(z []float32, a float32, x []float32, b float32, y []float32) {
	x, y = x[:len(z)], y[:len(z)]
	for i := range z {
		z[i] = float32(a*x[i]) + float32(b*y[i])
	}
}
