package record_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
	"plateau/sim/record"
)

// What a trial says of its weights is true: its snapshot holds them, as they were
// Updates trials ago.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct {
		batch, snapshots, every int
		weights                 bool
		want                    []int // trials of the recording before which a snapshot is taken
	}{
		{1, 0, 1, true, []int{0}},
		{1, 0, 1, false, []int{0}},
		{1, 7, 1, true, []int{0, 7, 14, 21, 28}},
		{1, 7, 1, false, []int{0, 7, 14, 21, 28}},
		{1, 1, 1, true, nil},
		{1, 0, 10, true, []int{0, 1, 2}}, // trials between these were not recorded
		{1, 0, 10, false, []int{0}},
		{4, 7, 1, true, []int{0, 8, 16, 24}},
		{4, 0, 2, true, []int{0, 2, 4, 6, 8, 10, 12, 14}}, // half of each batch is not recorded
	} {
		m := tiny(5)
		m.Batch = c.batch
		net := newNetwork(t, m)
		h := protocols.RecordingHeader(m)
		h.SnapshotEvery, h.Weights, h.Select.Every = c.snapshots, c.weights, c.every
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := protocolstest.New(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		digests := &digester{net: net}
		trainer.Watch(both{w, digests}, false)
		if _, err := trainer.Epoch(t.Context(), noise{30, 6, 3, 1}, nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := read(t, file.Bytes())
		var taken []int
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				t.Fatal(err)
			}
			if trial.Updates == 0 && (i == 0 || trial.Snapshot != len(taken)-1) {
				taken = append(taken, i)
			}
			shown := int(trial.Number) - 1
			if trial.Updates > shown || trial.Weights != digests.list[shown-shown%c.batch-trial.Updates] {
				t.Fatalf("%+v: trial %d refers to other weights", c, i)
			}
			stored, err := r.Weights(trial.Weights)
			if c.weights && (err != nil || stored.Weights().SHA256() != trial.Weights) || !c.weights && !errors.Is(err, record.ErrNotRecorded) {
				t.Fatalf("%+v: weights of trial %d: %v", c, i, err)
			}
		}
		if c.want != nil && !slices.Equal(taken, c.want) || c.want == nil && len(taken) != 30 {
			t.Errorf("%+v: snapshots are taken before trials %v", c, taken)
		}
	}
}

// digester notes the digest of the weights with which each trial begins.
type digester struct {
	net  *network.Network
	list []string
}

func (d *digester) Observe(e sim.Event) {
	if _, ok := e.(*sim.Presentation); ok {
		d.list = append(d.list, d.net.Weights().SHA256())
	}
}

// Weights that are the same as before are stored only once.
func TestWeightsAreStoredOnce(t *testing.T) {
	m := tiny(50)
	net := newNetwork(t, m)
	h := protocols.RecordingHeader(m)
	h.Rule, h.Weights, h.SnapshotEvery = nil, true, 1
	var sizes []int
	for _, n := range []int{1, 2, 22} {
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, w); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, file.Len())
	}
	if more := (sizes[2] - sizes[1]) / 20; more > sizes[1]-sizes[0]+20 || more > 600 {
		t.Errorf("recordings of 1, 2 and 22 trials with the same weights have %v bytes", sizes)
	}
}
