package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// byBackprop is a training run of a blink, by backpropagation.
func byBackprop(more ...string) []string {
	return append([]string{"train", "--rule", "backprop", "--hidden", "20", "--examples", "300", "--test-examples", "50", "--epochs", "3",
		"--set", "learning.batch=16", "--measure", "all", "--set", "measure.every=100"}, more...)
}

// Everything around learning works for a rule without spikes too: a run that was
// interrupted ends like one that was not, and can be tested, looked into and drawn.
func TestBackprop(t *testing.T) {
	plateautest.Empty(t)
	must(t, byBackprop("--out", "whole", "--workers", "1")...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var messages bytes.Buffer
	if status := execute(ctx, byBackprop("--out", "broken", "--json", "--workers", "3", "--checkpoint-every", "100ex"), &hook{word: `"event":"epoch"`, do: cancel}, &messages); status != statusInterrupted {
		t.Fatalf("status %d: %s", status, &messages)
	}
	must(t, "train", "--resume", "broken", "--workers", "2")
	sameRun(t, "broken", "whole")

	out := must(t, "test", "--run", "whole", "--json")
	test := plateautest.JSONLines(t, out)[0]
	metrics := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join("whole", "metrics.jsonl")))
	if end := metrics[len(metrics)-1]; end["event"] != "done" || end["test_error"] != test["test_error"] || !(end["test_error"].(float64) < 0.8) { // guessing is wrong in 9 of 10 cases
		t.Errorf("the run ended with %v, and a test finds %v", end, test)
	}
	if said := must(t, "inspect", "whole"); !strings.Contains(said, "784-20-10 on digits by backprop") {
		t.Errorf("inspect says %s", said)
	}
	for _, what := range []string{"learning", "losses", "dynamics", "confusion", "fields"} {
		must(t, "plot", "whole", "--what", what, "--out", what+".svg")
	}
	if status, _, said := plateau("trial", "--run", "whole"); status != statusFailed || !strings.Contains(said, `want learning.rule = "plateau"`) {
		t.Errorf("trial: status %d: %s", status, said)
	}
	plateautest.WriteFile(t, "two.toml", "network.per_class = 2")
	for want, more := range map[string][]string{
		"--record needs neurons with potentials": {"--record"},
		"phases.forward_ms has no effect":        {"--set", "phases.forward_ms=60"},
		"network.symmetric has no effect":        {"--set", "network.symmetric=true"},
		"learning.rates has no effect":           {"--set", "learning.rates=0.1,0.2"},
		"a class has one output":                 {"--config", "two.toml"},
		"need plateau potentials":                {"--measure", "angle"},
	} {
		status, _, said := plateau(byBackprop(append(more, "--out", "refused")...)...)
		if status == statusDone || !strings.Contains(said, want) {
			t.Errorf("%v: status %d, want a message with %q: %s", more, status, want, said)
		}
		if _, err := os.Stat("refused"); err == nil {
			t.Errorf("%v left something behind", more)
		}
	}
	if status, _, said := plateau("train", "--set", "rival.rate=0.1"); status != statusMisuse || !strings.Contains(said, "rival.rate has no effect") {
		t.Errorf("rival.rate for the plateau rule: status %d: %s", status, said)
	}
}
