package terminal

import (
	"time"
)

// A Stopwatch adds up times, including those of earlier processes.
type Stopwatch struct {
	Before time.Duration
	began  time.Time // zero while it is stopped
}

// Start lets it run.
func (s *Stopwatch) Start() { s.began = time.Now() }

// Stop halts it; Start goes on from there.
func (s *Stopwatch) Stop() { *s = Stopwatch{Before: s.Elapsed()} }

// Elapsed returns the time that it has run.
func (s *Stopwatch) Elapsed() time.Duration {
	if s.began.IsZero() {
		return s.Before
	}
	return s.Before + time.Since(s.began)
}

// Seconds converts a number of seconds to a duration.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
