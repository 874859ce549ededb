//go:build !noasm

package vec

// gatherAVX2 is Gather.
//
//go:noescape
func gatherAVX2(list []int32, n int, ends []int, runs []Run)
