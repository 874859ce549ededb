//go:build !windows

package main

import "os"

// understandsEscapes reports whether a terminal obeys escape sequences: all do.
func understandsEscapes(*os.File) bool { return true }
