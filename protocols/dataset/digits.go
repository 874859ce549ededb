package dataset

import (
	"fmt"
	"runtime"
	"sync"
)

const (
	canvasSide = 28
	pathSide   = 18 // pixels; the path's larger side. The pen's width adds to it, up to MNIST's 20.
)

// Each split has random streams of its own.
const (
	splitTrain = iota
	splitTest
)

// Digits draws a set of digits that look handwritten: 28×28 pixels, grey, ten
// classes, with about as much ink as MNIST has. Every image has its own writer,
// with one of several ways to form the digit, and with proportions, slant, size,
// pen and hand of its own.
//
// Image i of a split depends on the seed, the split and i alone, and is the same on
// every machine, bit for bit. So a larger set begins with the smaller one.
func Digits(seed uint64, train, test int) *Data {
	if train < 0 || test < 0 {
		panic(fmt.Sprintf("dataset: Digits of %d training and %d test images, want ≥ 0", train, test))
	}
	return &Data{
		Name:  "digits",
		Train: drawSet(seed, splitTrain, train),
		Test:  drawSet(seed, splitTest, test),
	}
}

// drawSet draws n images on all cores. Images do not depend on one another, so the
// result does not depend on the number of cores.
func drawSet(seed, split uint64, n int) *Set {
	set := &Set{
		Name: "digits", Width: canvasSide, Height: canvasSide, Channels: 1, Classes: len(glyphs),
		Pixels: make([]byte, n*canvasSide*canvasSide),
		Labels: make([]byte, n),
	}
	workers := min(runtime.GOMAXPROCS(0), n)
	var done sync.WaitGroup
	for w := range workers {
		done.Go(func() {
			var c canvas
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				d := drawsFor(seed, split, uint64(i))
				label := d.Below(len(glyphs))
				set.Labels[i] = byte(label)
				c.drawDigit(&d, label, set.Image(i))
			}
		})
	}
	done.Wait()
	return set
}

// canvas is the workspace for drawing one image after another.
type canvas struct {
	path  []nib                            // all strokes, one after another
	ends  []int                            // where in path each stroke ends
	hand  []point                          // control points of one stroke, as this writer puts them
	field [canvasSide * canvasSide]float64 // distance from each pixel's centre to the edge of the ink; negative inside
}

// drawDigit draws one digit the way one writer would.
func (c *canvas) drawDigit(d *draws, label int, image []byte) {
	ways := glyphs[label]
	glyph := ways[d.Below(len(ways))]
	c.trace(d, glyph)
	c.place(d)
	c.ink(d)
	c.expose(d, image)
}
