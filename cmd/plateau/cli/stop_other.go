//go:build !unix

package cli

import "os"

// UserSignals returns none: this system does not have them.
func UserSignals() []os.Signal { return nil }
