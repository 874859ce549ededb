package train

import (
	"context"
	"fmt"

	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

// A Baseline holds errors to compare that of a run with: that of guessing, and that of
// a linear classifier, which learns from the same images while the run goes on.
type Baseline struct {
	guess  float64 // error of guessing
	linear float64 // error of the linear classifier, valid once done is closed
	Err    error   // the context's, if it ended first
	Done   chan struct{}
}

// startBaseline begins to train the linear classifier in the background.
func startBaseline(ctx context.Context, train, test *dataset.Set) *Baseline {
	b := &Baseline{guess: 1 - 1/float64(test.Classes), Done: make(chan struct{})}
	go func() {
		defer close(b.Done)
		b.linear, b.Err = dataset.LinearError(ctx, train, test)
	}()
	return b
}

// wait returns the error of the linear classifier.
func (b *Baseline) wait() (float64, error) {
	<-b.Done
	return b.linear, b.Err
}

// text says both errors. Only call it after wait.
func (b *Baseline) text() string {
	return fmt.Sprintf("guessing: %s; a linear classifier trained on the same images: %s", terminal.Percent(b.guess), terminal.Percent(b.linear))
}
