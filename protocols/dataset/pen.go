package dataset

import "math"

// Every product that is added to something goes through mul. Go may otherwise
// fuse x*y + z into one instruction with one rounding, on some architectures
// and not on others, and the images would differ. For the same reason nothing
// here but + − × ÷ and √ touches a float: those are exact to the last bit.
func mul(x, y float64) float64 { return float64(x * y) }

// A point of the paper, or of a glyph's box. y points down.
type point struct{ x, y float64 }

func middle(a, b point) point { return point{mul(0.5, a.x+b.x), mul(0.5, a.y+b.y)} }

const (
	canvasSide = 28
	canvasBox  = 20 // pixels; the digit's larger side, on average a little less
	spanSteps  = 5  // straight pieces for each span of a curve
)

// A nib is a point on the path of the pen, with the pen's radius there.
type nib struct{ x, y, r float64 }

// canvas is the workspace for one image after the other.
type canvas struct {
	path  []nib                            // all strokes, one after the other
	ends  []int                            // where each stroke ends in path
	hand  []point                          // control points of one stroke, as this writer puts them
	field [canvasSide * canvasSide]float64 // distance from each pixel's centre to the edge of the ink; negative inside
}

// drawDigit draws one digit the way one writer would.
func (c *canvas) drawDigit(d *draws, label int, image []byte) {
	ways := glyphs[label]
	glyph := ways[d.below(len(ways))]
	c.trace(d, glyph)
	c.place(d)
	c.ink(d)
	c.expose(d, image)
}

// trace moves the pen along the strokes of a glyph, in the glyph's own box,
// with this writer's proportions and unsteadiness.
func (c *canvas) trace(d *draws, glyph []stroke) {
	c.path, c.ends = c.path[:0], c.ends[:0]
	bendX, bendY := mul(6, d.bell()), mul(5, d.bell())
	taper, lean := mul(0.12, d.bell()), mul(0.10, d.bell())
	wave := mul(5, d.bell())
	shaky := d.between(1.5, 5.5)
	for _, s := range glyph {
		offX, offY := mul(2.5, d.bell()), mul(2.5, d.bell())
		c.hand = c.hand[:0]
		for i, p := range s {
			if i > 0 && p == s[i-1] { // a corner stays one
				c.hand = append(c.hand, c.hand[i-1])
				continue
			}
			u, v := (p.x-50)/50, (p.y-50)/50
			x := p.x + offX + mul(bendX, mul(v, v)-0.4) + mul(50, mul(mul(taper, u), v)) + mul(wave, mul(v, mul(v, v)-0.6))
			y := p.y + offY + mul(bendY, mul(u, u)-0.4) + mul(50, mul(mul(lean, u), v))
			c.hand = append(c.hand, point{x + mul(shaky, d.bell()), y + mul(shaky, d.bell())})
		}
		c.spline()
		c.ends = append(c.ends, len(c.path))
	}
}

// spline moves the pen along the quadratic B-spline of the control points in
// hand: it starts at the first, ends at the last, and touches the middle of
// every inner side of the polygon. A repeated point is a corner.
func (c *canvas) spline() {
	h := c.hand
	from := h[0]
	c.path = append(c.path, nib{x: from.x, y: from.y})
	for i := 1; i < len(h); i++ {
		over, to := h[i], h[len(h)-1]
		if i < len(h)-2 {
			to = middle(h[i], h[i+1])
		}
		for k := 1; k <= spanSteps; k++ {
			t := float64(k) / spanSteps
			a, b, e := mul(1-t, 1-t), mul(2, mul(t, 1-t)), mul(t, t)
			c.path = append(c.path, nib{
				x: mul(a, from.x) + mul(b, over.x) + mul(e, to.x),
				y: mul(a, from.y) + mul(b, over.y) + mul(e, to.y),
			})
		}
		from = to
		if i >= len(h)-2 {
			break
		}
	}
}

