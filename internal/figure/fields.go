package figure

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Fields are the weights from an image to some neurons, drawn as images of it.
// All share one scale: white is 0, vermilion above and blue below.
type Fields struct {
	Title         string
	Subtitle      string
	Width, Height int      // of the image, in pixels
	Channels      []string // their names; nil for one
	Neurons       []Field
}

// A Field is the weights to one neuron: row by row from the top left, one channel
// after the other.
type Field struct {
	Name    string
	Weights []float64
}

// Places on the page, in points.
const (
	fieldTop    = 46
	fieldBottom = 50
	fieldGap    = 6  // between neurons
	channelGap  = 2  // between the maps of a neuron
	fieldName   = 11 // height of their names
)

// channels returns the number of channels.
func (f *Fields) channels() int { return max(len(f.Channels), 1) }

// A fieldGrid says where maps are, in pixels from the top left of one image that holds
// all of them.
type fieldGrid struct {
	columns, rows int
	times         int // pixels of a pixel of the map, on either side
	width, height int // of a map
	channel       int // from one map of a neuron to the next
	across, down  int // from one neuron to the next
	point         vg.Length
}

// grid lays out the maps. A neuron has one for each channel.
func (f *Fields) grid() (g fieldGrid) {
	g.columns = 10
	if f.channels() > 1 {
		g.columns = 4
	}
	n := vg.Length(f.channels())
	each := ((width-24-vg.Length(g.columns-1)*fieldGap)/vg.Length(g.columns) - (n-1)*channelGap) / n
	g.columns = min(g.columns, max(len(f.Neurons), 1))
	g.rows = (len(f.Neurons) + g.columns - 1) / g.columns
	g.times = max(int(math.Round(float64(each)*resolution/72/float64(max(f.Width, 1)))), 1)
	g.width, g.height = f.Width*g.times, f.Height*g.times
	g.point = each / vg.Length(max(g.width, 1))
	pixels := func(points vg.Length) int { return int(math.Round(float64(points / g.point))) }
	g.channel = g.width + pixels(channelGap)
	g.across = (f.channels()-1)*g.channel + g.width + pixels(fieldGap)
	g.down = g.height + pixels(fieldGap+fieldName)
	return g
}

// at returns the top left corner of a map.
func (g fieldGrid) at(neuron, channel int) (x, y int) {
	return neuron%g.columns*g.across + channel*g.channel, neuron/g.columns*g.down + g.down - g.height
}

// size returns the size of the image.
func (g fieldGrid) size() (w, h int) { return g.columns * g.across, g.rows * g.down }

// Size implements Figure.
func (f *Fields) Size() (w, h vg.Length) {
	g := f.grid()
	_, tall := g.size()
	return width, fieldTop + vg.Length(tall)*g.point + fieldBottom
}

// limit returns the weight at the ends of the scale, which one weight in 200 exceeds.
func (f *Fields) limit() float64 {
	var sizes []float64
	for _, n := range f.Neurons {
		for _, w := range n.Weights {
			if finite(w) {
				sizes = append(sizes, math.Abs(w))
			}
		}
	}
	if len(sizes) == 0 {
		return 1
	}
	slices.Sort(sizes)
	if limit := sizes[(len(sizes)-1)*199/200]; limit > 0 {
		return limit
	}
	return 1
}

// levels of the scale to either side of 0.
const levels = 50

// diverging lists the colours of the scale, the lowest first.
func diverging() (colours color.Palette) {
	for k := -levels; k <= levels; k++ {
		hue := vermilion
		if k < 0 {
			hue = blue
		}
		colours = append(colours, faded(hue, math.Abs(float64(k))/levels))
	}
	return colours
}

// maps draws all of them as one image.
func (f *Fields) maps(g fieldGrid, limit float64) *image.Paletted {
	w, h := g.size()
	m := image.NewPaletted(image.Rect(0, 0, w, h), diverging())
	for i := range m.Pix {
		m.Pix[i] = levels // white
	}
	for n, field := range f.Neurons {
		for k := range f.channels() {
			x0, y0 := g.at(n, k)
			for y := range g.height {
				for x := range g.width {
					weight := field.Weights[(k*f.Height+y/g.times)*f.Width+x/g.times]
					if finite(weight) {
						m.SetColorIndex(x0+x, y0+y, uint8(levels+math.Round(min(max(weight/limit, -1), 1)*levels)))
					}
				}
			}
		}
	}
	return m
}

// Draw implements Figure.
func (f *Fields) Draw(c draw.Canvas) {
	heading(c, f.Title, f.Subtitle)
	if len(f.Neurons) == 0 {
		return
	}
	g, limit := f.grid(), f.limit()
	w, h := g.size()
	place := func(x, y int) vg.Point {
		return vg.Point{X: 12 + vg.Length(x)*g.point, Y: c.Max.Y - fieldTop - vg.Length(y)*g.point}
	}
	box := func(x, y, w, h int) vg.Rectangle { return vg.Rectangle{Min: place(x, y+h), Max: place(x+w, y)} }
	c.DrawImage(box(0, 0, w, h), f.maps(g, limit))
	name := aligned(words(smallSize-1.5, grey), text.XLeft, text.YCenter)
	for n, field := range f.Neurons {
		for k := range f.channels() {
			x, y := g.at(n, k)
			frame(c, box(x, y, g.width, g.height))
			above := place(x, y).Y + fieldName/2
			if k == 0 {
				write(c, name, place(x, y).X, above, shortened(name, field.Name, vg.Length(g.width)*g.point))
			}
			if n == 0 && f.Channels != nil {
				write(c, aligned(name, text.XRight, text.YCenter), place(x+g.width, y).X, above, f.Channels[k])
			}
		}
	}
	f.bar(c, limit)
}

// bar is the scale of the colours.
func (f *Fields) bar(c draw.Canvas, limit float64) {
	const long, tall, low = 240, 9, 24
	left := vg.Length(width-long) / 2
	box := vg.Rectangle{Min: vg.Point{X: left, Y: low}, Max: vg.Point{X: left + long, Y: low + tall}}
	colourBar(c, box, diverging())
	frame(c, box)
	s := words(smallSize, grey)
	end := number(rounded(limit))
	write(c, aligned(s, text.XRight, text.YCenter), left-6, low+tall/2, "weight  ≤ −"+end)
	write(c, aligned(s, text.XLeft, text.YCenter), left+long+6, low+tall/2, "≥ "+end)
	write(c, aligned(s, text.XCenter, text.YTop), left+long/2, low-2, "0")
}

// rounded rounds to three digits.
func rounded(v float64) float64 {
	var r float64
	fmt.Sscan(fmt.Sprintf("%.3g", v), &r)
	return r
}
