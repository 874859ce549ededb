//go:build !noasm

package vec

import "golang.org/x/sys/cpu"

// Paths returns the paths of this processor and build, the fastest last.
func Paths() []Path {
	paths := []Path{Generic}
	if cpu.X86.HasAVX2 {
		paths = append(paths, AVX2)
		if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
			paths = append(paths, AVX512)
		}
	}
	return paths
}
