package main

import (
	"context"
	"fmt"

	"plateau/protocols/dataset"
)

// A baseline holds errors to compare that of a run with: that of guessing, and that of
// a linear classifier, which learns from the same images while the run goes on.
type baseline struct {
	guess  float64 // error of guessing
	linear float64 // error of the linear classifier, valid once done is closed
	err    error   // the context's, if it ended first
	done   chan struct{}
}

// startBaseline begins to train the linear classifier in the background.
func startBaseline(ctx context.Context, train, test *dataset.Set) *baseline {
	b := &baseline{guess: 1 - 1/float64(test.Classes), done: make(chan struct{})}
	go func() {
		defer close(b.done)
		b.linear, b.err = dataset.LinearError(ctx, train, test)
	}()
	return b
}

// wait returns the error of the linear classifier.
func (b *baseline) wait() (float64, error) {
	<-b.done
	return b.linear, b.err
}

// text says both errors. Only call it after wait.
func (b *baseline) text() string {
	return fmt.Sprintf("guessing: %s; a linear classifier trained on the same images: %s", percent(b.guess), percent(b.linear))
}
