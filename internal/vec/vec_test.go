package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// guard surrounds a slice of n numbers with NaN, which a loop that reads or
// writes outside would spread or overwrite.
func guard(n int, fill func(i int) float32) (x []float32, whole []float32) {
	const margin = 16
	whole = make([]float32, n+2*margin)
	for i := range whole {
		whole[i] = float32(math.NaN())
	}
	x = whole[margin : margin+n : margin+n]
	for i := range x {
		x[i] = fill(i)
	}
	return x, whole
}

// twins runs a loop on every path, with the same input, and compares all that
// stands in the slices and around them, bit for bit.
func twins(t *testing.T, slices int, lengths []int, loop func(x [][]float32)) {
	t.Helper()
	defer Use(Current())
	for _, n := range lengths {
		var want [][]float32
		for _, p := range Paths() {
			Use(p)
			rng := rand.New(rand.NewPCG(7, uint64(n)))
			var x, whole [][]float32
			for range slices {
				s, w := guard(n, func(int) float32 { return float32(rng.NormFloat64()) * 8 })
				x, whole = append(x, s), append(whole, w)
			}
			loop(x)
			if want == nil {
				want = whole
				continue
			}
			for k := range whole {
				for i := range whole[k] {
					if math.Float32bits(whole[k][i]) != math.Float32bits(want[k][i]) {
						t.Fatalf("%s, length %d, slice %d, element %d: %v, want %v as in Go", p, n, k, i-16, whole[k][i], want[k][i])
					}
				}
			}
		}
	}
}

func upTo(n int) []int {
	var l []int
	for i := range n + 1 {
		l = append(l, i)
	}
	return append(l, 127, 128, 129, 500, 512, 1000)
}

func TestTwins(t *testing.T) {
	lengths := upTo(70)
	t.Run("Add", func(t *testing.T) {
		twins(t, 2, lengths, func(x [][]float32) { Add(x[0], x[1]) })
	})
	t.Run("AddScaled", func(t *testing.T) {
		twins(t, 2, lengths, func(x [][]float32) { AddScaled(x[0], 0.3, x[1]) })
	})
	t.Run("Combine", func(t *testing.T) {
		twins(t, 3, lengths, func(x [][]float32) { Combine(x[0], 0.3, x[1], -0.7, x[2]) })
		twins(t, 2, lengths, func(x [][]float32) { Combine(x[0], 0.3, x[0], -0.7, x[1]) })
	})
	t.Run("Filter", func(t *testing.T) {
		for _, carry := range []float32{0, 1} {
			f := Filter{0.9, 0.7, 0.3, 0.1, 0.14, -0.15, carry}
			twins(t, 6, lengths, func(x [][]float32) { f.Apply(x[0], x[1], x[2], x[3], x[4], x[5]) })
		}
	})
	t.Run("Sigmoid", func(t *testing.T) {
		twins(t, 2, lengths, func(x [][]float32) { Sigmoid(x[0], x[1]) })
		twins(t, 1, lengths, func(x [][]float32) { Sigmoid(x[0], x[0]) })
	})
	t.Run("SumRows", func(t *testing.T) {
		for _, rows := range []int{0, 1, 2, 3, 4, 5, 8, 21} {
			twins(t, 1, lengths, func(x [][]float32) {
				stride := len(x[0]) + 3
				w := make([]float32, 30*stride)
				for i := range w {
					w[i] = float32(i%37) - 17.3*float32(i%11)
				}
				ids := make([]int32, rows)
				for i := range ids {
					ids[i] = int32((i*7 + 29) % 30)
				}
				slices.Sort(ids)
				if rows > 2 {
					ids[1] = ids[0] // a neuron that fired twice
				}
				SumRows(x[0], w, stride, ids)
			})
		}
	})
}

