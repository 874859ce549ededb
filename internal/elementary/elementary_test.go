package elementary

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The slow twins are the same functions to about 200 bits, from their series.

const precision = 240

func newBig() *big.Float { return new(big.Float).SetPrec(precision) }

func bigOf(x float64) *big.Float { return newBig().SetFloat64(x) }

// bigLn2 is 2 atanh(1/3) = 2 Σ (1/3)^(2i+1)/(2i+1).
var bigLn2 = func() *big.Float {
	sum, power := newBig(), newBig().Quo(bigOf(2), bigOf(3))
	for i := 1; i < 2*precision; i += 2 {
		sum.Add(sum, newBig().Quo(power, bigOf(float64(i))))
		power.Quo(power, bigOf(9))
	}
	return sum
}()

func bigExp(x *big.Float) *big.Float {
	q, _ := newBig().Quo(x, bigLn2).Float64()
	k := int(math.Round(q))
	const halvings = 12
	r := newBig().Sub(x, newBig().Mul(bigOf(float64(k)), bigLn2))
	r.SetMantExp(r, -halvings)
	sum, term := bigOf(1), bigOf(1)
	for i := 1; i < 18; i++ {
		term.Quo(term.Mul(term, r), bigOf(float64(i)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, k)
}

// bigLog starts with the 50 bits of math.Log and triples them, twice:
// y + 2 (x − e^y)/(x + e^y).
func bigLog(x *big.Float) *big.Float {
	m := newBig()
	exponent := x.MantExp(m)
	start, _ := m.Float64()
	y := bigOf(math.Log(start))
	for range 2 {
		e := bigExp(y)
		d := newBig().Quo(newBig().Sub(m, e), newBig().Add(m, e))
		y.Add(y, d.Add(d, d))
	}
	return y.Add(y, newBig().Mul(bigOf(float64(exponent)), bigLn2))
}

func bigSigmoid(x *big.Float) *big.Float {
	e := bigExp(newBig().Neg(x))
	return e.Quo(bigOf(1), e.Add(e, bigOf(1)))
}

func bigLogit(p *big.Float) *big.Float {
	// 1200 bits are enough for 1 − p with the smallest p.
	rest := new(big.Float).SetPrec(1200).Sub(bigOf(1), p)
	return bigLog(newBig().Quo(p, rest))
}

// ulps returns |got − want| in units in the last place of want as a float64.
func ulps(got float64, want *big.Float) float64 {
	if want.Sign() == 0 {
		return math.Abs(got) / 0x1p-1074
	}
	place := max(want.MantExp(nil)-53, -1074)
	d := newBig().Sub(bigOf(got), want)
	d.SetMantExp(d, -place)
	u, _ := d.Float64()
	return math.Abs(u)
}

// An interval of arguments, which are drawn uniformly or uniformly in the logarithm.
type interval struct {
	from, to float64
	log      bool
}

func (v interval) draw(r *rand.Rand) float64 {
	if !v.log {
		return v.from + float64((v.to-v.from)*r.Float64())
	}
	a, b := math.Float64bits(math.Abs(v.from)), math.Float64bits(math.Abs(v.to))
	if a > b {
		a, b = b, a
	}
	return math.Copysign(math.Float64frombits(a+r.Uint64N(b-a+1)), v.from+v.to)
}

var functions = []struct {
	name      string
	f         func(float64) float64
	twin      func(*big.Float) *big.Float
	intervals []interval
	bound     float64 // ulp
}{
	{"Exp", Exp, bigExp, []interval{{-708.3, 709.78, false}, {-1, 1, false}, {0x1p-1074, 1, true}, {-0x1p-1074, -1, true}, {-0.01, 0.01, false}, {709, 709.78, false}}, 0.53},
	{"Exp/subnormal", Exp, bigExp, []interval{{-745.13, -708.39, false}}, 0.76},
	{"Log", Log, bigLog, []interval{{0x1p-1074, math.MaxFloat64, true}, {0x1p-1074, 0x1p-1022, true}, {0.5, 2, false}, {0.7, 1.55, false}, {0.999, 1.001, false}, {0, 100, false}}, 0.9},
	{"Sigmoid", Sigmoid, bigSigmoid, []interval{{-40, 40, false}, {-2, 2, false}, {-42, -38, false}, {-708, -40, false}, {0x1p-1074, 700, true}, {-0x1p-1074, -40, true}}, 2.5},
	{"Logit", Logit, bigLogit, []interval{{0, 1, false}, {0.3, 0.7, false}, {0x1p-1074, 1, true}, {0.999, 1, false}, {0.499, 0.501, false}, {0x1p-1074, 0x1p-1022, true}}, 2},
}

func TestError(t *testing.T) {
	draws := 3000
	if testing.Short() {
		draws = 300
	}
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			worst, at := 0.0, 0.0
			for _, v := range f.intervals {
				for range draws {
					x := v.draw(r)
					if e := ulps(f.f(x), f.twin(bigOf(x))); !(e <= worst) {
						worst, at = e, x
					}
				}
			}
			t.Logf("largest error %.3f ulp, at %v", worst, at)
			if !(worst <= f.bound) {
				t.Errorf("error %.3f ulp at %v, want ≤ %v", worst, at, f.bound)
			}
		})
	}
}

