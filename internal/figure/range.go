package figure

import "math"

// wideRange is the factor between the smallest and the largest value from which on an
// axis is logarithmic: on a linear one most small values would lie at the bottom.
const wideRange = 3

// scale makes the vertical axis so that the range of some values, which are not
// negative, fills it. On a logarithmic axis 0 is the lower edge.
func (p *panel) scale(values [][]float64) {
	least, most, zero := math.Inf(1), 0.0, false
	for _, vs := range values {
		for _, v := range vs {
			switch {
			case !finite(v):
			case v <= 0:
				zero = true
			default:
				least, most = min(least, v), max(most, v)
			}
		}
	}
	switch {
	case most == 0:
		p.y0, p.y1 = 0, 1
	case most/least >= wideRange || zero:
		p.log = true
		p.y0, p.y1 = math.Log10(least), math.Log10(most)
		room := max(0.06*(p.y1-p.y0), 0.04)
		if p.y0, p.y1 = p.y0-room, p.y1+room; zero {
			p.below = zeroRoom
			// The rest of the axis begins where it is marked with a number.
			p.y0 = (p.y0*p.tall() - p.y1*zeroRoom) / (p.tall() - zeroRoom)
		}
	default:
		room := max(0.08*(most-least), 0.03*most)
		p.y0, p.y1 = max(least-room, 0), min(most+room, math.MaxFloat64)
	}
}

// height returns the height of a value on the axis that scale made.
func (p *panel) height(v float64) float64 {
	if !p.log || !finite(v) {
		return v
	}
	return max(math.Log10(max(v, 0)), p.y0)
}

// ticks draws the axis that scale made.
func (p *panel) ticks(marks int) {
	if !p.log {
		p.ticksLeft(scaleTicks(p.y0, p.y1, marks), true, true)
		return
	}
	above := *p
	if p.below > 0 {
		above.box.Min.Y += p.below
		above.y0 += (p.y1 - p.y0) * float64(p.below) / p.tall()
	}
	above.ticksLog(true)
	if p.below > 0 {
		p.axisLeft([]float64{p.y0}, []tickLabel{{base: "0"}}, true)
	}
}

// zeroRoom is how far below the smallest value 0 is (points).
const zeroRoom = 14

// tall returns the height of the panel.
func (p *panel) tall() float64 { return float64(p.box.Max.Y - p.box.Min.Y) }
