package network

// Draw gives n new weights. Each layer takes its draws from the source in the
// order W, b, silent synapses, Y, c, row by row.
func (n *Network) Draw(law Law, src Source) {
	for m := range n.Layers {
		l := &n.Layers[m]
		weight, bias := law.Forward(l.Weights.Rows)
		fill(l.Weights, weight, src)
		fillRow(l.Bias, bias, src)
		if l.Feedback.Empty() {
			continue
		}
		if l.Silent != nil {
			l.silence(n.Architecture.Silent, src)
		}
		weight, bias = law.Feedback(l.Size())
		fill(l.Feedback, weight, src)
		fillRow(l.FeedbackBias, bias, src)
		l.thin(n.SilentGain)
	}
	n.TieFeedback()
}

func fill(w Projection, u Uniform, src Source) {
	row := make([]float32, w.Cols)
	for j := range w.Rows {
		fillRow(row, u, src)
		w.SetRow(j, row)
	}
}

func fillRow(row []float32, u Uniform, src Source) {
	for i := range row {
		row[i] = u.draw(src)
	}
}
