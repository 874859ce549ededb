package vec

// AddOuter adds the outer product of two vectors to a matrix: it adds s[j] times d
// to row j for every s[j] that is not zero. Row j of w begins at w[j·stride] and is at
// least as long as d.
func AddOuter(w []float32, stride int, s, d []float32) {
	if len(s) == 0 {
		return
	}
	n := 0
	if path != Generic {
		n = len(d) &^ 7
		_ = w[(len(s)-1)*stride:][:n] // the assembly does not check bounds
		addOuterAVX2(w, stride, s, d[:n])
	}
	if n < len(d) {
		addOuterGeneric(w[n:], stride, s, d[n:])
	}
}

func addOuterGeneric(w []float32, stride int, s, d []float32) {
	for j, x := range s {
		if x != 0 {
			addScaledGeneric(w[j*stride:][:len(d)], x, d)
		}
	}
}
