package rate

import (
	"math"

	"plateau/internal/elementary"
)

// Activation is the function f from the sums a of the units of a layer to their
// activities h.
type Activation string

const (
	ReLU     Activation = "relu"     // max(0, a)
	Tanh     Activation = "tanh"     // tanh a
	Logistic Activation = "logistic" // 1/(1 + e^(−a))
	Linear   Activation = "linear"   // a
	Softmax  Activation = "softmax"  // e^a / Σ e^a, over the units of the layer
)

// apply writes f(a) to h.
func (f Activation) apply(h, a []float32) {
	switch f {
	case ReLU:
		for i, v := range a {
			h[i] = max(v, 0)
		}
	case Tanh:
		for i, v := range a {
			h[i] = float32(float64(2*elementary.Sigmoid(2*float64(v))) - 1)
		}
	case Logistic:
		for i, v := range a {
			h[i] = float32(elementary.Sigmoid(float64(v)))
		}
	case Linear:
		copy(h, a)
	case Softmax:
		total := logSum(a)
		for i, v := range a {
			h[i] = float32(elementary.Exp(float64(v) - total))
		}
	}
}

// slope multiplies d by the derivative f′(a) of each unit, given h = f(a).
func (f Activation) slope(d, h []float32) {
	switch f {
	case ReLU:
		for i, v := range h {
			if !(v > 0) {
				d[i] = 0
			}
		}
	case Tanh:
		for i, v := range h {
			d[i] *= 1 - float32(v*v)
		}
	case Logistic:
		for i, v := range h {
			d[i] *= v * (1 - v)
		}
	}
}

// logSum returns ln Σ e^a without overflow.
func logSum(a []float32) float64 {
	most := math.Inf(-1)
	for _, v := range a {
		most = max(most, float64(v))
	}
	sum := 0.0
	for _, v := range a {
		sum += elementary.Exp(float64(v) - most)
	}
	return most + elementary.Log(sum)
}
