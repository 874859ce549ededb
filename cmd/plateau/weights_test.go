package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// absolute returns a path that holds in every folder.
func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A run that begins with the weights of another is interrupted and resumed like any other,
// also when those weights are gone by then, and tells in all its files where it began.
func TestBeginWithWeights(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--seed", "7", "--out", "first")...)
	metrics := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join("first", cli.MetricsName)))
	digest := metrics[len(metrics)-1]["weights_sha256"].(string)
	first := absolute(t, "first")
	for name, kind := range map[string][]string{
		"plateau":  tiny("--hidden", "12", "--record", "--set", "record.weights_every=25", "--measure", "norms", "--set", "measure.every=20"),
		"backprop": byBackprop("--hidden", "12", "--transfer", "W0,b0,W1,b1"),
	} {
		t.Run(name, func(t *testing.T) {
			begun := append(kind, "--weights", "first")
			whole, broken := name+"-whole", name+"-broken"
			must(t, append(begun, "--out", whole, "--workers", "1")...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var messages bytes.Buffer
			if status := execute(ctx, append(begun, "--out", broken, "--json", "--workers", "2"), &hook{word: `"event":"epoch"`, do: cancel}, &messages); status != statusInterrupted {
				t.Fatalf("status %d: %s", status, &messages)
			}
			if err := os.Rename("first", "away"); err != nil {
				t.Fatal(err)
			}
			must(t, "train", "--resume", broken)
			if err := os.Rename("away", "first"); err != nil {
				t.Fatal(err)
			}
			sameRun(t, broken, whole)

			start := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join(broken, cli.MetricsName)))[0]
			from, ok := start["initial_weights"].(map[string]any)
			if !ok || from["path"] != first || from["sha256"] != digest {
				t.Errorf("the start line is %v, want weights %s", start, digest)
			}
			plan, err := run.ReadPlan(broken)
			if err != nil || plan.Origin == nil || plan.Origin.SHA256 != digest {
				t.Errorf("%v: the plan is %+v", err, plan)
			}
			files, err := run.ListCheckpoints(broken)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if c, err := f.Read(); err != nil || c.Origin == nil || c.Origin.SHA256 != digest {
					t.Errorf("%v: the checkpoint has %+v", err, c)
				} else {
					c.Close()
				}
			}
			if said := must(t, "inspect", broken); !strings.Contains(said, "it began with ") || !strings.Contains(said, "of "+first+" ("+digest[:16]+"…)") {
				t.Errorf("inspect says %s", said)
			}
			if !strings.Contains(plateautest.ReadFile(t, filepath.Join(broken, cli.ConfigName)), fmt.Sprintf("weights = %q\n", first)) {
				t.Errorf("config.toml does not name the weights")
			}
			if name != "plateau" {
				return
			}
			recording := filepath.Join(broken, cli.RecordingName)
			sameRecording(t, recording, filepath.Join(whole, cli.RecordingName))
			h := openRecordingFile(t, recording).Header()
			if h.Origin == nil || h.Origin.SHA256 != digest || h.Origin.Path != first {
				t.Errorf("the recording has %+v", h.Origin)
			}
			if said := must(t, "inspect", recording); !strings.Contains(said, "it began with the weights of "+first) {
				t.Errorf("inspect says %s", said)
			}
			if first, err := openRecordingFile(t, recording).Trial(0); err != nil || first.Weights != digest {
				t.Errorf("%v: the first trial has the weights %s, want %s", err, first.Weights, digest)
			}
			must(t, "replay", recording, "--trial", "3", "--out", "replay.npz")
			// The metrics are lost: their first line is written anew.
			must(t, "train", "--resume", broken, "--epochs", "3")
			if err := os.Remove(filepath.Join(broken, cli.MetricsName)); err != nil {
				t.Fatal(err)
			}
			must(t, "train", "--resume", broken, "--epochs", "4")
			if again := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join(broken, cli.MetricsName)))[0]; fmt.Sprint(again["initial_weights"]) != fmt.Sprint(from) {
				t.Errorf("the start line is now %v", again)
			}
		})
	}
}

