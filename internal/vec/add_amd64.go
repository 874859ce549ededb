//go:build !noasm

package vec

// addAVX2 is Add for a multiple of 8 elements.
//
//go:noescape
func addAVX2(x, d []float32)

// addScaledAVX2 is AddScaled for a multiple of 8 elements.
//
//go:noescape
func addScaledAVX2(x []float32, s float32, d []float32)
