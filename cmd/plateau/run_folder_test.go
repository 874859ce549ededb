package main

import (
	"errors"
	"os"
	"testing"

	"plateau/internal/claim"
)

func held(err error) bool {
	_, ok := errors.AsType[*claim.Held](err)
	return ok
}

// Two runs that both found a folder vacant used to share it: one's metrics stood
// beside the other's weights. So did two that replaced an older run.
func TestTwoRunsClaimOneFolder(t *testing.T) {
	for _, force := range []bool{false, true} {
		empty(t)
		if force {
			must(t, tiny("--out", "run")...)
		}
		first, err := claimRun("run", "digits", force)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := claimRun("run", "digits", force); !held(err) {
			t.Errorf("with force %t the second run says %v", force, err)
		}
		if _, err := reopenRun("run"); force && !held(err) {
			t.Errorf("resuming the run says %v", err)
		}
		first.release()
		third, err := claimRun("run", "digits", true)
		if err != nil {
			t.Fatalf("after the first: %v", err)
		}
		third.release()
	}
}

// Of two runs that begin at once one makes the folder and the other may be the
// first to lock it: then it stays.
func TestFolderOfAnotherRunStays(t *testing.T) {
	empty(t)
	r := &runFolder{path: "run"}
	if err := r.mkdir("run"); err != nil {
		t.Fatal(err)
	}
	other, err := claim.Take("run")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if err := r.take(); !held(err) {
		t.Fatalf("the lock says %v", err)
	}
	r.abandon()
	if _, err := os.Stat("run"); err != nil {
		t.Error(err)
	}
}