// A recording without weights is replayed from those with which its run began, and what is
// measured begins with them too.
func TestInitialWeightsOfARecording(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--seed", "7", "--out", "first")...)
	must(t, tiny("--hidden", "12", "--weights", "first", "--out", "run", "--epochs", "1", "--record", "--set", "record.weights=false", "--measure", "norms", "--set", "measure.every=30")...)
	must(t, "replay", "run", "--trial", "11", "--out", "replay.npz")
	lines := ofKind(plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join("run", cli.MetricsName))), "measure")
	before := float32s(t, openNPZ(t, "first/weights.npz"), "W1", 12, 10)
	after := float32s(t, openNPZ(t, "run/weights.npz"), "W1", 12, 10)
	var size, change float64
	for k, w := range before {
		size += float64(w) * float64(w)
		change += (float64(after[k]) - float64(w)) * (float64(after[k]) - float64(w))
	}
	plateautest.Near(t, "change of the output weights", lines[0]["weight_changes"].([]any)[1].(float64), math.Sqrt(change/size), 1e-6)
	if err := os.Rename("first", "away"); err != nil {
		t.Fatal(err)
	}
	if status, _, said := plateau("replay", "run/recording.plateau", "--trial", "12", "--out", "b.npz"); status != statusFailed || !strings.Contains(said, "say with --run DIR or --weights FILE") {
		t.Errorf("status %d: %s", status, said)
	}
	must(t, "replay", "run/recording.plateau", "--trial", "12", "--weights", "away/weights.npz", "--out", "b.npz")
}

// What began with weights finds them from another folder too.
func TestWeightsFromAnotherFolder(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--seed", "7", "--out", "first")...)
	must(t, tiny("--hidden", "12", "--epochs", "1", "--weights", "first", "--out", "run")...)
	must(t, "trial", "--config", "run/config.toml", "--set", "record.weights=false", "--repeats", "2", "--record", "two.plateau")
	must(t, "trial", "--config", "run/config.toml", "--out", "here.npz")
	if err := os.Mkdir("other", 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir("other")
	must(t, "trial", "--config", "../run/config.toml", "--out", "there.npz")
	sameArrays(t, "../here.npz", "there.npz", everywhere...)
	must(t, "replay", "../two.plateau", "--trial", "1", "--out", "replay.npz")
	must(t, "train", "--config", "../run/config.toml", "--out", "again")
	sameRun(t, "again", "../run")
	// The same weights may be called by another name.
	must(t, "train", "--resume", "../run", "--weights", "../first/", "--epochs", "2")
}

// A network that has learnt goes on where it was: an epoch that begins with its weights is
// better than one that begins with drawn ones, and one without learning changes nothing.
func TestFineTuning(t *testing.T) {
	plateautest.Empty(t)
	must(t, "train", "--hidden", "40", "--examples", "3000", "--test-examples", "200", "--epochs", "1", "--out", "first")
	errorOf := func(folder string) float64 {
		lines := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join(folder, cli.MetricsName)))
		return lines[len(lines)-1]["test_error"].(float64)
	}
	some := []string{"train", "--hidden", "40", "--examples", "300", "--test-examples", "200", "--epochs", "1", "--set", "data.seed=2"}
	must(t, append(some, "--out", "fresh")...)
	must(t, append(some, "--out", "tuned", "--weights", "first")...)
	if fresh, tuned := errorOf("fresh"), errorOf("tuned"); !(tuned < fresh-0.2) {
		t.Errorf("the error is %v with drawn and %v with learnt weights", fresh, tuned)
	}
	must(t, append(some, "--out", "frozen", "--weights", "first/weights.npz", "--set", "learning.rates=0,0")...)
	if plateautest.ReadFile(t, "frozen/weights.npz") != plateautest.ReadFile(t, "first/weights.npz") {
		t.Error("a network all of whose layers are frozen has learnt")
	}

	// Trials and tests with weights that no run has written.
	if err := os.Rename("first/weights.npz", "mine.npz"); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"tuned", "frozen"} {
		out := must(t, "test", "--run", folder, "--weights", "mine.npz", "--json")
		if got, want := plateautest.JSONLines(t, out)[0]["test_error"], errorOf("frozen"); got != want {
			t.Errorf("%s with other weights: error %v, want %v", folder, got, want)
		}
	}
	must(t, "trial", "--run", "frozen", "--example", "3", "--record", "a.plateau", "--out", "a.npz")
	must(t, "trial", "--run", "tuned", "--weights", "mine.npz", "--example", "3", "--record", "b.plateau", "--out", "b.npz")
	out := must(t, "trial", "--config", "tuned/config.toml", "--weights", "mine.npz", "--example", "3", "--record", "c.plateau", "--out", "c.npz")
	if !strings.Contains(out, "the weights of mine.npz") {
		t.Errorf("trial says %s", out)
	}
	a, b, c := openNPZ(t, "a.npz"), openNPZ(t, "b.npz"), openNPZ(t, "c.npz")
	want := float32s(t, a, "output_soma", 60, 10)
	for name, of := range map[string][]float32{"b": float32s(t, b, "output_soma", 60, 10), "c": float32s(t, c, "output_soma", 60, 10)} {
		for k := range want {
			if of[k] != want[k] {
				t.Fatalf("%s.npz: potential %d is %v, want %v", name, k, of[k], want[k])
			}
		}
	}
	if h := openRecordingFile(t, "c.plateau").Header(); h.Origin == nil || h.Origin.Path != absolute(t, "mine.npz") {
		t.Errorf("the recording of the trial has %+v", h.Origin)
	}
	if h := openRecordingFile(t, "a.plateau").Header(); h.Origin != nil {
		t.Errorf("the weights of a run are those of %+v", h.Origin)
	}
	// What another run took from its weights says nothing about these.
	must(t, append(some, "--out", "part", "--weights", "mine.npz", "--transfer", "W0,b0")...)
	out = must(t, "test", "--run", "part", "--weights", "mine.npz", "--json")
	if got, want := plateautest.JSONLines(t, out)[0]["test_error"], errorOf("frozen"); got != want {
		t.Errorf("test takes only part of the weights: error %v, want %v", got, want)
	}
	must(t, "train", "--config", "part/config.toml", "--out", "whole", "--weights", "mine.npz", "--set", "learning.rates=0,0")
	if plateautest.ReadFile(t, "whole/weights.npz") != plateautest.ReadFile(t, "frozen/weights.npz") || !strings.Contains(plateautest.ReadFile(t, "whole/config.toml"), "transfer = \"all\"\n") {
		t.Error("a run took only part of the weights")
	}
	// The same through --config of a run that began with weights: they are its initial ones.
	must(t, append(some, "--out", "again", "--weights", "mine.npz", "--set", "learning.rates=0,0")...)
	must(t, "train", "--config", "again/config.toml", "--out", "twice")
	sameRun(t, "twice", "again")
}

