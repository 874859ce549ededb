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

// endings lists the signals at which the program finishes its current work and ends:
// Ctrl-C, SIGTERM, a closed terminal, and those with which a cluster announces the end
// of a job's time; without those that it was told to ignore, for example by nohup.
func endings() []os.Signal {
	return slices.DeleteFunc(append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, userSignals()...), signal.Ignored)
}

// An interruption says that a signal ended the work before it was done.
type interruption struct{ message string }

func (e *interruption) Error() string { return e.message }

// interrupted returns an interruption whose message ends with the given text.
func interrupted(format string, args ...any) error {
	return &interruption{"interrupted" + fmt.Sprintf(format, args...)}
}

// stopped ends a run that a signal or an error has stopped.
func (r *session) stopped(ctx context.Context, err error, examples int, during string) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return r.interrupt(examples, during)
	}
	return r.failed(err)
}

// interrupt writes a checkpoint when the user stops a run.
func (r *session) interrupt(examples int, during string) error {
	if err := r.checkpoint(); err != nil {
		return r.failed(err)
	}
	if err := r.saveMeasurements(); err != nil {
		return r.failed(err)
	}
	err := r.both(endEvent{
		Event: "interrupted", Epochs: r.last.Epoch, Examples: examples,
		TestError: r.last.TestError, Validation: r.last.ValidationError, Seconds: r.total.elapsed().Seconds(),
		WeightsSHA256: r.learner.Weights().SHA256(), Out: r.folder.path,
	})
	if err != nil {
		return r.failed(err)
	}
	return interrupted(" in %s; to go on from there: %s", during, resumeCommand(r.folder.path))
}

// failed adds to an error how the run can be resumed, if it can.
func (r *session) failed(err error) error {
	if r.saved.IsZero() && !r.resumed {
		return fmt.Errorf("%w\nthere is no checkpoint yet in %s", err, r.folder.path)
	}
	return fmt.Errorf("%w\n%s holds a checkpoint after %d examples; to go on from there: %s", err, r.folder.path, r.savedAt, resumeCommand(r.folder.path))
}