// place turns, slants and scales the path, and puts it near the middle of the
// image as the makers of MNIST did: fitted to a box, centred by its mass.
func (c *canvas) place(d *draws) {
	// A turn by the angle whose half has the tangent h, without a sine.
	h := mul(0.055, d.bell())
	turn := 1 + mul(h, h)
	cos, sin := (1-mul(h, h))/turn, 2*h/turn
	slant := 0.12 + mul(0.2, d.bell())
	wide := d.between(0.62, 1.05)
	lowX, lowY := math.Inf(1), math.Inf(1)
	highX, highY := math.Inf(-1), math.Inf(-1)
	for i := range c.path {
		p := &c.path[i]
		x, y := mul(wide, p.x-50), p.y-50
		x -= mul(slant, y)
		p.x, p.y = mul(cos, x)-mul(sin, y), mul(sin, x)+mul(cos, y)
		lowX, highX = min(lowX, p.x), max(highX, p.x)
		lowY, highY = min(lowY, p.y), max(highY, p.y)
	}
	scale := mul(canvasBox-2, d.between(0.86, 1.06)) / max(highX-lowX, highY-lowY)
	var mass, atX, atY float64
	for i := range c.path {
		p := &c.path[i]
		p.x, p.y = mul(scale, p.x), mul(scale, p.y)
		if i > 0 && !c.lifted(i) {
			q := c.path[i-1]
			dx, dy := p.x-q.x, p.y-q.y
			length := math.Sqrt(mul(dx, dx) + mul(dy, dy))
			mass += length
			atX += mul(length, mul(0.5, p.x+q.x))
			atY += mul(length, mul(0.5, p.y+q.y))
		}
	}
	const centre = (canvasSide - 1) / 2.0
	shiftX := centre - atX/mass + mul(0.8, d.bell())
	shiftY := centre - atY/mass + mul(0.8, d.bell())
	for i := range c.path {
		c.path[i].x += shiftX
		c.path[i].y += shiftY
	}
}

// lifted says whether the pen came to path point i through the air.
func (c *canvas) lifted(i int) bool {
	for _, end := range c.ends {
		if i == end {
			return true
		}
	}
	return false
}

// ink finds how far every pixel is from the ink.
func (c *canvas) ink(d *draws) {
	radius := d.between(0.65, 1.5)
	for i := range c.path {
		c.path[i].r = radius
	}
	// Pressure wanders along the path, in steps of a span.
	for i := 0; i < len(c.path); i += spanSteps {
		r := mul(radius, 1+mul(0.13, d.bell()))
		for k := i; k < min(i+spanSteps, len(c.path)); k++ {
			c.path[k].r = r
		}
	}
	for i := range c.field {
		c.field[i] = canvasSide
	}
	for i := 1; i < len(c.path); i++ {
		if !c.lifted(i) {
			c.piece(c.path[i-1], c.path[i])
		}
	}
}

// piece inks a straight piece of the path: pixels keep the least distance.
func (c *canvas) piece(a, b nib) {
	const reach = 1.2 // beyond the radius nothing is inked
	dx, dy, dr := b.x-a.x, b.y-a.y, b.r-a.r
	over := mul(dx, dx) + mul(dy, dy)
	if over < 1e-9 {
		over = 1e-9
	}
	r := max(a.r, b.r) + reach
	left, right := inside(min(a.x, b.x)-r+1), inside(max(a.x, b.x)+r)
	top, bottom := inside(min(a.y, b.y)-r+1), inside(max(a.y, b.y)+r)
	for row := top; row <= bottom; row++ {
		y := float64(row) - a.y
		for column := left; column <= right; column++ {
			x := float64(column) - a.x
			along := min(max((mul(x, dx)+mul(y, dy))/over, 0), 1)
			ex, ey := x-mul(along, dx), y-mul(along, dy)
			far := math.Sqrt(mul(ex, ex)+mul(ey, ey)) - a.r - mul(along, dr)
			at := &c.field[row*canvasSide+column]
			*at = min(*at, far)
		}
	}
}

// inside is the pixel of a coordinate, or the nearest one.
func inside(x float64) int { return int(min(max(x, 0), canvasSide-1)) }

// expose turns distances into grey.
func (c *canvas) expose(d *draws, image []byte) {
	soft := 1 / d.between(0.9, 1.9) // 1/pixel; the edge is as wide as its inverse
	level := 255 * min(1, d.between(0.85, 1.1))
	grain := d.between(0, 0.12)
	for i, far := range c.field {
		v := min(max(0.5-mul(far, soft), 0), 1)
		if v == 0 {
			image[i] = 0
			continue
		}
		v = mul(mul(v, v), 3-mul(2, v))
		v = mul(v, 1-mul(grain, float64(d.next()>>40)/(1<<24)))
		image[i] = byte(mul(level, v) + 0.5)
	}
}
