package figure

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Tuning shows how fast neurons fire for each class: all of them as a map, and one as a
// curve.
type Tuning struct {
	Title, Subtitle string
	Names           []string    // of classes
	Rates           [][]float64 // Hz, by neuron in the order of the map, and class
	Chosen          string      // name of the neuron whose curve is drawn
	Curve           []float64   // its rates
}

const responsesHeight = 380

// Size implements Figure.
func (f *Tuning) Size() (w, h vg.Length) { return width, responsesHeight }

// Draw implements Figure.
func (f *Tuning) Draw(c draw.Canvas) {
	heading(c, f.Title, f.Subtitle)
	most := 0.0
	for _, row := range f.Rates {
		for _, v := range row {
			most = max(most, v)
		}
	}
	box := vg.Rectangle{Min: vg.Point{X: 64, Y: 84}, Max: vg.Point{X: 330, Y: responsesHeight - 62}}
	c.DrawImage(box, f.picture(most))
	frame(c, box)
	n := float64(len(f.Rates))
	p := &panel{Canvas: c, box: box, x1: float64(len(f.Names)), y0: n, y1: 0}
	p.ticksLeft(wholeTicks(0, n, 5), false, true)
	f.names(p)
	write(c, aligned(words(wordSize, black), text.XLeft, text.YBottom), box.Min.X, box.Max.Y+5, "neurons, by their preferred class")
	bar := vg.Rectangle{Min: vg.Point{X: 140, Y: 26}, Max: vg.Point{X: 270, Y: 35}}
	colourBar(c, bar, shades())
	frame(c, bar)
	write(c, aligned(words(smallSize, grey), text.XRight, text.YCenter), bar.Min.X-6, 30, "0")
	write(c, aligned(words(smallSize, grey), text.XLeft, text.YCenter), bar.Max.X+6, 30, number(rounded(most))+" Hz")

	_, high := limits(0.05, f.Curve)
	q := &panel{Canvas: c, x1: float64(len(f.Names)), y1: max(high, 1),
		box: vg.Rectangle{Min: vg.Point{X: 410, Y: 84}, Max: vg.Point{X: width - 20, Y: responsesHeight - 62}}}
	q.ticksLeft(scaleTicks(0, q.y1, 5), true, true)
	line(c, 0.6, grey, nil, q.box.Min, vg.Point{X: q.box.Max.X, Y: q.box.Min.Y})
	f.names(q)
	var x []float64
	for k, v := range f.Curve {
		x = append(x, float64(k)+0.5)
		q.DrawGlyphNoClip(draw.GlyphStyle{Color: blue, Radius: 3, Shape: draw.CircleGlyph{}}, q.at(x[k], v))
	}
	q.curve(1.4, blue, nil, x, f.Curve)
	write(c, aligned(words(wordSize, black), text.XLeft, text.YBottom), q.box.Min.X, q.box.Max.Y+5, "rate of "+f.Chosen+" (Hz)")
}

// names writes the classes below a panel.
func (f *Tuning) names(p *panel) {
	each := (p.box.Max.X - p.box.Min.X) / vg.Length(len(f.Names))
	s := words(smallSize, grey)
	every := 1
	if each < 14 {
		every = int(math.Ceil(float64(14 / each)))
	}
	for k := 0; k < len(f.Names); k += every {
		write(p.Canvas, aligned(s, text.XCenter, text.YTop), p.x(float64(k)+0.5), p.box.Min.Y-4, shortened(s, f.Names[k], vg.Length(every)*each-2))
	}
	write(p.Canvas, aligned(s, text.XCenter, text.YTop), (p.box.Min.X+p.box.Max.X)/2, p.box.Min.Y-17, "class")
}

// shades are the colours of the map, the lowest first.
func shades() (colours color.Palette) {
	for k := range levels + 1 {
		colours = append(colours, faded(blue, float64(k)/levels))
	}
	return colours
}

// picture is the map; a cell is some pixels, so that nothing blurs it.
func (f *Tuning) picture(most float64) *image.Paletted {
	classes, neurons := len(f.Names), len(f.Rates)
	across, down := max(800/classes, 1), max(800/neurons, 1)
	m := image.NewPaletted(image.Rect(0, 0, across*classes, down*neurons), shades())
	for y := range down * neurons {
		for x := range across * classes {
			if most > 0 {
				m.SetColorIndex(x, y, uint8(math.Round(levels*f.Rates[y/down][x/across]/most)))
			}
		}
	}
	return m
}

// Variability shows how much responses vary: the Fano factor of spike counts against
// their mean, and how many neurons have which coefficient of variation.
type Variability struct {
	Title, Subtitle string
	Mean, Fano      []float64
	CV              []float64
}

// Size implements Figure.
func (f *Variability) Size() (w, h vg.Length) { return width, responsesHeight }

