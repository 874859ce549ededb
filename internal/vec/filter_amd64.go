//go:build !noasm

package vec

// filterAVX2 is Filter.Apply for slices with a multiple of 8 elements; the length of v
// counts for all.
//
//go:noescape
func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)

// filterSomaAVX2 is Filter.ApplySoma for slices with a multiple of 8 elements; the length
// of next counts for all.
//
//go:noescape
func filterSomaAVX2(f *Filter, next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32)
