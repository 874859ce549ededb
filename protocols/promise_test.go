package protocols_test

import (
	"context"
	"fmt"
	"testing"

	"plateau/internal/vec"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
)

// One seed gives the same weights and the same predictions with 1, 2 and 7 workers,
// on every vector path, watched or not, as the design promises.
func TestSameBitsEverywhere(t *testing.T) {
	defer vec.Use(vec.Current())
	data := protocolstest.Digits()
	train, test := data.Train.First(60), data.Test.First(30)
	for _, apical := range []float64{0, 0.05} {
		for _, batch := range []int{1, 16} {
			m := protocols.Default(784, []int{130, 70}, 10)
			m.Neurons.Hidden.Apical = apical
			m.Batch, m.MeanUpdate = batch, batch > 1
			var want string
			for _, path := range vec.Paths() {
				for _, workers := range []int{1, 2, 7} {
					for _, watched := range []bool{false, true} {
						vec.Use(path)
						net, err := m.NewNetwork()
						if err != nil {
							t.Fatal(err)
						}
						trainer, err := protocolstest.New(m, net, workers)
						if err != nil {
							t.Fatal(err)
						}
						if watched {
							trainer.Watch(&tally{sizes: make([]int, 4)}, true)
						}
						epoch, err := trainer.Epoch(context.Background(), train, nil)
						if err != nil {
							t.Fatal(err)
						}
						tester, err := protocolstest.NewTester(m, net, workers)
						if err != nil {
							t.Fatal(err)
						}
						result, err := tester.Test(context.Background(), test, nil)
						if err != nil {
							t.Fatal(err)
						}
						got := fmt.Sprint(net.Weights().SHA256(), epoch, result)
						if want == "" {
							want = got
						}
						if got != want {
							t.Errorf("g_a = %v, batches of %d, path %s, %d workers, watched %v:\n%s\nwant\n%s", apical, batch, path, workers, watched, got, want)
						}
					}
				}
			}
		}
	}
}

// Training and testing do not allocate anything per example, neither one by one nor
// in batches over workers. Allocations for a whole epoch or test are not counted.
func TestNothingIsAllocated(t *testing.T) {
	data := protocolstest.Digits().Train.First(200)
	ctx := context.Background()
	for _, c := range []struct{ batch, workers int }{{1, 1}, {1, 2}, {20, 1}, {20, 2}} {
		m := protocols.Default(784, []int{130, 20}, 10)
		m.Batch, m.MeanUpdate = c.batch, true
		net, err := m.NewNetwork()
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := protocolstest.New(m, net, c.workers)
		if err != nil {
			t.Fatal(err)
		}
		perEpoch := testing.AllocsPerRun(3, func() {
			if _, err := trainer.Epoch(ctx, data, nil); err != nil {
				t.Fatal(err)
			}
		})
		// Now and then the runtime allocates a goroutine, at worst one for each worker
		// and batch; an allocation for each example would make 200.
		most := 10.0
		if c.workers > 1 {
			most = 100
		}
		if perEpoch >= most {
			t.Errorf("batches of %d on %d workers: %v allocations in an epoch of 200 examples", c.batch, c.workers, perEpoch)
		}
	}
	m := protocols.Default(784, []int{30, 20}, 10)
	for _, workers := range []int{1, 2} {
		tester, err := protocolstest.NewTester(m, protocolstest.Network(t, m), workers)
		if err != nil {
			t.Fatal(err)
		}
		perTest := testing.AllocsPerRun(3, func() {
			if _, err := tester.Test(ctx, data, nil); err != nil {
				t.Fatal(err)
			}
		})
		if perTest >= 40 {
			t.Errorf("%d workers: %v allocations in a test of 200 examples", workers, perTest)
		}
	}
}
