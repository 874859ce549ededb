//go:build unix

package cli

import (
	"os"
	"syscall"
)

// UserSignals returns the signals without a fixed meaning. Slurm sends them if asked
// to (--signal=USR1@60), and Grid Engine does before it stops or kills a job.
func UserSignals() []os.Signal { return []os.Signal{syscall.SIGUSR1, syscall.SIGUSR2} }
