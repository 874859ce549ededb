package dataset

import "math"

const spanSteps = 5 // straight pieces in each span of a curve

// A point is a place on the paper, or in a glyph's box. y points down.
type point struct{ x, y float64 }

func middle(a, b point) point { return point{mul(0.5, a.x+b.x), mul(0.5, a.y+b.y)} }

// A nib is a point on the path of the pen, with the pen's radius there.
type nib struct{ x, y, r float64 }

// trace moves the pen along the strokes of a glyph, in the glyph's own box,
// with this writer's proportions and unsteadiness.
func (c *canvas) trace(d *draws, glyph []stroke) {
	c.path, c.ends = c.path[:0], c.ends[:0]
	bendX, bendY := mul(7, d.bell()), mul(6, d.bell())
	taper, lean := mul(0.16, d.bell()), mul(0.13, d.bell())
	wave := mul(6, d.bell())
	shaky := d.between(0, 1)
	shaky = 2.2 + mul(6.8, mul(shaky, shaky)) // most hands are steady
	for _, s := range glyph {
		offX, offY := mul(3.5, d.bell()), mul(3.5, d.bell())
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

// place turns, slants and scales the path and puts it near the middle of the image,
// as the makers of MNIST did: scaled to fit a box, and centred by its mass.
func (c *canvas) place(d *draws) {
	// Turn by the angle whose half has the tangent h. This needs no sine.
	h := mul(0.06, d.bell())
	turn := 1 + mul(h, h)
	cos, sin := (1-mul(h, h))/turn, 2*h/turn
	slant := 0.14 + mul(0.2, d.bell())
	wide := d.between(0.55, 1.1)
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
	scale := mul(pathSide, d.between(0.84, 1.06)) / max(highX-lowX, highY-lowY)
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
	const (
		centre = (canvasSide - 1) / 2.0
		margin = 3.4 // pixels of paper around the path: the widest pen leaves the border blank
	)
	shiftX := centre - atX/mass + mul(0.9, d.bell())
	shiftY := centre - atY/mass + mul(0.9, d.bell())
	shiftX = min(max(shiftX, margin-mul(scale, lowX)), canvasSide-1-margin-mul(scale, highX))
	shiftY = min(max(shiftY, margin-mul(scale, lowY)), canvasSide-1-margin-mul(scale, highY))
	for i := range c.path {
		c.path[i].x += shiftX
		c.path[i].y += shiftY
	}
}

// lifted reports whether the pen reached path point i through the air.
func (c *canvas) lifted(i int) bool {
	for _, end := range c.ends {
		if i == end {
			return true
		}
	}
	return false
}
