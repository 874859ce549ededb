package vec

// SumRows sets u to the sum of the rows ids of w, added to zero in that order. Row j
// of w begins at w[j·stride] and is at least as long as u. The ids must be ascending.
func SumRows(u, w []float32, stride int, ids []int32) {
	n := 0
	if path != Generic {
		n = len(u) &^ 15
		if len(ids) > 0 {
			// The assembly does not check bounds.
			_ = w[int(ids[0])*stride:]
			_ = w[int(ids[len(ids)-1])*stride:][:n]
		}
		wide := 0
		if path == AVX512 && n >= 256 {
			wide = n &^ 255
			sumRowsAVX512(u[:wide], w, stride, ids)
		}
		if wide < n {
			sumRowsAVX2(u[wide:n], w[wide:], stride, ids)
		}
	}
	if n < len(u) {
		sumRowsGeneric(u[n:], w[n:], stride, ids)
	}
}

func sumRowsGeneric(u, w []float32, stride int, ids []int32) {
	clear(u)
	row := func(j int32) []float32 { return w[int(j)*stride:][:len(u)] }
	// Taking four rows at a time saves loads and stores of u; the order of the
	// additions is the same.
	for len(ids) >= 4 {
		a, b, c, d := row(ids[0]), row(ids[1]), row(ids[2]), row(ids[3])
		for i := range u {
			u[i] = u[i] + a[i] + b[i] + c[i] + d[i]
		}
		ids = ids[4:]
	}
	for _, j := range ids {
		addGeneric(u, row(j))
	}
}
