package protocols_test

import (
	"context"
	"fmt"
	"testing"

	"plateau/internal/vec"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
)

// BenchmarkPath times training and testing of 784-500-10 on one core with each vector
// path of the processor.
func BenchmarkPath(b *testing.B) {
	defer vec.Use(vec.Current())
	data := pictures(b, 784)
	for _, path := range vec.Paths() {
		vec.Use(path)
		m := protocols.Default(784, []int{500}, 10)
		trainer := protocolstest.NewTraining(b, m)
		tester, err := protocolstest.NewTester(m, trainer.Network(), 1)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("train/%s", path), func(b *testing.B) {
			if _, err := trainer.Epoch(context.Background(), cycle{data, b.N}, nil); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "examples/s")
		})
		b.Run(fmt.Sprintf("test/%s", path), func(b *testing.B) {
			if _, err := tester.Test(context.Background(), cycle{data, b.N}, nil); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "examples/s")
		})
	}
}

// BenchmarkCores times training examples one by one and in batches, on one and two
// workers.
func BenchmarkCores(b *testing.B) {
	for _, c := range []struct {
		inputs, hidden, batch, workers int
		apical                         float64
	}{
		{784, 500, 1, 1, 0}, {784, 500, 1, 2, 0}, {784, 2000, 1, 1, 0}, {784, 2000, 1, 2, 0}, {3072, 500, 1, 1, 0}, {3072, 500, 1, 2, 0},
		{784, 500, 1, 1, 0.05}, {784, 500, 1, 2, 0.05}, {784, 500, 64, 1, 0}, {784, 500, 64, 2, 0},
	} {
		data := pictures(b, c.inputs)
		m := protocols.Default(c.inputs, []int{c.hidden}, 10)
		m.Neurons.Hidden.Apical = c.apical
		m.Batch = c.batch
		// With the learning rate of single examples, the sum of 64 updates would make
		// the weights diverge.
		m.MeanUpdate = true
		net, err := m.NewNetwork()
		if err != nil {
			b.Fatal(err)
		}
		trainer, err := protocolstest.New(m, net, c.workers)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d-%d-10/apical=%v/batch=%d/workers=%d", c.inputs, c.hidden, c.apical, c.batch, c.workers), func(b *testing.B) {
			if _, err := trainer.Epoch(context.Background(), cycle{data, b.N}, nil); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "examples/s")
		})
	}
}