// Draw implements Figure.
func (f *Variability) Draw(c draw.Canvas) {
	heading(c, f.Title, f.Subtitle)
	_, right := limits(0.03, f.Mean)
	_, high := limits(0.03, f.Fano)
	p := &panel{Canvas: c, x1: max(right, 1), y1: max(high, 1.5), box: vg.Rectangle{Min: vg.Point{X: 56, Y: 56}, Max: vg.Point{X: 360, Y: responsesHeight - 62}}}
	p.ticksLeft(scaleTicks(0, p.y1, 5), true, true)
	p.ticksBelow(scaleTicks(0, p.x1, 6), "mean spike count")
	// Where several points would cover one another, one stands for them.
	drawn := map[[2]int]bool{}
	for k, v := range f.Fano {
		at := p.at(f.Mean[k], v)
		if spot := [2]int{int(at.X), int(at.Y)}; !drawn[spot] {
			drawn[spot] = true
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: skyBlue, Radius: 1.2, Shape: draw.CircleGlyph{}}, at)
		}
	}
	line(c, 1.2, vermilion, []vg.Length{5, 2}, p.at(0, 1), p.at(p.x1, 1))
	write(c, aligned(words(smallSize, vermilion), text.XRight, text.YBottom), p.box.Max.X-2, p.y(1)+3, "Poisson")
	write(c, aligned(words(wordSize, black), text.XLeft, text.YBottom), p.box.Min.X, p.box.Max.Y+5, "Fano factor")

	most := 1.0
	for _, v := range f.CV {
		most = max(most, v)
	}
	const bins = 30
	counts := make([]int, bins)
	top := 1
	edge := 1.05 * most
	for _, v := range f.CV {
		k := min(int(v/edge*bins), bins-1)
		counts[k]++
		top = max(top, counts[k])
	}
	q := &panel{Canvas: c, x1: edge, y1: 1.08 * float64(top), box: vg.Rectangle{Min: vg.Point{X: 430, Y: 56}, Max: vg.Point{X: width - 20, Y: responsesHeight - 62}}}
	q.ticksLeft(wholeTicks(0, q.y1, 5), true, true)
	q.ticksBelow(scaleTicks(0, edge, 5), "coefficient of variation of intervals")
	for k, n := range counts {
		if n > 0 {
			low, high := q.at(edge*float64(k)/bins, 0), q.at(edge*float64(k+1)/bins, float64(n))
			fill(c, vg.Rectangle{Min: vg.Point{X: low.X + 0.4, Y: low.Y}, Max: vg.Point{X: high.X - 0.4, Y: high.Y}}, skyBlue)
		}
	}
	line(c, 1.2, vermilion, []vg.Length{5, 2}, q.at(1, 0), q.at(1, q.y1))
	write(c, aligned(words(wordSize, black), text.XLeft, text.YBottom), q.box.Min.X, q.box.Max.Y+5, fmt.Sprintf("neurons (%d)", len(f.CV)))
}

// Currents shows how fast neurons fire with an injected current.
type Currents struct {
	Title, Subtitle string
	Curves          []CurrentCurve
}

// A CurrentCurve is the f–I curve of some neurons.
type CurrentCurve struct {
	Name          string
	Current, Rate []float64
}

// Size implements Figure.
func (f *Currents) Size() (w, h vg.Length) { return width, responsesHeight }

// Draw implements Figure.
func (f *Currents) Draw(c draw.Canvas) {
	heading(c, f.Title, f.Subtitle)
	var x, y [][]float64
	for _, v := range f.Curves {
		x, y = append(x, v.Current), append(y, v.Rate)
	}
	left, right := limits(0.03, x...)
	_, high := limits(0.05, y...)
	p := &panel{Canvas: c, x0: left, x1: right, y1: max(high, 1), box: vg.Rectangle{Min: vg.Point{X: 56, Y: 56}, Max: vg.Point{X: width - 150, Y: responsesHeight - 62}}}
	p.ticksLeft(scaleTicks(0, p.y1, 6), true, true)
	p.ticksBelow(scaleTicks(left, right, 7), "injected current")
	write(c, aligned(words(wordSize, black), text.XLeft, text.YBottom), p.box.Min.X, p.box.Max.Y+5, "mean rate (Hz)")
	var labels []endLabel
	for i, v := range f.Curves {
		colour, dashes := lineLook(i)
		p.curve(1.4, colour, dashes, v.Current, v.Rate)
		for k := range v.Current {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 2.5, Shape: draw.CircleGlyph{}}, p.at(v.Current[k], v.Rate[k]))
		}
		labels = append(labels, endLabel{name: v.Name, colour: colour, y: p.y(v.Rate[len(v.Rate)-1])})
	}
	p.endLabels(labels, 130)
}
