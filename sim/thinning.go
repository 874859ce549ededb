package sim

import (
	"math"
	"math/bits"

	"plateau/internal/elementary"
)

// A population with potentials V fires as Poisson processes of rates
// φ_max σ(V). They are drawn by thinning: candidates of a homogeneous
// process at φ_max, whose number in a step is Poisson and whose owners are
// uniform, are each accepted with probability σ(V). The accepted spikes of a
// neuron are again a Poisson process, of rate φ_max σ(V), and independent
// between neurons.
//
// To accept with probability σ(V) is to find V > logit(u) for a uniform u. The
// logit is tabulated at the ends of 1024 cells of u: only where V falls between
// the ends of the cell, once in a thousand candidates, is it computed.

const (
	cellBits = 10
	cells    = 1 << cellBits
)

// thresholds holds logit(c/1024) for c = 0 … 1024.
type thresholds [cells + 1]float32

func newThresholds() *thresholds {
	var t thresholds
	t[0], t[cells] = float32(math.Inf(-1)), float32(math.Inf(1))
	for c := 1; c < cells; c++ {
		t[c] = float32(elementary.Logit(float64(c) / cells))
	}
	return &t
}

// exceeds reports whether v is above logit((u + ½)/2³²), for v within the cell
// of u.
func exceeds(v float32, u uint32) bool {
	return float64(v) > elementary.Logit((float64(u)+0.5)*0x1p-32)
}

// thinner draws the spikes of one population, a step at a time.
type thinner struct {
	size    int
	count   *poisson
	theta   *thresholds
	present []uint64 // bit i: neuron i has fired in this step
	again   []uint64 // bit i: it has fired twice
	more    []int32  // third and further spikes of a neuron, which are rare
}

func newThinner(size int, maxRate, dt float64) *thinner {
	words := (size + 63) / 64
	return &thinner{
		size:    size,
		count:   newPoisson(maxRate * dt * float64(size)),
		theta:   newThresholds(),
		present: make([]uint64, words),
		again:   make([]uint64, words),
	}
}

// draw appends the spikes of a step with potentials v to list, in ascending
// order of neurons, one entry for each spike. Key is that of the step.
func (h *thinner) draw(list []int32, key uint64, v []float32) []int32 {
	s := Stream{key}
	n := h.count.draw(s.Uint64())
	size := uint64(h.size)
	for range n {
		r := s.Uint64()
		owner, u := r>>32*size>>32, uint32(r)
		x, c := v[owner], u>>(32-cellBits)
		if x < h.theta[c] {
			continue
		}
		if x < h.theta[c+1] && !exceeds(x, u) {
			continue
		}
		word, bit := owner>>6, uint64(1)<<(owner&63)
		switch {
		case h.present[word]&bit == 0:
			h.present[word] |= bit
		case h.again[word]&bit == 0:
			h.again[word] |= bit
		default:
			h.more = append(h.more, int32(owner))
		}
	}
	begin := len(list)
	for word, set := range h.present {
		if set == 0 {
			continue
		}
		twice := h.again[word]
		for ; set != 0; set &= set - 1 {
			bit := bits.TrailingZeros64(set)
			i := int32(word<<6 + bit)
			list = append(list, i)
			if twice>>bit&1 != 0 {
				list = append(list, i)
			}
		}
		h.present[word], h.again[word] = 0, 0
	}
	for _, i := range h.more {
		list = insert(list, begin, i)
	}
	h.more = h.more[:0]
	return list
}

// insert puts i into the ascending list[begin:].
func insert(list []int32, begin int, i int32) []int32 {
	list = append(list, i)
	k := len(list) - 1
	for ; k > begin && list[k-1] > i; k-- {
		list[k] = list[k-1]
	}
	list[k] = i
	return list
}
