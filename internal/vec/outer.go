package vec

// Active returns the indices of the elements of s that are not zero, in the memory of rows if
// its capacity is that of s.
func Active(rows []int32, s []float32) []int32 {
	if cap(rows) < len(s) {
		rows = make([]int32, len(s))
	}
	rows = rows[:len(s)]
	n := 0
	for j, x := range s {
		// Write the index before it is known to count, to avoid a branch.
		rows[n] = int32(j)
		active := 0
		if x != 0 {
			active = 1
		}
		n += active
	}
	return rows[:n]
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
