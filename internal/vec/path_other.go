//go:build !amd64 || noasm

package vec

// Paths returns the paths that this processor and build have, best last.
func Paths() []Path { return []Path{Generic} }
