//go:build !amd64 || noasm

package vec

// The path is always Generic here.

func addAVX2(x, d []float32)                                                  { panic(noAssembly) }
func addScaledAVX2(x []float32, s float32, d []float32)                       { panic(noAssembly) }
func sumRowsAVX2(u, w []float32, stride int, ids []int32)                     { panic(noAssembly) }
func filterAVX2(f *Filter, v, x1, x2, u, leaving, bias []float32)             { panic(noAssembly) }
func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32) { panic(noAssembly) }
func sigmoidAVX2(y, x []float32)                                              { panic(noAssembly) }
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) int       { panic(noAssembly) }
func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64) int     { panic(noAssembly) }
func acceptASM(list, owners []int32, marks []uint32, v []float32, theta *Thresholds) (tried, accepted int) {
	panic(noAssembly)
}

const noAssembly = "vec: this build has no assembly"
