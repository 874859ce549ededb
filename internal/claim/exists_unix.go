//go:build unix

package claim

import (
	"errors"
	"syscall"
)

// exists reports whether there is a process of this number.
func exists(process int) bool {
	return !errors.Is(syscall.Kill(process, 0), syscall.ESRCH)
}
