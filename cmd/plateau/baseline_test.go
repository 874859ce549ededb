package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
	"plateau/cmd/plateau/trial"
	"plateau/protocols/dataset"
)

// At its end a run says which errors to compare its own with, and shows a digit with a
// correct prediction, with its spikes, and one with a wrong prediction.
func TestRunSaysWhatItsErrorMeans(t *testing.T) {
	emptyTerminal(t)
	out := must(t, tiny("--examples", "300", "--test-examples", "50", "--out", "run")...)
	data := dataset.Digits(1, 300, 50)
	linear, err := dataset.LinearError(t.Context(), data.Train, data.Test)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"guessing: 90.00 %", "a linear classifier trained on the same images: " + terminal.Percent(linear)} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Count(out, ": right\n") != 1 || strings.Count(out, ": wrong\n") != 1 || strings.Count(out, "averaged") != 1 {
		t.Errorf("want a digit with a correct prediction, its raster, and one with a wrong prediction in\n%s", out)
	}
	metrics, err := run.ReadMetrics("run")
	if err != nil || metrics.End == nil || metrics.End.Linear == nil || *metrics.End.Linear != linear {
		t.Errorf("metrics: end %+v, %v, want a linear error of %v", metrics.End, err, linear)
	}
	// What is shown is what plateau trial shows.
	number := strings.Fields(out[strings.Index(out, "image ")+len("image "):])[0]
	shown := out[strings.Index(out, "mean output potential"):strings.Index(out, ": right\n")]
	if trial := must(t, "trial", "--run", "run", "--example", number, "--out", "none", "--record", "x.plateau"); !strings.Contains(trial, shown) {
		t.Errorf("plateau trial shows\n%s\nwant\n%s", trial, shown)
	}
}

// tinyConfig is the configuration of a run of a blink that is in a folder.
func tinyConfig(t *testing.T, folder string) *settings.Config {
	t.Helper()
	c, err := run.Config(folder)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What a run shows at its end has colours where the terminal has some.
func TestRunShowsColours(t *testing.T) {
	emptyTerminal(t)
	must(t, tiny("--examples", "300", "--test-examples", "50", "--out", "plain")...)
	var out bytes.Buffer
	con := &terminal.Console{Out: &out, Err: io.Discard, Page: terminal.Terminal{Columns: 80, Rows: 24, Unicode: true, Colours: 256}}
	o := train.Options{Show: trial.ShowExamples, Workers: 1, Out: "run", Every: run.Interval{Epochs: 1}, EveryText: "1ep"}
	if err := train.Run(t.Context(), con, tinyConfig(t, "plain"), o); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "\x1b[38;5;") || !strings.Contains(got, "\x1b[36m") || strings.Contains(got, `\x1b`) {
		t.Errorf("want an image and a raster in colour in\n%q", got)
	}
}

// A run that is stopped after its last epoch, while the linear classifier still
// learns, goes on later, and so does its recording.
func TestInterruptedBesideTheLinearClassifier(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--record", "--out", "unbroken")...)
	c := tinyConfig(t, "unbroken")
	con := &terminal.Console{Out: io.Discard, Err: io.Discard}
	folder, err := run.Claim("run", "digits", false)
	if err != nil {
		t.Fatal(err)
	}
	data, err := settings.LoadImages(con, c)
	if err != nil {
		t.Fatal(err)
	}
	r := train.NewSession(con, c, data, folder, train.Options{Show: trial.ShowExamples, Workers: 1, Every: run.Interval{Epochs: 1}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Prepare())
	must(folder.Begin(&run.Plan{Format: run.PlanFormat, Every: "1ep", Recording: cli.RecordingName, Config: run.ConfigText(c)}))
	r.Metrics, err = folder.OpenMetrics()
	must(err)
	must(r.Record("run/"+cli.RecordingName, false))
	must(r.Start())
	must(folder.Begun())
	for r.Last.Epoch < c.Learning.Epochs {
		must(r.Epoch(t.Context()))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	learning := &train.Baseline{Err: ctx.Err(), Done: make(chan struct{})}
	close(learning.Done)
	err = r.Finish(ctx, learning)
	if _, ok := errors.AsType[*cli.Interruption](err); !ok {
		t.Fatalf("got %v, want an interruption", err)
	}
	r.End(&err)
	folder.Release()
	if status, _, messages := plateau("train", "--resume", "run"); status != 0 {
		t.Fatalf("--resume: status %d: %s", status, messages)
	}
	sameRecording(t, "run/"+cli.RecordingName, "unbroken/"+cli.RecordingName)
}
