package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"plateau/internal/stream"
)

// guard surrounds a slice of n numbers with NaN. A loop that reads outside would
// spread the NaN, and one that writes outside would overwrite them.
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

// twins runs a loop on every path with the same input and compares the slices and
// what is around them, bit for bit.
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
			// One row of leaving and v for all steps, or one for each.
			twins(t, 6, lengths[1:], func(x [][]float32) { f.Apply(x[0], x[1], x[2], x[3], x[4], x[5]) })
			for steps := 1; steps <= 3; steps++ {
				twins(t, 7, lengths, func(x [][]float32) {
					n := len(x[0]) / (steps + 1)
					if n == 0 {
						return
					}
					f.Apply(x[0][:steps*n], x[1][:n], x[2][:n], x[3][:steps*n], x[4][:n], x[5][:n])
					f.Apply(x[6][:n], x[1][:n], x[2][:n], x[3][:steps*n], x[4][:steps*n], x[5][:n])
					f.ApplySoma(x[0][:(1+steps)*n], 0.3, 0.6, x[1][:n], x[2][:n], x[3][:steps*n], x[4][:steps*n], x[5][:n])
					f.ApplySoma(x[6][:(1+steps)*n], -0.7, 0.6, x[1][:n], x[2][:n], x[3][:steps*n], x[4][:n], x[5][:n])
				})
			}
		}
	})
	t.Run("Sigmoid", func(t *testing.T) {
		twins(t, 2, lengths, func(x [][]float32) { Sigmoid(x[0], x[1]) })
		twins(t, 1, lengths, func(x [][]float32) { Sigmoid(x[0], x[0]) })
	})
	t.Run("AddOuter", func(t *testing.T) {
		for _, rows := range []int{0, 1, 2, 5} {
			twins(t, 2, lengths, func(x [][]float32) {
				stride := len(x[0]) + 3
				w := make([]float32, rows*stride+len(x[0]))
				for i := range w {
					w[i] = float32(i%37) - 17.3*float32(i%11)
				}
				s := []float32{0.3, 0, -0.7, float32(math.Copysign(0, -1)), 1e-3}[:rows]
				AddOuter(w, stride, Active(nil, s), s, x[0])
				for i := range w {
					if len(x[1]) > 0 {
						x[1][i%len(x[1])] += w[i] * float32(i%13)
					}
				}
			})
		}
	})
	t.Run("SumRows", func(t *testing.T) {
		for _, width := range []int{64, 32, 16, 8, 5} {
			for steps := range 4 {
				twins(t, 1, []int{steps * (3*width + 8)}, func(x [][]float32) {
					w := make([]float32, 3*30*width)
					for i := range w {
						w[i] = float32(i%37) - 17.3*float32(i%11)
					}
					// Steps with 0 to 11 ids, in no order, between ids that are not used.
					ids, from, to := []int32{99, 99}, []int{}, []int{}
					for k := range steps {
						begin := len(ids)
						for i := range 11 * k % 12 {
							ids = append(ids, int32((i*7+29*k)%30))
						}
						slices.Sort(ids[begin:])
						if len(ids) > begin+2 {
							ids[begin+1] = ids[begin] // a neuron that fired twice
						}
						from, to = append(from, begin), append(to, len(ids))
						ids = append(ids, 99)
					}
					SumRows(x[0], 3*width+8, w, 30, width, ids, from, to, false)
					slices.Reverse(from)
					slices.Reverse(to)
					SumRows(x[0], 3*width+8, w, 30, width, ids, from, to, true)
				})
			}
		}
	})
}

