package figure

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Confusion says how many images of each class were taken for which.
type Confusion struct {
	Title    string
	Subtitle string
	Names    []string
	Images   [][]int // by true class, and by predicted class
}

// Places on the page, in points.
const (
	confusionLeft   = 96
	confusionRight  = 58 // of the page's right edge
	confusionTop    = 84
	confusionBottom = 52
)

// cell is the size of a cell.
func (m *Confusion) cell() (w, h vg.Length) {
	n := vg.Length(max(len(m.Images), 1))
	w = (width - confusionLeft - confusionRight) / n
	return w, min(w, 36)
}

// Size implements Figure.
func (m *Confusion) Size() (w, h vg.Length) {
	_, each := m.cell()
	return width, confusionTop + vg.Length(len(m.Images))*each + confusionBottom
}

// shares returns the share of each cell in its row, and the largest share of any
// wrong prediction.
func (m *Confusion) shares() (shares [][]float64, most float64) {
	for i, row := range m.Images {
		total := 0
		for _, n := range row {
			total += n
		}
		share := make([]float64, len(row))
		for k, n := range row {
			share[k] = float64(n) / float64(max(total, 1))
			if k != i {
				most = max(most, share[k])
			}
		}
		shares = append(shares, share)
	}
	return shares, most
}

// Draw implements Figure. Cells of correct predictions are blue, those of wrong ones
// vermilion, the darker the larger their share of the class.
func (m *Confusion) Draw(c draw.Canvas) {
	heading(c, m.Title, m.Subtitle)
	w, h := m.cell()
	top := c.Max.Y - confusionTop
	shares, most := m.shares()
	// Where rows are low their words are small, and not every column has a name.
	low := min(smallSize, 0.92*h)
	head, side := words(smallSize, black), words(low, black)
	every := 1
	if w < 30 {
		widest := vg.Length(0)
		for _, name := range m.Names {
			widest = max(widest, head.Width(shortened(head, name, 40)))
		}
		every = max(int(math.Ceil(float64((widest+4)/w))), 1)
	}
	write(c, aligned(bold(words(wordSize, black)), text.XLeft, text.YCenter), confusionLeft, top+29, "predicted class")
	write(c, aligned(bold(words(wordSize, black)), text.XRight, text.YCenter), confusionLeft-8, top+11, "true class")
	write(c, aligned(words(smallSize, grey), text.XLeft, text.YCenter), confusionLeft+vg.Length(len(shares))*w+8, top+11, "error")
	for i, row := range shares {
		y := top - vg.Length(i)*h
		write(c, aligned(side, text.XRight, text.YCenter), confusionLeft-8, y-h/2, shortened(side, m.Names[i], confusionLeft-18))
		if i%every == every/2 && i+every/2 <= len(shares) {
			write(c, aligned(head, text.XCenter, text.YCenter), confusionLeft+(vg.Length(i)+0.5)*w, top+11, shortened(head, m.Names[i], vg.Length(every)*w-3))
		}
		wrong := 0.0
		for k, share := range row {
			box := vg.Rectangle{Min: vg.Point{X: confusionLeft + vg.Length(k)*w, Y: y - h}, Max: vg.Point{X: confusionLeft + vg.Length(k+1)*w, Y: y}}
			hue, depth := blue, share
			if k != i {
				hue, depth = vermilion, 0
				wrong += share
				if most > 0 {
					depth = 0.75 * share / most
				}
			}
			m.fillCell(c, box, hue, depth, m.Images[i][k], share, k == i)
		}
		write(c, aligned(words(low, grey), text.XLeft, text.YCenter), confusionLeft+vg.Length(len(row))*w+8, y-h/2, fmt.Sprintf("%.1f %%", 100*wrong))
	}
	y := top - vg.Length(len(shares))*h - 26
	bar := func(x vg.Length, hue color.NRGBA, depth float64, from, to string) {
		const steps, long = 30, 90
		var colours color.Palette
		for k := range steps {
			colours = append(colours, faded(hue, depth*(float64(k)+0.5)/steps))
		}
		write(c, aligned(words(smallSize, grey), text.XRight, text.YCenter), x-5, y, from)
		colourBar(c, vg.Rectangle{Min: vg.Point{X: x, Y: y - 5}, Max: vg.Point{X: x + long, Y: y + 5}}, colours)
		write(c, aligned(words(smallSize, grey), text.XLeft, text.YCenter), x+long+5, y, to)
	}
	bar(confusionLeft+78, blue, 1, "correct: 0", "100 % of the class")
	bar(confusionLeft+342, vermilion, 0.75, "wrong: 0", fmt.Sprintf("%.1f %% of the class", 100*most))
}

// fillCell colours a cell and writes into it how many images are in it, and what
// share of the class that is.
func (m *Confusion) fillCell(c draw.Canvas, box vg.Rectangle, hue color.NRGBA, depth float64, images int, share float64, right bool) {
	fill(c, vg.Rectangle{Min: box.Min.Add(vg.Point{X: 0.5, Y: 0.5}), Max: box.Max.Sub(vg.Point{X: 0.5, Y: 0.5})}, faded(hue, max(depth, 0.03)))
	if images == 0 && !right {
		return
	}
	ink, dim := black, grey
	if depth > 0.2 {
		dim = black
	}
	if hue == blue && depth > 0.6 { // on which black is hard to read
		ink, dim = white, white
	}
	w, h := box.Max.X-box.Min.X, box.Max.Y-box.Min.Y
	middle := (box.Min.X + box.Max.X) / 2
	count := words(wordSize, ink)
	if right {
		count = bold(count)
	}
	percent := words(smallSize-1.5, dim)
	small := fmt.Sprintf("%.1f %%", 100*share)
	switch {
	case h >= 24 && w >= percent.Width(small)+2:
		write(c, aligned(count, text.XCenter, text.YCenter), middle, box.Min.Y+0.64*h, fmt.Sprint(images))
		write(c, aligned(percent, text.XCenter, text.YCenter), middle, box.Min.Y+0.28*h, small)
	case h >= 10:
		fit(c, count, box.Min.X, box.Max.X, box.Min.Y+h/2, fmt.Sprint(images))
	}
}
