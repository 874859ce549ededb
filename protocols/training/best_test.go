package training_test

import (
	"bytes"
	"strings"
	"testing"

	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

func bestState(t *testing.T, b *training.Best) []byte {
	t.Helper()
	var state bytes.Buffer
	if err := b.WriteState(&state); err != nil || state.Len() != b.StateSize() {
		t.Fatalf("%d bytes, want %d; %v", state.Len(), b.StateSize(), err)
	}
	return state.Bytes()
}

// The weights of the best epoch are there when the learner has learnt on, can be used, and
// give the learner its own back; what was kept outlives the process.
func TestBest(t *testing.T) {
	data := protocolstest.Noise(1, 20, 6, 3)
	trainer := protocolstest.NewTraining(t, protocolstest.Tiny(5))
	weights := trainer.Learner.Weights()
	best := training.NewBest(trainer.Learner)
	empty := bestState(t, best)
	before := weights.SHA256()
	if best.Use(); weights.SHA256() != before || best.Epoch() != 0 {
		t.Error("before an epoch was kept, Use changes the weights")
	}
	protocolstest.Train(t, trainer, data, 1)
	kept := weights.SHA256()
	best.Keep(1)
	protocolstest.Train(t, trainer, data, 1)
	last := weights.SHA256()
	if last == kept {
		t.Fatal("the second epoch changed nothing")
	}
	for range 2 { // the second time changes nothing
		if best.Use(); weights.SHA256() != kept {
			t.Error("the weights in use are not those that were kept")
		}
	}
	for range 2 {
		if best.Back(); weights.SHA256() != last {
			t.Error("the learner does not have its own weights back")
		}
	}
	state := bestState(t, best)
	other := training.NewBest(protocolstest.NewTraining(t, protocolstest.Tiny(5)).Learner)
	if err := other.ReadState(protocolstest.Section(state)); err != nil || other.Epoch() != 1 || !bytes.Equal(bestState(t, other), state) {
		t.Errorf("what is read is not what was written: epoch %d, %v", other.Epoch(), err)
	}
	for want, spoilt := range map[string][]byte{
		"have 7 bytes, want 8 or": state[:7], "want 0 with none, or one with": append(bytes.Clone(empty), state[8:]...),
		"the best epoch is number 1, with 0 weights": state[:8],
		"number 18446744073709551615":                append(bytes.Repeat([]byte{255}, 8), state[8:]...),
	} {
		if err := other.ReadState(protocolstest.Section(spoilt)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if !bytes.Equal(bestState(t, other), state) {
			t.Fatal("an error changes what was kept")
		}
	}
	if err := other.ReadState(protocolstest.Section(empty)); err != nil || other.Epoch() != 0 {
		t.Errorf("epoch %d, %v", other.Epoch(), err)
	}
}
