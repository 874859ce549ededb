package main

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// An interval says when checkpoints are written, besides at the beginning and the
// end of a run. Of time and examples one is set, or neither; the zero interval is
// after every epoch.
type interval struct {
	time     time.Duration
	examples int
	epochs   int // ends of epochs from one to the next
}

// standardInterval is short enough for little to be lost, and long enough for a
// checkpoint of a large network to be no burden.
const standardInterval = "5m"

// parseInterval reads 5m, 1000ex or 1ep.
func parseInterval(text string) (interval, error) {
	wrong := misuse("--checkpoint-every %s: want a time from 1s, as 5m or 1h30m; a number of examples, as 1000ex; or of epochs, as 1ep", text)
	number := func(digits string) (int, error) {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > math.MaxInt32 {
			return 0, wrong
		}
		return n, nil
	}
	if digits, ok := strings.CutSuffix(text, "ex"); ok {
		n, err := number(digits)
		return interval{examples: n, epochs: 1}, err
	}
	if digits, ok := strings.CutSuffix(text, "ep"); ok {
		n, err := number(digits)
		return interval{epochs: n}, err
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second {
		return interval{}, wrong
	}
	return interval{time: d, epochs: 1}, nil
}

// within is whether a checkpoint is due within an epoch, when so many examples
// have been shown and the last one was made at before, some time ago.
func (i interval) within(examples, before int, ago time.Duration) bool {
	return i.examples > 0 && examples/i.examples > before/i.examples || i.time > 0 && ago >= i.time
}

// after is whether a checkpoint is due at the end of an epoch.
func (i interval) after(epoch int) bool { return epoch%max(1, i.epochs) == 0 }
