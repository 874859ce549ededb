package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// metricsOf reads the metrics of a run that has ended.
func metricsOf(t *testing.T, folder string) run.Metrics {
	t.Helper()
	m, err := run.ReadMetrics(folder)
	if err != nil || m.End == nil {
		t.Fatalf("%s: end %v, %v", folder, m.End, err)
	}
	return m
}

// held are settings of a run with which the error on the images held out goes up and down.
func held(more ...string) []string { return append(tiny(heldOut()...), more...) }

// heldOut are those of them that all rules have.
func heldOut() []string {
	return []string{"--examples", "70", "--validation", "30", "--test-examples", "40", "--epochs", "9", "--seed", "2"}
}

// A run that keeps its best epoch ends as one that had no more epochs than that, and is
// tested with these weights. Its last checkpoint is that of the last epoch.
func TestKeepBest(t *testing.T) {
	plateautest.Empty(t)
	for rule, base := range map[string][]string{
		"plateau":  held("--force"),
		"backprop": append(heldOut(), "--rule", "backprop", "--hidden", "20", "--batch", "10", "--force"),
	} {
		if rule != "plateau" {
			base = append([]string{"train"}, base...)
		}
		begin := func(more ...string) string { return must(t, append(base[:len(base):len(base)], more...)...) }
		out := begin("--keep", "best", "--out", "best")
		begin("--out", "last")
		best, last := metricsOf(t, "best"), metricsOf(t, "last")
		kept := best.End.KeptEpoch
		if kept < 2 || kept > 8 {
			t.Fatalf("%s: the best of 9 epochs is number %d: this tests nothing", rule, kept)
		}
		for i, e := range best.Epochs {
			if e.Checked() < best.Epochs[kept-1].Checked() || e.Checked() == best.Epochs[kept-1].Checked() && i+1 < kept {
				t.Errorf("%s: epoch %d was kept, but the error after epoch %d is %v", rule, kept, i+1, e.Checked())
			}
		}
		begin("--epochs", fmt.Sprint(kept), "--out", "short")
		short := metricsOf(t, "short")
		if best.End.WeightsSHA256 != short.End.WeightsSHA256 || *best.End.TestError != *short.End.TestError || *best.End.Validation != *short.End.Validation {
			t.Errorf("%s: a run ends as %+v, want as one with %d epochs, %+v", rule, best.End, kept, short.End)
		}
		if plateautest.ReadFile(t, "best/weights.npz") != plateautest.ReadFile(t, "short/weights.npz") {
			t.Errorf("%s: weights.npz has not the weights of epoch %d", rule, kept)
		}
		if best.End.Epochs != 9 || best.End.Stopped != "" || last.End.KeptEpoch != 0 || best.End.WeightsSHA256 == last.End.WeightsSHA256 {
			t.Errorf("%s: got ends %+v and %+v", rule, best.End, last.End)
		}
		if want := fmt.Sprintf("\nkept the weights of epoch %d, whose error on the images held out was the lowest", kept); !strings.Contains(out, want) {
			t.Errorf("want %q in %s", want, out)
		}
		if out := must(t, "test", "--run", "best"); strings.Contains(out, "note:") {
			t.Errorf("%s: the test of a run that kept its best epoch prints %s", rule, out)
		}
		inspected := plateautest.JSONLines(t, must(t, "inspect", "best", "--json"))[0]
		if inspected["kept_epoch"] != float64(kept) || inspected["weights_sha256"] != best.End.WeightsSHA256 || inspected["validation_error"] != *best.End.Validation {
			t.Errorf("%s: inspect says %v", rule, inspected)
		}
		// With more epochs, it goes on from the last.
		must(t, "train", "--resume", "best", "--epochs", "11")
		must(t, "train", "--resume", "last", "--epochs", "11")
		if g, w := metricsOf(t, "best").Epochs[10], metricsOf(t, "last").Epochs[10]; g.Checked() != w.Checked() || g.OutputLoss != w.OutputLoss {
			t.Errorf("%s: resumed, epoch 11 is %+v, want %+v", rule, g, w)
		}
	}
}

