package main

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// The image that a recording tells of is of the set that it was of, where the other
// set has one of the same class under the same number.
func TestRecordedImages(t *testing.T) {
	empty(t)
	data := dataset.Digits(1, 200, 200)
	same := 0
	for data.Train.Label(same) != data.Test.Label(same) {
		same++
	}
	for split, set := range map[string]*dataset.Set{splitTrain: data.Train, splitTest: data.Test} {
		name := split + ".plateau"
		must(t, "trial", "--hidden", "5", "--split", split, "--example", number(float64(same)), "--record", name, "--out", "none")
		shown, err := viewRecording(name)
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
		if err != nil || !reflect.DeepEqual(got, pictureOf(set, same)) {
			t.Errorf("%s: image %d is another one; %v", split, same, err)
		}
		images := newRecordedImages(shown.Reader.Header())
		for _, other := range []record.Trial{
			{Purpose: trial.Purpose, Example: same, Class: trial.Class + 1}, {Purpose: trial.Purpose, Example: -1}, {Purpose: trial.Purpose, Example: 1 << 40},
		} {
			if _, err := images.find(&other); err == nil {
				t.Errorf("%s: there is an image of %+v", split, other)
			}
		}

		// Recordings that are older do not say it. What was trained or tested is known
		// all the same.
		h := *shown.Reader.Header()
		h.Split = ""
		images = newRecordedImages(&h)
		if _, err := images.find(trial); !errors.Is(err, errSplit) {
			t.Errorf("%s: without its split: %v, want %v", split, err, errSplit)
		}
		trial.Purpose = sim.TestSpikes
		if split == splitTrain {
			trial.Purpose = sim.TrainingSpikes
		}
		if found, err := images.find(trial); err != nil || string(found.Image(same)) != string(set.Image(same)) {
			t.Errorf("%s: a trial of that purpose: image %d is another one; %v", split, same, err)
		}
	}
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	if got := openRecordingFile(t, filepath.Join("run", recordingName)).Header().Split; got != splitTrain {
		t.Errorf("training is on %q", got)
	}
}
