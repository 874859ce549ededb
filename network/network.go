package network

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
)

// Network is an Architecture with its weights.
type Network struct {
	Architecture
	Layers []Layer // hidden layers from the input up, then the output layer
}

// Layer is a population with the projections that end on it.
type Layer struct {
	Weights Matrix    // W, from the layer below
	Bias    []float32 // b

	// Hidden layers only:
	Feedback     Matrix    // Y, from Architecture.FeedbackFrom
	FeedbackBias []float32 // c; nil if there is none
	Silent       []bool    // which synapses of Y stay zero, laid out as Y; nil if there are none
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
		layer := Layer{Weights: NewMatrix(below, size), Bias: make([]float32, size)}
		if m < len(a.Hidden) {
			layer.Feedback = NewMatrix(sizes[a.FeedbackFrom(m)], size)
			if a.FeedbackBias {
				layer.FeedbackBias = make([]float32, size)
			}
			if a.Silent > 0 {
				layer.Silent = make([]bool, len(layer.Feedback.Data))
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
	c.Hidden = append([]int(nil), n.Hidden...)
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

// Array is an array of weights with a name. W and Y have a row for each sending
// neuron; a bias is a single row.
type Array struct {
	Name       string // W0, b0, Y0, c0, W1, …
	Rows, Cols int    // Rows is 0 for a bias
	row        func(j int) []float32
}

// Row returns row j of the network's own weights; writing to it changes them.
func (a Array) Row(j int) []float32 { return a.row(j) }

// Arrays lists all weights of the network in a fixed order.
func (n *Network) Arrays() []Array {
	var list []Array
	matrix := func(name string, m int, w Matrix) {
		if !w.Empty() {
			list = append(list, Array{fmt.Sprint(name, m), w.Rows, w.Cols, w.Row})
		}
	}
	bias := func(name string, m int, b []float32) {
		if b != nil {
			list = append(list, Array{fmt.Sprint(name, m), 0, len(b), func(int) []float32 { return b }})
		}
	}
	for m := range n.Layers {
		l := &n.Layers[m]
		matrix("W", m, l.Weights)
		bias("b", m, l.Bias)
		matrix("Y", m, l.Feedback)
		bias("c", m, l.FeedbackBias)
	}
	return list
}

// Count returns the number of weights and biases.
func (n *Network) Count() int {
	count := 0
	for _, a := range n.Arrays() {
		count += max(a.Rows, 1) * a.Cols
	}
	return count
}

// SHA256 returns a digest of all weights in hexadecimal: of their float32 bits,
// little-endian, in the order of Arrays. It is the same on every machine.
func (n *Network) SHA256() string {
	sum := sha256.New()
	var buf []byte
	for _, a := range n.Arrays() {
		for j := range max(a.Rows, 1) {
			buf = buf[:0]
			for _, v := range a.Row(j) {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			sum.Write(buf)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Check reports the arrays that hold weights which are not finite.
func (n *Network) Check() error {
	sound := true
	for m := range n.Layers {
		l := &n.Layers[m]
		sound = sound && finite(l.Weights.Data) && finite(l.Bias) && finite(l.Feedback.Data) && finite(l.FeedbackBias)
	}
	if sound {
		return nil
	}
	var errs []error
	for _, a := range n.Arrays() {
		for j := range max(a.Rows, 1) {
			if !finite(a.Row(j)) {
				errs = append(errs, fmt.Errorf("network: %s holds a value that is not a finite number (row %d)", a.Name, j))
				break
			}
		}
	}
	return errors.Join(errs...)
}
