package vec

// Add adds d to x. The slices must have the same length.
func Add(x, d []float32) {
	d = d[:len(x)]
	n := 0
	if path != Generic {
		n = len(x) &^ 7
		addAVX2(x[:n], d)
	}
	addGeneric(x[n:], d[n:])
}

func addGeneric(x, d []float32) {
	d = d[:len(x)]
	for i := range x {
		x[i] += d[i]
	}
}

// AddScaled adds s times d to x. The slices must have the same length.
func AddScaled(x []float32, s float32, d []float32) {
	d = d[:len(x)]
	n := 0
	if path != Generic {
		n = len(x) &^ 7
		addScaledAVX2(x[:n], s, d)
	}
	addScaledGeneric(x[n:], s, d[n:])
}

func addScaledGeneric(x []float32, s float32, d []float32) {
	d = d[:len(x)]
	for i := range x {
		x[i] += float32(s * d[i])
	}
}
