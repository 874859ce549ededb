package run

import (
	"os"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// A run that goes on, or is still being written, is read as far as it is known:
// what was done again counts, and a line that is not whole does not.
func TestReadMetricsOfRunInProgress(t *testing.T) {
	plateautest.Empty(t)
	if err := os.Mkdir("run", 0o777); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", `{"event":"start"}
{"event":"measure","examples":10,"largest_eigenvalue":3}
{"event":"measure","examples":20,"largest_eigenvalue":2}
{"event":"epoch","epoch":1,"test_error":0.5}
{"event":"epoch","epoch":2,"test_error":0.4}
{"event":"measure","examples":20,"largest_eigenvalue":null}
{"event":"measure","examples":30,"largest_eigenvalue":1}
{"event":"epoch","epoch":2,"test_error":0.3}
{"event":"epo`)
	dir, err := ReadMetrics("run")
	if err != nil {
		t.Fatal(err)
	}
	if e := []float64{*dir.Epochs[0].TestError, *dir.Epochs[1].TestError}; len(dir.Epochs) != 2 || !slices.Equal(e, []float64{0.5, 0.3}) {
		t.Errorf("errors are %v", e)
	}
	var examples []float64
	for _, m := range dir.Measured {
		examples = append(examples, float64(m.Examples))
	}
	if !slices.Equal(examples, []float64{10, 20, 30}) || dir.Measured[1].LargestEigenvalue != nil || *dir.Measured[2].LargestEigenvalue != 1 {
		t.Errorf("measured at %v: %+v", examples, dir.Measured)
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", `{"event":"start"}
{"event":"progress","epoch":1,"examples":10,"train_error":0.6}
{"event":"epoch","epoch":1,"test_error":0.5}
{"event":"progress","epoch":2,"examples":30,"train_error":0.5}
{"event":"progress","epoch":2,"examples":40,"train_error":0.4}
{"event":"progress","epoch":2,"examples":30,"train_error":0.3}
`)
	dir, err = ReadMetrics("run")
	if w := dir.Within(); err != nil || len(dir.Progress) != 2 || w == nil || w.Examples != 30 || w.TrainError != 0.3 {
		t.Errorf("progress is %+v, the last %+v, %v", dir.Progress, w, err)
	}
	if dir.Read([]byte(`{"event":"epoch","epoch":2,"test_error":0.5}`)); dir.Within() != nil {
		t.Errorf("after the epoch, progress within it is %+v", dir.Within())
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", "{\"event\":\"start\"}\nnonsense\n")
	if _, err := ReadMetrics("run"); err == nil || !strings.Contains(err.Error(), "run/metrics.jsonl:2: not a line of metrics") {
		t.Errorf("got %v", err)
	}
	plateautest.WriteFile(t, "run/metrics.jsonl", "{\"event\":\"epoch\",\"epoch\":3}\n")
	if _, err := ReadMetrics("run"); err == nil || !strings.Contains(err.Error(), "run/metrics.jsonl:1: not a line of metrics: epoch 3, want 1") {
		t.Errorf("got %v", err)
	}
}
