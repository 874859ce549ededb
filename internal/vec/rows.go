package vec

// SumRows adds up rows of weights, for each of several steps: for step k it sets row k of
// u to the sum of the rows ids[from[k]:to[k]] of w, added in that order to zero, or with
// more to what row k of u holds.
//
// W is one block of columns after another, each of rows × width elements. The columns of u are
// those of all blocks, and its rows begin at multiples of stride. The ids of a step must be
// ascending.
func SumRows(u []float32, stride int, w []float32, rows, width int, ids []int32, from, to []int, more bool) {
	blocks := len(w) / (rows * width)
	if len(from) == 0 || blocks == 0 {
		return
	}
	to, u = to[:len(from)], u[:(len(from)-1)*stride+blocks*width]
	if path == Generic || width != 64 && width != 32 && width != 16 {
		for b := range blocks {
			sumRowsGeneric(u[b*width:], stride, w[b*rows*width:][:rows*width], width, ids, from, to, more)
		}
		return
	}
	// The assembly does not check bounds. The largest id of a step comes last.
	last := int32(0)
	for k, end := range to {
		if from[k] < end {
			last = max(last, ids[end-1])
		}
	}
	if int(last) >= rows {
		panic("vec: no such row")
	}
	sumRowsAVX2(u, stride, w, rows, width, ids, from, to, blocks, more)
}

// SumScaled sets u to the sum of all rows of w, each times its element of s, added in
// ascending order to zero. Rows have as many elements as u. Those with a factor of 0 are left out.
func SumScaled(u, w, s []float32) {
	width := len(u)
	w = w[:len(s)*width]
	if path != Generic && width == 64 {
		sumScaledAVX2(u, w, s)
		return
	}
	clear(u)
	for j, x := range s {
		if x != 0 {
			AddScaled(u, x, w[j*width:][:width])
		}
	}
}

func sumRowsGeneric(u []float32, stride int, w []float32, width int, ids []int32, from, to []int, more bool) {
	row := func(j int32) []float32 { return w[int(j)*width:][:width] }
	for k, begin := range from {
		sum, ids := u[k*stride:][:width], ids[begin:to[k]]
		if !more {
			clear(sum)
		}
		// Taking four rows at a time saves loads and stores of the sum; the order of the
		// additions is the same.
		for len(ids) >= 4 {
			a, b, c, d := row(ids[0]), row(ids[1]), row(ids[2]), row(ids[3])
			for i := range sum {
				sum[i] = sum[i] + a[i] + b[i] + c[i] + d[i]
			}
			ids = ids[4:]
		}
		for _, j := range ids {
			addGeneric(sum, row(j))
		}
	}
}
