//go:build unix

package main

import (
	"os"
	"syscall"
)

// userSignals returns the signals without a fixed meaning. Slurm sends them if asked
// to (--signal=USR1@60), and Grid Engine does before it stops or kills a job.
func userSignals() []os.Signal { return []os.Signal{syscall.SIGUSR1, syscall.SIGUSR2} }
