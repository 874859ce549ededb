//go:build !noasm

package vec

// sumRowsAVX2 is SumRows for rows of 64, 32 or 16 elements.
//
//go:noescape
func sumRowsAVX2(u []float32, stride int, w []float32, rows, width int, ids []int32, from, to []int, blocks int, more bool)

// sumScaledAVX2 is SumScaled for rows of 64 elements.
//
//go:noescape
func sumScaledAVX2(u, w, s []float32)
