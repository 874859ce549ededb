// Package crew shares jobs of some microseconds among goroutines. Starting goroutines, or
// waking them, would take as long as such a job; so they wait for the next one by looking
// again and again, and only when none has come for a while do they end.
package crew

import (
	"runtime"
	"sync/atomic"
)

// A Crew is a number of workers. It is for one goroutine, which is its first worker. The
// zero Crew has only that one.
type Crew struct {
	others  []other         // the workers besides the first
	round   atomic.Uint64   // number of the round, and below unitBits its number of units
	taken   []atomic.Uint64 // for each unit, the last round in which it was taken
	left    atomic.Int64    // units of the round that are not done
	started uint64          // rounds
	alone   bool            // whether only the first worker works

	// What only those read who have taken a unit of the round:
	job   func(worker, job int)
	jobs  int
	units int // each is some jobs in a row
}

// other is a worker besides the first.
type other struct {
	awake atomic.Bool
	_     [60]byte // each in a cache line of its own
}

const (
	unitBits = 16
	maxUnits = 1 << 10
)

// New returns a crew of the given number of workers, at least one.
func New(workers int) *Crew {
	return &Crew{others: make([]other, max(workers, 1)-1), taken: make([]atomic.Uint64, maxUnits)}
}

// Workers returns the number of workers.
func (c *Crew) Workers() int { return 1 + len(c.others) }

// Alone says whether the first worker does all jobs from now on. The others end if that
// lasts.
func (c *Crew) Alone(alone bool) { c.alone = alone }

// Do does jobs 0 to n − 1 and returns when all are done. Workers are numbered from 0, and no
// two jobs of a worker run at the same time. A job should not depend on who does it. A
// worker begins with the jobs that were its own the last time, because its cache may still
// hold what they need, and then takes what others have left.
func (c *Crew) Do(n int, job func(worker, job int)) {
	if len(c.others) == 0 || c.alone || n < 2 {
		for k := range n {
			job(0, k)
		}
		return
	}
	c.job, c.jobs, c.units = job, n, min(n, maxUnits)
	c.left.Store(int64(c.units))
	c.started++
	round := c.started<<unitBits | uint64(c.units)
	c.round.Store(round)
	for w := range min(len(c.others), c.units-1) {
		if o := &c.others[w]; !o.awake.Load() {
			o.awake.Store(true)
			go c.help(w + 1)
		}
	}
	c.take(0, round)
	for spins := 0; c.left.Load() > 0; spins++ {
		pause(spins)
	}
	c.job = nil
}

// take does units of a round until none is left.
func (c *Crew) take(worker int, round uint64) {
	n := int(round & (1<<unitBits - 1))
	first := worker * n / c.Workers()
	for i := range n {
		k := first + i
		if k >= n {
			k -= n
		}
		// If a later round has begun, all units of this one have been taken.
		if last := c.taken[k].Load(); last < round && c.taken[k].CompareAndSwap(last, round) {
			for job := k * c.jobs / c.units; job < (k+1)*c.jobs/c.units; job++ {
				c.job(worker, job)
			}
			c.left.Add(-1)
		}
	}
}

// patience is how often a worker looks for a new round before it ends; it takes about a
// millisecond, longer than anything that one worker does alone between two rounds.
const patience = 1 << 18

// help takes part in one round after another.
func (c *Crew) help(worker int) {
	done := uint64(0)
	for spins := 0; spins < patience; spins++ {
		if round := c.round.Load(); round != done {
			c.take(worker, round)
			done, spins = round, 0
		}
		pause(spins)
	}
	c.others[worker-1].awake.Store(false)
}

// pause lets other goroutines run from time to time.
func pause(spins int) {
	if spins%64 == 63 {
		runtime.Gosched()
	}
}
