//go:build !unix

package main

import "os"

// userSignals are unknown here.
func userSignals() []os.Signal { return nil }
