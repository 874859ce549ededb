package record_test

import (
	"bytes"
	"slices"
	"testing"

	"plateau/protocols"
	"plateau/sim/record"
)

// Losses are those that the learning rule computes.
func TestLosses(t *testing.T) {
	m := tiny(8, 4)
	net := newNetwork(t, m)
	var file bytes.Buffer
	w, err := record.NewWriter(&file, header(m), net)
	if err != nil {
		t.Fatal(err)
	}
	want, err := protocols.RunTrial(m, net, noise{3, 6, 3, 1}, 2, w)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := read(t, file.Bytes()).Trial(0)
	if err != nil || !slices.Equal(got.Losses, want.Losses) || got.Predicted != want.Predicted {
		t.Errorf("losses %v and class %d, want %v and %d", got.Losses, got.Predicted, want.Losses, want.Predicted)
	}
}
