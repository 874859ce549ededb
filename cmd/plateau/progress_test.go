package main

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// Within epochs there are lines of progress, at the same examples and with the same numbers
// whether the run was interrupted or not.
func TestProgressWithinEpochs(t *testing.T) {
	plateautest.Empty(t)
	args := func(more ...string) []string {
		return tiny(append([]string{"--examples", "2500", "--hidden", "3", "--batch", "7", "--set", "learning.batch_update=mean"}, more...)...)
	}
	must(t, args("--out", "whole")...)
	m := metricsOf(t, "whole")
	// Batches end after 7, 14, …, and each epoch begins anew.
	want := []run.ProgressEvent{{Epoch: 1, Examples: 1001}, {Epoch: 1, Examples: 2002}, {Epoch: 2, Examples: 3501}, {Epoch: 2, Examples: 4502}}
	if len(m.Progress) != len(want) {
		t.Fatalf("progress is %+v, want at %+v", m.Progress, want)
	}
	for i, p := range m.Progress {
		if p.Epoch != want[i].Epoch || p.Examples != want[i].Examples || len(p.HiddenLosses) != 1 {
			t.Errorf("progress is %+v, want at %+v", p, want[i])
		}
		n := float64(p.Examples - 2500*(p.Epoch-1))
		if wrong := p.TrainError * n; math.Abs(wrong-math.Round(wrong)) > 1e-9 || !(p.TrainError > 0 && p.TrainError < 1) {
			t.Errorf("an error of %v is not a whole number of %v examples", p.TrainError, n)
		}
	}
	for _, word := range []string{`"examples":1001,`, `"epoch":1,"examples":2500`, `"examples":4502,`} {
		ctx, cancel := context.WithCancel(context.Background())
		out := &hook{word: word, do: cancel}
		var messages bytes.Buffer
		status := execute(ctx, args("--out", "broken", "--force", "--json"), out, &messages)
		cancel()
		if status != statusInterrupted {
			t.Fatalf("at %s: status %d: %s", word, status, &messages)
		}
		must(t, "train", "--resume", "broken")
		sameRun(t, "broken", "whole")
	}
}

// inspect says how far the epoch is that was interrupted.
func TestInspectWithinEpoch(t *testing.T) {
	plateautest.Empty(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &hook{word: `"event":"progress"`, do: cancel}
	var messages bytes.Buffer
	if status := execute(ctx, tiny("--examples", "1500", "--hidden", "3", "--out", "run", "--json"), out, &messages); status != statusInterrupted {
		t.Fatalf("status %d: %s", status, &messages)
	}
	if got := must(t, "inspect", "run"); !strings.Contains(got, " %  after 1000 of 1500 images\n") {
		t.Errorf("inspect prints %s", got)
	}
}
