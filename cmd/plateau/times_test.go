package main

import (
	"regexp"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// Steps of 0.1 ms are at 0.3 and 0.9 ms, not at 0.30000000000000004 and
// 0.8999999999999999, wherever times become text.
func TestTimesAreShort(t *testing.T) {
	plateautest.Empty(t)
	steps := []string{"--set", "neurons.dt_ms=0.1", "--set", "phases.forward_ms=3.3", "--set", "phases.target_ms=2.7", "--set", "phases.settle_ms=0.9"}
	texts := map[string]string{}
	texts["trial --json"] = must(t, append([]string{"trial", "--hidden", "4", "--record", "--json"}, steps...)...)
	texts["trial"] = must(t, append([]string{"trial", "--hidden", "4", "--force"}, steps...)...)
	texts["inspect"] = must(t, "inspect", "trial-0.plateau")
	texts["inspect --json"] = must(t, "inspect", "trial-0.plateau", "--json")
	texts["replay"] = must(t, "replay", "trial-0.plateau", "--from-ms", "0.3", "--to-ms", "2.9")
	texts["replay --json"] = must(t, "replay", "trial-0.plateau", "--from-ms", "0.3", "--to-ms", "2.9", "--out", "x.csv", "--json")
	texts["x.csv"] = plateautest.ReadFile(t, "x.csv")
	must(t, "export", "trial-0.plateau", "--to", "csv", "--out", "tables")
	for name, text := range contents(t, "tables") {
		texts[name] = text
	}
	for _, name := range []string{"trials.csv", "phases.csv", "spikes.csv", "hidden0_soma.csv", "plateaus.csv"} {
		if texts[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	long := regexp.MustCompile(`\b\d\.\d*(00000|99999)\d*`) // times are below 10 ms
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if found := long.FindString(line); found != "" {
				t.Errorf("%s has %s in\n%.300s", name, found, line)
				break
			}
		}
	}
	for name, want := range map[string]string{
		"trial --json": `"phases_ms":[3.3,2.7]`, "inspect --json": `"length_ms":6,`, "replay": "0.3 to 2.9 ms", "x.csv": "\n0.9,", "hidden0_soma.csv": "\n0,8,0.9,",
	} {
		if !strings.Contains(texts[name], want) {
			t.Errorf("%s: want %q in\n%.300s", name, want, texts[name])
		}
	}
}
