package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// half a point is the resolution of a picture along its horizontal axis. Of the values
// within one, only the smallest and the largest are drawn, which looks the same.
const half = 0.5

// half numbers the half points of the page from left to right.
func (p *panel) half(v float64) float64 { return math.Floor(float64(p.x(v) / half)) }

// curve draws values over x, which rises. Missing values are gaps, and a single value
// between gaps is a dot.
func (p *panel) curve(thickness vg.Length, colour color.Color, dashes []vg.Length, x, y []float64) {
	var piece []vg.Point
	end := func() {
		if len(piece) == 1 {
			p.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 1.5 * thickness, Shape: draw.CircleGlyph{}}, piece[0])
		}
		line(p.Canvas, thickness, colour, dashes, piece...)
		piece = piece[:0]
	}
	for k := 0; k < len(y); {
		least, most, some := 0, 0, false
		for at := p.half(x[k]); k < len(y) && p.half(x[k]) == at; k++ {
			switch {
			case !finite(y[k]):
			case !some:
				least, most, some = k, k, true
			case y[k] < y[least]:
				least = k
			case y[k] > y[most]:
				most = k
			}
		}
		if !some {
			end()
			continue
		}
		piece = append(piece, p.at(x[min(least, most)], y[min(least, most)]))
		if least != most {
			piece = append(piece, p.at(x[max(least, most)], y[max(least, most)]))
		}
	}
	end()
}

// band fills the area between two curves, within the panel.
func (p *panel) band(colour color.Color, x, low, high []float64) {
	var upper, lower []vg.Point
	end := func() {
		if len(upper) > 1 {
			var path vg.Path
			path.Move(upper[0])
			for _, at := range upper[1:] {
				path.Line(at)
			}
			for k := len(lower) - 1; k >= 0; k-- {
				path.Line(lower[k])
			}
			path.Close()
			p.SetColor(colour)
			p.Fill(path)
		}
		upper, lower = upper[:0], lower[:0]
	}
	for k := 0; k < len(x); {
		least, most, first := math.Inf(1), math.Inf(-1), x[k]
		for at := p.half(first); k < len(x) && p.half(x[k]) == at; k++ {
			if finite(low[k]) && finite(high[k]) {
				least, most = min(least, low[k]), max(most, high[k])
			}
		}
		if least > most {
			end()
			continue
		}
		within := func(v float64) float64 { return min(max(v, min(p.y0, p.y1)), max(p.y0, p.y1)) }
		upper, lower = append(upper, p.at(first, within(most))), append(lower, p.at(first, within(least)))
	}
	end()
}
