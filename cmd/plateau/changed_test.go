package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// What was changed by hand counts, and is told; what was not is not.
func TestChangedByHand(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	must(t, tiny("--out", "other", "--seed", "2")...)
	commands := []string{"test --run run", "trial --run run --force", "inspect run", "plot run --what fields --force"}
	say := func(command string) string {
		t.Helper()
		status, _, messages := plateau(strings.Fields(command)...)
		if status != 0 {
			t.Fatalf("%s: status %d: %s", command, status, messages)
		}
		return messages
	}
	for _, command := range append(commands, "train --resume run") {
		if messages := say(command); strings.Contains(messages, "note: run/") {
			t.Errorf("%s of a run as it was written: %s", command, messages)
		}
	}
	config := plateautest.ReadFile(t, "run/config.toml")
	const told = "note: run/config.toml was changed after the run wrote it: "
	for _, c := range []struct{ from, to, want string }{
		{"length_ms = 50\n", "length_ms = 60\n", told + "test.length_ms = 60, which was 50; it is used as it is now"},
		{"# The same", "# The sane", told + "no setting differs"},
	} {
		plateautest.WriteFile(t, "run/config.toml", strings.Replace(config, c.from, c.to, 1))
		want := c.want
		for _, command := range commands {
			if messages := say(command); !strings.Contains(messages, want) {
				t.Errorf("%s does not say %q: %s", command, want, messages)
			}
		}
	}
	if messages := say("train --resume run --epochs 3"); !strings.Contains(messages, "no setting differs") {
		t.Errorf("resumed: %s", messages)
	}
	if messages := say("test --run run"); strings.Contains(messages, "note: run/") {
		t.Errorf("after the run has written its configuration once more: %s", messages)
	}
	own := plateautest.ReadFile(t, "run/weights.npz")
	plateautest.WriteFile(t, "run/weights.npz", plateautest.ReadFile(t, "other/weights.npz"))
	for _, command := range commands {
		if messages := say(command); !strings.Contains(messages, "note: run/weights.npz is not what the run wrote") {
			t.Errorf("with weights of another run %s says %s", command, messages)
		}
	}
	// The checkpoints are not needed to know it.
	if err := os.RemoveAll("run/checkpoints"); err != nil {
		t.Fatal(err)
	}
	if messages := say("test --run run"); !strings.Contains(messages, "is not what the run wrote") {
		t.Errorf("without checkpoints: %s", messages)
	}
	plateautest.WriteFile(t, "run/weights.npz", own)
	if messages := say("test --run run"); strings.Contains(messages, "note: run/") {
		t.Errorf("with its own weights: %s", messages)
	}
}

// Every bit of the metrics of a run is known by a checksum, when it was stopped as
// when it was killed.
func TestChangedMetrics(t *testing.T) {
	plateautest.Empty(t)
	ctx, cancel := context.WithCancel(context.Background())
	execute(ctx, tiny("--out", "run", "--json", "--measure", "rates", "--set", "measure.every=10"), &hook{word: `"event":"epoch"`, do: cancel}, &bytes.Buffer{})
	cancel()
	path := filepath.Join("run", cli.MetricsName)
	text := []byte(plateautest.ReadFile(t, path))
	folder := &run.Folder{Path: "run"}
	point, err := folder.FindCheckpoint(-1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.ReadPlan("run")
	if err != nil || p.Metrics == "" || !p.SameMetrics("run") {
		t.Fatalf("the plan is %+v, %v", p, err)
	}
	if _, changed, err := folder.CheckMetrics(point); changed || err != nil {
		t.Fatalf("unchanged metrics: %v, %v", changed, err)
	}
	first := bytes.IndexByte(text, '\n')
	epochs := bytes.Index(text, []byte(`"epochs":2`)) + len(`"epochs":`)
	mark := first + 1 + int(point.Metrics)
	if mark >= len(text) || point.Metrics < 100 {
		t.Fatalf("the checkpoint is at %d of %d bytes", mark, len(text))
	}
	for i := range text {
		for _, bit := range []int{i % 8, 5} { // 5 turns small letters into capitals
			text[i] ^= 1 << bit
			plateautest.WriteFile(t, path, string(text))
			if p.SameMetrics("run") {
				t.Errorf("bit %d of byte %d is not noticed", bit, i)
			}
			if i < mark && (i != epochs || bit > 3) {
				if _, changed, err := folder.CheckMetrics(point); !changed && err == nil {
					t.Errorf("bit %d of byte %d is not noticed at the checkpoint: %q", bit, i, text[max(0, i-20):i+1])
				}
			}
			text[i] ^= 1 << bit
		}
	}
	const note = "note: run/metrics.jsonl was changed after the run wrote it"
	at := bytes.Index(text, []byte(`"train_error":0.`)) + len(`"train_error":0.`)
	text[at] ^= 1
	for _, killed := range []bool{false, true} {
		if killed {
			text = text[:mark]
			p.Metrics = ""
			folder.Plan = p
			if err := folder.SavePlan(); err != nil {
				t.Fatal(err)
			}
		}
		plateautest.WriteFile(t, path, string(text))
		status, _, messages := plateau("inspect", "run")
		if status != 0 || strings.Contains(messages, note) == killed {
			t.Errorf("inspect, killed %v: status %d: %s", killed, status, messages)
		}
	}
	status, _, messages := plateau("train", "--resume", "run")
	if status != 0 || !strings.Contains(messages, note) {
		t.Errorf("resumed: status %d: %s", status, messages)
	}
	if status, _, messages := plateau("inspect", "run"); status != 0 || strings.Contains(messages, note) {
		t.Errorf("inspect of the run that went on: status %d: %s", status, messages)
	}
}
