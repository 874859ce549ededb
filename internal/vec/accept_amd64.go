//go:build !noasm

package vec

// acceptASM is Accept; it needs no vector unit.
//
//go:noescape
func acceptASM(list, cells []int32, marks []uint32, base, end int32, v []float32, theta *Thresholds) (tried, accepted int)

// acceptBelowASM is AcceptBelow; it needs no vector unit.
//
//go:noescape
func acceptBelowASM(list, cells []int32, marks []uint32, base, end int32, names []int32, most []uint32) (tried, accepted int)
