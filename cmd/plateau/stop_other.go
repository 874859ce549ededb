//go:build !unix

package main

import "os"

// userSignals returns none: this system does not have them.
func userSignals() []os.Signal { return nil }
