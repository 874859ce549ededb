package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Two runs that both found a folder vacant used to share it: one's metrics stood
// beside the other's weights.
func TestTwoRunsClaimOneFolder(t *testing.T) {
	for _, force := range []bool{false, true} {
		empty(t)
		first, err := claimRun("run", "digits", force)
		if err != nil {
			t.Fatal(err)
		}
		second, err := claimRun("run", "digits", force)
		if err != nil {
			t.Fatal(err)
		}
		if err := first.begin(mustConfig(t, "seed=1")); err != nil {
			t.Fatal(err)
		}
		config := readFile(t, filepath.Join("run", configName))
		if err := second.begin(mustConfig(t, "seed=2")); err == nil || !strings.Contains(err.Error(), "another run has begun there") {
			t.Errorf("with force %t the second run says %v", force, err)
		}
		second.abandon()
		if readFile(t, filepath.Join("run", configName)) != config {
			t.Errorf("with force %t the second run changed the configuration of the first", force)
		}
	}
}
