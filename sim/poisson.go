package sim

import (
	"math"
	"math/bits"
)

// poisson draws numbers from one Poisson distribution by inversion of its
// cumulative distribution, which is exact to the 53 bits it is computed with.
type poisson struct {
	least int      // the smallest number that is ever drawn
	cdf   []uint64 // P(N ≤ least + k) in units of 2⁻⁶⁴; the last is all ones
	guide []uint32 // where to begin the search, by the leading bits of the draw
	shift uint
}

// newPoisson tabulates the distribution of a mean ≥ 0, leaving out tails of
// less than 2⁻⁶⁰ each.
func newPoisson(mean float64) *poisson {
	if mean == 0 {
		return &poisson{cdf: []uint64{math.MaxUint64}, guide: []uint32{0, 0}, shift: 63}
	}
	// Weights relative to the mode: p(k+1) = p(k) mean/(k+1).
	mode := int(mean)
	const tail = 0x1p-66
	above := []float64{1}
	for k, w := mode+1, 1.0; ; k++ {
		w = w * mean / float64(k)
		if w < tail {
			break
		}
		above = append(above, w)
	}
	var below []float64 // from the mode down
	for k, w := mode, 1.0; k > 0; k-- {
		w = w * float64(k) / mean
		if w < tail {
			break
		}
		below = append(below, w)
	}
	weights := make([]float64, 0, len(below)+len(above))
	for i := len(below) - 1; i >= 0; i-- {
		weights = append(weights, below[i])
	}
	weights = append(weights, above...)
	var total float64
	for _, w := range weights {
		total += w
	}
	p := &poisson{least: mode - len(below), cdf: make([]uint64, len(weights))}
	var sum float64
	for k, w := range weights {
		sum += w
		if c := sum / total * 0x1p64; c < 0x1p64 {
			p.cdf[k] = uint64(c)
		} else {
			p.cdf[k] = math.MaxUint64
		}
	}
	p.cdf[len(p.cdf)-1] = math.MaxUint64
	width := uint(min(max(8, bits.Len(uint(len(weights)))), 16))
	p.shift = 64 - width
	p.guide = make([]uint32, 1<<width)
	k := 0
	for g := range p.guide {
		for p.cdf[k] < uint64(g)<<p.shift {
			k++
		}
		p.guide[g] = uint32(k)
	}
	return p
}

// draw turns 64 random bits into a number.
func (p *poisson) draw(u uint64) int {
	k := int(p.guide[u>>p.shift])
	for p.cdf[k] < u {
		k++
	}
	return p.least + k
}
