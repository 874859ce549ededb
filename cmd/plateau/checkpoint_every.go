package main

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// An interval says when checkpoints are written, besides those at the beginning and
// the end of a run. At most one of time and examples is set; the zero interval means
// after every epoch.
type interval struct {
	time     time.Duration
	examples int
	epochs   int // number of epochs from one checkpoint to the next
}

// standardInterval is short enough to lose little work, and long enough that writing
// checkpoints of a large network takes little time.
const standardInterval = "5m"

// parseInterval reads 5m, 1000ex or 1ep.
func parseInterval(text string) (interval, error) {
	wrong := misuse("--checkpoint-every %s: want a time of at least 1s, such as 5m or 1h30m; a number of examples, such as 1000ex; or a number of epochs, such as 1ep", text)
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

// within reports whether a checkpoint is due within an epoch. examples is the number
// shown so far; the last checkpoint was made after before examples, ago in the past.
func (i interval) within(examples, before int, ago time.Duration) bool {
	return i.examples > 0 && examples/i.examples > before/i.examples || i.time > 0 && ago >= i.time
}

// after reports whether a checkpoint is due at the end of an epoch.
func (i interval) after(epoch int) bool { return epoch%max(1, i.epochs) == 0 }
