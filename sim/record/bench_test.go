package record_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
	"plateau/sim/record"
)

// BenchmarkTraining trains 784-500-10 on digits. It alternates between some
// examples without a recording and some with a recording of all spikes, so that
// both see the same conditions. It reports how much longer training takes with a
// recording: by the clock, and in processor time of the training thread. An
// iteration is one turn of both.
func BenchmarkTraining(b *testing.B) {
	const turn = 250
	data, err := dataset.Load("digits", dataset.Options{Seed: 1, Train: 2000, Test: 1})
	if err != nil {
		b.Fatal(err)
	}
	m := protocols.Default(784, []int{500}, 10)
	for _, c := range []struct {
		name      string
		plateaus  bool
		snapshots int
	}{
		{"spikes", false, 10000},
		{"spikes and plateaus", true, 10000},
		{"spikes, weights every 1000", false, 1000},
	} {
		b.Run(c.name, func(b *testing.B) {
			var trainers [2]*protocolstest.Training
			for k := range trainers {
				if trainers[k], err = protocolstest.New(m, newNetwork(b, m), 1); err != nil {
					b.Fatal(err)
				}
				if _, err := trainers[k].Epoch(context.Background(), data.Train.First(100), nil); err != nil {
					b.Fatal(err)
				}
			}
			h := protocols.RecordingHeader(m)
			h.Plateaus, h.Weights, h.SnapshotEvery = c.plateaus, true, c.snapshots
			path := filepath.Join(b.TempDir(), "run.plateau")
			w, err := record.Create(path, h, trainers[1].Network())
			if err != nil {
				b.Fatal(err)
			}
			trainers[1].Watch(w, w.Potentials())
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var clock, thread [2][]float64
			for b.Loop() {
				for k, trainer := range trainers {
					began, own := time.Now(), threadTime()
					if _, err := trainer.Epoch(context.Background(), data.Train.First(turn), nil); err != nil {
						b.Fatal(err)
					}
					clock[k] = append(clock[k], time.Since(began).Seconds())
					thread[k] = append(thread[k], (threadTime() - own).Seconds())
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(median(clock[0])/turn*1e6, "µs/example")
			b.ReportMetric((median(clock[1])/median(clock[0])-1)*100, "%slower")
			b.ReportMetric((median(thread[1])/median(thread[0])-1)*100, "%thread")
			b.ReportMetric(float64(info.Size())/float64(b.N*turn), "B/example")
		})
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
