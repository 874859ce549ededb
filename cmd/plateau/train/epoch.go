package train

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/measure"
	"plateau/protocols/training"
)

// Epoch trains, tests and reports once, leaving out what is done already.
func (r *session) Epoch(ctx context.Context) error {
	number := r.Last.Epoch + 1
	due := r.every.After(number) || number == r.config.Learning.Epochs
	learnt, finished := r.trainer.Current()
	if learnt.Number < number || !finished {
		var err error
		if learnt, err = r.learn(ctx, number); err != nil {
			return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("epoch %d, after %s", number, terminal.Plural(learnt.Examples, "example")))
		}
		if due {
			if err := r.checkpoint(); err != nil {
				return r.failed(err)
			}
		}
	}
	trained := r.learning.Elapsed()
	tested := time.Now()
	r.view.test(number, int64(r.checked.Len()), trained)
	result, err := runTest(ctx, r.con, r.tester, r.checked, fmt.Sprintf("epoch %d/%d test ", number, r.config.Learning.Epochs), r.view.draw)
	if err != nil {
		return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("the test of epoch %d", number))
	}
	testing := time.Since(tested)
	r.view.tested(result.Error(), testing)
	r.learning = terminal.Stopwatch{}
	hiddenLosses, outputLoss := splitLosses(learnt.Losses)
	r.Last = run.EpochEvent{
		Event: "epoch", Epoch: number, Examples: learnt.Examples,
		TrainError:   learnt.Error(),
		TrainSeconds: trained.Seconds(), TestSeconds: testing.Seconds(),
		ExamplesPerSecond: terminal.PerSecond(int64(learnt.Examples), trained),
		HiddenLosses:      hiddenLosses,
		OutputLoss:        outputLoss,
	}
	if share := result.Error(); r.config.Data.Validation > 0 {
		r.Last.ValidationError = &share
	} else {
		r.Last.TestError = &share
	}
	if what, _ := r.config.Measure.Measured(len(r.config.Network.Hidden)); what.Confusion {
		r.Last.Confusion = measure.CountConfusion(r.checked.Classes, r.checked.Labels, result.Predicted)
	}
	var hidden []string
	for _, loss := range r.Last.HiddenLosses {
		hidden = append(hidden, fmt.Sprintf("%.4f", loss))
	}
	if hidden == nil {
		hidden = []string{"–"}
	}
	r.con.Line(r.columns(), number, terminal.Percent(r.Last.TrainError), terminal.Percent(r.Last.Checked()),
		fmt.Sprintf("%.0f", r.Last.ExamplesPerSecond), strings.Join(hidden, " "),
		fmt.Sprintf("%.5f", r.Last.OutputLoss), terminal.Clock(trained+testing))
	r.tested = append(r.tested, r.Last)
	if r.best != nil && run.BestEpoch(r.tested) == number {
		r.best.Keep(number)
	}
	if err := r.both(r.Last); err != nil {
		return err
	}
	if err := r.saveMeasurements(); err != nil {
		return r.failed(err)
	}
	if due || r.learnt() {
		if err := r.checkpoint(); err != nil {
			return r.failed(err)
		}
	}
	return nil
}

// learn is the training half of an epoch.
func (r *session) learn(ctx context.Context, number int) (training.Epoch, error) {
	total := int64(r.shown.Len())
	epochs := r.config.Learning.Epochs
	now, finished := r.trainer.Current()
	if finished {
		now = training.Epoch{}
	}
	earlier := int64(now.Examples) // by an earlier process
	bar := r.con.Progress(fmt.Sprintf("epoch %d/%d train", number, epochs), total,
		func(done int64, elapsed time.Duration) string {
			rest := terminal.Left(done-earlier, total-earlier, elapsed)
			words := fmt.Sprintf("%d of %d, %.0f/s, error %s, %s left", done, total, terminal.PerSecond(done-earlier, elapsed), terminal.Percent(now.Error()), terminal.Clock(rest))
			if epochs > 1 {
				words += fmt.Sprintf(" (%s in all)", terminal.Clock(rest+r.ahead(number, elapsed+rest)))
			}
			return words
		})
	defer bar.End()
	r.view.train(now, number, total)
	bar.Draw(r.view.draw)
	r.learning.Start()
	defer r.learning.Stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var broken error
	learnt, err := r.trainer.Epoch(ctx, r.shown, func(e training.Epoch) {
		before := now.Examples
		now = e
		r.view.learnt(e)
		bar.At(int64(e.Examples))
		if broken = cmp.Or(r.folder.Lost(), r.addProgress(e, before), r.addMeasured(e.Number)); broken != nil {
			stop()
			return
		}
		if r.Recording.Err() == nil && r.every.Within(int(r.trainer.Shown()), r.savedAt, time.Since(r.saved)) {
			broken = r.checkpoint()
		}
		if r.Recording.Err() != nil || broken != nil {
			stop()
		}
	})
	if broken := r.Recording.Err(); broken != nil {
		return learnt, fmt.Errorf("%w; with --set record.errors=%s training would go on without it", broken, settings.IgnoreErrors)
	}
	if broken != nil {
		return learnt, broken
	}
	return learnt, err
}

// addProgress writes a line if the last batch, before which an epoch had so many examples,
// has passed a point where one is due. When that is depends on the number of examples
// alone, so that the lines of a resumed run are the same.
func (r *session) addProgress(e training.Epoch, before int) error {
	every := run.ProgressEvery(r.shown.Len())
	if e.Examples/every == before/every || e.Examples == r.shown.Len() {
		return nil
	}
	hidden, output := splitLosses(e.Losses)
	return r.both(run.ProgressEvent{
		Event: "progress", Epoch: e.Number, Examples: int(r.trainer.Shown()),
		TrainError: e.Error(), HiddenLosses: hidden, OutputLoss: output,
	})
}

// splitLosses returns the losses of the hidden layers and that of the output layer.
func splitLosses(losses []float64) (hidden []run.Quantity, output run.Quantity) {
	last := len(losses) - 1
	return append([]run.Quantity{}, run.Quantities(losses[:last], 1)...), run.Quantity(losses[last])
}

// ahead estimates how long everything after the training of an epoch takes, given the
// time that this training takes.
func (r *session) ahead(number int, epoch time.Duration) time.Duration {
	test := time.Duration(r.Last.TestSeconds * float64(time.Second))
	return test + time.Duration(r.config.Learning.Epochs-number)*(epoch+test)
}
