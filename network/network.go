package network

import "fmt"

// Network is an Architecture with its weights.
type Network struct {
	Architecture
	Layers []Layer // hidden layers from the input up, then the output layer
}

// Layer is a population with the projections that end on it.
type Layer struct {
	Weights Projection // W, from the layer below
	Bias    []float32  // b

	// Hidden layers only:
	Feedback     Projection // Y, from Architecture.FeedbackFrom
	FeedbackBias []float32  // c; nil if there is none
	Silent       []bool     // which synapses of Y stay zero, a row for each sending neuron as in Y; nil if there are none
}

// Size returns the number of neurons.
func (l *Layer) Size() int { return l.Weights.Cols }

// New returns a network whose weights are all zero. It panics if Validate reports
// an error.
func New(a Architecture) *Network {
	if err := a.Validate(); err != nil {
		panic(err)
	}
	n := &Network{Architecture: a}
	sizes, below := a.Sizes(), a.Inputs
	for m, size := range sizes {
		layer := Layer{Weights: NewProjection(below, size), Bias: make([]float32, size)}
		if m < len(a.Hidden) {
			layer.Feedback = NewProjection(sizes[a.FeedbackFrom(m)], size)
			if a.FeedbackBias {
				layer.FeedbackBias = make([]float32, size)
			}
			if a.Silent > 0 {
				layer.Silent = make([]bool, layer.Feedback.Rows*layer.Feedback.Cols)
			}
		}
		n.Layers = append(n.Layers, layer)
		below = size
	}
	return n
}

// Clone returns a copy of n that shares no memory with it.
func (n *Network) Clone() *Network {
	c := &Network{Architecture: n.Architecture, Layers: make([]Layer, len(n.Layers))}
	c.Hidden, c.Lesions = append([]int(nil), n.Hidden...), append([]Lesion(nil), n.Lesions...)
	for m := range n.Layers {
		l := &n.Layers[m]
		c.Layers[m] = Layer{
			Weights:      l.Weights.clone(),
			Bias:         append([]float32(nil), l.Bias...),
			Feedback:     l.Feedback.clone(),
			FeedbackBias: append([]float32(nil), l.FeedbackBias...),
			Silent:       append([]bool(nil), l.Silent...),
		}
	}
	return c
}

// Following lists the arrays of Weights that follow others: the feedback of a Symmetric
// network.
func (n *Network) Following() []string {
	var names []string
	for m := range n.Layers {
		if n.Symmetric && !n.Layers[m].Feedback.Empty() {
			names = append(names, fmt.Sprint("Y", m))
		}
	}
	return names
}

// Weights returns all weights of the network: W0, b0, Y0, c0, W1, … W and Y have a row
// for each sending neuron.
func (n *Network) Weights() Weights {
	var list Weights
	for m := range n.Layers {
		l := &n.Layers[m]
		list = append(list, ProjectionArray(fmt.Sprint("W", m), l.Weights), BiasArray(fmt.Sprint("b", m), l.Bias))
		if !l.Feedback.Empty() {
			list = append(list, ProjectionArray(fmt.Sprint("Y", m), l.Feedback))
		}
		if l.FeedbackBias != nil {
			list = append(list, BiasArray(fmt.Sprint("c", m), l.FeedbackBias))
		}
	}
	return list
}
