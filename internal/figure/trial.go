package figure

import (
	"fmt"
	"image"
	"image/color"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Trial is what a network did while it was shown one image. Times are in ms
// since it began, potentials relative to rest.
type Trial struct {
	Title    string
	Subtitle string
	Image    image.Image // as dark as its pixels fire; may be nil

	Phases      []Phase
	Populations []Population // from the input up, the output last
	Neurons     []Neuron     // whose potentials are shown
	Time        []float64    // of the potentials

	Classes []Class // of the output, in order
}

// A Neuron is one whose potentials are shown.
type Neuron struct {
	Name                string
	Apical, Basal, Soma []float64
	Plateaus            []Plateau
}

// A Plateau is a plateau potential at Time, of size Alpha, which comes from the
// mean apical potential since From.
type Plateau struct {
	From, Time float64
	Mean       float64
	Alpha      float64
}

// A Class is the mean of the output neurons of one class.
type Class struct {
	Name      string
	Potential []float64
	Rate      []float64 // Hz
	True      bool      // it is what the image shows
	Read      bool      // it is what the network took it for
}

// Places on the page, in points.
const (
	trialLeft   = 130 // of the panels
	trialRight  = 604
	trialTop    = 84 // below title and phases
	rowGap      = 9
	imageSide   = 46 // below the name of the row
	rasterRow   = 72
	apicalRow   = 52
	somaRow     = 46
	classRow    = 90
	outputRow   = 74
	rateRow     = 56
	trialBottom = 32
)

// rows lists the heights of the panels.
func (t *Trial) rows() (heights []vg.Length) {
	for i := range t.Populations {
		switch {
		case i == len(t.Populations)-1:
			heights = append(heights, classRow)
		default:
			heights = append(heights, rasterRow)
		}
	}
	for range t.Neurons {
		heights = append(heights, apicalRow+somaRow+3)
	}
	if len(t.Classes) > 0 {
		heights = append(heights, outputRow)
	}
	if t.rated() {
		heights = append(heights, rateRow)
	}
	return heights
}

// rated is whether rates are known.
func (t *Trial) rated() bool { return len(t.Classes) > 0 && len(t.Classes[0].Rate) > 0 }

// Size implements Figure.
func (t *Trial) Size() (w, h vg.Length) {
	h = trialTop + trialBottom
	for _, row := range t.rows() {
		h += row + rowGap
	}
	return width, h
}

// Draw implements Figure.
func (t *Trial) Draw(c draw.Canvas) {
	top := c.Max.Y
	heading(c, t.Title, t.Subtitle)
	end := 1.0
	if n := len(t.Phases); n > 0 {
		end = t.Phases[n-1].End
	}
	y := top - trialTop
	next := func(height vg.Length) panel {
		p := panel{Canvas: c, box: vg.Rectangle{Min: vg.Point{X: trialLeft, Y: y - height}, Max: vg.Point{X: trialRight, Y: y}}, x1: end, y1: 1}
		y -= height + rowGap
		return p
	}
	whole := panel{Canvas: c, x1: end, y1: 1, box: vg.Rectangle{
		Min: vg.Point{X: trialLeft, Y: trialBottom + rowGap}, Max: vg.Point{X: trialRight, Y: top - trialTop + 6}}}
	phases(whole, t.Phases)

	var last panel
	for i, pop := range t.Populations {
		if i == len(t.Populations)-1 {
			for _, n := range t.Neurons {
				t.neuron(next(apicalRow+somaRow+3), n)
			}
			last = next(classRow)
			t.output(last, pop)
			continue
		}
		last = next(rasterRow)
		t.raster(last, pop, i == 0)
	}
	if len(t.Classes) > 0 {
		last = next(outputRow)
		t.classes(last, func(cl Class) []float64 { return cl.Potential }, 4, "output somata", "potential", "relative to rest")
	}
	if t.rated() {
		last = next(rateRow)
		t.classes(last, func(cl Class) []float64 { return cl.Rate }, 3, "output rates", "φ (Hz)")
	}
	if last.Canvas.Canvas != nil {
		last.ticksBelow(ticks(0, end, 10), "time (ms)")
	}
}

// thickness of a spike: that which is wanted, but not much more than a step.
func (t *Trial) thickness(p panel, wanted vg.Length) vg.Length {
	if len(t.Time) < 2 {
		return wanted
	}
	return min(wanted, max(0.8*(p.x(t.Time[1])-p.x(t.Time[0])), 0.3))
}

// fine thickness of lines, where there are too many points for the usual.
func (t *Trial) fine(usual vg.Length) vg.Length {
	if len(t.Time) > 500 {
		return 0.6 * usual
	}
	return usual
}

// label names a row.
func (t *Trial) label(p panel, name string, lines ...string) {
	rowLabel(p.Canvas, p.box.Max.Y, name, lines...)
}

// raster draws the spikes of a whole population, neuron 0 at the top as the
// first pixel of an image is.
func (t *Trial) raster(p panel, pop Population, input bool) {
	p.y0, p.y1 = float64(pop.Neurons), 0
	height := max(0.9, 0.8*rasterRow/vg.Length(max(pop.Neurons, 1)))
	plateaus(p, pop, min(height, 6))
	spikes(p, pop, nil, black, min(height, 6), t.thickness(p, 0.75))
	t.label(p, pop.Name, plural(pop.Neurons, "neuron"))
	if len(pop.Plateaus) > 0 {
		write(p.Canvas, aligned(words(wordSize, vermilion), text.XLeft, text.YCenter), p.box.Max.X+7, (p.box.Min.Y+p.box.Max.Y)/2, "plateaus")
	}
	if input && t.Image != nil {
		b := t.Image.Bounds()
		h := vg.Length(imageSide)
		w := h * vg.Length(b.Dx()) / vg.Length(max(b.Dy(), 1))
		low := vg.Point{X: 12, Y: p.box.Max.Y - 26 - h}
		p.DrawImage(vg.Rectangle{Min: low, Max: low.Add(vg.Point{X: w, Y: h})}, enlarged(t.Image))
		frame(p.Canvas, vg.Rectangle{Min: low, Max: low.Add(vg.Point{X: w, Y: h})})
	}
	line(p.Canvas, 0.6, grey, nil, p.box.Min, vg.Point{X: p.box.Min.X, Y: p.box.Max.Y})
}

// neuron draws the apical dendrite with its plateaus, and the soma with the
// basal dendrite below it.
func (t *Trial) neuron(whole panel, n Neuron) {
	upper, lower := whole, whole
	upper.box.Min.Y = whole.box.Max.Y - apicalRow
	lower.box.Max.Y = whole.box.Min.Y + somaRow
	t.label(whole, n.Name, "potential", "relative to rest")

	// Sizes of plateaus stand in a strip above the curve.
	const strip = 13
	curve := upper
	curve.box.Max.Y -= strip
	curve.y0, curve.y1 = limits(0.06, n.Apical, []float64{0})
	line(curve.Canvas, 0.5, lightGrey, nil, curve.at(0, 0), curve.at(curve.x1, 0))
	curve.curve(t.fine(1.1), vermilion, nil, t.Time, n.Apical)
	free := curve.box.Min.X // where the label of the next plateau may begin
	for _, pl := range n.Plateaus {
		if !finite(pl.Mean) || !finite(pl.Time) || !finite(pl.From) {
			continue
		}
		from, at := curve.at(pl.From, pl.Mean), curve.at(pl.Time, pl.Mean)
		line(curve.Canvas, 2.6, black, nil, from, at)
		line(curve.Canvas, 0.7, black, nil, at, vg.Point{X: at.X, Y: upper.box.Max.Y - 2})
		curve.DrawGlyphNoClip(draw.GlyphStyle{Color: black, Radius: 2.8, Shape: draw.CircleGlyph{}}, at)
		style, alpha := aligned(bold(words(smallSize, black)), text.XRight, text.YTop), strconv.FormatFloat(pl.Alpha, 'f', 3, 64)
		for _, label := range []string{"plateau α = " + alpha, "α = " + alpha, alpha} {
			if at.X-4-style.Width(label) > free { // in short phases there is little room, or none
				write(curve.Canvas, style, at.X-4, upper.box.Max.Y, label)
				break
			}
		}
		free = at.X
	}
	curve.ticksLeft(scaleTicks(curve.y0, curve.y1, 2), false, true)
	if end, ok := lastFinite(n.Apical); ok {
		curve.endLabels([]endLabel{{"apical", vermilion, false, curve.y(end)}}, 60)
	}

	lower.y0, lower.y1 = limits(0.06, n.Basal, n.Soma)
	if lower.y0 < 0 && lower.y1 > 0 {
		line(lower.Canvas, 0.5, lightGrey, nil, lower.at(0, 0), lower.at(lower.x1, 0))
	}
	lower.curve(t.fine(1.1), blue, nil, t.Time, n.Basal)
	lower.curve(t.fine(1.1), black, nil, t.Time, n.Soma)
	lower.ticksLeft(scaleTicks(lower.y0, lower.y1, 3), false, true)
	var names []endLabel
	if end, ok := lastFinite(n.Basal); ok {
		names = append(names, endLabel{"basal", blue, false, lower.y(end)})
	}
	if end, ok := lastFinite(n.Soma); ok {
		names = append(names, endLabel{"soma", black, false, lower.y(end)})
	}
	lower.endLabels(names, 60)
}

// colours of a class: the true one stands out, and so does a wrong reading.
func (cl Class) colours() (color.NRGBA, vg.Length) {
	switch {
	case cl.True:
		return green, 1.8
	case cl.Read:
		return purple, 1.8
	}
	return faded(grey, 0.45), 0.8
}

// output draws the spikes of the output neurons, a band for each class.
func (t *Trial) output(p panel, pop Population) {
	p.y0, p.y1 = float64(pop.Neurons), 0
	t.label(p, pop.Name, plural(pop.Neurons, "neuron"))
	height := min(9, 0.85*classRow/vg.Length(max(pop.Neurons, 1)))
	classes := max(len(t.Classes), 1)
	each := max(pop.Neurons/classes, 1)
	for k := range classes {
		colour := black
		if k < len(t.Classes) && (t.Classes[k].True || t.Classes[k].Read) {
			colour, _ = t.Classes[k].colours()
		}
		thickness := t.thickness(p, 1.3)
		if t.marked(k) {
			thickness = t.thickness(p, 2)
		}
		spikes(p, pop, func(n int32) bool { return min(int(n)/each, classes-1) == k }, colour, max(height, 1), thickness)
	}
	// Names of classes, as many as there is room for.
	style := aligned(words(min(smallSize, 0.92*classRow/vg.Length(classes)), grey), text.XRight, text.YCenter)
	if classes <= 12 {
		for k, cl := range t.Classes {
			s := style
			if t.marked(k) {
				s = bold(s)
				s.Color, _ = cl.colours()
			}
			write(p.Canvas, s, p.box.Min.X-5, p.y((float64(k)+0.5)*float64(each)), shortened(s, cl.Name, 60))
		}
	}
	line(p.Canvas, 0.6, grey, nil, p.box.Min, vg.Point{X: p.box.Min.X, Y: p.box.Max.Y})
}

func (t *Trial) marked(class int) bool {
	return class < len(t.Classes) && (t.Classes[class].True || t.Classes[class].Read)
}

// classes draws a course of every class, those that matter on top.
func (t *Trial) classes(p panel, of func(Class) []float64, marks int, name string, unit ...string) {
	all := make([][]float64, len(t.Classes))
	for i, cl := range t.Classes {
		all[i] = of(cl)
	}
	p.y0, p.y1 = limits(0.05, all...)
	t.label(p, name, unit...)
	if p.y0 < 0 && p.y1 > 0 {
		line(p.Canvas, 0.5, lightGrey, nil, p.at(0, 0), p.at(p.x1, 0))
	}
	var names []endLabel
	sum, others := 0.0, 0.0
	for _, front := range []bool{false, true} {
		for k, cl := range t.Classes {
			if t.marked(k) != front {
				continue
			}
			colour, thickness := cl.colours()
			p.curve(t.fine(thickness), colour, nil, t.Time, all[k])
			end, ok := lastFinite(all[k])
			switch {
			case !ok:
			case front:
				names = append(names, endLabel{cl.label(), colour, true, p.y(end)})
			default:
				sum, others = sum+end, others+1
			}
		}
	}
	if others > 0 {
		names = append(names, endLabel{"others", grey, false, p.y(sum / others)})
	}
	p.endLabels(names, width-p.box.Max.X-10)
	p.ticksLeft(scaleTicks(p.y0, p.y1, marks), false, true)
}

// label is the name with what is special about it.
func (cl Class) label() string {
	switch {
	case cl.True && cl.Read:
		return cl.Name + " true, predicted"
	case cl.Read:
		return cl.Name + " predicted"
	}
	return cl.Name + " true"
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// enlarged repeats pixels, so that viewers that smooth pictures leave them
// squares.
func enlarged(small image.Image) image.Image {
	const times = 8
	b := small.Bounds()
	big := image.NewNRGBA(image.Rect(0, 0, b.Dx()*times, b.Dy()*times))
	for y := range b.Dy() * times {
		for x := range b.Dx() * times {
			big.Set(x, y, small.At(b.Min.X+x/times, b.Min.Y+y/times))
		}
	}
	return big
}