// TestGather merges runs of different lengths, with more numbers in a step than are copied
// at a time, and steps and runs without any.
func TestGather(t *testing.T) {
	defer Use(Current())
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 200 {
		steps, runs := rng.IntN(6), make([]Run, rng.IntN(5))
		want, ends := []int32{-1, -2}, []int(nil)
		lists := make([][][]int32, len(runs))
		for k := range runs {
			runs[k].Begins = append(runs[k].Begins, 0)
			for range steps {
				n := rng.IntN(4) * rng.IntN(1+trial%12)
				list := make([]int32, n)
				for i := range list {
					list[i] = rng.Int32()
				}
				lists[k] = append(lists[k], list)
				runs[k].List = append(runs[k].List, list...)
				runs[k].Begins = append(runs[k].Begins, int32(len(runs[k].List)))
			}
			runs[k].List = append(runs[k].List, make([]int32, Spare)...)
		}
		for step := range steps {
			for k := range runs {
				want = append(want, lists[k][step]...)
			}
			ends = append(ends, len(want))
		}
		for _, p := range Paths() {
			Use(p)
			list, got := make([]int32, len(want)+Spare+3), make([]int, steps)
			copy(list, want[:2])
			guard := list[len(want)+Spare:]
			for k := range guard {
				guard[k] = -7
			}
			Gather(list, 2, got, runs)
			if !slices.Equal(list[:len(want)], want) || !slices.Equal(got, ends) {
				t.Fatalf("%s: %v with ends %v, want %v with %v", p, list[:len(want)], got, want, ends)
			}
			if !slices.Equal(guard, []int32{-7, -7, -7}) {
				t.Fatalf("%s: wrote beyond the room", p)
			}
		}
	}
}

// TestSumRows sums small whole numbers, which has no rounding errors.
func TestSumRows(t *testing.T) {
	defer Use(Current())
	for _, p := range Paths() {
		Use(p)
		const width = 64
		w := make([]float32, 5*width)
		for i := range w {
			w[i] = float32(i)
		}
		u := make([]float32, 3*width)
		for i := range u {
			u[i] = 1e6
		}
		ids, from, to := []int32{1, 4, 4, 0}, []int{0, 3, 3}, []int{3, 3, 4}
		SumRows(u, width, w, 5, width, ids, from, to, false)
		SumRows(u, width, w, 5, width, ids, from, to, true)
		for i := range width {
			x := float32(i)
			if a, b, c := 2*(3*x+9*width), float32(0), 2*x; u[i] != a || u[width+i] != b || u[2*width+i] != c {
				t.Fatalf("%s: column %d: %v, %v, %v, want %v, %v, %v", p, i, u[i], u[width+i], u[2*width+i], a, b, c)
			}
		}
	}
}

// SumScaled is a sum of AddScaled.
func TestSumScaled(t *testing.T) {
	defer Use(Current())
	for _, width := range []int{64, 32, 16, 5} {
		rng := rand.New(rand.NewPCG(9, uint64(width)))
		s := make([]float32, 40)
		for j := range s {
			s[j] = float32(rng.NormFloat64())
		}
		s[0], s[3], s[39] = 0, float32(math.Copysign(0, -1)), 0
		w := make([]float32, len(s)*width)
		for i := range w {
			w[i] = float32(rng.NormFloat64())
		}
		want := make([]float32, width)
		for j, x := range s {
			addScaledGeneric(want, x, w[j*width:][:width])
		}
		for _, p := range Paths() {
			Use(p)
			u, whole := guard(width, func(int) float32 { return 7 })
			SumScaled(u, w, s)
			if !slices.Equal(u, want) || whole[15] == whole[15] || whole[16+width] == whole[16+width] {
				t.Errorf("%s, width %d: %v, want %v", p, width, u, want)
			}
		}
	}
}

func TestSame(t *testing.T) {
	nan := float32(math.NaN())
	x := []float32{1, nan, 0}
	for _, c := range []struct {
		y    []float32
		want bool
	}{
		{[]float32{1, nan, 0}, true}, {[]float32{1, nan}, false}, {nil, false},
		{[]float32{1, nan, float32(math.Copysign(0, -1))}, false}, {[]float32{2, nan, 0}, false},
	} {
		if got := Same(x, c.y); got != c.want {
			t.Errorf("Same(%v, %v) = %v", x, c.y, got)
		}
	}
	if !Same(nil, nil) {
		t.Error("two empty slices differ")
	}
}

