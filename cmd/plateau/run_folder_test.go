package main

import (
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// Two runs that both found a folder vacant used to share it: one's metrics stood
// beside the other's weights. So did two that replaced an older run.
func TestTwoRunsClaimOneFolder(t *testing.T) {
	for _, force := range []bool{false, true} {
		plateautest.Empty(t)
		if force {
			must(t, tiny("--out", "run")...)
		}
		first, err := run.Claim("run", "digits", force)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := run.Claim("run", "digits", force); !plateautest.Held(err) {
			t.Errorf("with force %t the second run says %v", force, err)
		}
		if _, err := run.Reopen("run"); force && !plateautest.Held(err) {
			t.Errorf("resuming the run says %v", err)
		}
		first.Release()
		third, err := run.Claim("run", "digits", true)
		if err != nil {
			t.Fatalf("after the first: %v", err)
		}
		third.Release()
	}
}
