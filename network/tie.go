package network

// TieFeedback sets the feedback weights of a Symmetric network from its forward
// weights; in any other network it does nothing.
func (n *Network) TieFeedback() {
	if !n.Symmetric {
		return
	}
	last := len(n.Layers) - 1
	for m := last - 1; m >= 0; m-- {
		above := &n.Layers[m+1]
		y := n.Layers[m].Feedback
		if m == last-1 || n.Feedback == LayerWise {
			transpose(y, above.Weights)
		} else {
			product(y, above.Weights, above.Feedback)
		}
	}
	// Thinning comes last, because the products must not see synapses that are
	// silent in another projection.
	for m := range last {
		n.Layers[m].thin(n.SilentGain)
	}
}

// transpose sets y to the transpose of w.
func transpose(y, w Projection) {
	for k := range w.Len() {
		from, _ := w.Receivers(k)
		for i := range y.Cols {
			at := y.Index(from, i)
			for _, v := range w.Segment(i, k) {
				y.Data[at] = v
				at += y.Width
			}
		}
	}
}

// product sets y to the product of two projections: up, from the receivers of y to
// the layer above them, and back, from the senders of y to that same layer.
func product(y, up, back Projection) {
	b, sums := make([]float32, 0, back.Cols), make([]float32, y.Cols)
	for j := range y.Rows {
		b = back.AppendRow(b[:0], j)
		clear(sums)
		for block := range up.Len() {
			from, _ := up.Receivers(block)
			for i, sum := range sums {
				for k, w := range up.Segment(i, block) {
					sum += float32(w * b[from+k])
				}
				sums[i] = sum
			}
		}
		y.SetRow(j, sums)
	}
}

// Settle restores what must hold for feedback weights after an update: silent
// synapses are zero, and symmetric feedback follows the forward weights.
func (n *Network) Settle() {
	for m := range n.Layers {
		n.Layers[m].thin(1)
	}
	n.TieFeedback()
}
