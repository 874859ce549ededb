package main

import (
	"math"
	"strings"
)

// heights returns the characters for values from low to high.
func (t terminal) heights() []rune {
	if t.unicode {
		return []rune("▁▂▃▄▅▆▇█")
	}
	return []rune("_.-=+*#@")
}

// spark draws values as heights between low and high, one per column, and NaN as a gap.
func (t terminal) spark(values []float64, low, high float64) string {
	heights := t.heights()
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

// gauge draws a horizontal bar over a share of the width, in eighths of a column, and
// pads it to the full width.
func (t terminal) gauge(share float64, width int) string {
	share = min(max(share, 0), 1)
	if !t.unicode {
		return pad(strings.Repeat("#", int(share*float64(width)+0.5)), width)
	}
	return pad(bar(share, 1, width), width)
}

// pad appends spaces up to a width.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-len([]rune(s)), 0))
}
