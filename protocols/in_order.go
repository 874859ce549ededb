package protocols

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"plateau/network"
	"plateau/sim"
)

// work does job i and tapes it.
type work[T any] func(i int, tape *sim.Tape) (T, error)

// A job is one that is being done, or waits for those before it.
type job[T any] struct {
	tape   *sim.Tape
	result T
	err    error
	done   chan struct{}
}

// inOrder does n jobs with several workers. When a job and all before it are done, the
// observer is told of it and then its result is delivered, from this goroutine. At most
// twice as many jobs as workers are under way or wait. The first error in the order of
// jobs ends all.
func inOrder[T any](ctx context.Context, n int, w Watched, net *network.Network, worker func() (work[T], error), deliver func(i int, result T) error) error {
	if w.Workers < 1 {
		return fmt.Errorf("protocols: %d workers, want at least 1", w.Workers)
	}
	workers := min(w.Workers, max(n, 1))
	jobs := make([]job[T], min(2*workers, n))
	for k := range jobs {
		jobs[k] = job[T]{tape: sim.NewTape(net, w.Potentials), done: make(chan struct{}, 1)}
	}
	var (
		queue = make(chan int, len(jobs))
		stop  atomic.Bool
		wait  sync.WaitGroup
	)
	defer func() {
		stop.Store(true)
		close(queue)
		wait.Wait()
	}()
	for range workers {
		do, err := worker()
		if err != nil {
			return err
		}
		wait.Go(func() {
			for i := range queue {
				if j := &jobs[i%len(jobs)]; !stop.Load() {
					j.tape.Clear()
					j.result, j.err = do(i, j.tape)
					j.done <- struct{}{}
				}
			}
		})
	}
	for i := range jobs {
		queue <- i
	}
	for i := range n {
		j := &jobs[i%len(jobs)]
		<-j.done
		if err := ctx.Err(); err != nil {
			return err
		}
		if j.err != nil {
			return j.err
		}
		if w.Watch != nil {
			j.tape.Tell(w.Watch)
		}
		if err := deliver(i, j.result); err != nil {
			return err
		}
		if next := i + len(jobs); next < n {
			queue <- next
		}
	}
	return nil
}

// A follower passes events on to the tape of the job under way.
type follower struct{ to *sim.Tape }

// Observe implements sim.Observer.
func (f *follower) Observe(e sim.Event) { f.to.Observe(e) }

// follow makes an engine tell a follower, unless nobody is to be told.
func (w Watched) follow(e *sim.Engine) *follower {
	f := &follower{}
	if w.Watch != nil {
		e.Watch(f, w.Potentials)
	}
	return f
}
