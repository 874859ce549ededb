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
			for i := range y.Cols {
				for j, w := range above.Weights.Row(i) {
					y.Data[j*y.Stride+i] = w
				}
			}
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

// product sets y to the product of two projections: up, from the receivers of y to
// the layer above them, and back, from the senders of y to that same layer.
func product(y, up, back Matrix) {
	for j := range y.Rows {
		row, b := y.Row(j), back.Row(j)
		for i := range row {
			var sum float32
			for k, w := range up.Row(i) {
				sum += float32(w * b[k])
			}
			row[i] = sum
		}
	}
}

// Settle restores what must hold for feedback weights after an update: silent
// synapses are zero, and symmetric feedback follows the forward weights.
func (n *Network) Settle() {
	for m := range n.Layers {
		l := &n.Layers[m]
		for k, silent := range l.Silent {
			if silent {
				l.Feedback.Data[k] = 0
			}
		}
	}
	n.TieFeedback()
}