// ApplySoma is Apply and Combine.
func TestApplySoma(t *testing.T) {
	for _, carry := range []float32{0, 1} {
		f := Filter{0.9, 0.7, 0.3, 0.1, 0.14, -0.15, carry}
		run := func(together bool) string {
			rng := rand.New(rand.NewPCG(8, 9))
			var x [7][]float32
			for k := range x {
				for range 37 {
					x[k] = append(x[k], float32(rng.NormFloat64()))
				}
			}
			soma := append(slices.Clone(x[6]), x[6]...) // before the step and after it
			for range 3 {
				if together {
					f.ApplySoma(soma, 0.3, 0.6, x[1], x[2], x[3], x[4], x[5])
					copy(soma, soma[len(x[6]):])
				} else {
					f.Apply(x[0], x[1], x[2], x[3], x[4], x[5])
					Combine(x[6], 0.3, x[6], 0.6, x[0])
				}
			}
			if together {
				copy(x[6], soma)
			}
			return fmt.Sprint(x[1:])
		}
		if run(true) != run(false) {
			t.Errorf("with carry %v, ApplySoma differs from Apply and Combine", carry)
		}
	}
}

// TestTwinsOnSpecialNumbers gives the loop that treats them specially infinities,
// NaN, zeros of either sign and subnormal numbers.
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

// TestSigmoidAccuracy scans the range in which the function is not constant.
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
	// Errors are half a unit from the quotient, half from 1 + e, and less from e.
	if worst > 2.4e-7 {
		t.Errorf("largest relative error is %.3g, want below two units, 2.4e-7", worst)
	}
	t.Logf("largest relative error %.3g", worst)
}

// points returns the points of a line with enough room.
func points(t testing.TB, line Line, key uint64) ([]int32, []uint32) {
	t.Helper()
	for room := Group; room < 1<<24; room *= 2 {
		cells, marks := make([]int32, room), make([]uint32, room)
		if line.Points(cells, marks, key) {
			n := 0
			for cells[n] < line.cells {
				n++
			}
			return cells[:n], marks[:n]
		}
	}
	t.Fatal("no end of points")
	return nil, nil
}

func TestPointsTwins(t *testing.T) {
	defer Use(Current())
	for _, size := range []int{1, 2, 7, 8, 10, 100, 150, 500, 784, 4096, 1 << 16} {
		for _, rate := range []float64{1e-4, 0.01, 0.2, 0.5, 3} {
			line := NewLine(size, rate)
			for key := range uint64(8) {
				var wantCells []int32
				var wantMarks []uint32
				for _, p := range Paths() {
					Use(p)
					cells, marks := points(t, line, key*golden+5)
					if wantCells != nil && !(slices.Equal(cells, wantCells) && slices.Equal(marks, wantMarks)) {
						t.Fatalf("%s: size %d, rate %v, key %d: differs from Go", p, size, rate, key)
					}
					wantCells, wantMarks = cells, marks
				}
			}
		}
	}
}

// TestPointsDrawFromTheStream compares marks and gaps with the generators as they are
// defined, of which the loops have copies of their own.
func TestPointsDrawFromTheStream(t *testing.T) {
	defer Use(Current())
	for _, p := range Paths() {
		Use(p)
		for _, key := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
			line := NewLine(500, 0.2)
			cells, marks := points(t, line, key)
			if len(marks) < 6*Group {
				t.Fatalf("%s: key %d: only %d points", p, key, len(marks))
			}
			var words [4][8]uint64
			s := stream.At(key)
			for i := range words {
				for k := range words[i] {
					words[i][k] = s.Uint64()
				}
			}
			position := 0.0
			for k, mark := range marks {
				s0, s1, s2, s3 := &words[0][k%8], &words[1][k%8], &words[2][k%8], &words[3][k%8]
				want := *s0 + *s3
				a, b, c, d := *s0, *s1, *s2, *s3
				*s0, *s1, *s2, *s3 = a^b^d, a^b^c, a^c^b<<17, (b^d)<<45|(b^d)>>19
				if mark != uint32(want) {
					t.Fatalf("%s: key %d: mark %d is %#x, want %#x", p, key, k, mark, uint32(want))
				}
				position -= math.Log((float64(want>>41)+0.5)/(1<<23)) / 0.2
				if math.Abs(position-float64(cells[k])-0.5) > 0.5+1e-4*position/500+1e-3 {
					t.Fatalf("%s: key %d: point %d is in cell %d, want %v", p, key, k, cells[k], position)
				}
			}
		}
	}
}

