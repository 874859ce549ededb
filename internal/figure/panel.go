package figure

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel is a rectangle of the page with a scale on either axis.
type panel struct {
	draw.Canvas
	box            vg.Rectangle
	x0, x1, y0, y1 float64   // values at the edges
	left           vg.Length // room for numbers of the vertical axis, if it is not the usual
	log            bool      // the vertical axis is logarithmic, and y0 and y1 are logarithms
	below          vg.Length // how far below the logarithmic part the edge is, which then stands for 0
}

func (p *panel) x(v float64) vg.Length {
	return p.box.Min.X + vg.Length((v-p.x0)/(p.x1-p.x0))*(p.box.Max.X-p.box.Min.X)
}

func (p *panel) y(v float64) vg.Length {
	// In halves, because the difference of two large numbers may overflow.
	return p.box.Min.Y + vg.Length((v/2-p.y0/2)/(p.y1/2-p.y0/2))*(p.box.Max.Y-p.box.Min.Y)
}

func (p *panel) at(x, y float64) vg.Point { return vg.Point{X: p.x(x), Y: p.y(y)} }

// ticksLeft draws the vertical axis.
func (p *panel) ticksLeft(ticks []float64, grid, numbers bool) {
	var labels []tickLabel
	if numbers {
		labels = tickLabels(ticks)
	}
	p.axisLeft(ticks, labels, grid)
}

// axisLeft draws the vertical axis with what stands beside each of its ticks.
func (p *panel) axisLeft(ticks []float64, labels []tickLabel, grid bool) {
	for _, v := range ticks {
		p.tickLeft(v, grid)
	}
	style := fitting(words(smallSize, grey), labels, p.room())
	for i, l := range labels {
		l.right(p.Canvas, style, p.box.Min.X-5, p.y(ticks[i]))
	}
	line(p.Canvas, 0.6, grey, nil, p.box.Min, vg.Point{X: p.box.Min.X, Y: p.box.Max.Y})
}

// room returns the width for the numbers of the vertical axis.
func (p *panel) room() vg.Length {
	if p.left > 0 {
		return p.left
	}
	return 44
}

// tickLeft draws one tick of the vertical axis.
func (p *panel) tickLeft(v float64, grid bool) {
	y := p.y(v)
	if grid {
		line(p.Canvas, 0.6, gridGrey, nil, vg.Point{X: p.box.Min.X, Y: y}, vg.Point{X: p.box.Max.X, Y: y})
	}
	line(p.Canvas, 0.6, grey, nil, vg.Point{X: p.box.Min.X - 3, Y: y}, vg.Point{X: p.box.Min.X, Y: y})
}

// ticksLog draws the vertical axis of values whose logarithms to base ten are the
// heights: a number at every power of ten, and also between them if there are few. If
// there would still be fewer than two, numbers are as on any other axis.
func (p *panel) ticksLog(numbers bool) {
	factors := []float64{1}
	switch span := p.y1 - p.y0; {
	case span < 0.35:
		factors = []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}
	case span < 0.7:
		factors = []float64{1, 1.5, 2, 3, 4, 6, 8}
	case span < 2: // a range that is longer has two powers of ten
		factors = []float64{1, 2, 5}
	}
	var ticks []float64
	var labels []tickLabel
	if values := p.narrowTicks(factors); values != nil {
		for _, v := range values {
			ticks = append(ticks, math.Log10(v))
		}
		labels = tickLabels(values)
	} else {
		every := math.Ceil((p.y1 - p.y0) / 6)
		if !(every <= 110) { // float64 has 632 powers of ten
			return
		}
		for power := math.Ceil(p.y0) - 1; power <= p.y1; power++ {
			for f := 2.0; f < 10; f++ {
				if y := power + math.Log10(f); y >= p.y0 && y <= p.y1 && every <= 2 {
					line(p.Canvas, 0.4, grey, nil, vg.Point{X: p.box.Min.X - 2, Y: p.y(y)}, vg.Point{X: p.box.Min.X, Y: p.y(y)})
				}
			}
			if math.Mod(power, every) != 0 {
				continue
			}
			for _, f := range factors {
				v := power + math.Log10(f)
				if v < p.y0 || v > p.y1 {
					continue
				}
				ticks = append(ticks, v)
				if power >= -3 && power <= 4 {
					labels = append(labels, tickLabel{base: number(f * math.Pow(10, power))})
				} else {
					labels = append(labels, powerLabel(f, int(power)))
				}
			}
		}
	}
	if !numbers {
		labels = nil
	}
	p.axisLeft(ticks, labels, true)
}

// narrowTicks are values for a logarithmic axis on which fewer than two of these
// multiples of powers of ten would be; nil if two are, or if numbers as they are
// printed would not tell values apart.
func (p *panel) narrowTicks(factors []float64) []float64 {
	if p.y1-p.y0 >= 2 {
		return nil
	}
	shown := 0
	for power := math.Floor(p.y0); power <= p.y1; power++ {
		for _, f := range factors {
			if v := power + math.Log10(f); v >= p.y0 && v <= p.y1 {
				shown++
			}
		}
	}
	if shown >= 2 {
		return nil
	}
	values := scaleTicks(math.Pow(10, p.y0), math.Pow(10, p.y1), 4)
	values = slices.CompactFunc(values, func(a, b float64) bool { return number(a) == number(b) })
	if len(values) < 2 {
		return nil
	}
	return values
}

