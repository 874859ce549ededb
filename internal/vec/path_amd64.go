//go:build !noasm

package vec

import "golang.org/x/sys/cpu"

// Paths returns the paths of this processor and build, the fastest last.
func Paths() []Path {
	paths := []Path{Generic}
	if cpu.X86.HasAVX2 {
		paths = append(paths, AVX2)
	}
	return paths
}
