package rate

import (
	"errors"
	"fmt"
	"math"

	"plateau/internal/vec"
	"plateau/network"
)

// Plan is the plan of a multilayer perceptron.
type Plan struct {
	Sizes      []int      // units of each layer, from the input up; at least two layers
	Activation Activation // of hidden units
	Loss       Loss
	Lesions    []network.Lesion // units whose activity is 0
}

// maxUnits is the largest size of a layer.
const maxUnits = 1 << 20

// Validate reports every field outside its domain.
func (p Plan) Validate() error {
	var errs []error
	if len(p.Sizes) < 2 {
		errs = append(errs, fmt.Errorf("rate: Plan.Sizes = %v, want an input and an output layer at least", p.Sizes))
	}
	for i, n := range p.Sizes {
		if n < 1 || n > maxUnits {
			errs = append(errs, fmt.Errorf("rate: Plan.Sizes[%d] = %d units, want 1 to %d", i, n, maxUnits))
		}
	}
	switch p.Activation {
	case ReLU, Tanh, Logistic, Linear:
	default:
		errs = append(errs, fmt.Errorf("rate: Plan.Activation = %q, want %q, %q, %q or %q", string(p.Activation), ReLU, Tanh, Logistic, Linear))
	}
	for i, l := range p.Lesions {
		if err := l.Validate(p.Sizes); err != nil {
			errs = append(errs, fmt.Errorf("rate: Plan.Lesions[%d]%v", i, err))
		}
	}
	return errors.Join(append(errs, p.Loss.Validate())...)
}

// Perceptron is a multilayer perceptron.
type Perceptron struct {
	Plan
	Layers []Dense // from the first above the input up

	silenced [][]bool // units of the input and of each hidden layer whose activity is 0; nil if there are none
}

// Dense is a layer that gets input from all units below.
type Dense struct {
	Weights network.Matrix // W, a row for each unit below
	Bias    []float32      // b
}

// New returns a perceptron whose weights are all zero. It panics if Validate reports an
// error.
func New(p Plan) *Perceptron {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	n := &Perceptron{Plan: p}
	for l, size := range p.Sizes[1:] {
		n.silenced = append(n.silenced, network.Silenced(p.Lesions, p.Sizes, l))
		n.Layers = append(n.Layers, Dense{network.NewMatrix(p.Sizes[l], size), make([]float32, size)})
	}
	return n
}

// Draw gives n new weights: W and b of a layer are uniform over ±1/√n, with n the number
// of units below, which is torch's law for linear layers.
func (n *Perceptron) Draw(src network.Source) {
	for _, l := range n.Layers {
		half := 1 / math.Sqrt(float64(l.Weights.Rows))
		draw := func(row []float32) {
			for i := range row {
				row[i] = float32(half * (float64(2*src.Uniform()) - 1))
			}
		}
		for j := range l.Weights.Rows {
			draw(l.Weights.Row(j))
		}
		draw(l.Bias)
	}
}

// Weights lists all weights: W0, b0, W1, …
func (n *Perceptron) Weights() network.Weights {
	var list network.Weights
	for l, d := range n.Layers {
		list = append(list, network.MatrixArray(fmt.Sprint("W", l), d.Weights), network.BiasArray(fmt.Sprint("b", l), d.Bias))
	}
	return list
}

// An Activity holds what one example does in a perceptron.
type Activity struct {
	Input []float32   // h_0
	Sum   [][]float32 // a of each layer
	Unit  [][]float32 // h of each layer
	Delta [][]float32 // δ of each layer
	Loss  float64

	intact []float32 // room for an input in which units are silenced
}

// NewActivity returns room for an example.
func (n *Perceptron) NewActivity() *Activity {
	c := &Activity{}
	for _, size := range n.Sizes[1:] {
		// Rows have the length of the matrices' rows, for the vector loops.
		row := func() []float32 { return make([]float32, network.Pad(size))[:size] }
		c.Sum, c.Unit, c.Delta = append(c.Sum, row()), append(c.Unit, row()), append(c.Delta, row())
	}
	return c
}

// Output returns the activities of the output units.
func (c *Activity) Output() []float32 { return c.Unit[len(c.Unit)-1] }

// below returns the activities that enter layer l.
func (c *Activity) below(l int) []float32 {
	if l == 0 {
		return c.Input
	}
	return c.Unit[l-1]
}

// Forward shows an example: it computes the sums and activities of all layers. Inputs
// that are zero cost nothing.
func (n *Perceptron) Forward(c *Activity, input []float32) {
	c.Input = input
	if n.silenced[0] != nil {
		c.intact = append(c.intact[:0], input...)
		hush(c.intact, n.silenced[0])
		c.Input = c.intact
	}
	for l, d := range n.Layers {
		a := c.Sum[l]
		copy(a, d.Bias)
		for j, h := range c.below(l) {
			if h != 0 {
				vec.AddScaled(a, h, d.Weights.Row(j))
			}
		}
		f := n.Activation
		if l == len(n.Layers)-1 {
			f = n.Loss.Output()
		}
		f.apply(c.Unit[l], a)
		if l < len(n.Layers)-1 {
			hush(c.Unit[l], n.silenced[l+1])
		}
	}
}

// hush sets the values of silenced units to 0.
func hush(x []float32, silenced []bool) {
	for i, s := range silenced {
		if s {
			x[i] = 0
		}
	}
}

// An Update is what a rule asks to be added to the weights, before learning rates: ΔW and
// Δb of each layer.
type Update struct{ Layers []Dense }

// NewUpdate returns an update of zero.
func (n *Perceptron) NewUpdate() *Update { return &Update{New(n.Plan).Layers} }

// Add makes u the sum of δ_l h_(l−1)ᵀ and of δ_l over the examples, in order. Part number
// part of parts has its share of the rows, so that parts can be added at the same time.
func (u *Update) Add(examples []*Activity, part, parts int) {
	for l, d := range u.Layers {
		begin, end := part*d.Weights.Rows/parts, (part+1)*d.Weights.Rows/parts
		rows := d.Weights.Data[begin*d.Weights.Stride : end*d.Weights.Stride]
		clear(rows)
		var active []int32
		for _, c := range examples {
			below, delta := c.below(l)[begin:end], c.Delta[l]
			active = vec.Active(active, below)
			vec.AddOuter(rows, d.Weights.Stride, active, below, delta[:d.Weights.Stride])
		}
		if part != 0 {
			continue
		}
		clear(d.Bias)
		for _, c := range examples {
			vec.Add(d.Bias, c.Delta[l])
		}
	}
}
