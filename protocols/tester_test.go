package protocols_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// A Tester does what is written out here: it shows each example from rest, with its
// own draws, and reads out the class from the mean potentials since Settle.
func TestTesterIsTheProtocol(t *testing.T) {
	for _, c := range []struct {
		dt          float64
		p           protocols.TestPhase
		steps, from int
	}{
		{1, protocols.TestPhase{Length: 20, Settle: 5}, 20, 5},
		{0.5, protocols.TestPhase{Length: 20, Settle: 5}, 40, 10},
		{0.3, protocols.TestPhase{Length: 20, Settle: 5}, 67, 17},
		{0.1, protocols.TestPhase{Length: 3, Settle: 0}, 30, 0},
		{1, protocols.TestPhase{Length: 5.5, Settle: 5.4}, 6, 5},
		{1, protocols.DefaultTestPhase(), 250, 30},
	} {
		m := protocolstest.Tiny(6, 5)
		m.Network.PerClass = 2
		m.Neurons.Dt, m.Test = c.dt, c.p
		strong := network.Uniform{HalfWidth: 30} // so that protocolstest.Images differ in their class
		m.Initial = network.Plain{Weights: strong, Return: strong}
		net := protocolstest.Network(t, m)
		data := protocolstest.Noise(1, 60, 6, 3)
		got := protocolstest.Test(t, m, net, data, 2)

		engine, err := sim.New(net, m.Neurons, m.Seed)
		if err != nil {
			t.Fatal(err)
		}
		means := protocolstest.Everything(net)
		var want training.Result
		for i, x := range data.Intensities {
			engine.Rest()
			engine.Present(sim.Presentation{Purpose: sim.TestSpikes, Number: uint64(i)})
			if err := engine.Run(&sim.Phase{Intensity: x, Steps: c.steps, From: c.from}, means); err != nil {
				t.Fatal(err)
			}
			read := network.ReadOut(means[2].Soma, 2)
			want.Predicted = append(want.Predicted, read)
			if read != data.Classes[i] {
				want.Errors++
			}
		}
		if !slices.Equal(got.Predicted, want.Predicted) || got.Errors != want.Errors || got.Examples != 60 {
			t.Errorf("dt %v, %+v: %+v, want %+v", c.dt, c.p, got, want)
		}
		if got.Error() != float64(want.Errors)/60 {
			t.Errorf("error %v, want %d of 60", got.Error(), want.Errors)
		}
		if slices.Max(got.Predicted) == slices.Min(got.Predicted) {
			t.Errorf("dt %v, %+v: every example is predicted as %d, which tests nothing", c.dt, c.p, got.Predicted[0])
		}
	}
}

