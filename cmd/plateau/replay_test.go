package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/sim/record"
)

// From spikes alone replay finds, to the last bit, the potentials that a full
// recording of the same run holds.
func TestReplay(t *testing.T) {
	plateautest.Empty(t)
	more := []string{"--hidden", "12,8", "--set", "neurons.apical_per_ms=0.05", "--set", "learning.rate_decay=0.3", "--set", "learning.rate_warm_up=1", "--validation", "3"}
	must(t, tiny(append(more, "--out", "spikes", "--record", "--set", "record.weights_every=25")...)...)
	must(t, tiny(append(more, "--out", "full", "--record", "--set", "record.variables=all")...)...)
	full := openRecordingFile(t, filepath.Join("full", cli.RecordingName))
	h := full.Header()
	samples := func(trial, population int, v record.Variable, neurons []int, from, to int) []float32 {
		k := h.Probe(population, v)
		var values []float32
		s := full.Samples(trial, k, from, to)
		for s.Scan() {
			size := len(h.Probes[k].Neurons)
			for step := range s.Len() {
				for _, n := range neurons {
					values = append(values, s.Values()[step*size+n])
				}
			}
		}
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
		return values
	}
	sameBits := func(what string, got, want []float32) {
		t.Helper()
		if len(got) == 0 || len(got) != len(want) {
			t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
		}
		for k := range got {
			if math.Float32bits(got[k]) != math.Float32bits(want[k]) {
				t.Fatalf("%s: value %d is %v, want %v", what, k, got[k], want[k])
			}
		}
	}
	path := filepath.Join("spikes", cli.RecordingName)
	for _, trial := range []int{0, 37} {
		name := fmt.Sprintf("replay-%d.npz", trial)
		e := plateautest.JSONLines(t, must(t, "replay", path, "--trial", fmt.Sprint(trial), "--layer", "hidden1", "--neurons", "1:4,7", "--vars", "soma,apical,basal", "--json"))
		if len(e) != 1 || e[0]["out"] != name || e[0]["neurons"] != 4.0 || e[0]["to_ms"] != 70.0 || len(e[0]["variables"].([]any)) != 3 {
			t.Fatalf("got %v", e)
		}
		r := openNPZ(t, name)
		for _, v := range []record.Variable{record.Soma, record.Apical, record.Basal} {
			sameBits(fmt.Sprintf("trial %d, %s", trial, v), float32s(t, r, "hidden1_"+string(v), 70, 4),
				samples(trial, 2, v, []int{1, 2, 3, 7}, 0, record.End))
		}
		if times := float64s(t, r, "hidden1_soma_time_ms"); times[0] != 1 || times[69] != 70 {
			t.Errorf("times are %v", times)
		}
		if at, _, err := r.Int32("hidden1_soma_neuron"); err != nil || !slices.Equal(at, []int32{1, 2, 3, 7}) {
			t.Errorf("neurons are %v, %v", at, err)
		}
	}

	// A stretch of it, as text.
	must(t, "replay", path, "--trial", "41", "--layer", "output", "--vars", "all", "--from-ms", "30", "--to-ms", "34.5", "--out", "x.csv")
	lines := strings.Split(strings.TrimSpace(plateautest.ReadFile(t, "x.csv")), "\n")
	if len(lines) != 6 || !strings.HasPrefix(lines[0], "time_ms,output_basal_0,") || !strings.HasSuffix(lines[0], ",output_rate_hz_9") {
		t.Fatalf("%d lines, the first %s", len(lines), lines[0])
	}
	var got []float32
	for k, line := range lines[1:] {
		cells := strings.Split(line, ",")
		if len(cells) != 31 || cells[0] != fmt.Sprint(31+k) {
			t.Errorf("line %d is %s", k+1, line)
		}
		for _, cell := range cells[11:21] {
			v, err := strconv.ParseFloat(cell, 32)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, float32(v))
		}
	}
	sameBits("text", got, samples(41, 3, record.Soma, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 30, 35))

	out := must(t, "replay", path, "--trial", "2", "--out", "y.npz")
	for _, want := range []string{"trial 2 of", "12 neurons of hidden0, 0 to 70 ms", "soma", "all values are in y.npz"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

// Weights that a recording does not hold are drawn anew or given, and known by
// their digest.
func TestReplayFindsWeights(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--set", "record.weights=false", "--set", "record.weights_every=30")...)
	must(t, tiny("--out", "full", "--record")...)
	must(t, tiny("--out", "one", "--epochs", "1")...)
	path := filepath.Join("run", cli.RecordingName)
	// From the start of the run: its weights are those that the seed draws.
	must(t, "replay", path, "--trial", "11")
	// From the second epoch on: those that one epoch leaves.
	status, _, messages := plateau("replay", path, "--trial", "35")
	if status != 1 || !strings.Contains(messages, "are needed, and are not in the recording") || !strings.Contains(messages, "--run DIR or --weights FILE") {
		t.Errorf("status %d: %s", status, messages)
	}
	status, _, messages = plateau("replay", path, "--trial", "35", "--run", "run")
	if status != 1 || !strings.Contains(messages, "they differ from those at the start of the run, those of --run run") {
		t.Errorf("status %d: %s", status, messages)
	}
	must(t, "replay", path, "--trial", "35", "--run", "one")
	must(t, "replay", path, "--trial", "35", "--weights", "one/weights.npz", "--out", "b.npz")
	must(t, "replay", filepath.Join("full", cli.RecordingName), "--trial", "35", "--out", "c.npz")
	for _, name := range []string{"b.npz", "c.npz"} {
		if plateautest.ReadFile(t, name) != plateautest.ReadFile(t, "replay-35.npz") {
			t.Errorf("%s differs from what the weights of a run folder give", name)
		}
	}
}

func TestReplayMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record")...)
	must(t, tiny("--out", "less", "--record", "--set", "record.spikes=hidden0", "--epochs", "1")...)
	must(t, tiny("--out", "none", "--record", "--set", "record.images=29", "--set", "record.trials=1", "--epochs", "1")...)
	must(t, tiny("--out", "gaps", "--record", "--set", "record.trials=every=3", "--set", "record.weights=false", "--epochs", "1")...)
	must(t, "replay", "run/recording.plateau")
	plateautest.WriteFile(t, "notes.txt", "mine")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"replay", 2, []string{"replay needs a recording"}},
		{"replay nowhere", 1, []string{"nowhere: there is no such file", "--record"}},
		{"replay run/checkpoints", 1, []string{"run/checkpoints is a folder", "want a recording, or the folder of a run"}},
		{"replay notes.txt", 1, []string{"notes.txt: not a recording of plateau"}},
		{"replay run/recording.plateau", 1, []string{"replay-0.npz", "already", "--force"}},
		{"replay run/recording.plateau --trial 60", 2, []string{"--trial 60: want 0 to 59"}},
		{"replay run/recording.plateau --trial -1", 2, []string{"--trial -1"}},
		{"replay run/recording.plateau --layer hiden0", 2, []string{"--layer hiden0", "did you mean hidden0?"}},
		{"replay run/recording.plateau --layer input", 2, []string{"the input has no potentials", "hidden0, output"}},
		{"replay run/recording.plateau --neurons 0:21", 2, []string{"--neurons 0:21: want numbers from 0 to 19"}},
		{"replay run/recording.plateau --neurons x", 2, []string{`--neurons "x" is neither a number`}},
		{"replay run/recording.plateau --neurons=", 2, []string{`--neurons "": want a value`}},
		{"replay run/recording.plateau --vars volts", 2, []string{"--vars volts: want some of basal,apical,soma,rate"}},
		{"replay run/recording.plateau --layer output --vars apical", 2, []string{"output neurons have no apical dendrite"}},
		{"replay run/recording.plateau --from-ms 70", 2, []string{"--from-ms 70: want 0 to less than 70"}},
		{"replay run/recording.plateau --from-ms 7 --to-ms 7", 2, []string{"--to-ms 7: want more than --from-ms 7"}},
		{"replay run/recording.plateau --from-ms nan --out x.npz", 2, []string{"--from-ms nan"}},
		{"replay run/recording.plateau --from-ms x", 2, []string{"--from-ms x: want a number"}},
		{"replay run/recording.plateau --out x.mat", 2, []string{"--out x.mat", ".npz or .csv"}},
		{"replay run/recording.plateau --out no/x.npz", 1, []string{"there is no folder no"}},
		{"replay less/recording.plateau --out x.npz", 1, []string{"spikes of input", "not recorded"}},
		{"replay none/recording.plateau --out x.npz", 1, []string{"holds no trials"}},
		{"replay gaps/recording.plateau --trial 3 --out x.npz", 1, []string{"trials since the last snapshot of the weights"}},
	} {
		mistake(t, test.args, test.status, test.want, before)
	}
}
