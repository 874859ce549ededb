package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// A run with silenced neurons is recorded, interrupted, resumed and replayed like any
// other, and says everywhere who was silenced.
func TestSilencedRun(t *testing.T) {
	plateautest.Empty(t)
	silenced := []string{"--hidden", "12", "--record", "--set", "network.silence=hidden0:2:7,input:300", "--set", "record.weights_every=25"}
	must(t, tiny(append(silenced, "--out", "whole")...)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var messages bytes.Buffer
	if status := execute(ctx, tiny(append(silenced, "--out", "broken", "--json")...), &hook{word: `"event":"epoch"`, do: cancel}, &messages); status != statusInterrupted {
		t.Fatalf("status %d: %s", status, &messages)
	}
	must(t, "train", "--resume", "broken")
	sameRun(t, "broken", "whole")
	sameRecording(t, filepath.Join("broken", "recording.plateau"), filepath.Join("whole", "recording.plateau"))
	recording := filepath.Join("whole", "recording.plateau")
	if said := must(t, "inspect", recording); !strings.Contains(said, "silenced neurons: input:300:301,hidden0:2:7\n") {
		t.Errorf("inspect says %s", said)
	}
	if said := must(t, "inspect", "whole"); !strings.Contains(said, "784-12-10 on digits (hidden0:2:7,input:300 silenced)") {
		t.Errorf("inspect says %s", said)
	}

	// A trial and its replay have the same potentials, and rate 0 where nobody fires.
	must(t, "trial", "--run", "whole", "--example", "3", "--record", "trial.plateau", "--out", "trial.npz")
	must(t, "replay", "trial.plateau", "--vars", "all", "--layer", "hidden0", "--out", "replay.npz")
	a, b := openNPZ(t, "trial.npz"), openNPZ(t, "replay.npz")
	for _, v := range []string{"soma", "apical", "basal", "rate_hz"} {
		one, two := float32s(t, a, "hidden0_"+v, 70, 12), float32s(t, b, "hidden0_"+v, 70, 12)
		for k := range one {
			if one[k] != two[k] || v == "rate_hz" && (one[k] == 0) != (k%12 >= 2 && k%12 < 7) {
				t.Fatalf("%s: value %d is %v, in the replay %v", v, k, one[k], two[k])
			}
		}
	}
	fired, _, err := a.Int32("hidden0_spike_neuron")
	if err != nil || len(fired) == 0 {
		t.Fatalf("%d spikes: %v", len(fired), err)
	}
	for _, n := range fired {
		if n >= 2 && n < 7 {
			t.Fatalf("neuron %d fired", n)
		}
	}
}

// A trained network is tested with some of its neurons silenced, or with none of those that
// were silenced while it learnt.
func TestSilencingATrainedNetwork(t *testing.T) {
	plateautest.Empty(t)
	some := []string{"train", "--hidden", "30", "--examples", "4000", "--test-examples", "200", "--epochs", "1"}
	must(t, append(some, "--out", "run")...)
	must(t, append(some, "--rule", "backprop", "--out", "rival")...)
	folder := "run"
	errorOf := func(silence string) float64 {
		out := must(t, "test", "--run", folder, "--json", "--set", "network.silence="+silence)
		return plateautest.JSONLines(t, out)[0]["test_error"].(float64)
	}
	for _, folder = range []string{"run", "rival"} {
		whole, half, all := errorOf("none"), errorOf("hidden0:0:15"), errorOf("hidden0")
		if !(whole < 0.6 && whole < half && half < all && all > 0.8) { // guessing is wrong in 9 of 10 cases
			t.Errorf("%s: errors are %v, %v and %v with 0, 15 and 30 of 30 neurons silenced", folder, whole, half, all)
		}
	}
	for value, want := range map[string]string{
		"output:0:1":  "that are not the output",
		"hidden1":     "there are input with 784 neurons, hidden0 with 30 neurons",
		"hidden0:0:9": "",
	} {
		status, _, said := plateau("test", "--run", "run", "--set", "network.silence="+value)
		if (want == "") != (status == statusDone) || !strings.Contains(said, want) {
			t.Errorf("network.silence = %s: status %d: %s", value, status, said)
		}
	}
	if status, _, said := plateau("train", "--resume", "run", "--epochs", "2", "--set", "network.silence=hidden0:0:9"); status != statusMisuse || !strings.Contains(said, `network.silence = "hidden0:0:9": the run was begun with "none"`) {
		t.Errorf("status %d: %s", status, said)
	}
}
