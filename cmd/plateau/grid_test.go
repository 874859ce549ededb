package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/kernels"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// Every time that is waited for becomes whole steps by one rule, and what it became
// is what the model has and what is printed.
func TestTimesBecomeWholeSteps(t *testing.T) {
	c := mustConfig(t, "neurons.dt_ms=10", "neurons.integration=exponential", "neurons.spike_memory_ms=4",
		"phases.forward_ms=64", "phases.target_ms=65", "phases.settle_ms=34", "phases.window_ms=16", "phases.plateau_spread_ms=25", "phases.plateau_sd_ms=3.5",
		"test.length_ms=104", "test.settle_ms=6", "record.every_ms=24", "neurons.tau_leak_ms=11.5")
	want := map[string]string{
		"neurons.spike_memory_ms": "10", "phases.forward_ms": "60", "phases.target_ms": "70", "phases.settle_ms": "30", "phases.window_ms": "20",
		"phases.plateau_spread_ms": "30", "test.length_ms": "100", "test.settle_ms": "10", "record.every_ms": "20",
		"phases.plateau_sd_ms": "3.5", "neurons.tau_leak_ms": "11.5", // these are not waited for
	}
	for name, value := range want {
		if got := find(name).text(c); got != value {
			t.Errorf("%s = %s, want %s", name, got, value)
		}
	}
	if len(c.rounded) != 9 {
		t.Errorf("%d settings were rounded, want 9: %v", len(c.rounded), c.rounded)
	}
	m := c.model(c.images())
	if p := m.Train; p.Forward != 60 || p.Target != 70 || p.Settle != 30 || p.Window != 20 || p.PlateauSpread != 30 || p.PlateauSD != 3.5 {
		t.Errorf("the model has %+v", p)
	}
	if m.Test.Length != 100 || m.Test.Settle != 10 || m.Neurons.Kernel.(kernels.Finite).Support != 10 {
		t.Errorf("the model has %+v and %+v", m.Test, m.Neurons.Kernel)
	}
	again := newSettings()
	again.read("printed", []byte(printConfig(c, false)))
	back, err := again.finish()
	if err != nil {
		t.Fatal(err)
	}
	if len(back.rounded) != 0 {
		t.Errorf("what was printed is rounded again: %v", back.rounded)
	}
	for _, pairs := range [][]string{nil, unusual(), {"neurons.dt_ms=0.1"}, {"neurons.dt_ms=0.1", "phases.settle_ms=0.3"}} {
		if c := mustConfig(t, pairs...); len(c.rounded) != 0 {
			t.Errorf("%q: on the grid, but rounded: %v", pairs, c.rounded)
		}
	}
}

// A time that is waited for is a setting in ms that is no time constant, no width of a
// distribution, and not the step itself.
func TestWhichTimesAreWaitedFor(t *testing.T) {
	for _, k := range keys() {
		want := strings.HasSuffix(k.name, "_ms") && !strings.HasSuffix(k.name, "_per_ms")
		switch k.name {
		case "neurons.dt_ms", "neurons.tau_rise_ms", "neurons.tau_leak_ms",
			"phases.longer_mean_ms", "phases.longer_scale_ms", "phases.plateau_sd_ms":
			want = false
		}
		if k.steps != want {
			t.Errorf("%s is counted in steps: %v, want %v", k.name, k.steps, want)
		}
	}
}

// What had to be rounded is told once, at the start, and stored as what it became: in
// the run's configuration, in its checkpoints, in recordings and trials.
func TestRoundingIsToldAndStored(t *testing.T) {
	empty(t)
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
	text, err := os.ReadFile(filepath.Join("run", configName))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nforward_ms = 40.5\n", "\nspike_memory_ms = 10\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q", configName, want)
		}
	}
	r, err := record.Open(filepath.Join("run", recordingName))
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
	empty(t)
	status, out, messages := plateau("config", "--preset", "none", "--set", "neurons.dt_ms=0.3", "--json")
	if status != 0 {
		t.Fatal(messages)
	}
	if want := "note: phases.forward_ms = 50 (the default) is 50.1 in whole steps of neurons.dt_ms (0.3)\n"; !strings.Contains(messages, want) {
		t.Errorf("want %q in\n%s", want, messages)
	}
	for line := range strings.Lines(out) {
		var e keyEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Key == "test.length_ms" && (e.Value != "249.9" || e.Default != "250") {
			t.Errorf("got %+v", e)
		}
	}
}

// Phases that whole steps leave nothing of are refused, with what was set.
func TestRoundingThatLeavesNothing(t *testing.T) {
	_, err := configOf("neurons.dt_ms=10", "neurons.integration=exponential", "phases.forward_ms=34", "phases.target_ms=44")
	if err == nil || err.Error() != "--set: phases.forward_ms = 34, which is 30 in whole steps of neurons.dt_ms (10): want more than phases.settle_ms (30) and less than 1000000" {
		t.Errorf("got %v", err)
	}
	_, err = configOf("neurons.dt_ms=10", "neurons.integration=exponential", "phases.settle_ms=45.5")
	if err == nil || !strings.Contains(err.Error(), "--set: phases.settle_ms = 45.5, which is 50 in whole steps of neurons.dt_ms (10) does not go with phases.forward_ms = 50 (the default)") {
		t.Errorf("got %v", err)
	}
	_, err = configOf("neurons.dt_ms=0.3", "phases.forward_ms=10", "phases.target_ms=10", "phases.settle_ms=0", "phases.window_ms=5", "phases.plateau_spread_ms=5")
	if err == nil || !strings.Contains(err.Error(), "phases.plateau_spread_ms = 5, which is 5.1 in whole steps") {
		t.Errorf("got %v", err)
	}
}
