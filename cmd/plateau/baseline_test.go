package main

import (
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
