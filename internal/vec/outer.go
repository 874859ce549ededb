package vec

// Active appends the indices of the elements of s that are not zero to rows.
func Active(rows []int32, s []float32) []int32 {
	for j, x := range s {
		if x != 0 {
			rows = append(rows, int32(j))
		}
	}
	return rows
}

// AddOuter adds the outer product of two vectors to a matrix: it adds s[j] times d
// to row j for every j in rows, which must be ascending. Row j of w begins at w[j·stride] and is
// at least as long as d.
func AddOuter(w []float32, stride int, rows []int32, s, d []float32) {
	if len(rows) == 0 {
		return
	}
	n := 0
	if path != Generic {
		n = len(d) &^ 7
		// The assembly does not check bounds.
		_, _ = s[rows[0]], s[rows[len(rows)-1]]
		_ = w[int(rows[len(rows)-1])*stride:][:n]
		addOuterAVX2(w, stride, rows, s, d[:n])
	}
	if n < len(d) {
		addOuterGeneric(w[n:], stride, rows, s, d[n:])
	}
}

func addOuterGeneric(w []float32, stride int, rows []int32, s, d []float32) {
	for _, j := range rows {
		addScaledGeneric(w[int(j)*stride:][:len(d)], s[j], d)
	}
}
