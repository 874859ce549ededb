package protocols

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// Tester predicts the classes of examples, each from rest. The random draws of an
// example depend only on the seed and the index of the example, so a test of the same
// weights always has the same result, whatever the number of workers.
type Tester struct {
	model Model
	desks []*desk
}

// desk is what one worker needs to test examples.
type desk struct {
	engine *sim.Engine
	phase  sim.Phase
	means  []network.Means
}

// NewTester returns a tester of net with the given number of workers. The weights of
// net may change between tests.
func NewTester(m Model, net *network.Network, workers int) (*Tester, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	if workers < 1 {
		return nil, fmt.Errorf("protocols: %d workers, want at least 1", workers)
	}
	m = m.OnGrid()
	t := &Tester{model: m}
	dt, last := m.Neurons.Dt, len(net.Layers)-1
	for range workers {
		engine, err := sim.New(net, m.Neurons, m.Seed)
		if err != nil {
			return nil, err
		}
		d := &desk{engine: engine, means: make([]network.Means, last+1), phase: sim.Phase{
			Name:      "test",
			Intensity: make([]float32, m.Network.Inputs),
			Steps:     kernels.Steps(m.Test.Length, dt),
			From:      kernels.Steps(m.Test.Settle, dt),
		}}
		d.means[last].Soma = make([]float32, net.Layers[last].Size())
		t.desks = append(t.desks, d)
	}
	return t, nil
}

// Result is the result of a test.
type Result struct {
	Examples int
	Errors   int
	Read     []int // predicted class of each example
}

// Error returns the error: the share of examples with a wrong predicted class.
func (r Result) Error() float64 { return float64(r.Errors) / float64(r.Examples) }

// Test tests all examples. Progress, if not nil, is called with the number of
// examples done, from one goroutine at a time. If the context ends, or an example
// cannot be shown, Test stops and returns no result and the error of the first example
// that failed.
func (t *Tester) Test(ctx context.Context, data Samples, progress func(done int)) (Result, error) {
	if err := suits(data, "test", t.model.Network); err != nil {
		return Result{}, err
	}
	n := data.Len()
	result := Result{Examples: n, Read: make([]int, n)}
	var (
		next, wrong atomic.Int64
		mu          sync.Mutex
		done        int
		failed      int // the first example that failed, if failure is not nil
		failure     error
		wait        sync.WaitGroup
	)
	for _, d := range t.desks {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err := ctx.Err()
				if err == nil {
					var class int
					result.Read[i], class, err = d.read(data, i, t.model.Network)
					if result.Read[i] != class {
						wrong.Add(1)
					}
				}
				mu.Lock()
				if err != nil {
					// Workers take examples in order, so all examples before this one
					// are still tested, and the first error does not depend on the
					// number of workers.
					if failure == nil || i < failed {
						failed, failure = i, err
					}
					next.Store(int64(n))
				} else if done++; progress != nil {
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if failure != nil {
		return Result{}, failure
	}
	result.Errors = int(wrong.Load())
	return result, nil
}

// read shows an example and returns its predicted and its true class.
func (d *desk) read(data Samples, i int, a network.Architecture) (read, class int, err error) {
	class = sample(data, i, d.phase.Intensity)
	if class < 0 || class >= a.Classes {
		return 0, 0, fmt.Errorf("protocols: test example %d: class is %d, want 0 to %d", i, class, a.Classes-1)
	}
	d.engine.Rest()
	d.engine.Present(sim.Presentation{Purpose: sim.TestSpikes, Number: uint64(i), Sample: i, Class: class})
	if err := d.engine.Run(&d.phase, d.means); err != nil {
		return 0, 0, fmt.Errorf("protocols: test example %d: %w", i, err)
	}
	return network.ReadOut(d.means[len(d.means)-1].Soma, a.PerClass), class, nil
}