// Mistakes leave nothing behind, and a run does not remove the weights that it begins with.
func TestBeginWithWrongWeights(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--out", "first")...)
	plateautest.WriteFile(t, "notes.txt", "mine")
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{tiny("--hidden", "13", "--weights", "first"), statusFailed, "W0 is 784×12, want 784×13"},
		{tiny("--hidden", "12,12", "--weights", "first"), statusFailed, "--transfer W0,b0,Y0"},
		{tiny("--hidden", "12", "--weights", "gone"), statusFailed, "weights gone: no such file"},
		{tiny("--hidden", "12", "--weights", "notes.txt"), statusFailed, "weights notes.txt: "},
		{tiny("--hidden", "12", "--weights", ""), statusMisuse, "initial.weights"},
		{tiny("--hidden", "12", "--transfer", "W0"), statusMisuse, `want "all", or with initial.weights the names of arrays`},
		{tiny("--hidden", "12", "--weights", "first", "--transfer", "W0,"), statusMisuse, "initial.transfer"},
		{[]string{"trial", "--hidden", "13", "--weights", "first"}, statusFailed, "W0 is 784×12, want 784×13"},
		{[]string{"test", "--run", "first", "--weights", "notes.txt"}, statusFailed, "weights notes.txt"},
	} {
		before := plateautest.Tree(t)
		args := test.args
		if args[0] == "train" {
			args = append(args, "--out", "refused")
		}
		status, _, said := plateau(args...)
		if status != test.status || !strings.Contains(said, test.want) {
			t.Errorf("%q: status %d: %s\nwant %d and %q", args, status, said, test.status, test.want)
		}
		if after := plateautest.Tree(t); strings.Join(after, " ") != strings.Join(before, " ") {
			t.Errorf("%q left %q", args, after)
		}
	}
	weights := plateautest.ReadFile(t, "first/weights.npz")
	for _, from := range []string{"first", "first/weights.npz", "./first/"} {
		if status, _, said := plateau(tiny("--hidden", "12", "--weights", from, "--out", "first", "--force")...); status != statusFailed || !strings.Contains(said, "--force would remove them") {
			t.Errorf("status %d: %s", status, said)
		}
	}
	if plateautest.ReadFile(t, "first/weights.npz") != weights {
		t.Error("the weights are gone")
	}
	if status, _, said := plateau("train", "--resume", "first", "--weights", "notes.txt"); status != statusMisuse || !strings.Contains(said, "the run was begun with") {
		t.Errorf("status %d: %s", status, said)
	}
	// The neurons of the run that the weights are from work in another way.
	_, _, said := plateau(tiny("--hidden", "12", "--weights", "first", "--set", "neurons.max_rate_hz=100", "--out", "other")...)
	if !strings.Contains(said, "note: first learnt with neurons.max_rate_hz = 200, here 100; --config first/config.toml has its settings") {
		t.Errorf("it says %s", said)
	}
}

