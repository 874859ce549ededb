//go:build !amd64 || noasm

package vec

// Paths returns the paths of this processor and build, the fastest last.
func Paths() []Path { return []Path{Generic} }
