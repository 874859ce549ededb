//go:build !noasm

package vec

// Lengths are those of the first slice, multiples of 8; of 16 for sumRowsAVX2.

//go:noescape
func addAVX2(x, d []float32)

//go:noescape
func addScaledAVX2(x []float32, s float32, d []float32)

//go:noescape
func sumRowsAVX2(u, w []float32, stride int, ids []int32)

//go:noescape
func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)

//go:noescape
func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32)

//go:noescape
func sigmoidAVX2(y, x []float32)

//go:noescape
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) int

//go:noescape
func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64) int

//go:noescape
func acceptASM(list, owners []int32, marks []uint32, v []float32, theta *Thresholds) (tried, accepted int)
