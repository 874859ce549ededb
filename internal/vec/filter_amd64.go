//go:build !noasm

package vec

// filterAVX2 is Filter.Apply for a multiple of 8 neurons, of which x1 has one element each,
// without Carry. From one step to the next, v and leaving move on by vNext and leavingNext
// elements.
//
//go:noescape
func filterAVX2(f *Filter, v []float32, vNext int, x1, x2, u, leaving []float32, leavingNext int, bias []float32)

// filterSomaAVX2 is Filter.ApplySoma for the same.
//
//go:noescape
func filterSomaAVX2(f *Filter, soma []float32, retain, pull float32, x1, x2, u, leaving []float32, leavingNext int, bias []float32)
