package terminal

import (
	"time"
)

// A Stopwatch adds up times, including those of earlier processes.
type Stopwatch struct {
	Before time.Duration
	began  time.Time // zero while it is stopped
}

func (s *Stopwatch) Start() { s.began = time.Now() }

func (s *Stopwatch) Stop() { *s = Stopwatch{Before: s.Elapsed()} }

func (s *Stopwatch) Elapsed() time.Duration {
	if s.began.IsZero() {
		return s.Before
	}
	return s.Before + time.Since(s.began)
}

// Seconds converts a number of seconds to a duration.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
