package crew

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// shares reports whether a crew of two shares its jobs. If it should, a busy machine has a
// minute to let the other worker come.
func shares(c *Crew, want bool) bool {
	patience := 10 * time.Millisecond
	if want {
		patience = time.Minute
	}
	var by [2]atomic.Bool
	c.Do(2, func(worker, _ int) {
		by[worker].Store(true)
		for waited := time.Now(); !(by[0].Load() && by[1].Load()) && time.Since(waited) < patience; {
			runtime.Gosched()
		}
	})
	return by[1].Load()
}

// After a trial, in which the ways take turns, examples come in the way that was quicker,
// until the next trial.
func TestPace(t *testing.T) {
	c := New(2)
	var p Pace
	for _, alone := range []bool{true, false, true} {
		for k := range period {
			p.Begin(c)
			if k < 4 {
				if got := shares(c, k%2 == 0); got != (k%2 == 0) {
					t.Fatalf("example %d of a trial is shared: %v", k, got)
				}
			}
			if k == 2*trials-1 { // whatever time the trial took
				p.took = [2]time.Duration{time.Hour, 2 * time.Hour}
				if alone {
					p.took[0] = 3 * time.Hour
				}
			}
			p.End()
			if k == 2*trials || k == period-1 {
				if got := shares(c, !alone); got == alone {
					t.Fatalf("after a trial in which one alone was quicker (%v), example %d is shared: %v", alone, k, got)
				}
			}
		}
	}
}