// TestPointsRoom tries every room from none to more than enough: on every path, the
// points are the same as far as there is room, and Points reports too little room.
func TestPointsRoom(t *testing.T) {
	defer Use(Current())
	for _, rate := range []float64{0.2, 1e-3} {
		line := NewLine(500, rate)
		full, fullMarks := points(t, line, 1)
		for _, p := range Paths() {
			Use(p)
			for room := 0; room <= 256; room += Group {
				// Guards on both sides must stay as they are.
				whole, wholeMarks := make([]int32, room+2*Group), make([]uint32, room+2*Group)
				for i := range whole {
					whole[i], wholeMarks[i] = -7, 7
				}
				cells, marks := whole[Group:Group+room], wholeMarks[Group:Group+room]
				ok := line.Points(cells, marks, 1)
				if ok != (room > len(full)) {
					t.Errorf("%s: room for %d of %d points: %v", p, room, len(full), ok)
				}
				n := min(room, len(full))
				if !slices.Equal(cells[:n], full[:n]) || !slices.Equal(marks[:n], fullMarks[:n]) {
					t.Errorf("%s: room for %d: other points", p, room)
				}
				if ok && cells[n] < 500 {
					t.Errorf("%s: room for %d: point %d is in cell %d, want one beyond the line", p, room, n, cells[n])
				}
				for i := range Group {
					if whole[i] != -7 || whole[len(whole)-1-i] != -7 || wholeMarks[i] != 7 || wholeMarks[len(whole)-1-i] != 7 {
						t.Fatalf("%s: room for %d: wrote outside", p, room)
					}
				}
			}
		}
	}
}

