package terminal

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Join writes numbers with a text between them.
func Join(numbers []int, by string) string {
	var s []string
	for _, n := range numbers {
		s = append(s, fmt.Sprint(n))
	}
	return strings.Join(s, by)
}

// ByteSize prints a number of bytes for a person.
func ByteSize(n int64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(n) >= unit.size {
			return fmt.Sprintf("%.4g %s", float64(n)/unit.size, unit.name)
		}
	}
	return Plural(int(n), "byte")
}

// Number prints x in the shortest form that reads back as the same bits.
func Number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	if a := math.Abs(x); a != 0 && (a < 1e-5 || a >= 1e15) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Percent prints a share.
func Percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// WithAccuracy prints an error and what it leaves: "3.70 % (accuracy 96.30 %)".
func WithAccuracy(share float64) string {
	return fmt.Sprintf("%s (accuracy %s)", Percent(share), Percent(1-share))
}

// Plural prints a number of things.
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
