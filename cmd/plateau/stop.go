package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// endings are the signals at which the program finishes what it is doing: Ctrl-C,
// a polite kill, a terminal that closes, and those by which a cluster says that a
// job's time is nearly over; but for those that it is told to ignore, as nohup does.
func endings() []os.Signal {
	return slices.DeleteFunc(append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, userSignals()...), signal.Ignored)
}

// An interruption says that a signal ended the work before it was done.
type interruption struct{ message string }

func (e *interruption) Error() string { return e.message }

// interrupted is an interruption, with what became of the work.
func interrupted(format string, args ...any) error {
	return &interruption{"interrupted" + fmt.Sprintf(format, args...)}
}

// stopped ends a run in the middle of something.
func (r *training) stopped(ctx context.Context, err error, examples int, during string) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return r.interrupt(examples, during)
	}
	return r.failed(err)
}

// interrupt keeps what has been learnt when the user stops a run.
func (r *training) interrupt(examples int, during string) error {
	if err := r.checkpoint(); err != nil {
		return r.failed(err)
	}
	if err := r.saveMeasurements(); err != nil {
		return r.failed(err)
	}
	err := r.both(endEvent{
		Event: "interrupted", Epochs: r.last.Epoch, Examples: examples,
		TestError: r.last.TestError, Validation: r.last.ValidationError, Seconds: r.total.elapsed().Seconds(),
		WeightsSHA256: r.net.SHA256(), Out: r.folder.path,
	})
	if err != nil {
		return r.failed(err)
	}
	return interrupted(" in %s; to go on from there: %s", during, resumeCommand(r.folder.path))
}

// failed says what is left of a run that cannot go on.
func (r *training) failed(err error) error {
	if r.saved.IsZero() && !r.resumed {
		return fmt.Errorf("%w\nthere is no checkpoint yet in %s", err, r.folder.path)
	}
	return fmt.Errorf("%w\n%s holds a checkpoint of example %d; to go on from there: %s", err, r.folder.path, r.savedAt, resumeCommand(r.folder.path))
}
