package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"runtime"
	"testing"
)

// The same seed gives the same bits on every machine, so that results of different
// years can be compared. A change of these digests changes every run on digits; say
// so in the commit.
func TestDigitsPinned(t *testing.T) {
	data := Digits(1, 500, 500)
	for _, c := range []struct {
		set  *Set
		want string
	}{
		{data.Train, "157fd975cb4800e1235296725cd986fee414e57a6d6549dabbcf091de29253b5"},
		{data.Test, "3e7550ed50831d6ad383cfccfa30dca9ed8ad7d71340bb8ab767bb430cef5d78"},
	} {
		hash := sha256.New()
		hash.Write(c.set.Labels)
		hash.Write(c.set.Pixels)
		if got := hex.EncodeToString(hash.Sum(nil)); got != c.want {
			t.Errorf("the first 500 images have SHA-256 %s, want %s", got, c.want)
		}
	}
}

// The last bit of every distance must be the same, too. A fused multiply-add may
// leave the grey levels of thousands of images unchanged; this test notices it.
func TestDistancesPinned(t *testing.T) {
	const want = "a6375d3d4960df0bcff9d3cdcff43d51f13d471da0b84868c566c30b18b6649c"
	var c canvas
	hash := sha256.New()
	for i := range uint64(100) {
		d := drawsFor(1, splitTrain, i)
		c.drawDigit(&d, int(i%10), make([]byte, canvasSide*canvasSide))
		if err := binary.Write(hash, binary.LittleEndian, c.field[:]); err != nil {
			t.Fatal(err)
		}
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("the distances of 100 images have SHA-256 %s, want %s", got, want)
	}
}

func TestDigitsPrefix(t *testing.T) {
	large, small := Digits(7, 301, 53), Digits(7, 100, 20)
	for _, c := range []struct {
		split        string
		large, small *Set
	}{{"train", large.Train, small.Train}, {"test", large.Test, small.Test}} {
		first := c.large.First(c.small.Len())
		if !bytes.Equal(first.Pixels, c.small.Pixels) || !bytes.Equal(first.Labels, c.small.Labels) {
			t.Errorf("%s: the larger set does not begin with the smaller one", c.split)
		}
	}
}

func TestDigitsWorkers(t *testing.T) {
	many := Digits(3, 101, 0)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, workers := range []int{1, 3, 7} {
		runtime.GOMAXPROCS(workers)
		if again := Digits(3, 101, 0); !bytes.Equal(again.Train.Pixels, many.Train.Pixels) {
			t.Errorf("with %d workers the images differ", workers)
		}
	}
}

func TestDigitsDiffer(t *testing.T) {
	a, b := Digits(1, 200, 200), Digits(2, 200, 0)
	seen := make(map[string]bool)
	for _, set := range []*Set{a.Train, a.Test, b.Train} {
		for i := range set.Len() {
			seen[string(set.Image(i))] = true
		}
	}
	if len(seen) != 600 {
		t.Errorf("of 600 images, with two seeds and both splits, only %d are different", len(seen))
	}
}

// The cost of a simulation grows with the ink, so digits must have as much of it as
// MNIST: a mean of 0.1307, and 149.9 pixels that are not 0.
func TestDigitsInk(t *testing.T) {
	set := Digits(5, 4000, 0).Train
	var ink, inked, classes = 0, 0, make([]int, set.Classes)
	for i := range set.Len() {
		image := set.Image(i)
		classes[set.Label(i)]++
		some := 0
		for at, p := range image {
			ink += int(p)
			if p == 0 {
				continue
			}
			some++
			if row, column := at/28, at%28; row == 0 || row == 27 || column == 0 || column == 27 {
				t.Errorf("image %d has ink on the border at row %d, column %d", i, row, column)
			}
		}
		if some < 20 || some > 450 {
			t.Errorf("image %d has %d inked pixels, want 20 to 450", i, some)
		}
		inked += some
	}
	n := float64(set.Len())
	if mean := float64(ink) / 255 / 784 / n; mean < 0.12 || mean > 0.14 {
		t.Errorf("mean ink %.4f, want 0.12 to 0.14", mean)
	}
	if mean := float64(inked) / n; mean < 140 || mean > 160 {
		t.Errorf("mean of %.1f inked pixels, want 140 to 160", mean)
	}
	// 400 images of each class are expected, with a standard deviation of 19.
	for class, n := range classes {
		if n < 320 || n > 480 {
			t.Errorf("class %d has %d of 4000 images, want 320 to 480", class, n)
		}
	}
}

func TestGlyphs(t *testing.T) {
	for class, ways := range glyphs {
		if len(ways) < 3 {
			t.Errorf("%d: %d ways to write it, want at least 3", class, len(ways))
		}
		for w, way := range ways {
			for s, stroke := range way {
				if len(stroke) < 3 {
					t.Errorf("%d, way %d, stroke %d: %d points, want at least 3", class, w, s, len(stroke))
				}
				for _, p := range stroke {
					if p.x < -20 || p.x > 120 || p.y < -20 || p.y > 120 {
						t.Errorf("%d, way %d, stroke %d: point %v is far outside the box", class, w, s, p)
					}
				}
			}
		}
	}
}

// Three control points make one quadratic Bézier curve; the pen passes through a
// repeated point.
func TestSpline(t *testing.T) {
	var c canvas
	c.hand = []point{{0, 0}, {10, 0}, {10, 10}}
	c.spline()
	for k, p := range c.path {
		s := float64(k) / spanSteps
		want := nib{x: 20*s*(1-s) + 10*s*s, y: 10 * s * s}
		if d := max(p.x-want.x, want.x-p.x, p.y-want.y, want.y-p.y); d > 1e-12 {
			t.Errorf("point %d at (%v, %v), want (%v, %v)", k, p.x, p.y, want.x, want.y)
		}
	}
	c.path = nil
	c.hand = []point{{0, 0}, {10, 0}, {10, 0}, {10, 10}}
	c.spline()
	corner := false
	for _, p := range c.path {
		corner = corner || p.x == 10 && p.y == 0
	}
	if last := c.path[len(c.path)-1]; !corner || last.x != 10 || last.y != 10 {
		t.Errorf("the corner was touched: %v, last point (%v, %v); want true, (10, 10)", corner, last.x, last.y)
	}
}

func TestDrawDigitAllocates(t *testing.T) {
	var c canvas
	image := make([]byte, 784)
	i := uint64(0)
	draw := func() {
		d := drawsFor(1, 0, i)
		c.drawDigit(&d, int(i%10), image)
		i++
	}
	for range 1000 { // so that the workspace has grown
		draw()
	}
	if n := testing.AllocsPerRun(500, draw); n != 0 {
		t.Errorf("%v allocations an image, want 0", n)
	}
}

func BenchmarkDrawDigit(b *testing.B) {
	var c canvas
	image := make([]byte, 784)
	for i := uint64(0); b.Loop(); i++ {
		d := drawsFor(1, 0, i)
		c.drawDigit(&d, d.Below(10), image)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