// Results agree with numbers of 30 digits that do not come from the twins.
func TestKnown(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Exp(1)", Exp(1), 2.71828182845904523536028747135},
		{"Exp(-1)", Exp(-1), 0.367879441171442321595523770161},
		{"Exp(10)", Exp(10), 22026.4657948067165169579006453},
		{"Log(2)", Log(2), 0.693147180559945309417232121458},
		{"Log(10)", Log(10), 2.30258509299404568401799145468},
		{"Log(0x1p-1074)", Log(0x1p-1074), -744.440071921381262314107298447},
		{"Sigmoid(1)", Sigmoid(1), 0.731058578630004879251159944206},
		{"Logit(0.75)", Logit(0.75), 1.09861228866810969139524523692},
	} {
		if math.Abs(c.got-c.want) > 0x1p-52*math.Abs(c.want) {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestSpecial(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name    string
		f       func(float64) float64
		x, want float64
	}{
		{"Exp", Exp, 0, 1},
		{"Exp", Exp, math.Copysign(0, -1), 1},
		{"Exp", Exp, inf, inf},
		{"Exp", Exp, -inf, 0},
		{"Exp", Exp, nan, nan},
		{"Exp", Exp, 709.782712893384, 0x1.fffffffffff2ap+1023},
		{"Exp", Exp, 709.7827128933841, inf},
		{"Exp", Exp, 1e300, inf},
		{"Exp", Exp, -745.1332191019411, 0x1p-1074},
		{"Exp", Exp, -745.1332191019412, 0},
		{"Exp", Exp, -1e300, 0},
		{"Exp", Exp, 0x1p-1074, 1},
		{"Log", Log, 1, 0},
		{"Log", Log, 0, -inf},
		{"Log", Log, math.Copysign(0, -1), -inf},
		{"Log", Log, inf, inf},
		{"Log", Log, -inf, nan},
		{"Log", Log, -1, nan},
		{"Log", Log, -0x1p-1074, nan},
		{"Log", Log, nan, nan},
		{"Log", Log, math.MaxFloat64, 0x1.62e42fefa39efp+9},
		{"Sigmoid", Sigmoid, 0, 0.5},
		{"Sigmoid", Sigmoid, inf, 1},
		{"Sigmoid", Sigmoid, -inf, 0},
		{"Sigmoid", Sigmoid, 1e300, 1},
		{"Sigmoid", Sigmoid, -1e300, 0},
		{"Sigmoid", Sigmoid, nan, nan},
		{"Logit", Logit, 0.5, 0},
		{"Logit", Logit, 0, -inf},
		{"Logit", Logit, math.Copysign(0, -1), -inf},
		{"Logit", Logit, 1, inf},
		{"Logit", Logit, -0x1p-1074, nan},
		{"Logit", Logit, 1 + 0x1p-52, nan},
		{"Logit", Logit, inf, nan},
		{"Logit", Logit, -inf, nan},
		{"Logit", Logit, nan, nan},
	} {
		got := c.f(c.x)
		if got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("%s(%v) = %v (%x), want %v", c.name, c.x, got, got, c.want)
		}
	}
}

