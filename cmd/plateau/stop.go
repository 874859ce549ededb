package main

import (
	"context"
	"errors"
	"fmt"
)

// stopped ends a run in the middle of something.
func (r *training) stopped(ctx context.Context, err error, examples int, during string) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return r.interrupted(examples, during)
	}
	return r.failed(err)
}

// interrupted keeps what has been learnt when the user stops a run.
func (r *training) interrupted(examples int, during string) error {
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
	return fmt.Errorf("interrupted in %s; to go on from there: %s", during, resumeCommand(r.folder.path))
}

// failed says what is left of a run that cannot go on.
func (r *training) failed(err error) error {
	if r.saved.IsZero() && !r.resumed {
		return fmt.Errorf("%w\nthere is no checkpoint yet in %s", err, r.folder.path)
	}
	return fmt.Errorf("%w\n%s holds a checkpoint of example %d; to go on from there: %s", err, r.folder.path, r.savedAt, resumeCommand(r.folder.path))
}
