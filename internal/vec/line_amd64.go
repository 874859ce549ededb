//go:build !noasm

package vec

// pointsAVX2 is Line.Points for a multiple of 8 cells, but returns
// how many points it wrote: it stops after a group that goes beyond the end.
//
//go:noescape
func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) (n int)
