package main

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/view"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// The image that a recording tells of is of the set that it was of, where the other
// set has one of the same class under the same number.
func TestRecordedImages(t *testing.T) {
	plateautest.Empty(t)
	data := dataset.Digits(1, 200, 200)
	same := 0
	for data.Train.Label(same) != data.Test.Label(same) {
		same++
	}
	for split, set := range map[string]*dataset.Set{settings.SplitTrain: data.Train, settings.SplitTest: data.Test} {
		name := split + ".plateau"
		must(t, "trial", "--hidden", "5", "--split", split, "--example", terminal.Number(float64(same)), "--record", name, "--out", "none")
		shown, err := view.ViewRecording(name)
		if err != nil {
			t.Fatal(err)
		}
		defer shown.Reader.Close()
		if got := shown.Reader.Header().Split; got != split {
			t.Errorf("%s: the header says %q", split, got)
		}
		trial, err := shown.Reader.Trial(0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := shown.Image(trial)
		if err != nil || !reflect.DeepEqual(got, view.PictureOf(set, same)) {
			t.Errorf("%s: image %d is another one; %v", split, same, err)
		}
		images := run.NewRecordedImages(shown.Reader.Header())
		for _, other := range []record.Trial{
			{Purpose: trial.Purpose, Example: same, Class: trial.Class + 1}, {Purpose: trial.Purpose, Example: -1}, {Purpose: trial.Purpose, Example: 1 << 30},
		} {
			if _, err := images.Find(&other); err == nil {
				t.Errorf("%s: there is an image of %+v", split, other)
			}
		}

		// Recordings that are older do not say it. What was trained or tested is known
		// all the same.
		h := *shown.Reader.Header()
		h.Split = ""
		images = run.NewRecordedImages(&h)
		if _, err := images.Find(trial); !errors.Is(err, run.ErrSplit) {
			t.Errorf("%s: without its split: %v, want %v", split, err, run.ErrSplit)
		}
		trial.Purpose = sim.TestSpikes
		if split == settings.SplitTrain {
			trial.Purpose = sim.TrainingSpikes
		}
		if found, err := images.Find(trial); err != nil || string(found.Image(same)) != string(set.Image(same)) {
			t.Errorf("%s: a trial of that purpose: image %d is another one; %v", split, same, err)
		}
	}
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	if got := openRecordingFile(t, filepath.Join("run", cli.RecordingName)).Header().Split; got != settings.SplitTrain {
		t.Errorf("training is on %q", got)
	}
}
