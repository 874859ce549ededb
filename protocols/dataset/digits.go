package dataset

import (
	"fmt"
	"runtime"
	"sync"
)

const (
	canvasSide = 28
	pathSide   = 18 // pixels; the path's larger side: with the pen's width, the 20 of MNIST
)

// The splits of a drawn set have streams of their own.
const (
	splitTrain = iota
	splitTest
)

// Digits draws a set of handwritten-like digits: 28×28, grey, ten classes, with
// about as much ink as MNIST has. Every image has a writer of its own: one of
// several ways to form the digit, its proportions, slant, size, pen and hand.
//
// Image i of a split is a function of the seed, the split and i alone, with the
// same bits on every machine: a larger set begins with the smaller one.
func Digits(seed uint64, train, test int) *Data {
	if train < 0 || test < 0 {
		panic(fmt.Sprintf("dataset: Digits of %d and %d images, want ≥ 0", train, test))
	}
	return &Data{
		Name:  "digits",
		Train: drawSet(seed, splitTrain, train),
		Test:  drawSet(seed, splitTest, test),
	}
}

// drawSet draws on all cores. Images share nothing, so how they are dealt out
// cannot be seen in the result.
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
				label := d.below(len(glyphs))
				set.Labels[i] = byte(label)
				c.drawDigit(&d, label, set.Image(i))
			}
		})
	}
	done.Wait()
	return set
}

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
