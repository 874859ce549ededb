package network

import "plateau/internal/vec"

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
	Delta         []float32
	FeedbackTrace []float32 // shared with the forward means
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
	n.ApplyPart(updates, 0, 1)
	n.Settle()
}

// ApplyPart does a share of Apply: part number part, from 0, of parts. Parts touch
// different rows, so they can be applied at the same time; call Settle when all are
// done.
func (n *Network) ApplyPart(updates []*Update, part, parts int) {
	for m := range n.Layers {
		l := &n.Layers[m]
		rows := l.Weights.Rows
		// Go through all updates a few rows at a time, so that the rows stay in the
		// cache.
		for begin := part * rows / parts; begin < (part+1)*rows/parts; begin += rowsAtHand {
			end := min(begin+rowsAtHand, (part+1)*rows/parts)
			for _, u := range updates {
				addOuter(l.Weights, begin, end, u.Layers[m].Trace, u.Layers[m].Delta)
			}
		}
		if part != 0 {
			continue
		}
		for _, u := range updates {
			d := &u.Layers[m]
			if moves(d.Delta) {
				vec.Add(l.Bias, d.Delta)
			}
			if d.FeedbackDelta == nil {
				continue
			}
			addOuter(l.Feedback, 0, l.Feedback.Rows, d.FeedbackTrace, d.FeedbackDelta)
			if l.FeedbackBias != nil && moves(d.FeedbackDelta) {
				vec.Add(l.FeedbackBias, d.FeedbackDelta)
			}
		}
	}
}

const rowsAtHand = 64

// addOuter adds trace ⊗ delta to rows begin ≤ j < end. The capacity of delta
// includes the padding of a row, which is zero.
func addOuter(w Matrix, begin, end int, trace, delta []float32) {
	if !moves(delta) {
		return
	}
	vec.AddOuter(w.Data[begin*w.Stride:], w.Stride, trace[begin:end], delta[:w.Stride])
}
