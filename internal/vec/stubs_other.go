//go:build !amd64 || noasm

package vec

// These are never called, because here the path is always Generic.

func addAVX2(x, d []float32)                            { panic(noAssembly) }
func addScaledAVX2(x []float32, s float32, d []float32) { panic(noAssembly) }
func sumRowsAVX2(u []float32, stride int, w []float32, rows, width int, ids []int32, from, to []int, blocks int, more bool) {
	panic(noAssembly)
}
func filterAVX2(f *Filter, v []float32, vNext int, x1, x2, u, leaving []float32, leavingNext int, bias []float32) {
	panic(noAssembly)
}
func combineAVX2(z []float32, a float32, x []float32, b float32, y []float32) { panic(noAssembly) }
func sigmoidAVX2(y, x []float32)                                              { panic(noAssembly) }
func filterSomaAVX2(f *Filter, soma []float32, retain, pull float32, x1, x2, u, leaving []float32, leavingNext int, bias []float32) {
	panic(noAssembly)
}
func addOuterAVX2(w []float32, stride int, rows []int32, s, d []float32)    { panic(noAssembly) }
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) (n int) { panic(noAssembly) }
func acceptASM(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int) {
	panic(noAssembly)
}
func acceptBelowASM(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int) {
	panic(noAssembly)
}

func gatherAVX2(list []int32, n int, ends []int, runs []Run) { panic(noAssembly) }

func sumScaledAVX2(u, w, s []float32) { panic(noAssembly) }

const noAssembly = "vec: this build has no assembly"
