package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/sim/record/npz"
)

// ownFolder is the folder of small sets that NumPy and Pillow wrote.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "protocols", "dataset", "testdata", "own"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// ownShapes writes an archive of 20×10 images in three classes with names: bars at the
// top, in the middle and at the bottom, at different places. Images differ with first.
func ownShapes(t *testing.T, path string, first int) {
	t.Helper()
	const width, height, train, test = 20, 10, 60, 15
	images := func(from, n int) (pixels []uint8, labels []string) {
		for i := range n {
			class, shift := i%3, (from+i)%7
			for y := range height {
				for x := range width {
					ink := uint8(0)
					if y >= 3*class && y < 3*class+3 && x >= shift && x < shift+12 {
						ink = 255
					}
					pixels = append(pixels, ink)
				}
			}
			labels = append(labels, []string{"top bar", "middle bar", "bottom bar"}[class])
		}
		return pixels, labels
	}
	var b bytes.Buffer
	w := npz.NewWriter(&b)
	for _, split := range []struct {
		name    string
		from, n int
	}{{"train", first, train}, {"test", first + train, test}} {
		pixels, labels := images(split.from, split.n)
		if err := w.Write("x_"+split.name, []int{split.n, height, width}, pixels); err != nil {
			t.Fatal(err)
		}
		if err := w.Write("y_"+split.name, []int{split.n}, labels); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, path, b.String())
}

// trainOwn trains on the shapes in a run folder.
func trainOwn(out string, more ...string) []string {
	return append([]string{"train", "--data", filepath.Join("data", "shapes.npz"), "--hidden", "8", "--epochs", "2", "--out", out,
		"--set", "phases.forward_ms=35", "--set", "phases.target_ms=35", "--set", "test.length_ms=60"}, more...)
}

