package cli

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// Endings lists the signals at which the program finishes its current work and ends:
// Ctrl-C, SIGTERM, a closed terminal, and those with which a cluster announces the end
// of a job's time; without those that it was told to ignore, for example by nohup.
func Endings() []os.Signal {
	return slices.DeleteFunc(append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, UserSignals()...), signal.Ignored)
}

// An Interruption says that a signal ended the work before it was done.
type Interruption struct{ message string }

// Error implements error.
func (e *Interruption) Error() string { return e.message }

// Interrupted returns an interruption whose message ends with the given text.
func Interrupted(format string, args ...any) error {
	return &Interruption{"interrupted" + fmt.Sprintf(format, args...)}
}
