package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
)

func TestTrain(t *testing.T) {
	plateautest.Empty(t)
	out := must(t, tiny("--json", "--workers", "1")...)
	folder := filepath.Join("runs", "digits-1")
	if got := plateautest.ReadFile(t, filepath.Join(folder, cli.MetricsName)); got != out {
		t.Errorf("--json printed\n%s\nbut metrics.jsonl holds\n%s", out, got)
	}
	events := plateautest.JSONLines(t, out)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e["event"].(string))
	}
	if want := []string{"start", "epoch", "epoch", "done"}; !slices.Equal(kinds, want) {
		t.Fatalf("events are %v, want %v", kinds, want)
	}
	epoch := events[1]
	for _, name := range []string{"train_error", "test_error", "train_seconds", "test_seconds", "examples_per_second", "output_loss"} {
		if _, ok := epoch[name].(float64); !ok {
			t.Errorf("%s is %v", name, epoch[name])
		}
	}
	if e := epoch["train_error"].(float64); !(e > 0 && e <= 1) {
		t.Errorf("train_error is %v, want a share", e)
	}
	if epoch["epoch"] != 1.0 || epoch["examples"] != 30.0 || len(epoch["hidden_losses"].([]any)) != 1 {
		t.Errorf("epoch is %v", epoch)
	}
	names := plateautest.Tree(t)
	want := []string{"runs", folder, filepath.Join(folder, cli.CheckpointsName), run.CheckpointPath(folder, 30), run.CheckpointPath(folder, 60),
		filepath.Join(folder, cli.ConfigName), filepath.Join(folder, cli.MetricsName), filepath.Join(folder, cli.PlanName), filepath.Join(folder, cli.WeightsName)}
	if !slices.Equal(names, want) {
		t.Errorf("files are %q, want %q", names, want)
	}

	// The same once more from what is stored, with other workers.
	again := plateautest.JSONLines(t, must(t, "train", "--config", filepath.Join(folder, cli.ConfigName), "--json", "--workers", "3"))
	sha := func(events []map[string]any) any { return events[len(events)-1]["weights_sha256"] }
	if sha(again) != sha(events) || len(sha(events).(string)) != 64 {
		t.Errorf("weights are %v, and once more %v", sha(events), sha(again))
	}
	second := filepath.Join("runs", "digits-2")
	if plateautest.ReadFile(t, filepath.Join(folder, cli.ConfigName)) != plateautest.ReadFile(t, filepath.Join(second, cli.ConfigName)) {
		t.Error("the second run's configuration is another one")
	}
	if plateautest.ReadFile(t, filepath.Join(folder, cli.WeightsName)) != plateautest.ReadFile(t, filepath.Join(second, cli.WeightsName)) {
		t.Error("the second run's weights file is another one")
	}
	other := plateautest.JSONLines(t, must(t, "train", "--config", filepath.Join(folder, cli.ConfigName), "--json", "--seed", "2"))
	if sha(other) == sha(events) {
		t.Error("another seed gives the same weights")
	}

	// A test of the weights is the last test of the run.
	tested := plateautest.JSONLines(t, must(t, "test", "--run", folder, "--json"))
	if len(tested) != 1 || tested[0]["test_error"] != events[2]["test_error"] {
		t.Errorf("a test says %v, the run said %v", tested, events[2]["test_error"])
	}
	total, right := 0.0, 0.0
	labels := dataset.Digits(1, 1, 20).Test.Labels
	for i, row := range tested[0]["confusion"].([]any) {
		images := 0.0
		for _, n := range row.([]any) {
			images += n.(float64)
		}
		if want := bytes.Count(labels, []byte{byte(i)}); images != float64(want) {
			t.Errorf("the confusion has %v images of class %d, want %d", images, i, want)
		}
		for k, n := range row.([]any) {
			total += n.(float64)
			if i == k {
				right += n.(float64)
			}
		}
	}
	if total != 20 || 1-right/total != tested[0]["test_error"] {
		t.Errorf("the confusion has %v images and %v right: %v", total, right, tested[0])
	}
}

