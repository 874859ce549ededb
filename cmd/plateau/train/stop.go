package train

import (
	"context"
	"errors"
	"fmt"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
)

// stopped ends a run that a signal or an error has stopped.
func (r *session) stopped(ctx context.Context, err error, examples int, during string) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return r.interrupt(examples, during)
	}
	return r.failed(err)
}

// interrupt writes a checkpoint when the user stops a run.
func (r *session) interrupt(examples int, during string) error {
	if r.best != nil {
		r.best.Back() // the run goes on with the weights of its last epoch
	}
	if err := r.checkpoint(); err != nil {
		return r.failed(err)
	}
	if err := r.saveMeasurements(); err != nil {
		return r.failed(err)
	}
	err := r.both(run.EndEvent{
		Event: "interrupted", Epochs: r.Last.Epoch, Examples: examples,
		TestError: r.Last.TestError, Validation: r.Last.ValidationError, Seconds: r.total.Elapsed().Seconds(),
		WeightsSHA256: r.Learner.Weights().SHA256(), Out: r.folder.Path,
	})
	if err != nil {
		return r.failed(err)
	}
	return cli.Interrupted(" in %s; to go on from there: %s", during, cli.ResumeCommand(r.folder.Path))
}

// failed adds to an error how the run can be resumed, if it can.
func (r *session) failed(err error) error {
	if r.saved.IsZero() && !r.resumed {
		return fmt.Errorf("%w\nthere is no checkpoint yet in %s", err, r.folder.Path)
	}
	return fmt.Errorf("%w\n%s holds a checkpoint after %d examples; to go on from there: %s", err, r.folder.Path, r.savedAt, cli.ResumeCommand(r.folder.Path))
}
