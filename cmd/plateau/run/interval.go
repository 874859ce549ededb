package run

import (
	"math"
	"strconv"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
)

// An Interval says when checkpoints are written, besides those at the beginning and
// the end of a run. At most one of time and examples is set; the zero interval means
// after every epoch.
type Interval struct {
	time     time.Duration
	examples int
	Epochs   int // number of epochs from one checkpoint to the next
}

// StandardInterval is short enough to lose little work, and long enough that writing
// checkpoints of a large network takes little time.
const StandardInterval = "5m"

// ParseInterval reads 5m, 1000ex or 1ep.
func ParseInterval(text string) (Interval, error) {
	wrong := cli.Misuse("--checkpoint-every %s: want a time of at least 1s, such as 5m or 1h30m; a number of examples, such as 1000ex; or a number of epochs, such as 1ep", text)
	number := func(digits string) (int, error) {
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > math.MaxInt32 {
			return 0, wrong
		}
		return n, nil
	}
	if digits, ok := strings.CutSuffix(text, "ex"); ok {
		n, err := number(digits)
		return Interval{examples: n, Epochs: 1}, err
	}
	if digits, ok := strings.CutSuffix(text, "ep"); ok {
		n, err := number(digits)
		return Interval{Epochs: n}, err
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second {
		return Interval{}, wrong
	}
	return Interval{time: d, Epochs: 1}, nil
}

// Within reports whether a checkpoint is due within an epoch. examples is the number
// shown so far; the last checkpoint was made after before examples, ago in the past.
func (i Interval) Within(examples, before int, ago time.Duration) bool {
	return i.examples > 0 && examples/i.examples > before/i.examples || i.time > 0 && ago >= i.time
}

// After reports whether a checkpoint is due at the end of an epoch.
func (i Interval) After(epoch int) bool { return epoch%max(1, i.Epochs) == 0 }
