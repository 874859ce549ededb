//go:build !noasm

package vec

// addOuterAVX2 is AddOuter for a d with a multiple of 8 elements.
//
//go:noescape
func addOuterAVX2(w []float32, stride int, rows []int32, s, d []float32)
