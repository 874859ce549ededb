package training_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

// ordersOf returns the orders in which epochs show n examples.
func ordersOf(t *testing.T, m protocols.Model, n, epochs int) [][]int {
	t.Helper()
	var asked []int
	protocolstest.Train(t, protocolstest.NewTraining(t, m), protocolstest.Logged{Examples: protocolstest.Noise(1, n, m.Network.Inputs, m.Network.Classes), Asked: &asked}, epochs)
	return slices.Collect(slices.Chunk(asked, n))
}

func TestEpochOrder(t *testing.T) {
	const n, epochs = 50, 6
	m := protocolstest.Tiny(2)
	orders := ordersOf(t, m, n, epochs)
	if len(orders) != epochs {
		t.Fatalf("%d epochs of %d, want %d", len(orders), n, epochs)
	}
	for e, order := range orders {
		sorted := slices.Sorted(slices.Values(order))
		for i, k := range sorted {
			if i != k {
				t.Fatalf("epoch %d shows %v, want each example once", e+1, order)
			}
		}
		for other := range e {
			if slices.Equal(order, orders[other]) {
				t.Errorf("epochs %d and %d have the same order", other+1, e+1)
			}
		}
	}
	equal := func(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal) }
	if !equal(ordersOf(t, m, n, epochs), orders) {
		t.Error("a second run has other orders")
	}
	larger := protocolstest.Tiny(5, 4)
	larger.Train.Forward = 6
	if !equal(ordersOf(t, larger, n, epochs), orders) {
		t.Error("another network has other orders")
	}
	m.Seed = 2
	for e, order := range ordersOf(t, m, n, epochs) {
		if slices.Equal(order, orders[e]) {
			t.Errorf("epoch %d has the same order for another seed", e+1)
		}
	}
}

// All orders are equally likely, and the order of one epoch says nothing about the
// next.
func TestEpochOrderIsUniform(t *testing.T) {
	const n, permutations = 4, 24
	epochs := 4800
	if testing.Short() {
		epochs = 960
	}
	m := protocolstest.Tiny(1)
	m.Train = protocols.TwoPhase{Forward: 1, Target: 1}
	counts := map[string]int{}
	var follow [n][n]int // counts by first example of an epoch and first of the next
	orders := ordersOf(t, m, n, epochs)
	for e, order := range orders {
		counts[fmt.Sprint(order)]++
		if e > 0 {
			follow[orders[e-1][0]][order[0]]++
		}
	}
	var chi2, next float64
	for _, got := range counts {
		d := float64(got) - float64(epochs)/permutations
		chi2 += d * d / (float64(epochs) / permutations)
	}
	// χ² with 23 degrees of freedom exceeds 58, and with 15 exceeds 45, less than once
	// in ten thousand times.
	if len(counts) != permutations || chi2 > 58 {
		t.Errorf("%d orders, χ² %.0f, want %d and < 58", len(counts), chi2, permutations)
	}
	for _, row := range follow {
		for _, got := range row {
			d := float64(got) - float64(epochs)/(n*n)
			next += d * d / (float64(epochs) / (n * n))
		}
	}
	if next > 45 {
		t.Errorf("first examples follow one another like %v, χ² %.0f, want < 45", follow, next)
	}
}