// TestTwinsOnSpecialNumbers feeds the loop that has cases for them infinities,
// NaN, zeros of either sign and numbers too small to be normal.
func TestTwinsOnSpecialNumbers(t *testing.T) {
	special := []float32{0, float32(math.Copysign(0, -1)), 1e-40, -1e-40, 1e-20, 86.9, 87, 87.1, -86.9, -87, -87.1, 1e30, -1e30,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 0.5, -0.5}
	defer Use(Current())
	var want []float32
	for _, p := range Paths() {
		Use(p)
		y := make([]float32, len(special))
		Sigmoid(y, special)
		for i := range y {
			exact := 1 / (1 + math.Exp(-float64(special[i])))
			if math.IsNaN(exact) != (y[i] != y[i]) || math.Abs(float64(y[i])-exact) > 2e-38+2.5e-7*exact {
				t.Errorf("%s: Sigmoid(%v) = %v, want %v", p, special[i], y[i], exact)
			}
			if want != nil && math.Float32bits(y[i]) != math.Float32bits(want[i]) {
				t.Errorf("%s: Sigmoid(%v) = %v, want %v as in Go", p, special[i], y[i], want[i])
			}
		}
		want = y
	}
}

// TestSigmoidAccuracy scans the range in which the function changes.
func TestSigmoidAccuracy(t *testing.T) {
	worst := 0.0
	var x, y [4096]float32
	for start := -90.0; start < 90; start += 180.0 / 64 {
		for i := range x {
			x[i] = float32(start + 180.0/64*float64(i)/float64(len(x)))
		}
		Sigmoid(y[:], x[:])
		for i := range x {
			exact := 1 / (1 + math.Exp(-float64(x[i])))
			if x[i] > -sigmoidEnd {
				worst = max(worst, math.Abs(float64(y[i])-exact)/exact)
			}
		}
	}
	// Half a unit for the quotient, half for 1 + e, and less for e.
	if worst > 2.4e-7 {
		t.Errorf("largest relative error is %.3g, want below two units, 2.4e-7", worst)
	}
	t.Logf("largest relative error %.3g", worst)
}

func TestPointsTwins(t *testing.T) {
	defer Use(Current())
	for _, size := range []int{1, 2, 7, 8, 10, 100, 150, 500, 784, 4096, 1 << 16} {
		for _, rate := range []float64{1e-4, 0.01, 0.2, 0.5, 3} {
			line := NewLine(size, rate)
			room := (int(float64(size)*rate) + int(10*math.Sqrt(float64(size)*rate)) + 32) &^ 7
			for key := range uint64(8) {
				var wantCells []int32
				var wantMarks []uint32
				for _, p := range Paths() {
					Use(p)
					cells, marks := make([]int32, room), make([]uint32, room)
					n := line.Points(cells, marks, key*golden+5)
					if n < 0 {
						t.Fatalf("size %d, rate %v: %d are too few", size, rate, room)
					}
					cells, marks = cells[:n], marks[:n]
					if wantCells != nil && !(slices.Equal(cells, wantCells) && slices.Equal(marks, wantMarks)) {
						t.Fatalf("%s: size %d, rate %v, key %d: differs from Go", p, size, rate, key)
					}
					wantCells, wantMarks = cells, marks
				}
			}
		}
	}
}

// TestPointsTooShort sees that a lack of room is told, at every length.
func TestPointsTooShort(t *testing.T) {
	defer Use(Current())
	line := NewLine(500, 0.2)
	for _, p := range Paths() {
		Use(p)
		cells, marks := make([]int32, 256), make([]uint32, 256)
		full := line.Points(cells, marks, 1)
		for room := 0; room < 256; room += 8 {
			n := line.Points(cells[:room], marks[:room], 1)
			if n >= 0 && n != full || n < 0 && room > full+8 {
				t.Errorf("%s: room for %d: got %d of %d points", p, room, n, full)
			}
		}
	}
}

// TestLogUniform bounds the error of the logarithm over all its arguments that
// differ in their leading bits, and at both ends.
func TestLogUniform(t *testing.T) {
	worst := 0.0
	check := func(b uint32) {
		u := (float64(b>>9) + 0.5) / (1 << 23)
		exact := math.Log(u)
		worst = max(worst, math.Abs(float64(logUniform(b))-exact)/-exact)
	}
	for b := uint64(0); b < 1<<32; b += 1 << 13 {
		check(uint32(b))
	}
	for b := range uint32(1000) {
		check(b << 9)
		check(^(b << 9))
	}
	if worst > 2.5e-7 {
		t.Errorf("largest relative error is %.3g, want below 2.5e-7", worst)
	}
	t.Logf("largest relative error %.3g", worst)
}