// TestPointsBeyondTheEnd draws so far beyond the end of a line that positions
// would overflow many times.
func TestPointsBeyondTheEnd(t *testing.T) {
	defer Use(Current())
	line := NewLine(1, 1e-4)
	for _, p := range Paths() {
		Use(p)
		cells, marks := make([]int32, 4096), make([]uint32, 4096)
		for key := range uint64(200) {
			if !line.Points(cells, marks, key*golden) {
				t.Fatalf("%s: the end was missed", p)
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

// TestAcceptTwins compares the lists and where the loops stop, for marks in every
// cell and potentials on, between and beyond the ends of cells.
func TestAcceptTwins(t *testing.T) {
	defer Use(Current())
	var theta Thresholds
	for c := range theta {
		theta[c] = float32(c-512) / 100
	}
	theta[0], theta[Ends-1] = float32(math.Inf(-1)), float32(math.Inf(1))
	rng := rand.New(rand.NewPCG(5, 6))
	v := make([]float32, 300)
	for i := range v {
		v[i] = float32(rng.NormFloat64()) * 3
		if i%7 == 0 {
			v[i] = theta[rng.IntN(Ends)]
		}
	}
	v[20] = float32(math.NaN())
	names, most := make([]int32, len(v)), make([]uint32, len(v))
	for i := range names {
		names[i], most[i] = int32(1000+i), rng.Uint32()
	}
	most[4], most[5] = 0, math.MaxUint32
	const base = 1 << 16
	stops := 0
	for n := range 200 {
		cells, marks := make([]int32, n+2), make([]uint32, n+2)
		for k := range n {
			cells[k], marks[k] = base+int32(rng.IntN(len(v))), rng.Uint32()
		}
		cells[n], cells[n+1] = base+int32(len(v)), base+int32(len(v))+9
		slices.Sort(cells)
		var want string
		for _, p := range Paths() {
			Use(p)
			list := make([]int32, n+2)
			tried, accepted := Accept(list, cells, marks, base, base+int32(len(v)), v, &theta)
			got := fmt.Sprint(tried, list[:accepted])
			if tried < n {
				stops++
				x, c := v[cells[tried]-base], marks[tried]>>22
				if !(x >= theta[c] && x < theta[c+1]) {
					t.Fatalf("%s stopped at a potential of %v, outside %v to %v", p, x, theta[c], theta[c+1])
				}
			}
			tried, accepted = AcceptBelow(list, cells, marks, base, base+int32(len(v)), names, most)
			if tried != n {
				t.Fatalf("%s: AcceptBelow tried %d of %d", p, tried, n)
			}
			got += fmt.Sprint(list[:accepted])
			if want != "" && got != want {
				t.Fatalf("%s: %d candidates: %s, want %s as in Go", p, n, got, want)
			}
			want = got
		}
	}
	if stops == 0 {
		t.Error("it never stopped")
	}
}

// BenchmarkLoops times the parts of a step for the populations of 784-500-10:
// drawing candidates (Points), thinning them (Accept; AcceptBelow for inputs), adding
// weight rows (SumRows), filtering (Filter, FilterSoma), and updating weights
// (AddOuter).
func BenchmarkLoops(b *testing.B) {
	defer Use(Current())
	const n = 512
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([][]float32, 7)
	for k := range x {
		x[k] = make([]float32, n)
	}
	const width, steps = 64, 50
	w := make([]float32, 784*n)
	for i := range w {
		w[i] = rng.Float32() // untouched pages would all be one page of zeros
	}
	ids, from, to := make([]int32, 21*steps), make([]int, steps), make([]int, steps)
	for k := range steps {
		from[k], to[k] = 21*k, 21*(k+1)
		for i := range 21 {
			ids[21*k+i] = int32(7*i+k%7) * 5
		}
	}
	u, soma := make([]float32, (1+steps)*width), make([]float32, (1+steps)*width)
	trace := make([]float32, 784)
	for j := range 150 {
		trace[5*j] = 1e-9
	}
	active := Active(nil, trace)
	line := NewLine(50*500, 0.2)
	cells, marks := make([]int32, 5376), make([]uint32, 5376)
	// A step's candidates, with potentials such that half are accepted and
	// none falls within its interval.
	owners, thinned, list := make([]int32, 101), make([]uint32, 101), make([]int32, 101)
	names, most := make([]int32, 500), make([]uint32, 500)
	var theta Thresholds
	for c := range theta {
		theta[c] = float32(c) - 512
	}
	for k := range owners {
		owners[k], thinned[k] = int32(5*k), rng.Uint32()
	}
	for i := range most {
		most[i] = rng.Uint32()
		x[5][i] = float32(2*(i/5%2)-1) * 1e6
	}
	f := Filter{0.9, 0.7, 0.3, 0.1, 0.14, -0.15, 0}
	for _, c := range []struct {
		name   string
		events float64
		what   string
		loop   func(k int)
	}{
		{"Points", 5000, "candidates", func(k int) { line.Points(cells, marks, uint64(k)) }},
		{"Accept", 100, "candidates", func(k int) { Accept(list, owners, thinned, 0, 500, x[5], &theta) }},
		{"AcceptBelow", 100, "candidates", func(k int) { AcceptBelow(list, owners, thinned, 0, 500, names, most) }},
		{"SumRows", 21 * steps, "rows", func(k int) {
			SumRows(u, width, w[k%8*784*width:][:784*width], 784, width, ids, from, to, false)
		}},
		{"Filter", steps * width, "neurons", func(int) { f.Apply(x[0][:width], x[1][:width], x[2][:width], u[width:], x[4][:width], x[5][:width]) }},
		{"FilterSoma", steps * width, "neurons", func(int) {
			f.ApplySoma(soma, 0.3, 0.6, x[1][:width], x[2][:width], u[width:], x[4][:width], x[6][:width])
		}},
		{"AddOuter", 150, "rows", func(int) { AddOuter(w, n, active, trace, x[1]) }},
		{"Sigmoid", n, "neurons", func(int) { Sigmoid(x[0], x[1]) }},
	} {
		for _, p := range Paths() {
			b.Run(fmt.Sprintf("%s/%s", c.name, p), func(b *testing.B) {
				Use(p)
				for k := range b.N {
					c.loop(k)
				}
				each := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / c.events
				b.ReportMetric(each, "ns/"+c.what[:len(c.what)-1])
				b.ReportMetric(1e9/each, c.what+"/s")
			})
		}
	}
}
