package measure_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

// BenchmarkTraining trains on digits, in short turns without and with measurements so
// that both see the same machine, and reports how much longer it takes with them, for
// a line every 1000 examples. It measures the processor time of the thread if the
// system can tell it. An iteration is ten turns of both.
func BenchmarkTraining(b *testing.B) {
	const turns, turn = 10, 100
	data := dataset.Digits(1, turn, 1)
	for _, net := range []struct {
		name   string
		hidden []int
	}{{"500", []int{500}}, {"500-100", []int{500, 100}}} {
		m := protocols.Default(784, net.hidden, 10)
		for _, c := range []struct {
			name string
			o    measure.Options
		}{
			{"nothing", measure.Options{}},
			{"losses", measure.Options{Losses: true}},
			{"angle", measure.Options{Angles: true}},
			{"eigenvalue", measure.Options{Eigenvalue: true}},
			{"norms", measure.Options{Norms: true}},
			{"alignment", measure.Options{Alignment: true}},
			{"rates", measure.Options{Rates: true}},
			{"all", measure.All(turns*turn, newTrainer(b, m, 1).Learner)},
		} {
			c.o.Every = turns * turn
			b.Run(net.name+"/"+c.name, func(b *testing.B) {
				trainers := [2]*protocolstest.Training{newTrainer(b, m, 1), newTrainer(b, m, 1)}
				measurements := newMeasurements(b, c.o, trainers[1])
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				var took [2]time.Duration
				for b.Loop() {
					for k := range 2 * turns {
						began := threadTime()
						_, err := trainers[k%2].Epoch(context.Background(), data.Train, func(training.Epoch) {
							if k%2 == 1 {
								measurements.Next()
							}
						})
						if err != nil {
							b.Fatal(err)
						}
						took[k%2] += threadTime() - began
					}
				}
				b.ReportMetric(took[0].Seconds()/float64(b.N*turns*turn)*1e6, "µs/example")
				b.ReportMetric((took[1].Seconds()/took[0].Seconds()-1)*100, "%slower")
			})
		}
	}
}
