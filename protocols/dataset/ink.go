package dataset

import "math"

// ink sets field to the distance of every pixel from the edge of the ink.
func (c *canvas) ink(d *draws) {
	radius := d.between(0.8, 1.78)
	for i := range c.path {
		c.path[i].r = radius
	}
	// The pressure of the pen changes from span to span.
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

// piece draws a straight piece of the path: each pixel keeps the smallest distance
// so far.
func (c *canvas) piece(a, b nib) {
	const reach = 1.2 // pixels; nothing is drawn farther than this from the pen's edge
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

// inside returns the pixel at a coordinate, or the nearest one of the image.
func inside(x float64) int { return int(min(max(x, 0), canvasSide-1)) }

// expose turns distances into grey levels.
func (c *canvas) expose(d *draws, image []byte) {
	soft := 1 / d.between(0.75, 1.5) // 1/pixel; the edge is as wide as its inverse
	level := 255 * min(1, d.between(0.9, 1.15))
	grain := d.between(0, 0.12)
	for i, far := range c.field {
		v := min(max(0.5-mul(far, soft), 0), 1)
		if v == 0 {
			image[i] = 0
			continue
		}
		v = mul(mul(v, v), 3-mul(2, v))
		v = mul(v, 1-mul(grain, float64(d.Uint64()>>40)/(1<<24)))
		image[i] = byte(mul(level, v) + 0.5)
	}
}