func TestExpTable(t *testing.T) {
	root := bigOf(2)
	for range expStepBits {
		root.Sqrt(root)
	}
	power := bigOf(1)
	for j, got := range expTable {
		high, _ := power.Float64()
		low, _ := newBig().Sub(power, bigOf(high)).Float64()
		if want := [2]float64{high, low}; got != want {
			t.Errorf("expTable[%d] = %x, want %x", j, got, want)
		}
		power.Mul(power, root)
	}
}

// TestMonotone tries neighbouring numbers around every point where Exp takes the
// next table entry, around the point where Sigmoid changes its formula, and at
// random.
func TestMonotone(t *testing.T) {
	walk := func(name string, f func(float64) float64, x float64, steps int) {
		for range steps / 2 {
			x = math.Nextafter(x, math.Inf(-1))
		}
		last := math.Inf(-1)
		for range steps {
			y := f(x)
			if y < last {
				t.Errorf("%s(%v) = %v, less than %v for the number before", name, x, y, last)
			}
			last = y
			x = math.Nextafter(x, math.Inf(1))
		}
	}
	stride := 1
	if testing.Short() {
		stride = 37
	}
	for n := -746 * 185; n < 710*185; n += stride {
		walk("Exp", Exp, float64(n)/stepsPerUnit, 16)
	}
	walk("Sigmoid", Sigmoid, -40, 2000)
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		walk("Exp", Exp, 2*r.NormFloat64(), 50)
		walk("Sigmoid", Sigmoid, 20*r.NormFloat64(), 50)
		walk("Sigmoid", Sigmoid, r.NormFloat64(), 50)
		// Around zero, of all sizes.
		walk("Sigmoid", Sigmoid, math.Copysign(Exp(-40*r.Float64()), r.Float64()-0.5), 50)
	}
}

// Logit undoes Sigmoid as well as the spacing of float64 near p allows.
func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 100000 {
		x := -600 + 620*r.Float64()
		p := Sigmoid(x)
		want := 4*0x1p-53*(1+math.Abs(x)) + 2*0x1p-53/(1-p)
		if got := Logit(p); !(math.Abs(got-x) <= want) {
			t.Fatalf("Logit(Sigmoid(%v)) = %v", x, got)
		}
	}
}

// TestBits compares the bits of many results with digests. A change of them changes
// every simulation, and a difference between machines breaks the promise of the
// package.
func TestBits(t *testing.T) {
	want := map[string]string{
		"Exp":           "3d7c6c51025492f6",
		"Exp/subnormal": "db5ea7861699573c",
		"Log":           "45a93656905e1902",
		"Sigmoid":       "cba0fab4a4e84897",
		"Logit":         "80b9ba4e30189a16",
	}
	for _, f := range functions {
		r := rand.New(rand.NewPCG(7, 8))
		digest := fnv.New64a()
		for _, v := range f.intervals {
			for range 20000 {
				var b [8]byte
				bits := math.Float64bits(f.f(v.draw(r)))
				for i := range b {
					b[i] = byte(bits >> (8 * i))
				}
				digest.Write(b[:])
			}
		}
		if got := fmt.Sprintf("%016x", digest.Sum64()); got != want[f.name] {
			t.Errorf("%s: digest %s, want %s", f.name, got, want[f.name])
		}
	}
}

var sink float64

func BenchmarkExp(b *testing.B)     { benchmark(b, Exp, -10, 10) }
func BenchmarkLog(b *testing.B)     { benchmark(b, Log, 0, 10) }
func BenchmarkSigmoid(b *testing.B) { benchmark(b, Sigmoid, -10, 10) }
func BenchmarkLogit(b *testing.B)   { benchmark(b, Logit, 0, 1) }

func benchmark(b *testing.B, f func(float64) float64, from, to float64) {
	var x [1024]float64
	r := rand.New(rand.NewPCG(9, 10))
	for i := range x {
		x[i] = from + (to-from)*r.Float64()
	}
	for i := 0; b.Loop(); i++ {
		sink = f(x[i&1023])
	}
}
