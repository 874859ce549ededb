package main

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
)

// By default as many workers run as the job was given cores, and never more than
// there are.
func TestWorkersOfAJob(t *testing.T) {
	t.Setenv("SLURM_CPUS_PER_TASK", "")
	t.Setenv("SLURM_CPUS_ON_NODE", "")
	before := runtime.GOMAXPROCS(8)
	defer runtime.GOMAXPROCS(before)
	for _, test := range []struct {
		task, node string
		want       int
	}{
		{"", "", 8}, {"3", "", 3}, {"3", "6", 3}, {"", "6", 6}, {"64", "", 8}, {"", "64", 8},
		{"0", "", 8}, {"-2", "5", 5}, {"many", "", 8}, {"2(x3)", "4", 4},
	} {
		t.Setenv("SLURM_CPUS_PER_TASK", test.task)
		t.Setenv("SLURM_CPUS_ON_NODE", test.node)
		for _, command := range []string{"train", "test", "bench"} {
			want := fmt.Sprintf("(default: all cores of the job, %d)", test.want)
			if out := must(t, command, "--help"); !strings.Contains(out, want) {
				t.Errorf("%s with %q and %q: want %q in\n%s", command, test.task, test.node, want, out)
			}
		}
	}
	t.Setenv("SLURM_CPUS_PER_TASK", "3")
	plateautest.Empty(t)
	if start := plateautest.JSONLines(t, must(t, tiny("--json")...))[0]; start["workers"] != 3.0 {
		t.Errorf("a run of a job of 3 cores has %v workers", start["workers"])
	}
}