// What is known of a data set of one's own goes with its run, from folder to folder, and
// to commands that need no images when the data is gone.
func TestOwnDataGoesWithTheRun(t *testing.T) {
	plateautest.Empty(t)
	if err := os.MkdirAll("data", 0o777); err != nil {
		t.Fatal(err)
	}
	ownShapes(t, filepath.Join("data", "shapes.npz"), 0)
	out := must(t, trainOwn("run", "--record", "--measure", "confusion", "--validation", "12")...)
	for _, want := range []string{"training 200-8-3 on shapes.npz", "48 images to train on, 12 held out to test on after every epoch"} {
		if !strings.Contains(out, want) {
			t.Errorf("train says %s, want %q", out, want)
		}
	}
	if err := os.Mkdir("elsewhere", 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir("elsewhere")
	run, recording := filepath.Join("..", "run"), filepath.Join("..", "run", "recording.plateau")
	for _, c := range [][]string{
		{"test", "--run", run},
		{"trial", "--run", run, "--example", "3", "--out", "trial.npz"},
		{"export", recording, "--to", "nwb", "--out", "images.nwb"},
	} {
		out := must(t, c...)
		if c[0] != "export" && !strings.Contains(out, "middle bar") {
			t.Errorf("%q says %s, and no name of a class", c, out)
		}
	}
	if err := os.Rename(filepath.Join("..", "data"), filepath.Join("..", "moved")); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{
		{"inspect", run},
		{"inspect", recording},
		{"plot", run, "--what", "fields", "--out", "fields.svg"},
		{"plot", run, "--what", "confusion", "--out", "confusion.svg"},
		{"plot", recording, "--out", "trial.svg"},
		{"plot", "trial.npz", "--out", "file.svg"},
		{"replay", recording, "--trial", "2", "--vars", "soma", "--layer", "output", "--out", "replay.npz"},
		{"export", recording, "--to", "npz", "--out", "export.npz"},
	} {
		must(t, c...)
	}
	for _, picture := range []string{"confusion.svg", "trial.svg", "file.svg"} {
		if text := plateautest.ReadFile(t, picture); !strings.Contains(text, "middle bar") {
			t.Errorf("%s has no name of a class", picture)
		}
	}
	for _, name := range []string{"export.npz", "trial.npz"} {
		classes, _, err := openNPZ(t, name).Strings("class_names")
		if want := []string{"bottom bar", "middle bar", "top bar"}; err != nil || !slices.Equal(classes, want) {
			t.Errorf("%s has the classes %q, error %v", name, classes, err)
		}
	}
	mustFail(t, "shapes.npz: file does not exist; if it was moved, --data PATH says where it is", "test", "--run", run)
	must(t, "export", recording, "--to", "nwb", "--data-dir", filepath.Join("..", "moved"), "--out", "moved.nwb")
	mustFail(t, "shapes.npz: file does not exist", "export", recording, "--to", "nwb", "--data-dir", "..", "--out", "nowhere.nwb")
	tested := must(t, "test", "--run", run, "--data", filepath.Join("..", "moved", "shapes.npz"), "--json")
	event := plateautest.JSONLines(t, tested)[0]
	if event["data"] != "shapes.npz" || len(event["classes"].([]any)) != 3 {
		t.Errorf("the event of the test is %v", event)
	}
	plateautest.WriteFile(t, "test.jsonl", tested)
	must(t, "plot", "test.jsonl", "--what", "confusion", "--out", "tested.svg")
	if text := plateautest.ReadFile(t, "tested.svg"); !strings.Contains(text, "middle bar") {
		t.Error("the confusion matrix of a test has no name of a class")
	}
}

// mustFail runs a command that must fail with a message.
func mustFail(t *testing.T, want string, args ...string) {
	t.Helper()
	if status, _, said := plateau(args...); status == 0 || !strings.Contains(said, want) {
		t.Errorf("%q: status %d, %s; want %q", args, status, said, want)
	}
}

// A run on data of one's own goes on as if nothing had happened, also where the data lies
// now, but not with other data.
func TestOwnDataResumes(t *testing.T) {
	plateautest.Empty(t)
	for _, dir := range []string{"data", "other"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	shapes := filepath.Join("data", "shapes.npz")
	ownShapes(t, shapes, 0)
	must(t, trainOwn("whole")...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var messages bytes.Buffer
	if status := execute(ctx, trainOwn("broken", "--json"), &hook{word: `"event":"epoch"`, do: cancel}, &messages); status != statusInterrupted {
		t.Fatalf("status %d: %s", status, &messages)
	}
	ownShapes(t, filepath.Join("other", "shapes.npz"), 3)
	mustFail(t, "the run was begun with", "train", "--resume", "broken", "--data", filepath.Join("other", "shapes.npz"))
	moved := filepath.Join("data", "moved.npz")
	if err := os.Rename(shapes, moved); err != nil {
		t.Fatal(err)
	}
	ownShapes(t, shapes, 3)
	mustFail(t, "the images are not those that the run has learnt from", "train", "--resume", "broken")
	must(t, "train", "--resume", "broken", "--data", moved)
	a, b := plateautest.ReadFile(t, filepath.Join("whole", "weights.npz")), plateautest.ReadFile(t, filepath.Join("broken", "weights.npz"))
	if a != b {
		t.Error("the resumed run has other weights")
	}
}

// A test on data that has changed since says so.
func TestOwnDataThatChanged(t *testing.T) {
	own := ownFolder(t)
	plateautest.Empty(t)
	if err := os.MkdirAll("data", 0o777); err != nil {
		t.Fatal(err)
	}
	shapes := filepath.Join("data", "shapes.npz")
	ownShapes(t, shapes, 0)
	must(t, trainOwn("run", "--record")...)
	recording := filepath.Join("run", "recording.plateau")
	ownShapes(t, shapes, 3)
	if status, _, said := plateau("test", "--run", "run"); status != 0 || !strings.Contains(said, "shapes.npz has changed since") {
		t.Errorf("status %d: %s", status, said)
	}
	// A picture never shows another image than the one that was shown.
	if status, _, said := plateau("plot", recording, "--out", "trial.svg"); status != 0 || !strings.Contains(said, "has changed since") {
		t.Errorf("status %d: %s", status, said)
	}
	plateautest.WriteFile(t, shapes, plateautest.ReadFile(t, filepath.Join(own, "bytes.npz")))
	mustFail(t, "has changed: it has images of 7×5 in 3 classes, but had 20×10 in 3", "test", "--run", "run")
}

// plateau data describe says what was understood of a set, shows it and warns.
func TestDataDescribe(t *testing.T) {
	own := ownFolder(t)
	plateautest.Empty(t)
	out := must(t, "data", "describe", filepath.Join(own, "floats.npz"))
	for _, want := range []string{
		"floats.npz: arrays in an .npz archive\n",
		"12 training images and 3 test images of 7×5 in 3 classes\n",
		"Ünïcode 3         4       1\n",
		"nothing looks wrong\n",
		"train --data " + filepath.Join(own, "floats.npz"),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it says %s, want %q", out, want)
		}
	}
	event := plateautest.JSONLines(t, must(t, "data", "describe", filepath.Join(own, "colours"), "--json"))[0]
	for key, want := range map[string]any{
		"name": "colours", "path": filepath.Join(own, "colours"), "form": "PNG or JPEG images in a folder for each class",
		"width": 7., "height": 5., "channels": 3., "train": 22., "test": 4.,
	} {
		if event[key] != want {
			t.Errorf("%s is %v, want %v", key, event[key], want)
		}
	}
	classes, doubts, notices := event["classes"].([]any), event["doubts"].([]any), event["notices"].([]any)
	if even := classes[0].(map[string]any); len(classes) != 2 || even["name"] != "even" || even["train"] != 11. || even["test"] != 2. {
		t.Errorf("the classes are %v", classes)
	}
	// Twelve images of one class are of one even colour.
	if len(doubts) < 3 || len(notices) != 2 || !strings.Contains(doubts[0].(string), "copies of others") {
		t.Errorf("doubts %q, notices %q", doubts, notices)
	}
	if out := must(t, "data", "describe", "digits"); !strings.Contains(out, "60000 training images and 10000 test images of 28×28 in 10 classes") {
		t.Errorf("of digits it says %s", out)
	}
	refused(t, "there is no data set minst, and no file or folder of that name; did you mean mnist?", "data", "describe", "minst")
	refused(t, "is for the data sets by name", "data", "describe", own, "--data-dir", ".")
	refused(t, "nan.npz: x_train: number 17 is NaN", "data", "describe", filepath.Join(own, "bad", "nan.npz"))
}

// The folder of torchvision, in the working folder, is found, and so it is later from
// another one.
func TestDataWhereTorchvisionPutsIt(t *testing.T) {
	plateautest.Empty(t)
	for _, name := range []string{"PLATEAU_DATA", "XDG_CACHE_HOME", "KERAS_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	small(t, "torch")
	raw := filepath.Join("data", "MNIST", "raw")
	if err := errors.Join(os.MkdirAll(filepath.Dir(raw), 0o777), os.Rename(filepath.Join("torch", "mnist"), raw), os.Mkdir("elsewhere", 0o777)); err != nil {
		t.Fatal(err)
	}
	out := must(t, "train", "--data", "mnist", "--hidden", "none", "--epochs", "1", "--out", "run")
	if want := "from " + raw; !strings.Contains(out, want) {
		t.Errorf("train says %s, want %q", out, want)
	}
	t.Chdir("elsewhere")
	must(t, "test", "--run", filepath.Join("..", "run"))
}

// Images of two channels are drawn whole, wherever images are.
func TestOwnDataWithTwoChannels(t *testing.T) {
	plateautest.Empty(t)
	var b bytes.Buffer
	w := npz.NewWriter(&b)
	x, y := make([]uint8, 30*6*6*2), make([]int64, 30)
	for i := range y {
		y[i] = int64(i % 2)
		x[i*72+int(y[i])*30], x[i*72+i] = 255, 128
	}
	if err := errors.Join(w.Write("x", []int{30, 6, 6, 2}, x), w.Write("y", []int{30}, y), w.Close()); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "pairs.npz", b.String())
	must(t, "train", "--data", "pairs.npz", "--hidden", "4", "--epochs", "1", "--record", "--out", "run")
	must(t, "plot", "run", "--what", "fields", "--out", "fields.svg")
	if text := plateautest.ReadFile(t, "fields.svg"); !strings.Contains(text, "channel 0") || !strings.Contains(text, "channel 1") {
		t.Error("a channel is not drawn")
	}
	must(t, "plot", filepath.Join("run", "recording.plateau"), "--out", "trial.svg")
	if text := plateautest.ReadFile(t, "trial.svg"); !strings.Contains(text, "<image") {
		t.Error("the picture of a trial has no image")
	}
}
