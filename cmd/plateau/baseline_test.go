package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

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
	for _, want := range []string{"guessing: 90.00 %", "a linear classifier trained on the same images: " + percent(linear)} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Count(out, ": right\n") != 1 || strings.Count(out, ": wrong\n") != 1 || strings.Count(out, "averaged") != 1 {
		t.Errorf("want a digit with a correct prediction, its raster, and one with a wrong prediction in\n%s", out)
	}
	metrics, err := readMetrics("run")
	if err != nil || metrics.end == nil || metrics.end.Linear == nil || *metrics.end.Linear != linear {
		t.Errorf("metrics: end %+v, %v, want a linear error of %v", metrics.end, err, linear)
	}
	// What is shown is what plateau trial shows.
	number := strings.Fields(out[strings.Index(out, "image ")+len("image "):])[0]
	shown := out[strings.Index(out, "mean output potential"):strings.Index(out, ": right\n")]
	if trial := must(t, "trial", "--run", "run", "--example", number, "--out", "none", "--record", "x.plateau"); !strings.Contains(trial, shown) {
		t.Errorf("plateau trial shows\n%s\nwant\n%s", trial, shown)
	}
}

// tinyConfig is the configuration of a run of a blink that is in a folder.
func tinyConfig(t *testing.T, folder string) *config {
	t.Helper()
	c, err := runConfig(folder)
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
	con := &console{out: &out, err: io.Discard, page: terminal{columns: 80, rows: 24, unicode: true, colours: 256}}
	o := trainOptions{show: showExamples, workers: 1, out: "run", every: interval{epochs: 1}, everyText: "1ep"}
	if err := train(t.Context(), con, tinyConfig(t, "plain"), o); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "\x1b[38;5;") || !strings.Contains(got, "\x1b[36m") || strings.Contains(got, `\x1b`) {
		t.Errorf("want an image and a raster in colour in\n%q", got)
	}
}

// A run that is stopped after its last epoch, while the linear classifier still
// learns, goes on later, and so does its recording.
func TestInterruptedBesideTheLinearClassifier(t *testing.T) {
	empty(t)
	must(t, tiny("--record", "--out", "unbroken")...)
	c := tinyConfig(t, "unbroken")
	con := &console{out: io.Discard, err: io.Discard}
	folder, err := claimRun("run", "digits", false)
	if err != nil {
		t.Fatal(err)
	}
	data, err := loadImages(con, c)
	if err != nil {
		t.Fatal(err)
	}
	r := newSession(con, c, data, folder, trainOptions{show: showExamples, workers: 1, every: interval{epochs: 1}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.prepare())
	must(folder.begin(&plan{Format: planFormat, Every: "1ep", Recording: recordingName, Config: runText(c)}))
	r.metrics, err = folder.openMetrics()
	must(err)
	must(r.record("run/"+recordingName, false))
	must(r.start())
	must(folder.begun())
	for r.last.Epoch < c.learning.epochs {
		must(r.epoch(t.Context()))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	learning := &baseline{err: ctx.Err(), done: make(chan struct{})}
	close(learning.done)
	err = r.finish(ctx, learning)
	if _, ok := errors.AsType[*interruption](err); !ok {
		t.Fatalf("got %v, want an interruption", err)
	}
	r.end(&err)
	folder.release()
	if status, _, messages := plateau("train", "--resume", "run"); status != 0 {
		t.Fatalf("--resume: status %d: %s", status, messages)
	}
	sameRecording(t, "run/"+recordingName, "unbroken/"+recordingName)
}
