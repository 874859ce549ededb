package training_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

// stopAfter trains until the given number of examples of the epoch have been shown.
func stopAfter(t *testing.T, trainer *protocolstest.Training, data training.Examples, examples int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := trainer.Epoch(ctx, data, func(e training.Epoch) {
		if e.Examples >= examples {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupting the epoch: %v", err)
	}
}

// A run that was stopped and restored by another trainer ends with the same bits as
// one that was not stopped: weights, counts, losses, and what it does next.
func TestResumedRunIsTheUnbrokenRun(t *testing.T) {
	data := protocolstest.Digits().Train.First(40)
	for _, c := range []struct {
		name  string
		alter func(*protocols.Model)
		stops []int
	}{
		{"online", func(*protocols.Model) {}, []int{1, 17, 39}},
		{"batches", func(m *protocols.Model) { m.Batch, m.MeanUpdate = 6, true }, []int{6, 18, 36}},
		{"apical, unlimited memory", func(m *protocols.Model) {
			m.Neurons.Hidden.Apical = 0.05
			m.Neurons.Kernel = kernels.DoubleExponential{Rise: 3, Decay: 10}
		}, []int{5}},
		{"rates", func(m *protocols.Model) { *m = protocolstest.Rates(*m) }, []int{5}},
		{"noisy symmetric feedback", func(m *protocols.Model) {
			m.Network.Symmetric, m.Network.FeedbackNoise, m.Batch = true, 0.5, 3
		}, []int{3, 21}},
		{"rates on a course", func(m *protocols.Model) {
			m.Course = network.Course{Decay: 0.7, Every: 2, Cosine: 3, End: 0.1, List: []float64{1, 2}, WarmUp: 1}
		}, []int{17}},
		{"rates that decay", func(m *protocols.Model) { m.Course.Decay = 0.7 }, []int{17}},
		{"sparse feedback, phases drawn", func(m *protocols.Model) {
			m.Network.Silent = 0.8
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
		}, []int{9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := protocols.Default(784, []int{30, 20}, 10)
			c.alter(&m)
			whole := protocolstest.NewTraining(t, m)
			for range 2 {
				if _, err := whole.Epoch(t.Context(), data, nil); err != nil {
					t.Fatal(err)
				}
			}
			want, err := whole.Epoch(t.Context(), data, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, stop := range c.stops {
				first := protocolstest.NewTraining(t, m)
				if _, err := first.Epoch(t.Context(), data, nil); err != nil {
					t.Fatal(err)
				}
				stopAfter(t, first, data, stop)
				checkpoint := protocolstest.Written(t, first)

				net, err := m.NewNetwork()
				if err != nil {
					t.Fatal(err)
				}
				second, err := protocolstest.New(m, net, 2)
				if err != nil {
					t.Fatal(err)
				}
				if err := second.ReadState(protocolstest.Section(checkpoint)); err != nil {
					t.Fatal(err)
				}
				if again := protocolstest.Written(t, second); !bytes.Equal(again, checkpoint) {
					t.Error("the checkpoint of a restored trainer differs")
				}
				for _, trainer := range []*protocolstest.Training{second, first} { // first goes on by itself
					for range 2 {
						got, err := trainer.Epoch(t.Context(), data, nil)
						if err != nil {
							t.Fatal(err)
						}
						if got.Number == want.Number && fmt.Sprint(got) != fmt.Sprint(want) {
							t.Errorf("stopped after %d: %v, want %v", stop, got, want)
						}
					}
					if trainer.Network().Weights().SHA256() != whole.Network().Weights().SHA256() {
						t.Errorf("stopped after %d: the weights differ from the unbroken run", stop)
					}
				}
			}
		})
	}
}

// A checkpoint that is made when an epoch reports progress is the same as one that is
// made when the epoch stops there, and making it changes nothing.
func TestCheckpointInProgress(t *testing.T) {
	data := protocolstest.Digits().Train.First(10)
	for _, batch := range []int{1, 4} {
		m := protocols.Default(784, []int{12}, 10)
		m.Batch = batch
		unseen, seen := protocolstest.NewTraining(t, m), protocolstest.NewTraining(t, m)
		if _, err := unseen.Epoch(t.Context(), data, nil); err != nil {
			t.Fatal(err)
		}
		var taken [][]byte
		if _, err := seen.Epoch(t.Context(), data, func(training.Epoch) { taken = append(taken, protocolstest.Written(t, seen)) }); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(protocolstest.Written(t, seen), protocolstest.Written(t, unseen)) {
			t.Errorf("batches of %d: making checkpoints changes the training", batch)
		}
		for k, checkpoint := range taken {
			stopped := protocolstest.NewTraining(t, m)
			if examples := (k + 1) * batch; examples < data.Len() {
				stopAfter(t, stopped, data, examples)
				if !bytes.Equal(checkpoint, protocolstest.Written(t, stopped)) {
					t.Errorf("batches of %d: the checkpoint made in progress after %d examples differs", batch, examples)
				}
			}
			restored := protocolstest.NewTraining(t, m)
			if err := restored.ReadState(protocolstest.Section(checkpoint)); err != nil {
				t.Fatal(err)
			}
			if e, finished := restored.Current(); finished || e.Number != 1 || e.Examples != min((k+1)*batch, data.Len()) || restored.Shown() != uint64(e.Examples) {
				t.Errorf("batches of %d: restored in %+v, finished %v", batch, e, finished)
			}
			if _, err := restored.Epoch(t.Context(), data, nil); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(protocolstest.Written(t, restored), protocolstest.Written(t, unseen)) {
				t.Errorf("batches of %d: going on from checkpoint %d ends with other weights", batch, k)
			}
		}
	}
}

// ReadState refuses a checkpoint that is damaged in any byte, cut short, or made by
// another model, and leaves the trainer as it was.
func TestCheckpointRefused(t *testing.T) {
	data := protocolstest.Digits().Train.First(8)
	m := protocols.Default(784, []int{6}, 10)
	trainer := protocolstest.NewTraining(t, m)
	stopAfter(t, trainer, data, 3)
	checkpoint := protocolstest.Written(t, trainer)

	refuse := func(what string, b []byte, words string) {
		t.Helper()
		err := trainer.ReadState(protocolstest.Section(b))
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Fatalf("%s: error %v, want one that says %q", what, err, words)
		}
	}
	step := 1
	if testing.Short() {
		step = 37
	}
	for i := 0; i < len(checkpoint); i += step {
		damaged := slices.Clone(checkpoint)
		damaged[i] ^= 1 << (i % 8)
		refuse(fmt.Sprintf("byte %d", i), damaged, "checkpoint")
	}
	for n := 0; n < len(checkpoint); n += 101 {
		refuse(fmt.Sprintf("%d bytes", n), checkpoint[:n], "checkpoint")
	}
	refuse("nothing", nil, "not a checkpoint")
	refuse("the first line", checkpoint[:len("plateau checkpoint 1\n")], "cut short")
	for _, version := range []string{"2", "3", "10"} {
		later := bytes.Replace(checkpoint, []byte("checkpoint 1\n"), []byte("checkpoint "+version+"\n"), 1)
		refuse("version "+version, later, "has version "+version+", but this program knows only versions up to 1")
	}
	other := protocols.Default(784, []int{7}, 10)
	refuse("another network", protocolstest.Written(t, protocolstest.NewTraining(t, other)), "W0 in the checkpoint is 784×7, want 784×6")
	batch := m
	batch.Batch = 4
	refuse("other batches", protocolstest.Written(t, protocolstest.NewTraining(t, batch)), "batches of 4, want 1")
	if !bytes.Equal(protocolstest.Written(t, trainer), checkpoint) {
		t.Error("a checkpoint that was refused changed the trainer")
	}
	if _, err := trainer.Epoch(t.Context(), protocolstest.Digits().Train.First(9), nil); err == nil || !strings.Contains(err.Error(), "begun with 8") {
		t.Errorf("going on with other data: %v", err)
	}
}

// largest keeps the size of the largest piece that is written or read at once.
type largest struct {
	*bytes.Reader
	piece int
}

func (l *largest) Write(b []byte) (int, error) {
	l.piece = max(l.piece, len(b))
	return len(b), nil
}

func (l *largest) ReadAt(b []byte, at int64) (int, error) {
	l.piece = max(l.piece, len(b))
	return l.Reader.ReadAt(b, at)
}

// Checkpoints are written and read piece by piece, because putting one together in
// memory took many times the memory of the network.
func TestCheckpointInPieces(t *testing.T) {
	trainer := protocolstest.NewTraining(t, protocols.Default(784, []int{400, 300}, 10))
	var w largest
	if err := trainer.WriteState(&w); err != nil {
		t.Fatal(err)
	}
	b := protocolstest.Written(t, trainer)
	r := largest{Reader: bytes.NewReader(b)}
	if err := trainer.ReadState(io.NewSectionReader(&r, 0, int64(len(b)))); err != nil {
		t.Fatal(err)
	}
	if want := 1 << 16; w.piece > want || r.piece > want || len(b) < 10*want {
		t.Errorf("a checkpoint of %d bytes is written in pieces of up to %d bytes and read in pieces of up to %d, want at most %d", len(b), w.piece, r.piece, want)
	}
}
