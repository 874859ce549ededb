package record_test

import (
	"syscall"
	"time"
)

// threadTime returns the processor time that the calling thread has used. Other
// work on the machine disturbs it less than the time on the clock.
func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if syscall.Getrusage(thread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
