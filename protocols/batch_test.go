package protocols_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// newBatchTrainer returns a trainer with the given number of workers.
func newBatchTrainer(t testing.TB, m protocols.Model, workers int) *protocolstest.Training {
	t.Helper()
	trainer, err := protocolstest.New(m, protocolstest.Network(t, m), workers)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// presentations is an observer that keeps all presentations.
type presentations []sim.Presentation

func (l *presentations) Observe(e sim.Event) {
	if p, ok := e.(*sim.Presentation); ok {
		*l = append(*l, *p)
	}
}

// The weights do not depend on the number of workers or on observers.
func TestBatchWorkersDoNotMatter(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"sum":             func(m *protocols.Model) {},
		"mean":            func(m *protocols.Model) { m.MeanUpdate = true },
		"feedback learns": func(m *protocols.Model) { m.FeedbackRates = []float64{0.1, 0.1} },
		"symmetric":       func(m *protocols.Model) { m.Network.Symmetric = true },
		"silent":          func(m *protocols.Model) { m.Network.Silent = 0.5 },
		"layerwise": func(m *protocols.Model) {
			m.Network.Feedback, m.Neurons.Hidden.Apical = network.LayerWise, 0.05
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := protocolstest.Tiny(9, 5)
			m.Batch = 8
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1} // so that workers finish at different times
			change(&m)
			data := protocolstest.Noise(1, 52, 6, 3) // the last batch is half full
			run := func(workers int, watch sim.Observer) string {
				trainer := newBatchTrainer(t, m, workers)
				if watch != nil {
					trainer.Watch(watch, true)
				}
				protocolstest.Train(t, trainer, data, 3)
				return trainer.Network().Weights().SHA256()
			}
			want := run(1, nil)
			for _, workers := range []int{2, 3, 7, 8, 50} {
				if run(workers, nil) != want {
					t.Errorf("%d workers give other weights", workers)
				}
			}
			var log phaseLog
			if run(3, &log) != want {
				t.Error("an observer changes the weights")
			}
			if len(log.began) != 3*2*52 || log.ended != len(log.began) {
				t.Errorf("%d phases began and %d ended, want %d", len(log.began), log.ended, 3*2*52)
			}
			var shown presentations
			var asked []int
			trainer := newBatchTrainer(t, m, 3)
			trainer.Watch(&shown, false)
			protocolstest.Train(t, trainer, protocolstest.Logged{Examples: data, Asked: &asked}, 1)
			for k, p := range shown {
				i := asked[k]
				if p.Purpose != sim.TrainingSpikes || p.Number != uint64(k+1) || p.Example != i || p.Class != data.Classes[i] ||
					p.Slot != k%m.Batch || p.Rested != (k < m.Batch) {
					t.Fatalf("presentation %d is %+v, want example %d", k+1, p, i)
				}
			}
			if len(shown) != 52 {
				t.Errorf("%d presentations, want 52", len(shown))
			}
			m.Batch = 1
			if run(1, nil) == want {
				t.Error("the size of batches makes no difference")
			}
		})
	}
	for _, workers := range []int{0, -1} {
		m := protocolstest.Tiny(3)
		if _, err := protocolstest.New(m, protocolstest.Network(t, m), workers); err == nil || !strings.Contains(err.Error(), "workers, want at least 1") {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// Progress is reported after whole batches, and a run stops between batches.
func TestBatchProgress(t *testing.T) {
	m := protocolstest.Tiny(4)
	m.Batch = 8
	data := protocolstest.Noise(1, 20, 6, 3)
	var at []int
	e, err := newBatchTrainer(t, m, 2).Epoch(t.Context(), data, func(e training.Epoch) { at = append(at, e.Examples) })
	if err != nil || e.Examples != 20 || len(at) != 3 || at[0] != 8 || at[1] != 16 || at[2] != 20 {
		t.Errorf("%+v, %v, reports after %v examples; want 8, 16 and 20", e, err, at)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	trainer := newBatchTrainer(t, m, 2)
	var digest string
	e, err = trainer.Epoch(ctx, data, func(training.Epoch) {
		cancel()
		digest = trainer.Network().Weights().SHA256()
	})
	if !errors.Is(err, context.Canceled) || e.Examples != 8 {
		t.Errorf("%+v, %v; want 8 examples", e, err)
	}
	if trainer.Network().Weights().SHA256() != digest {
		t.Error("weights changed after the last batch")
	}
}

// A batch with a bad example changes nothing, and the error names the first such
// example, whatever the number of workers.
func TestBatchRefusesExamples(t *testing.T) {
	m := protocolstest.Tiny(3)
	m.Batch = 5
	for name, c := range protocolstest.Spoilt(13) {
		t.Run(name, func(t *testing.T) {
			data := protocolstest.Noise(1, 20, 6, 3)
			c.Spoil(data)
			var message string
			for _, workers := range []int{1, 2, 4} {
				trainer := newBatchTrainer(t, m, workers)
				digest := trainer.Network().Weights().SHA256()
				e, err := trainer.Epoch(t.Context(), data, func(training.Epoch) {
					digest = trainer.Network().Weights().SHA256()
				})
				protocolstest.CheckSays(t, err, c.Want)
				if message == "" {
					message = err.Error()
				}
				if err.Error() != message {
					t.Errorf("%d workers say %q, one %q", workers, err, message)
				}
				if e.Examples%5 != 0 {
					t.Errorf("%d examples were learned, want whole batches", e.Examples)
				}
				if trainer.Network().Weights().SHA256() != digest {
					t.Error("weights changed")
				}
			}
			for i := range data.Classes {
				data.Classes[i] = 100 + i
			}
			var asked []int
			_, err := newBatchTrainer(t, m, 1).Epoch(t.Context(), protocolstest.Logged{Examples: data, Asked: &asked}, nil)
			if _, other := newBatchTrainer(t, m, 4).Epoch(t.Context(), data, nil); other.Error() != err.Error() {
				t.Errorf("with many bad examples, four workers say %q, one %q", other, err)
			}
		})
	}
}

func TestBatchDivergence(t *testing.T) {
	m := protocolstest.Tiny(3)
	m.Batch, m.Rates = 30, []float64{1e300, 1e300}
	e, err := newBatchTrainer(t, m, 2).Epoch(t.Context(), protocolstest.Noise(1, 3000, 6, 3), nil)
	protocolstest.CheckSays(t, err, []string{"diverged", "learning rate"})
	if e.Examples > 1030 {
		t.Errorf("the error came after %d examples", e.Examples)
	}
}

func TestTrainerLeavesNoGoroutines(t *testing.T) {
	m := protocolstest.Tiny(4)
	m.Batch = 6
	good, bad := protocolstest.Noise(1, 30, 6, 3), protocolstest.Noise(1, 30, 6, 3)
	bad.Classes[17] = -1
	before := runtime.NumGoroutine()
	for range 10 {
		trainer := newBatchTrainer(t, m, 4)
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := trainer.Epoch(ctx, good, func(training.Epoch) { cancel() }); err == nil {
			t.Error("training did not stop")
		}
		cancel()
		if _, err := trainer.Epoch(t.Context(), bad, nil); err == nil {
			t.Error("a bad class is accepted")
		}
		protocolstest.Train(t, trainer, good, 1)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
