//go:build !noasm

package vec

// sigmoidAVX2 is Sigmoid for a multiple of 8 elements.
//
//go:noescape
func sigmoidAVX2(y, x []float32)
