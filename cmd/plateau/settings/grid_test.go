package settings

import (
	"strings"
	"testing"

	"plateau/kernels"
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
		if got := Find(name).Text(c); got != value {
			t.Errorf("%s = %s, want %s", name, got, value)
		}
	}
	if len(c.rounded) != 9 {
		t.Errorf("%d settings were rounded, want 9: %v", len(c.rounded), c.rounded)
	}
	m := c.Model(c.Data.Images())
	if p := m.Train; p.Forward != 60 || p.Target != 70 || p.Settle != 30 || p.Window != 20 || p.PlateauSpread != 30 || p.PlateauSD != 3.5 {
		t.Errorf("the model has %+v", p)
	}
	if m.Test.Length != 100 || m.Test.Settle != 10 || m.Neurons.Kernel.(kernels.Finite).Support != 10 {
		t.Errorf("the model has %+v and %+v", m.Test, m.Neurons.Kernel)
	}
	again := NewLayers()
	again.Read("printed", []byte(PrintConfig(c, false)))
	back, err := again.Finish()
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
	for _, k := range Keys() {
		want := strings.HasSuffix(k.Name, "_ms") && !strings.HasSuffix(k.Name, "_per_ms")
		switch k.Name {
		case "neurons.dt_ms", "neurons.tau_rise_ms", "neurons.tau_leak_ms",
			"phases.longer_mean_ms", "phases.longer_scale_ms", "phases.plateau_sd_ms":
			want = false
		}
		if k.steps != want {
			t.Errorf("%s is counted in steps: %v, want %v", k.Name, k.steps, want)
		}
	}
}

// Phases that whole steps leave nothing of are refused, with what was set.
func TestRoundingThatLeavesNothing(t *testing.T) {
	_, err := New("neurons.dt_ms=10", "neurons.integration=exponential", "phases.forward_ms=34", "phases.target_ms=44")
	if err == nil || err.Error() != "--set: phases.forward_ms = 34, which is 30 in whole steps of neurons.dt_ms (10): want more than phases.settle_ms (30) and less than 1000000" {
		t.Errorf("got %v", err)
	}
	_, err = New("neurons.dt_ms=10", "neurons.integration=exponential", "phases.settle_ms=45.5")
	if err == nil || !strings.Contains(err.Error(), "--set: phases.settle_ms = 45.5, which is 50 in whole steps of neurons.dt_ms (10) does not go with phases.forward_ms = 50 (the default)") {
		t.Errorf("got %v", err)
	}
	_, err = New("neurons.dt_ms=0.3", "phases.forward_ms=10", "phases.target_ms=10", "phases.settle_ms=0", "phases.window_ms=5", "phases.plateau_spread_ms=5")
	if err == nil || !strings.Contains(err.Error(), "phases.plateau_spread_ms = 5, which is 5.1 in whole steps") {
		t.Errorf("got %v", err)
	}
}