// A run that was stopped before its first checkpoint begins anew with the same weights, or
// not at all.
func TestBeginAnewWithWeights(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--seed", "7", "--out", "first")...)
	must(t, tiny("--hidden", "12", "--weights", "first", "--out", "whole")...)
	plan, err := run.ReadPlan("whole")
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range []bool{false, true} {
		folder := fmt.Sprint("stopped-", changed)
		p := *plan
		p.Begun, p.Metrics = false, ""
		if changed {
			must(t, tiny("--hidden", "12", "--seed", "8", "--out", "first", "--force")...)
		}
		stopAtStart(t, folder, false, p)
		status, _, said := plateau("train", "--resume", folder)
		switch {
		case !changed:
			if status != statusDone {
				t.Fatalf("status %d: %s", status, said)
			}
			sameRun(t, folder, "whole")
		case status != statusFailed || !strings.Contains(said, "the weights in "+absolute(t, "first")+" have changed since the run was begun") || !strings.Contains(said, "--force"):
			t.Errorf("status %d: %s", status, said)
		}
	}
}

// Files that NumPy wrote are taken as they are, or refused with the reason: of
// changed weights, compressed ones, doubles, and a transposed matrix.
func TestPythonWeights(t *testing.T) {
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with NumPy")
	}
	code := `
import numpy
w = dict(numpy.load("runs/digits-1/weights.npz"))
w["W0"][numpy.abs(w["W0"]) < numpy.quantile(numpy.abs(w["W0"]), 0.8)] = 0
numpy.savez("pruned.npz", **w)
import hashlib
numpy.savez_compressed("compressed.npz", **w)
numpy.savez("double.npz", **{**w, "W1": w["W1"].astype(float)})
numpy.savez("transposed.npz", **{**w, "W1": numpy.ascontiguousarray(w["W1"].T).T})
r = numpy.random.default_rng(1)
numpy.savez("own.npz", **{n: r.uniform(-0.1, 0.1, s).astype("float32") for n, s in dict(W0=(784, 12), b0=(12,), W1=(12, 10), b1=(10,)).items()})
print(hashlib.sha256(b"".join(w[n].tobytes() for n in w)).hexdigest())
`
	plateautest.Empty(t)
	must(t, tiny("--hidden", "12", "--out", "runs/digits-1")...)
	out, err := exec.Command(python, "-c", code).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	digest := strings.TrimSpace(string(out))
	still := []string{"--hidden", "12", "--epochs", "1", "--set", "learning.rates=0,0"}
	for _, name := range []string{"pruned", "compressed"} {
		must(t, tiny(append(still, "--weights", name+".npz", "--out", name)...)...)
		start := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join(name, cli.MetricsName)))[0]
		if from := start["initial_weights"].(map[string]any); from["sha256"] != digest {
			t.Errorf("%s: the run began with %v, want %s", name, from, digest)
		}
		zeros := 0
		for _, w := range float32s(t, openNPZ(t, filepath.Join(name, cli.WeightsName)), "W0", 784, 12) {
			if w == 0 {
				zeros++
			}
		}
		if share := float64(zeros) / (784 * 12); !(math.Abs(share-0.8) < 0.001) {
			t.Errorf("%s: %.3f of the weights are 0, want 0.8", name, share)
		}
	}
	for name, want := range map[string]string{
		"double": "W1 has elements of type <f8, want <f4", "transposed": "W1: is in Fortran order, want C order",
	} {
		if status, _, said := plateau(tiny(append(still, "--weights", name+".npz", "--out", name)...)...); status != statusFailed || !strings.Contains(said, want) {
			t.Errorf("%s: status %d: %s", name, status, said)
		}
	}
	must(t, byBackprop("--hidden", "12", "--weights", "own.npz", "--out", "own")...)
}
