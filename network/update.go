package network

import (
	"slices"

	"plateau/internal/vec"
)

// Update is the weight change from one example: for each layer an outer product of
// a presynaptic and a postsynaptic factor.
type Update struct {
	Layers []LayerUpdate
	Losses []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23)
}

// LayerUpdate holds ΔW = Trace ⊗ Delta and Δb = Delta, and for learned feedback
// ΔY = FeedbackTrace ⊗ FeedbackDelta and Δc = FeedbackDelta.
type LayerUpdate struct {
	Trace         []float32 // shared with the forward means
	Active        []int32   // the rows in which it is not zero
	Delta         []float32 // its capacity, like that of FeedbackDelta, is for whole blocks
	FeedbackTrace []float32 // shared with the forward means
	FedBack       []int32   // the rows in which it is not zero
	FeedbackDelta []float32 // nil if feedback does not learn
}

// Scale multiplies every weight change of u by s.
func (u *Update) Scale(s float32) {
	for m := range u.Layers {
		for _, delta := range [][]float32{u.Layers[m].Delta, u.Layers[m].FeedbackDelta} {
			for i := range delta {
				delta[i] *= s
			}
		}
	}
}

// moves reports whether a delta changes any weight. A layer whose learning rate is 0 keeps
// its bits: adding 0 would make 0 of −0.
func moves(delta []float32) bool {
	for _, d := range delta {
		if d != 0 {
			return true
		}
	}
	return false
}

// Apply adds updates to the weights, in the order given. It does not touch rows
// whose trace is zero.
func (n *Network) Apply(updates ...*Update) {
	for part := range n.Parts() {
		n.ApplyPart(updates, part)
	}
	n.Settle()
}

// Parts returns the number of parts in which updates can be applied: one for each block of
// receiving neurons, over all layers.
func (n *Network) Parts() int {
	parts := 0
	for m := range n.Layers {
		parts += n.Layers[m].Weights.Len()
	}
	return parts
}

// Part returns the layer and the block of a part.
func (n *Network) Part(part int) (layer, block int) {
	for m := range n.Layers {
		blocks := n.Layers[m].Weights.Len()
		if part < blocks {
			return m, part
		}
		part -= blocks
	}
	panic("network: no such part")
}

// ApplyPart does one of the Parts of Apply. Parts change different weights, so they can be
// applied at the same time; call Settle when all are done.
func (n *Network) ApplyPart(updates []*Update, part int) {
	m, block := n.Part(part)
	l := &n.Layers[m]
	from, to := l.Weights.Receivers(block)
	w, width := l.Weights.Block(block), l.Weights.Width
	// Go through several updates a few rows at a time, so that the rows stay in the cache.
	atHand := rowsAtHand
	if len(updates) == 1 {
		atHand = l.Weights.Rows
	}
	for begin := 0; begin < l.Weights.Rows; begin += atHand {
		for _, u := range updates {
			if d := &u.Layers[m]; moves(d.Delta[from:to]) {
				first, _ := slices.BinarySearch(d.Active, int32(begin))
				last, _ := slices.BinarySearch(d.Active, int32(begin+atHand))
				vec.AddOuter(w, width, d.Active[first:last], d.Trace, d.Delta[from:from+width])
			}
		}
	}
	for _, u := range updates {
		d := &u.Layers[m]
		if moves(d.Delta[from:to]) {
			vec.Add(l.Bias[from:to], d.Delta[from:to])
		}
		if d.FeedbackDelta == nil || !moves(d.FeedbackDelta[from:to]) {
			continue
		}
		vec.AddOuter(l.Feedback.Block(block), width, d.FedBack, d.FeedbackTrace, d.FeedbackDelta[from:from+width])
		if l.FeedbackBias != nil {
			vec.Add(l.FeedbackBias[from:to], d.FeedbackDelta[from:to])
		}
	}
}

const rowsAtHand = 64