func TestTrainForAPerson(t *testing.T) {
	plateautest.Empty(t)
	status, out, messages := plateau(tiny("--hidden", "none", "--out", "a/b")...)
	if status != 0 || messages != "" {
		t.Fatalf("status %d, messages %q", status, messages)
	}
	for _, want := range []string{"784-10 on digits", "30 images", "a/b", "2 epochs", "test error", "examples/s", "done in", "plateau trial --run a/b"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	out = must(t, "test", "--run", "a/b", "--test-examples", "5")
	for _, want := range []string{"5 images", "test error", "accuracy", "predicted class"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

// Force replaces a run and nothing else.
func TestForce(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	plateautest.WriteFile(t, "run/notes.txt", "mine")
	first := plateautest.ReadFile(t, "run/weights.npz")

	// A run that cannot be leaves the old one alone.
	for _, mistake := range [][]string{{"--data", "mnist"}, {"--set", "phases.forward_ms=1"}} {
		if status, _, _ := plateau(tiny(append(mistake, "--out", "run", "--force")...)...); status == 0 {
			t.Fatalf("%q worked", mistake)
		}
		if plateautest.ReadFile(t, "run/weights.npz") != first || plateautest.ReadFile(t, "run/metrics.jsonl") == "" {
			t.Fatalf("after %q the old run is gone", mistake)
		}
	}

	must(t, tiny("--out", "run", "--force", "--seed", "2")...)
	if plateautest.ReadFile(t, "run/weights.npz") == first || plateautest.ReadFile(t, "run/notes.txt") != "mine" {
		t.Error("the run was not replaced, or more than it")
	}
	if !strings.Contains(plateautest.ReadFile(t, "run/config.toml"), "seed = 2\n") {
		t.Error("the configuration is the old one")
	}
	for _, name := range []string{cli.ConfigName, cli.MetricsName, cli.WeightsName} {
		path := filepath.Join("other", name)
		if err := os.Mkdir("other", 0o777); err != nil {
			t.Fatal(err)
		}
		plateautest.WriteFile(t, path, "title = \"somebody's\"\n")
		status, _, messages := plateau(tiny("--out", "other", "--force")...)
		if status != 1 || !strings.Contains(messages, path) || !strings.Contains(messages, "not made by a run") {
			t.Errorf("%s: status %d, %s", path, status, messages)
		}
		if plateautest.ReadFile(t, path) != "title = \"somebody's\"\n" || len(plateautest.Tree(t)) == 0 {
			t.Errorf("%s was touched", path)
		}
		if err := os.RemoveAll("other"); err != nil {
			t.Fatal(err)
		}
	}
}

// hook is a standard output that does something when a word comes by.
type hook struct {
	bytes.Buffer
	word string
	do   func()
}

func (h *hook) Write(b []byte) (int, error) {
	if h.do != nil && bytes.Contains(b, []byte(h.word)) {
		h.do()
		h.do = nil
	}
	return h.Buffer.Write(b)
}

func TestInterrupt(t *testing.T) {
	plateautest.Empty(t)
	for _, word := range []string{`"event":"start"`, `"epoch":1`} {
		ctx, cancel := context.WithCancel(context.Background())
		out := &hook{word: word, do: cancel}
		var messages bytes.Buffer
		status := execute(ctx, tiny("--json", "--out", "run", "--force"), out, &messages)
		cancel()
		if status != statusInterrupted || !strings.Contains(messages.String(), "interrupted in epoch") || !strings.Contains(messages.String(), "plateau train --resume run\n") {
			t.Errorf("status %d: %s", status, &messages)
		}
		events := plateautest.JSONLines(t, plateautest.ReadFile(t, "run/metrics.jsonl"))
		last := events[len(events)-1]
		if last["event"] != "interrupted" || plateautest.ReadFile(t, "run/metrics.jsonl") != out.String() {
			t.Errorf("the last event is %v", last)
		}
		// What is kept can be used.
		must(t, "test", "--run", "run")
	}
}

// A disk that fails in mid-run is a failure that is told, and leaves no halves.
func TestTrainCannotWrite(t *testing.T) {
	plateautest.Empty(t)
	out := &hook{word: `"event":"start"`, do: func() {
		if err := os.RemoveAll("run"); err != nil {
			t.Error(err)
		}
	}}
	var messages bytes.Buffer
	status := execute(context.Background(), tiny("--json", "--out", "run"), out, &messages)
	if status != 1 || !strings.Contains(messages.String(), "must not write to run any more: its claim is lost: run/claim.1 was removed") {
		t.Errorf("status %d: %s", status, &messages)
	}
	if left := plateautest.Tree(t); len(left) != 0 {
		t.Errorf("%q is left", left)
	}
}

// Images that are held out are not learnt from, and stand in for the test set
// until the run is over.
func TestValidation(t *testing.T) {
	plateautest.Empty(t)
	out := must(t, tiny("--json", "--out", "held", "--validation", "10")...)
	events := plateautest.JSONLines(t, out)
	start, end := events[0], events[len(events)-1]
	if start["examples"] != 20.0 || start["validation_examples"] != 10.0 || start["test_examples"] != 20.0 || end["examples"] != 40.0 {
		t.Errorf("the run says %v and %v", start, end)
	}
	for _, e := range events[1:3] {
		if _, ok := e["validation_error"].(float64); !ok || e["test_error"] != nil || e["examples"] != 20.0 {
			t.Errorf("an epoch is %v", e)
		}
	}
	// The first 20 images are learnt from, as they are alone.
	alone := plateautest.JSONLines(t, must(t, tiny("--json", "--out", "alone", "--examples", "20")...))
	if last := alone[len(alone)-1]; last["weights_sha256"] != end["weights_sha256"] || last["test_error"] != end["test_error"] {
		t.Errorf("the run ends with %v, without the others it does with %v", end, last)
	}
	// The last 10 test every epoch.
	c, err := run.Config("held")
	if err != nil {
		t.Fatal(err)
	}
	m := c.Model(c.Data.Images())
	net, err := run.LoadNetwork(m, "held")
	if err != nil {
		t.Fatal(err)
	}
	tester, err := protocolstest.NewTester(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	all := dataset.Digits(1, 30, 1).Train
	rest := *all
	rest.Pixels, rest.Labels = all.Pixels[20*784:], all.Labels[20:]
	result, err := tester.Test(t.Context(), &rest, nil)
	if err != nil {
		t.Fatal(err)
	}
	if events[2]["validation_error"] != result.Error() || end["validation_error"] != result.Error() {
		t.Errorf("validation errors are %v and %v, want %v", events[2]["validation_error"], end["validation_error"], result.Error())
	}

	for _, want := range []string{"validation error", "20 images", "10 images held out", "20 images to test on",
		"validation error " + terminal.WithAccuracy(result.Error()), "test error " + terminal.WithAccuracy(end["test_error"].(float64))} {
		if out := must(t, "inspect", "held"); !strings.Contains(out, want) {
			t.Errorf("inspect: want %q in\n%s", want, out)
		}
	}
	must(t, "plot", "held", "--out", "held.svg")
	must(t, "plot", "held", "alone", "--out", "both.svg")
	must(t, "plot", "alone", "--out", "alone.svg")
	for name, want := range map[string]string{"held.svg": ">validation<", "both.svg": ">test or validation<", "alone.svg": ">test<"} {
		if !strings.Contains(plateautest.ReadFile(t, name), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	person := must(t, tiny("--out", "person", "--validation", "10")...)
	for _, want := range []string{"20 images to train on, 10 held out to test on after every epoch, at the end 20 to test on", "validation error", ": test error "} {
		if !strings.Contains(person, want) {
			t.Errorf("want %q in\n%s", want, person)
		}
	}
}

// A run that is stopped before its end says nothing of the test set.
func TestValidationInterrupted(t *testing.T) {
	plateautest.Empty(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &hook{word: `"epoch":2`, do: cancel}
	var messages bytes.Buffer
	status := execute(ctx, tiny("--json", "--out", "run", "--validation", "10"), out, &messages)
	if status != statusInterrupted || !strings.Contains(messages.String(), "interrupted in the test after the last epoch") {
		t.Errorf("status %d: %s", status, &messages)
	}
	events := plateautest.JSONLines(t, out.String())
	last := events[len(events)-1]
	if last["event"] != "interrupted" || last["test_error"] != nil || last["validation_error"] != events[2]["validation_error"] {
		t.Errorf("the run ends with %v", last)
	}
	if out := must(t, "inspect", "run"); strings.Contains(out, "test error") {
		t.Errorf("inspect says\n%s", out)
	}
}
