package main

import "time"

// A stopwatch adds up times, of processes before this one too.
type stopwatch struct {
	before time.Duration
	began  time.Time // zero while it stands still
}

func (s *stopwatch) start() { s.began = time.Now() }

func (s *stopwatch) stop() { *s = stopwatch{before: s.elapsed()} }

func (s *stopwatch) elapsed() time.Duration {
	if s.began.IsZero() {
		return s.before
	}
	return s.before + time.Since(s.began)
}

// seconds is a time that was stored as a number.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
