//go:build !noasm

package vec

// sumRowsAVX2 is SumRows for a u with a multiple of 16 elements.
//
//go:noescape
func sumRowsAVX2(u, w []float32, stride int, ids []int32)

// sumRowsAVX512 is SumRows for a u with a multiple of 256 elements.
//
//go:noescape
func sumRowsAVX512(u, w []float32, stride int, ids []int32)
