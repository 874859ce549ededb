package terminal

import (
	"math"
	"strings"
)

// Heights returns the characters for values from low to high.
func (t Terminal) Heights() []rune {
	if t.Unicode {
		return []rune("▁▂▃▄▅▆▇█")
	}
	return []rune("_.-=+*#@")
}

// Spark draws values as heights between low and high, one per column, and NaN as a gap.
func (t Terminal) Spark(values []float64, low, high float64) string {
	heights := t.Heights()
	var b strings.Builder
	for _, v := range values {
		if math.IsNaN(v) {
			b.WriteByte(' ')
			continue
		}
		k := int((v - low) / (high - low) * float64(len(heights)))
		b.WriteRune(heights[min(max(k, 0), len(heights)-1)])
	}
	return b.String()
}

// Gauge draws a horizontal bar over a share of the width, in eighths of a column, and
// pads it to the full width.
func (t Terminal) Gauge(share float64, width int) string {
	share = min(max(share, 0), 1)
	if !t.Unicode {
		return Pad(strings.Repeat("#", int(share*float64(width)+0.5)), width)
	}
	return Pad(bar(share, 1, width), width)
}

// Pad appends spaces up to a width.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-len([]rune(s)), 0))
}
