package settings

import (
	"fmt"

	"plateau/cmd/plateau/terminal"
)

// limits are the numbers that a setting may have. Messages, help and tables say them in the
// words of String.
type limits interface {
	// holds reports whether the value that v points to is one of them.
	holds(v any) bool
	fmt.Stringer
}

// wholeNumbers are those from low to high.
type wholeNumbers struct{ low, high int64 }

func whole(low, high int64) limits { return wholeNumbers{low, high} }

func (r wholeNumbers) holds(v any) bool {
	var n int64
	switch v := v.(type) {
	case *int:
		n = int64(*v)
	case *int64:
		n = *v
	default:
		panic(fmt.Sprintf("plateau: limits of a %T", v))
	}
	return n >= r.low && n <= r.high
}

func (r wholeNumbers) String() string {
	return fmt.Sprintf("a whole number from %d to %d", r.low, r.high)
}

// realNumbers are those from low to high. aboveLow and belowHigh say which ends are not among them.
type realNumbers struct {
	low, high           float64
	aboveLow, belowHigh bool
}

func between(low, high float64) limits  { return realNumbers{low: low, high: high} }
func moreThan(low, high float64) limits { return realNumbers{low: low, high: high, aboveLow: true} }
func below(low, high float64) limits    { return realNumbers{low: low, high: high, belowHigh: true} }

func (r realNumbers) holds(v any) bool {
	x := *v.(*float64)
	return x >= r.low && x <= r.high && !(r.aboveLow && x == r.low) && !(r.belowHigh && x == r.high)
}

func (r realNumbers) String() string {
	low, high := short(r.low), short(r.high)
	switch {
	case r.aboveLow:
		return fmt.Sprintf("more than %s, at most %s", low, high)
	case r.belowHigh:
		return fmt.Sprintf("at least %s and less than %s", low, high)
	case r.low == 0:
		return fmt.Sprintf("at least %s, at most %s", low, high)
	}
	return fmt.Sprintf("from %s to %s", low, high)
}

// short writes a limit without an exponent, unless it would have many zeros.
func short(x float64) string {
	if x < 1e7 {
		return terminal.Number(x)
	}
	return fmt.Sprint(x)
}
