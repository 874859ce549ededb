package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/kernels"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// What had to be rounded is told once, at the start, and stored as what it became: in
// the run's configuration, in its checkpoints, in recordings and trials.
func TestRoundingIsToldAndStored(t *testing.T) {
	plateautest.Empty(t)
	args := []string{"train", "--hidden", "5", "--examples", "6", "--test-examples", "5", "--epochs", "1", "--out", "run", "--record",
		"--set", "neurons.dt_ms=0.5", "--set", "phases.forward_ms=40.3", "--set", "neurons.spike_memory_ms=9.8", "--set", "test.length_ms=50"}
	status, _, messages := plateau(args...)
	if status != 0 {
		t.Fatal(messages)
	}
	for _, want := range []string{
		"note: --set: phases.forward_ms = 40.3 is 40.5 in whole steps of neurons.dt_ms (0.5)\n",
		"note: --set: neurons.spike_memory_ms = 9.8 is 10 in whole steps of neurons.dt_ms (0.5)\n",
	} {
		if strings.Count(messages, want) != 1 {
			t.Errorf("want once %q in\n%s", want, messages)
		}
	}
	if n := strings.Count(messages, "whole steps"); n != 2 {
		t.Errorf("%d settings are said to be rounded, want 2:\n%s", n, messages)
	}
	text, err := os.ReadFile(filepath.Join("run", cli.ConfigName))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nforward_ms = 40.5\n", "\nspike_memory_ms = 10\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q", cli.ConfigName, want)
		}
	}
	r, err := record.Open(filepath.Join("run", cli.RecordingName))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if support := r.Header().Neurons.Kernel.(kernels.Finite).Support; support != 10 {
		t.Errorf("the recording has a spike memory of %v ms, want 10", support)
	}
	if !strings.Contains(r.Header().Config, "\nforward_ms = 40.5\n") {
		t.Error("the recording's configuration is that before rounding")
	}
	trial, err := r.Trial(0)
	if err != nil {
		t.Fatal(err)
	}
	if got := trial.Phases[0].Steps; got != 81 {
		t.Errorf("the forward phase has %d steps, want 81", got)
	}
	for _, again := range [][]string{
		{"train", "--resume", "run", "--epochs", "2"}, {"test", "--run", "run"}, {"trial", "--run", "run"}, {"config", "check", "run/config.toml"},
	} {
		status, _, messages := plateau(again...)
		if status != 0 || strings.Contains(messages, "whole steps") {
			t.Errorf("plateau %q: status %d, and says\n%s", again, status, messages)
		}
	}
	for _, other := range [][]string{
		{"test", "--run", "run", "--set", "test.length_ms=60.2"}, {"trial", "--run", "run", "--set", "phases.target_ms=60.2", "--out", "other.npz"},
		{"config", "--set", "phases.target_ms=60.2", "--json", "--set", "neurons.dt_ms=0.5"},
	} {
		status, _, messages := plateau(other...)
		if status != 0 || !strings.Contains(messages, "_ms = 60.2 is 60 in whole steps of neurons.dt_ms (0.5)") {
			t.Errorf("plateau %q: status %d, and says\n%s", other, status, messages)
		}
	}
	a, err := npz.Open("other.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if ends, _, err := a.Float64("phase_end_ms"); err != nil || len(ends) != 2 || ends[1] != 100.5 {
		t.Errorf("the trial ends at %v ms, %v, want 40.5 and 100.5", ends, err)
	}
}

// The note about a rounded default says that it is the default.
func TestRoundedDefaults(t *testing.T) {
	plateautest.Empty(t)
	status, out, messages := plateau("config", "--preset", "none", "--set", "neurons.dt_ms=0.3", "--json")
	if status != 0 {
		t.Fatal(messages)
	}
	if want := "note: phases.forward_ms = 50 (the default) is 50.1 in whole steps of neurons.dt_ms (0.3)\n"; !strings.Contains(messages, want) {
		t.Errorf("want %q in\n%s", want, messages)
	}
	for line := range strings.Lines(out) {
		var e settings.KeyEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Key == "test.length_ms" && (e.Value != "249.9" || e.Default != "250") {
			t.Errorf("got %+v", e)
		}
	}
}
