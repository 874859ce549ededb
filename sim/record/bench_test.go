package record_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
	"plateau/sim/record"
)

// BenchmarkTraining trains 784-500-10 on digits in turns without and with a
// recording of all spikes, so that both see the same machine, and tells how much
// longer it takes with it.
func BenchmarkTraining(b *testing.B) {
	data, err := dataset.Load("digits", dataset.Options{Seed: 1, Train: 2000, Test: 1})
	if err != nil {
		b.Fatal(err)
	}
	m := protocols.Default(784, []int{500}, 10)
	run := func(w func(net *protocols.Trainer) sim.Observer, n int) (trainer *protocols.Trainer, wall, own time.Duration) {
		trainer, err = protocols.NewTrainer(m, newNetwork(b, m), 1)
		if err != nil {
			b.Fatal(err)
		}
		if w != nil {
			trainer.Watch(w(trainer), false)
		}
		if _, err := trainer.Epoch(context.Background(), data.Train.First(100), nil); err != nil {
			b.Fatal(err)
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		began, own := time.Now(), threadTime()
		if _, err := trainer.Epoch(context.Background(), data.Train.First(n), nil); err != nil {
			b.Fatal(err)
		}
		return trainer, time.Since(began), threadTime() - own
	}
	for _, plateaus := range []bool{false, true} {
		name := "spikes"
		if plateaus {
			name = "spikes and plateaus"
		}
		b.Run(name, func(b *testing.B) {
			var without, with, closing, ownWithout, ownWith, spikes, size float64
			const n = 2000
			for b.Loop() {
				_, took, thread := run(nil, n)
				ownWithout += thread.Seconds()
				without += took.Seconds()
				h := protocols.RecordingHeader(m)
				h.Plateaus, h.Weights, h.Snapshots = plateaus, true, 1000
				path := filepath.Join(b.TempDir(), "run.plateau")
				var w *record.Writer
				_, took, thread = run(func(t *protocols.Trainer) sim.Observer {
					if w, err = record.Replace(path, h, t.Network()); err != nil {
						b.Fatal(err)
					}
					return w
				}, n)
				with += took.Seconds()
				ownWith += thread.Seconds()
				began := time.Now()
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				closing += time.Since(began).Seconds()
				info, _ := os.Stat(path)
				size += float64(info.Size())
				spikes += n + 100
			}
			b.ReportMetric(without/float64(b.N)/n*1e6, "µs/example")
			b.ReportMetric(with/float64(b.N)/n*1e6, "µs/recorded")
			b.ReportMetric((with/without-1)*100, "%slower")
			if ownWithout > 0 {
				b.ReportMetric((ownWith/ownWithout-1)*100, "%thread")
				b.ReportMetric((ownWith-ownWithout)/float64(b.N)/n*1e6, "µs/thread")
			}
			b.ReportMetric(closing/float64(b.N)*1e3, "ms/close")
			b.ReportMetric(size/spikes, "B/example")
		})
	}
}
