//go:build !noasm

package vec

// pointsAVX2 is Line.Points for a multiple of 8 cells, without its result.
//
//go:noescape
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64)

// pointsAVX512 is Line.Points for a multiple of 16 cells, without its result.
//
//go:noescape
func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64)
