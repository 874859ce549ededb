package rate

// Backprop sets the teaching signals of an example with targets y, once it has been shown,
// and its loss (Rumelhart, Hinton & Williams 1986):
//
//	δ_L = e = −∂loss/∂a_L      δ_l = f′(a_l) ∘ W_(l+1)ᵀ δ_(l+1)
func (n *Perceptron) Backprop(c *Activity, y []float32) {
	last := len(n.Layers) - 1
	c.Loss = n.Loss.of(c.Delta[last], c.Sum[last], c.Unit[last], y)
	for l := last - 1; l >= 0; l-- {
		above, w := c.Delta[l+1], n.Layers[l+1].Weights
		for j := range c.Delta[l] {
			c.Delta[l][j] = dot(w.Row(j), above)
		}
		n.Activation.slope(c.Delta[l], c.Unit[l])
		hush(c.Delta[l], n.silenced[l+1]) // nothing that they get changes what they do
	}
}

// dot returns Σ x_i y_i. It adds in eight sums, whatever the processor, so that a
// compiler or a reader can see that the order is fixed.
func dot(x, y []float32) float32 {
	var s [8]float32
	n := len(x) &^ 7
	y = y[:len(x)]
	for i := 0; i < n; i += 8 {
		a, b := x[i:i+8:i+8], y[i:i+8:i+8]
		s[0] += float32(a[0] * b[0])
		s[1] += float32(a[1] * b[1])
		s[2] += float32(a[2] * b[2])
		s[3] += float32(a[3] * b[3])
		s[4] += float32(a[4] * b[4])
		s[5] += float32(a[5] * b[5])
		s[6] += float32(a[6] * b[6])
		s[7] += float32(a[7] * b[7])
	}
	sum := (s[0] + s[4]) + (s[1] + s[5]) + ((s[2] + s[6]) + (s[3] + s[7]))
	for i := n; i < len(x); i++ {
		sum += float32(x[i] * y[i])
	}
	return sum
}