func TestEpochProgress(t *testing.T) {
	m := protocolstest.Tiny(3)
	trainer := protocolstest.NewTraining(t, m)
	for number := 1; number <= 2; number++ {
		var steps []training.Epoch
		e, err := trainer.Epoch(t.Context(), protocolstest.Noise(1, 25, 6, 3), func(e training.Epoch) {
			e.Losses = slices.Clone(e.Losses)
			steps = append(steps, e)
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(steps) != 25 {
			t.Fatalf("%d reports of progress, want 25", len(steps))
		}
		errors := 0
		for k, s := range steps {
			if s.Number != number || s.Examples != k+1 || s.Errors < errors || s.Errors > errors+1 {
				t.Errorf("report %d is %+v, after %d errors", k+1, s, errors)
			}
			errors = s.Errors
			if len(s.Losses) != 2 || !(s.Losses[0] > 0) || !(s.Losses[1] > 0) {
				t.Errorf("losses %v, want two above zero", s.Losses)
			}
		}
		last := steps[len(steps)-1]
		if last.Examples != e.Examples || last.Errors != e.Errors || !slices.Equal(last.Losses, e.Losses) {
			t.Errorf("the last report is %+v, the epoch %+v", last, e)
		}
	}
}

// A run that is stopped has learned from the examples that it reports as shown.
func TestEpochCancelled(t *testing.T) {
	m := protocolstest.Tiny(3)
	data := protocolstest.Noise(1, 40, 6, 3)
	for _, stop := range []int{0, 1, 7, 39} {
		ctx, cancel := context.WithCancel(t.Context())
		if stop == 0 {
			cancel()
		}
		trainer := protocolstest.NewTraining(t, m)
		digest := trainer.Network().Weights().SHA256()
		var asked []int
		e, err := trainer.Epoch(ctx, protocolstest.Logged{Examples: data, Asked: &asked}, func(e training.Epoch) {
			if e.Examples == stop {
				cancel()
			}
			digest = trainer.Network().Weights().SHA256()
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
		if e.Examples != stop || len(asked) != stop || e.Number != 1 {
			t.Errorf("%+v after %d of %d examples", e, len(asked), stop)
		}
		if trainer.Network().Weights().SHA256() != digest {
			t.Error("weights changed after the last example")
		}
	}
	// The context ends too late: the epoch is done.
	ctx, cancel := context.WithCancel(t.Context())
	e, err := protocolstest.NewTraining(t, m).Epoch(ctx, data, func(e training.Epoch) {
		if e.Examples == 40 {
			cancel()
		}
	})
	if err != nil || e.Examples != 40 {
		t.Errorf("%+v, %v; want a whole epoch", e, err)
	}
}

// Weights that are no longer finite end the run with an error that names them.
func TestDivergence(t *testing.T) {
	for _, hidden := range [][]int{nil, {4}, {4, 3}} {
		m := protocolstest.Tiny(hidden...)
		for i := range m.Rates {
			m.Rates[i] = 1e300
		}
		trainer := protocolstest.NewTraining(t, m)
		_, err := trainer.Epoch(t.Context(), protocolstest.Noise(1, 30, 6, 3), nil)
		if err == nil {
			t.Errorf("%v hidden: no error, weights are %v", hidden, trainer.Network().Weights().Check())
			continue
		}
		for _, want := range []string{"diverged", "learning rate", "after 30 examples"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	}
	// In a long epoch this is noticed before the end.
	m := protocolstest.Tiny(2)
	m.Rates = []float64{1e300, 1e300}
	e, err := protocolstest.NewTraining(t, m).Epoch(t.Context(), protocolstest.Noise(1, 1500, 6, 3), nil)
	if err == nil || e.Examples > 1000 {
		t.Errorf("%v after %d examples, want an error after 1000 at the latest", err, e.Examples)
	}
}

func TestTrainerRefusesExamples(t *testing.T) {
	m := protocolstest.Tiny(3)
	if _, err := protocolstest.NewTraining(t, m).Epoch(t.Context(), protocolstest.Images{}, nil); err == nil || !strings.Contains(err.Error(), "no training examples") {
		t.Errorf("no data: %v", err)
	}
	for name, c := range protocolstest.Spoilt(13) {
		t.Run(name, func(t *testing.T) {
			data := protocolstest.Noise(1, 20, 6, 3)
			c.Spoil(data)
			trainer := protocolstest.NewTraining(t, m)
			var asked []int
			digest := trainer.Network().Weights().SHA256()
			e, err := trainer.Epoch(t.Context(), protocolstest.Logged{Examples: data, Asked: &asked}, func(training.Epoch) {
				digest = trainer.Network().Weights().SHA256()
			})
			protocolstest.CheckSays(t, err, c.Want)
			if e.Examples != len(asked)-1 || asked[len(asked)-1] != 13 {
				t.Errorf("%d examples were learned of %v", e.Examples, asked)
			}
			if trainer.Network().Weights().SHA256() != digest {
				t.Error("weights changed")
			}
		})
	}
}
