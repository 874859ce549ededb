//go:build unix

package main

import (
	"os"
	"syscall"
)

// userSignals have no meaning of their own. Slurm sends them as --signal=USR1@60
// says, and Grid Engine before it stops or kills a job.
func userSignals() []os.Signal { return []os.Signal{syscall.SIGUSR1, syscall.SIGUSR2} }
