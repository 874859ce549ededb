package measure

import "plateau/network"

// alignment measures the angle between the weights W of the output layer and the
// transposed feedback weights Yᵀ of the last hidden layer, as vectors of all their
// elements: 0° if Y is Wᵀ, and about 90° if they have nothing in common.
type alignment struct{ net *network.Network }

func (p alignment) finish(line *Line) {
	last := len(p.net.Layers) - 1
	w, y := p.net.Layers[last].Weights, p.net.Layers[last-1].Feedback
	var between product
	for i := range y.Rows {
		for j, back := range y.Row(i) {
			between.add(float64(w.At(j, i)), float64(back))
		}
	}
	line.AlignmentAngle = between.degrees()
}

func (alignment) state() []any { return nil }