// ticksBelow draws the horizontal axis.
func (p *panel) ticksBelow(ticks []float64, unit string) {
	style := words(smallSize, grey)
	for i, l := range tickLabels(ticks) {
		x := p.x(ticks[i])
		line(p.Canvas, 0.6, grey, nil, vg.Point{X: x, Y: p.box.Min.Y - 3}, vg.Point{X: x, Y: p.box.Min.Y})
		l.centred(p.Canvas, style, x, p.box.Min.Y-4)
	}
	line(p.Canvas, 0.6, grey, nil, p.box.Min, vg.Point{X: p.box.Max.X, Y: p.box.Min.Y})
	write(p.Canvas, aligned(words(smallSize, grey), text.XCenter, text.YTop), (p.box.Min.X+p.box.Max.X)/2, p.box.Min.Y-15, unit)
}

// An endLabel names a line where it ends.
type endLabel struct {
	name   string
	colour color.Color
	bold   bool
	y      vg.Length
}

// endLabels writes names to the right of a panel without overlap, in small type if
// there are many.
func (p *panel) endLabels(labels []endLabel, room vg.Length) {
	const line = 12
	places := make([]vg.Length, len(labels))
	for i, l := range labels {
		places[i] = l.y
	}
	gap := vg.Length(line)
	if n := len(labels); n > 1 {
		gap = min(gap, (p.box.Max.Y-p.box.Min.Y-10)/vg.Length(n-1))
	}
	places = apart(places, gap, p.box.Min.Y+5, p.box.Max.Y-5)
	for i, l := range labels {
		s := aligned(words(wordSize*gap/line, l.colour), text.XLeft, text.YCenter)
		if l.bold {
			s = bold(s)
		}
		write(p.Canvas, s, p.box.Max.X+7, places[i], shortened(s, l.name, room))
	}
}

// ticks lists round values between two limits, about as many as wanted.
func ticks(low, high float64, wanted int) []float64 {
	if !(high > low) || !finite(high-low) {
		return nil
	}
	factor, power := roundStep((high - low) / float64(max(wanted, 1)))
	// Read as people write it, so that 3 × 0.1 is 0.3.
	value := func(k float64) float64 {
		v, _ := strconv.ParseFloat(strconv.FormatFloat(k*float64(factor), 'f', 0, 64)+"e"+strconv.Itoa(power), 64)
		return v
	}
	step := value(1)
	var values []float64
	first := math.Ceil(low/step - 1e-9)
	for i := range 10 * max(wanted, 1) {
		v := value(first + float64(i))
		if !(v <= high+1e-9*step) {
			break
		}
		values = append(values, v+0) // no −0
	}
	return values
}

// scaleTicks lists at least two ticks, because an axis without two has no scale.
func scaleTicks(low, high float64, wanted int) []float64 {
	values := ticks(low, high, wanted)
	for more := 1; len(values) < 2 && more < 10; more++ {
		values = ticks(low, high, wanted+more)
	}
	return values
}

// wholeTicks lists ticks at whole numbers, for things that are counted.
func wholeTicks(low, high float64, wanted int) []float64 {
	return slices.DeleteFunc(ticks(low, high, wanted), func(v float64) bool { return v != math.Trunc(v) })
}

// roundStep is the next of 1, 2, 5, 10, … times a power of ten.
func roundStep(step float64) (factor, power int) {
	power = int(math.Floor(math.Log10(step)))
	for _, f := range []int{1, 2, 5} {
		if float64(f)*math.Pow10(power) >= step*(1-1e-9) {
			return f, power
		}
	}
	return 1, power + 1
}

// limits of all finite values, with some room around them.
func limits(room float64, values ...[]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, vs := range values {
		for _, v := range vs {
			if finite(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high {
		return -1, 1
	}
	span := high/2 - low/2 // which is never too large for a number
	if span == 0 {
		span = max(math.Abs(low)/2, 0.5)
	}
	return max(low-2*room*span, -math.MaxFloat64), min(high+2*room*span, math.MaxFloat64)
}

// apart moves places so that neighbours are at least gap from each other, all
// between low and high if they fit, in the order they had.
func apart(places []vg.Length, gap, low, high vg.Length) []vg.Length {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case places[a] < places[b]:
			return -1
		case places[a] > places[b]:
			return 1
		}
		return 0
	})
	moved := slices.Clone(places)
	for range 200 {
		still := true
		for k := 1; k < len(order); k++ {
			a, b := &moved[order[k-1]], &moved[order[k]]
			if lack := gap - (*b - *a); lack > 1e-3 {
				*a -= lack / 2
				*b += lack / 2
				still = false
			}
		}
		for i := range moved {
			moved[i] = min(max(moved[i], low), high)
		}
		if still {
			break
		}
	}
	return moved
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// lastFinite returns the last value that can be drawn, if there is one.
func lastFinite(v []float64) (last float64, ok bool) {
	for _, last := range slices.Backward(v) {
		if finite(last) {
			return last, true
		}
	}
	return 0, false
}
