//go:build !noasm

package vec

// The length of the first slice (of addOuterAVX2: that of d) counts for all slices. It
// must be a multiple of 8, of 16 for sumRowsAVX2 and pointsAVX512, and of 256 for
// sumRowsAVX512.

//go:noescape
func addAVX2(x, d []float32)

//go:noescape
func addScaledAVX2(x []float32, s float32, d []float32)

//go:noescape
func sumRowsAVX2(u, w []float32, stride int, ids []int32)

//go:noescape
func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)

//go:noescape
func sumRowsAVX512(u, w []float32, stride int, ids []int32)

//go:noescape
func filterSomaAVX2(f *Filter, next, soma []float32, retain, pull float32, x1, x2, u, leaving, bias []float32)

//go:noescape
func addOuterAVX2(w []float32, stride int, s, d []float32)

//go:noescape
func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32)

//go:noescape
func sigmoidAVX2(y, x []float32)

//go:noescape
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64)

//go:noescape
func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64)

//go:noescape
func acceptASM(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int)

//go:noescape
func acceptBelowASM(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int)