// TestAcceptTwins compares lists and where they stop, for marks in every cell and
// potentials on, between and beyond the ends of cells.
func TestAcceptTwins(t *testing.T) {
	defer Use(Current())
	var theta Thresholds
	for c := range theta {
		theta[c] = float32(c-512) / 100
	}
	theta[0], theta[len(theta)-1] = float32(math.Inf(-1)), float32(math.Inf(1))
	rng := rand.New(rand.NewPCG(5, 6))
	v := make([]float32, 300)
	for i := range v {
		v[i] = float32(rng.NormFloat64()) * 3
		if i%7 == 0 {
			v[i] = theta[rng.IntN(len(theta))]
		}
	}
	v[20] = float32(math.NaN())
	stops := 0
	for n := range 200 {
		owners, marks := make([]int32, n), make([]uint32, n)
		for k := range owners {
			owners[k], marks[k] = int32(rng.IntN(len(v))), rng.Uint32()
		}
		slices.Sort(owners)
		var want string
		for _, p := range Paths() {
			Use(p)
			list := make([]int32, n)
			tried, accepted := Accept(list, owners, marks, v, &theta)
			got := fmt.Sprint(tried, list[:accepted])
			if want != "" && got != want {
				t.Fatalf("%s: %d candidates: %s, want %s as in Go", p, n, got, want)
			}
			want = got
			if tried < n {
				stops++
				x, c := v[owners[tried]], marks[tried]>>22
				if !(x >= theta[c] && x < theta[c+1]) {
					t.Fatalf("%s stopped at a potential of %v, outside %v to %v", p, x, theta[c], theta[c+1])
				}
			}
		}
	}
	if stops == 0 {
		t.Error("it never stopped")
	}
}

func BenchmarkLoops(b *testing.B) {
	defer Use(Current())
	const n = 512
	x := make([][]float32, 6)
	for k := range x {
		x[k] = make([]float32, n)
	}
	w := make([]float32, 784*n)
	ids := make([]int32, 21)
	rng := rand.New(rand.NewPCG(1, 2))
	cells, marks := make([]int32, 256), make([]uint32, 256)
	line := NewLine(500, 0.2)
	owners, thinned, list := make([]int32, 100), make([]uint32, 100), make([]int32, 100)
	var theta Thresholds
	for c := range theta {
		theta[c] = float32(c) - 512
	}
	for k := range owners {
		owners[k], thinned[k] = int32(5*k), rng.Uint32()
		x[5][5*k] = float32(rng.NormFloat64()) * 300
	}
	f := Filter{0.9, 0.7, 0.3, 0.1, 0.14, -0.15, 0}
	for _, c := range []struct {
		name string
		unit string
		per  float64
		loop func(k int)
	}{
		{"Add", "ns/neuron", n, func(int) { Add(x[0], x[1]) }},
		{"AddScaled", "ns/neuron", n, func(int) { AddScaled(x[0], 1e-9, x[1]) }},
		{"Combine", "ns/neuron", n, func(int) { Combine(x[0], 0.3, x[1], 0.7, x[2]) }},
		{"Filter", "ns/neuron", n, func(int) { f.Apply(x[0], x[1], x[2], x[3], x[4], x[5]) }},
		{"Sigmoid", "ns/neuron", n, func(int) { Sigmoid(x[0], x[1]) }},
		{"SumRows", "ns/row", 21, func(k int) {
			for i := range ids {
				ids[i] = int32(rng.Uint32N(150)) * 5
			}
			SumRows(x[0], w, n, ids)
		}},
		{"Points", "ns/point", 100, func(k int) { line.Points(cells, marks, uint64(k)) }},
		{"Accept", "ns/point", 100, func(k int) { Accept(list, owners, thinned, x[5], &theta) }},
	} {
		for _, p := range Paths() {
			b.Run(fmt.Sprintf("%s/%s", c.name, p), func(b *testing.B) {
				Use(p)
				for k := range b.N {
					c.loop(k)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/c.per, c.unit)
			})
		}
	}
}