// A run whose patience is at an end stops, with the same epochs as any other run; and it
// goes on with more patience as if it had had that from the start.
func TestPatience(t *testing.T) {
	plateautest.Empty(t)
	out := must(t, held("--patience", "2", "--epochs", "40", "--out", "patient")...)
	m := metricsOf(t, "patient")
	n := len(m.Epochs)
	if n >= 40 || n != run.BestEpoch(m.Epochs)+2 || m.End.Epochs != n || m.End.Stopped != "patience" || m.End.KeptEpoch != 0 || m.End.Examples != 40*n {
		t.Fatalf("after %d epochs, the best of which is %d, the run ends as %+v", n, run.BestEpoch(m.Epochs), m.End)
	}
	for i := range n - 1 {
		if run.Stalled(m.Epochs[:i+1], 2) {
			t.Errorf("the run should have stopped after epoch %d", i+1)
		}
	}
	if want := fmt.Sprintf("\nstopped after epoch %d: for 2 epochs,", n); !strings.Contains(out, want) {
		t.Errorf("want %q in %s", want, out)
	}
	must(t, held("--epochs", fmt.Sprint(n), "--out", "same")...)
	if got, want := metricsOf(t, "same").End, m.End; got.WeightsSHA256 != want.WeightsSHA256 || *got.TestError != *want.TestError {
		t.Errorf("a run with as many epochs ends as %+v, want %+v", got, want)
	}
	done := must(t, "train", "--resume", "patient")
	if !strings.Contains(done, "patient is done") || !strings.Contains(done, "to train it longer: plateau train --resume patient --patience 4") {
		t.Errorf("resuming prints %s", done)
	}
	must(t, "train", "--resume", "patient", "--patience", "5", "--epochs", "30")
	must(t, held("--patience", "5", "--epochs", "30", "--out", "more")...)
	sameRun(t, "patient", "more")
	if len(metricsOf(t, "more").Epochs) <= n {
		t.Error("more patience changes nothing: this tests nothing")
	}
}

// A run that keeps its best epoch and may stop early ends with the same bits wherever it is
// interrupted: after an epoch, and in the last test, when the learner has the weights of the
// best epoch.
func TestResumeWithBest(t *testing.T) {
	plateautest.Empty(t)
	for _, more := range [][]string{{"--keep", "best"}, {"--keep", "best", "--patience", "3", "--epochs", "40"}} {
		must(t, held(append(more, "--out", "whole", "--force")...)...)
		n := len(metricsOf(t, "whole").Epochs)
		for _, word := range []string{`"epoch":2,`, `"epoch":5,`, fmt.Sprintf(`"epoch":%d,`, n)} {
			os.RemoveAll("broken")
			ctx, cancel := context.WithCancel(context.Background())
			out := &hook{word: word, do: cancel}
			var messages bytes.Buffer
			status := execute(ctx, held(append(more, "--out", "broken", "--json", "--workers", "3")...), out, &messages)
			cancel()
			if status != statusInterrupted {
				t.Fatalf("%q at %s: status %d: %s", more, word, status, &messages)
			}
			must(t, "train", "--resume", "broken", "--workers", "1")
			sameRun(t, "broken", "whole")
		}
	}
}

// Both settings need images that are held out; and a run goes on keeping what it keeps.
func TestKeepNeedsImagesHeldOut(t *testing.T) {
	plateautest.Empty(t)
	for want, args := range map[string][]string{
		"--patience: learning.patience = 3: want a whole number from 0 to 1000000; more than 0 only with images held out: data.validation (0)": tiny("--patience", "3"),
		`--keep: learning.keep = "best": want "last" or "best", "best" only with images held out: data.validation (0)`:                         tiny("--keep", "best"),
		`--keep: learning.keep = "worst": want "last" or "best"`:                                                                               tiny("--keep", "worst"),
	} {
		if got := refused(t, args...); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	must(t, held("--epochs", "1", "--out", "run")...)
	if got := refused(t, "train", "--resume", "run", "--keep", "best"); !strings.Contains(got, `learning.keep = "best": the run was begun with "last"`) {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat(filepath.Join("run", cli.WeightsName)); err != nil {
		t.Error(err)
	}
}

// refused returns the message with which a command is refused.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	status, _, messages := plateau(args...)
	if status == 0 {
		t.Errorf("%q is not refused", args)
	}
	return messages
}
