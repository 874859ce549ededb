package main

import "time"

// A stopwatch adds up times, including those of earlier processes.
type stopwatch struct {
	before time.Duration
	began  time.Time // zero while it is stopped
}

func (s *stopwatch) start() { s.began = time.Now() }

func (s *stopwatch) stop() { *s = stopwatch{before: s.elapsed()} }

func (s *stopwatch) elapsed() time.Duration {
	if s.began.IsZero() {
		return s.before
	}
	return s.before + time.Since(s.began)
}

// seconds converts a number of seconds to a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
