package crew

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// Every job of every round is done once, by one of the workers, before Do returns.
func TestDo(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 3, 8} {
		c := New(workers)
		if got := c.Workers(); got != max(workers, 1) {
			t.Errorf("%d workers, want %d", got, max(workers, 1))
		}
		rng := rand.New(rand.NewPCG(1, uint64(workers)))
		for round := range 2000 {
			n := rng.IntN(20)
			if round%100 == 0 {
				n = rng.IntN(3 * maxUnits) // more than there are units
			}
			done := make([]int, n) // not atomic: no two workers may do the same job
			busy := make([]atomic.Bool, c.Workers())
			c.Do(n, func(worker, job int) {
				if busy[worker].Swap(true) {
					t.Errorf("worker %d does two jobs at the same time", worker)
				}
				done[job]++
				busy[worker].Store(false)
			})
			for k, times := range done {
				if times != 1 {
					t.Fatalf("%d workers, round %d: job %d of %d was done %d times", workers, round, k, n, times)
				}
			}
		}
	}
}

// Jobs are shared: while one waits for another, a second worker does that.
func TestShared(t *testing.T) {
	c := New(2)
	for range 100 {
		var first atomic.Bool
		c.Do(2, func(worker, job int) {
			if job == 1 {
				first.Store(true)
				return
			}
			for !first.Load() {
				runtime.Gosched()
			}
		})
	}
}

// Workers that have waited long enough end, and are there again when they are needed.
func TestWorkersEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	c := New(4)
	for range 3 {
		var sum atomic.Int64
		c.Do(100, func(_, job int) { sum.Add(int64(job)) })
		if sum.Load() != 4950 {
			t.Fatalf("the jobs add up to %d, want 4950", sum.Load())
		}
		deadline := time.Now().Add(time.Minute)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				t.Fatalf("%d goroutines, want %d as before", runtime.NumGoroutine(), before)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// Alone, the first worker does everything, until it is not alone any more.
func TestAlone(t *testing.T) {
	c := New(2)
	for _, alone := range []bool{true, false, true} {
		c.Alone(alone)
		var by [2]atomic.Int64
		var both atomic.Bool
		c.Do(2, func(worker, job int) {
			by[worker].Add(1)
			for job == 0 && !alone && !both.Load() {
				runtime.Gosched()
			}
			both.Store(true)
		})
		if got := by[1].Load() > 0; got == alone {
			t.Errorf("alone %v: the other worker worked: %v", alone, got)
		}
	}
}

// The zero Crew does all jobs itself, in order.
func TestZeroCrew(t *testing.T) {
	var c Crew
	next := 0
	c.Do(5, func(worker, job int) {
		if worker != 0 || job != next {
			t.Errorf("worker %d does job %d, want worker 0 and job %d", worker, job, next)
		}
		next++
	})
	if next != 5 {
		t.Errorf("%d jobs were done, want 5", next)
	}
}

// BenchmarkDo times a round of empty jobs: what sharing costs.
func BenchmarkDo(b *testing.B) {
	for _, n := range []int{2, 8, 32} {
		c := New(2)
		b.Run("", func(b *testing.B) {
			for range b.N {
				c.Do(n, func(int, int) {})
			}
		})
	}
}