// A test has the same result with any number of workers, and changes nothing.
func TestWorkersDoNotMatter(t *testing.T) {
	m := protocolstest.Tiny(8)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 101, 6, 3)
	digest := net.Weights().SHA256()
	want := protocolstest.Test(t, m, net, data, 1)
	for _, workers := range []int{1, 2, 7, 200} {
		tester, err := protocolstest.NewTester(m, net, workers)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := tester.Test(t.Context(), data, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Predicted, want.Predicted) || got.Errors != want.Errors || got.Examples != want.Examples {
				t.Errorf("%d workers: %+v, want %+v", workers, got, want)
			}
		}
	}
	if net.Weights().SHA256() != digest {
		t.Error("a test changed the weights")
	}
	m.Seed++
	if got := protocolstest.Test(t, m, net, data, 2); slices.Equal(got.Predicted, want.Predicted) {
		t.Error("another seed draws the same spikes")
	}
	for _, workers := range []int{0, -1} {
		if _, err := protocolstest.NewTester(m, net, workers); err == nil || !strings.Contains(err.Error(), "workers, want at least 1") {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// Each example starts from rest: its predicted class does not depend on what was shown
// before.
func TestTestsAreFromRest(t *testing.T) {
	m := protocolstest.Tiny(8)
	m.Test = protocols.TestPhase{Length: 6, Settle: 0} // too short to forget
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 60, 6, 3)
	want := protocolstest.Test(t, m, net, data, 1).Predicted
	other := data.Clone()
	for i := range other.Intensities {
		if i%2 == 0 { // every other example becomes a different one
			other.Intensities[i] = make([]float32, 6)
		}
	}
	got := protocolstest.Test(t, m, net, other, 1).Predicted
	for i := 1; i < len(want); i += 2 {
		if got[i] != want[i] {
			t.Errorf("example %d is predicted as %d, and as %d after other examples", i, want[i], got[i])
		}
	}
	part := protocolstest.Images{Intensities: data.Intensities[:20], Classes: data.Classes[:20]}
	if got := protocolstest.Test(t, m, net, part, 1).Predicted; !slices.Equal(got, want[:20]) {
		t.Error("a shorter test gives another result")
	}
}

// The weights of a tester's network may change between tests.
func TestTesterSeesNewWeights(t *testing.T) {
	m := protocolstest.Tiny(8)
	trainer := protocolstest.NewTraining(t, m)
	data := protocolstest.Noise(1, 60, 6, 3)
	tester, err := protocolstest.NewTester(m, trainer.Network(), 2)
	if err != nil {
		t.Fatal(err)
	}
	before, err := tester.Test(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	protocolstest.Train(t, trainer, data, 20)
	after, err := tester.Test(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(before.Predicted, after.Predicted) {
		t.Error("the tester does not see the new weights")
	}
	if want := protocolstest.Test(t, m, trainer.Network(), data, 1); !slices.Equal(after.Predicted, want.Predicted) {
		t.Error("a new tester predicts something else")
	}
}

func TestTestProgress(t *testing.T) {
	m := protocolstest.Tiny(4)
	tester, err := protocolstest.NewTester(m, protocolstest.Network(t, m), 7)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0 // with -race, this also tests that only one goroutine calls at a time
	if _, err := tester.Test(t.Context(), protocolstest.Noise(1, 50, 6, 3), func(done int) {
		if calls++; done != calls {
			t.Errorf("call %d says that %d examples are done", calls, done)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if calls != 50 {
		t.Errorf("%d calls, want 50", calls)
	}
}

// counted counts how many examples are read, by any goroutine.
type counted struct {
	training.Examples
	asked *atomic.Int64
}

func (d counted) Example(i int, intensity []float32) int {
	d.asked.Add(1)
	return d.Examples.Example(i, intensity)
}

func TestTestCancelled(t *testing.T) {
	m := protocolstest.Tiny(4)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 500, 6, 3)
	for _, workers := range []int{1, 2, 7} {
		tester, err := protocolstest.NewTester(m, net, workers)
		if err != nil {
			t.Fatal(err)
		}
		for _, stop := range []int{0, 5} {
			ctx, cancel := context.WithCancel(t.Context())
			if stop == 0 {
				cancel()
			}
			var asked atomic.Int64
			r, err := tester.Test(ctx, counted{data, &asked}, func(done int) {
				if done == stop {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want that of the context", err)
			}
			// Each worker may have begun another example, and at most one more may
			// have been waiting to be counted.
			if most := int64(stop + workers); asked.Load() > most {
				t.Errorf("%d workers began %d examples, stopped after %d; want at most %d", workers, asked.Load(), stop, most)
			}
			if r.Examples != 0 || r.Predicted != nil {
				t.Errorf("half a result: %+v", r)
			}
		}
		// The tester can be used again.
		r, err := tester.Test(t.Context(), data, nil)
		if err != nil || r.Examples != 500 {
			t.Errorf("after it was stopped: %v", err)
		}
	}
}

func TestTesterRefusesExamples(t *testing.T) {
	m := protocolstest.Tiny(3)
	net := protocolstest.Network(t, m)
	tester, err := protocolstest.NewTester(m, net, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tester.Test(t.Context(), protocolstest.Images{}, nil); err == nil || !strings.Contains(err.Error(), "no test examples") {
		t.Errorf("no data: %v", err)
	}
	good := protocolstest.Noise(1, 60, 6, 3)
	want := protocolstest.Test(t, m, net, good, 1)
	for name, c := range protocolstest.Spoilt(23) {
		t.Run(name, func(t *testing.T) {
			data := good.Clone()
			c.Spoil(data)
			for i := 24; i < 60; i++ { // later ones do not matter
				data.Classes[i] = 77
			}
			for range 5 {
				r, err := tester.Test(t.Context(), data, nil)
				protocolstest.CheckSays(t, err, c.Want)
				if r.Examples != 0 || r.Errors != 0 || r.Predicted != nil {
					t.Errorf("half a result: %+v", r)
				}
			}
			alone, err := protocolstest.NewTester(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			var asked []int
			if _, err := alone.Test(t.Context(), protocolstest.Logged{Examples: data, Asked: &asked}, nil); err == nil || len(asked) != 24 {
				t.Errorf("%v after %d examples, want an error at the 24th", err, len(asked))
			}
			r, err := tester.Test(t.Context(), good, nil)
			if err != nil || !slices.Equal(r.Predicted, want.Predicted) {
				t.Errorf("a test after that: %+v, %v; want %+v", r, err, want)
			}
		})
	}
}

// A late data set waits until examples 0 and 1 are both being read, and then delays
// one of them.
type late struct {
	training.Examples
	back int
	met  *sync.WaitGroup
}

func (d late) Example(i int, intensity []float32) int {
	if i < 2 {
		d.met.Done()
		d.met.Wait()
	}
	if i == d.back {
		time.Sleep(50 * time.Millisecond)
	}
	return d.Examples.Example(i, intensity)
}

// If two examples fail, the error names the first, whichever fails earlier.
func TestFirstFailureIsNamed(t *testing.T) {
	m := protocolstest.Tiny(3)
	tester, err := protocolstest.NewTester(m, protocolstest.Network(t, m), 2)
	if err != nil {
		t.Fatal(err)
	}
	data := protocolstest.Noise(1, 60, 6, 3)
	data.Classes[0], data.Classes[1] = -5, -6
	for back := range 2 {
		var met sync.WaitGroup
		met.Add(2)
		_, err = tester.Test(t.Context(), late{data, back, &met}, nil)
		protocolstest.CheckSays(t, err, []string{"example 0: ", "-5"})
	}
}

// Workers end with the test, however it ends.
func TestTesterLeavesNoGoroutines(t *testing.T) {
	m := protocolstest.Tiny(4)
	tester, err := protocolstest.NewTester(m, protocolstest.Network(t, m), 7)
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	good, bad := protocolstest.Noise(1, 60, 6, 3), protocolstest.Noise(1, 60, 6, 3)
	bad.Classes[30] = -1
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := tester.Test(ctx, good, func(done int) {
			if done == 10 {
				cancel()
			}
		}); err == nil {
			t.Error("the test did not stop")
		}
		cancel()
		if _, err := tester.Test(t.Context(), bad, nil); err == nil {
			t.Error("a bad class is accepted")
		}
		if _, err := tester.Test(t.Context(), good, nil); err != nil {
			t.Error(err)
		}
	}
	// Other goroutines may need a moment to end; a leak would stay.
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// Testers of one network can work at the same time.
func TestTestersShareANetwork(t *testing.T) {
	m := protocolstest.Tiny(4)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 60, 6, 3)
	want := protocolstest.Test(t, m, net, data, 1).Predicted
	results := make(chan []int)
	for range 3 {
		go func(net *network.Network) {
			var read []int
			if tester, err := protocolstest.NewTester(m, net, 2); err == nil {
				r, _ := tester.Test(t.Context(), data, nil)
				read = r.Predicted
			}
			results <- read
		}(net)
	}
	for range 3 {
		if got := <-results; !slices.Equal(got, want) {
			t.Errorf("read %v, want %v", got, want)
		}
	}
}
