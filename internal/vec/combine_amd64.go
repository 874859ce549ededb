//go:build !noasm

package vec

// combineAVX2 is Combine for a multiple of 8 elements.
//
//go:noescape
func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32)
