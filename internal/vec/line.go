package vec

import (
	"math"
	"math/bits"
)

// Line describes a Poisson process along a line of cells of unit length. Each cell
// is a neuron of a population in a step, and all have the same number of points, or
// candidates, on average. Positions are fixed-point numbers with fraction bits below
// the number of the cell.
type Line struct {
	fraction uint
	limit    float32 // length of the line, in units of position
	scale    float32 // minus the mean gap, in units of position
	cells    int32
}

// MaxCells is the length of the longest line.
const MaxCells = 1 << 20

// NewLine returns the process on a line with the given number of cells and mean
// number of points in each; 1 ≤ cells ≤ MaxCells and rate > 0. Gaps are rounded to
// about 2⁻²⁷ of the length of the line, without bias.
func NewLine(cells int, rate float64) Line {
	fraction := uint(27)
	for n := cells - 1; n > 0; n >>= 1 {
		fraction--
	}
	return Line{
		fraction: fraction,
		limit:    float32(int64(cells) << fraction),
		scale:    float32(-float64(int64(1)<<fraction) / rate),
		cells:    int32(cells),
	}
}

// Group is the number of which the length of the slices for Points must be a
// multiple.
const Group = 8

// Points draws the points of the process with the random stream of key. It writes
// them in ascending order: the cell of each, and an independent mark of 32 random
// bits. One or more points beyond the end of the line follow. If there is no room
// for these, Points returns false; a call with more room begins with the same points.
//
// Point k comes from generator k mod Group. The generators are xoshiro256+ (Blackman and Vigna
// 2021); word i of generator g begins as number Group i + g of the stream SplitMix64(key). The upper half
// of a number gives the gap to the next point, which is exponentially distributed, and
// its lower half the mark.
func (l *Line) Points(cells []int32, marks []uint32, key uint64) bool {
	marks = marks[:len(cells)]
	if len(cells)%Group != 0 {
		panic("vec: room for points is not a multiple of Group")
	}
	if path == Generic {
		return l.pointsGeneric(cells, marks, key)
	}
	n := pointsAVX2(l, cells, marks, key)
	return n > 0 && cells[n-1] >= l.cells
}

const (
	golden = 0x9e3779b97f4a7c15 // 2⁶⁴/φ, odd
	mix1   = 0xbf58476d1ce4e5b9
	mix2   = 0x94d049bb133111eb

	// ln(1 + f) = f − f²/2 + f³ Q(f) for √½ ≤ 1 + f < √2, to 3e-8 of f.
	sqrtHalfBits = 0x3f3504f3
	ln2          = 0.69314718055994530942
	logQ0        = 0.33333858847618103
	logQ1        = -0.2500174641609192
	logQ2        = 0.1996539831161499
	logQ3        = -0.16565634310245514
	logQ4        = 0.14876963198184967
	logQ5        = -0.14350201189517975
	logQ6        = 0.08917863667011261
)

func (l *Line) pointsGeneric(cells []int32, marks []uint32, key uint64) bool {
	var z [Group]uint64
	g := newGenerators(key)
	end := uint32(l.limit)
	var position uint32
	for k := range cells {
		if k%Group == 0 {
			g.next(&z)
		}
		x := z[k&(Group-1)]
		gap := l.scale * logUniform(uint32(x>>32))
		if l.limit < gap {
			gap = l.limit
		}
		position += uint32(int32(roundToEven(gap)))
		cells[k] = int32(position >> l.fraction)
		marks[k] = uint32(x)
		if position >= end {
			return true
		}
	}
	return false
}

// generators are the states of as many xoshiro256+ as there are points in a Group, word by
// word.
type generators [4][Group]uint64

func newGenerators(key uint64) *generators {
	g := &generators{}
	for i := range g {
		for k := range g[i] {
			key += golden
			z := key
			z = (z ^ z>>30) * mix1
			z = (z ^ z>>27) * mix2
			g[i][k] = z ^ z>>31
		}
	}
	return g
}

// next sets z to the next number of each generator.
func (g *generators) next(z *[Group]uint64) {
	for k := range z {
		a, b, c, d := g[0][k], g[1][k], g[2][k], g[3][k]
		z[k] = a + d
		c ^= a
		d ^= b
		g[0][k], g[1][k] = a^d, b^c
		g[2][k], g[3][k] = c^b<<17, bits.RotateLeft64(d, 45)
	}
}

// logUniform returns ln u for u = (h + ½)/2²³, where h is the upper 23 bits of b.
func logUniform(b uint32) float32 {
	u := float32(int32(b>>9<<1+1)) * 0x1p-24
	x := math.Float32bits(u) + (0x3f800000 - sqrtHalfBits)
	e := float32(int32(x>>23) - 127)
	f := math.Float32frombits(x&0x7fffff+sqrtHalfBits) - 1
	f2 := float32(f * f)
	q := float32(logQ5*f) + logQ4 + float32(logQ6*f2)
	q = float32(q*float32(f2*f2)) + float32((float32(logQ3*f)+logQ2)*f2)
	q += float32(logQ1*f) + logQ0
	return float32(e*ln2) + (f - float32(f2*0.5)) + float32(q*float32(f2*f))
}
