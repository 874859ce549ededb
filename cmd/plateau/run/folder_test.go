package run

import (
	"os"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/internal/claim"
)

// Of two runs that begin at once one makes the folder and the other may be the
// first to lock it: then it stays.
func TestFolderOfAnotherRunStays(t *testing.T) {
	plateautest.Empty(t)
	r := &Folder{Path: "run"}
	if err := r.mkdir("run"); err != nil {
		t.Fatal(err)
	}
	other, err := claim.Take("run")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if err := r.take(); !plateautest.Held(err) {
		t.Fatalf("the lock says %v", err)
	}
	r.Abandon()
	if _, err := os.Stat("run"); err != nil {
		t.Error(err)
	}
}
