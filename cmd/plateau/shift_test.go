package main

import (
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/view"
)

// In training, images are shown shifted; the linear classifier's, those held out and those
// of the test set are not.
func TestShiftOnlyInTraining(t *testing.T) {
	plateautest.Empty(t)
	still := []string{"--set", "learning.rates=0,0", "--epochs", "1", "--force"}
	must(t, held(append(still, "--out", "still")...)...)
	must(t, held(append(still, "--out", "shifted", "--set", "data.shift=4")...)...)
	a, b := metricsOf(t, "still"), metricsOf(t, "shifted")
	if a.Epochs[0].HiddenLosses[0] == b.Epochs[0].HiddenLosses[0] {
		t.Error("training is the same with shifts and without")
	}
	if a.Epochs[0].Checked() != b.Epochs[0].Checked() || *a.End.TestError != *b.End.TestError || *a.End.Linear != *b.End.Linear {
		t.Errorf("with shifts the run ends as %+v, %+v, want %+v, %+v", b.Epochs[0], b.End, a.Epochs[0], a.End)
	}
}

// The image that a recording tells of is the one that was shown, shifted: no input neuron
// fires where it is black.
func TestRecordedImagesAreShifted(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--batch", "3", "--set", "data.shift=7")...)
	path := filepath.Join("run", cli.RecordingName)
	r := openRecordingFile(t, path)
	images := run.NewRecordedImages(r.Header())
	viewed, err := view.ViewRecording(path)
	if err != nil {
		t.Fatal(err)
	}
	defer viewed.Reader.Close()
	elsewhere := 0 // spikes where the image of the data set is black
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := images.Shown(trial)
		if err != nil {
			t.Fatal(err)
		}
		set, err := images.Find(trial)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := viewed.Image(trial)
		if err != nil {
			t.Fatal(err)
		}
		for s := r.Span(0, trial.First, trial.First+int64(trial.Steps)); s.Scan(); {
			for _, spike := range s.Spikes() {
				n := int(spike.Neuron)
				if shown.Image(0)[n] == 0 || picture.At(n%28, n/28) == (color.NRGBA{A: 255}) {
					t.Fatalf("trial %d: input neuron %d fired, but what was shown is black there", i, n)
				}
				if set.Image(trial.Example)[n] == 0 {
					elsewhere++
				}
			}
		}
	}
	if elsewhere == 0 {
		t.Error("no image was shifted: this tests nothing")
	}
}

// What is no image cannot be shifted.
func TestShiftRefusals(t *testing.T) {
	plateautest.Empty(t)
	if got, want := refused(t, tiny("--set", "data.shift=28")...), "--set: data.shift = 28: want a whole number from 0 (they stay where they are), less than the width and the height of the images (28×28)"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
