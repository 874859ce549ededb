package figure

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Phase is a stretch of a trial. Averages begin at Window.
type Phase struct {
	Name               string
	Begin, Window, End float64
}

// tint of a phase: the first and the second of a trial differ.
func tint(i int) color.NRGBA {
	if i%2 == 0 {
		return blue
	}
	return orange
}

// upright returns the part of a panel between two times.
func (p *panel) upright(from, to float64, low, high vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: p.x(from), Y: low}, Max: vg.Point{X: p.x(to), Y: high}}
}

// phases shades the phases of a trial, from their names down through all
// panels, and marks where the network settles and what is averaged.
func phases(p panel, all []Phase) {
	const nameHeight, spanHeight = 16, 15
	low, head := p.box.Min.Y, p.box.Max.Y
	for i, ph := range all {
		x0, window, x1 := p.x(ph.Begin), p.x(ph.Window), p.x(ph.End)
		fill(p.Canvas, p.upright(ph.Begin, ph.Window, low, head), faded(tint(i), 0.05))
		fill(p.Canvas, p.upright(ph.Window, ph.End, low, head), faded(tint(i), 0.14))
		fill(p.Canvas, p.upright(ph.Begin, ph.End, head+spanHeight, head+spanHeight+nameHeight), faded(tint(i), 0.38))
		fit(p.Canvas, bold(words(wordSize, black)), x0, x1, head+spanHeight+9, ph.Name+" phase", ph.Name)
		span := func(from, to float64, share float64, labels ...string) {
			fill(p.Canvas, p.upright(from, to, head, head+spanHeight), faded(tint(i), share))
			fit(p.Canvas, words(smallSize, grey), p.x(from), p.x(to), head+8.5, labels...)
		}
		span(ph.Begin, ph.Window, 0.10, fmt.Sprintf("settling, %s ms", number(ph.Window-ph.Begin)), "settling")
		span(ph.Window, ph.End, 0.24, fmt.Sprintf("averaged, %s ms", number(ph.End-ph.Window)), "averaged")
		line(p.Canvas, 0.6, faded(grey, 0.6), []vg.Length{2, 2}, vg.Point{X: window, Y: low}, vg.Point{X: window, Y: head})
		if i > 0 {
			line(p.Canvas, 0.9, grey, nil, vg.Point{X: x0, Y: low}, vg.Point{X: x0, Y: head + spanHeight + nameHeight})
		}
	}
}

// fit writes the first label that there is room for, in the middle.
func fit(c draw.Canvas, s text.Style, from, to, y vg.Length, labels ...string) bool {
	for _, label := range labels {
		if s.Width(label)+4 <= to-from {
			write(c, aligned(s, text.XCenter, text.YCenter), (from+to)/2, y, label)
			return true
		}
	}
	return false
}
