package rate

import (
	"encoding/binary"
	"fmt"

	"plateau/network"
)

// A Descent changes the weights of a perceptron, step by step, by the updates that a rule
// asks for.
type Descent struct {
	Frozen int // number of layers, from the first, whose weights stay as they are

	net       *Perceptron
	optimiser Optimiser
	decay     Decay
	steps     uint64
	memory    [][]Dense // of the optimiser, in arrays like those of the weights
}

// NewDescent returns a descent that has not begun.
func NewDescent(n *Perceptron, o Optimiser, d Decay) *Descent {
	s := &Descent{net: n, optimiser: o, decay: d}
	for range o.Memories() {
		s.memory = append(s.memory, New(n.Plan).Layers)
	}
	return s
}

// A Step is one change of all weights.
type Step struct {
	of     *Descent
	change Change
	scale  float32
	eta    float64
}

// Step begins a step, by scale times an update, with learning rates multiplied by a
// factor. Take all parts of it.
func (d *Descent) Step(scale, factor float64) Step {
	d.steps++
	return Step{d, d.optimiser.At(d.steps, factor), float32(scale), factor * d.optimiser.Rate()}
}

// Take takes part number part of parts of a step. It changes the update.
func (s Step) Take(u *Update, part, parts int) {
	d := s.of
	memory := make([][]float32, len(d.memory))
	for l, layer := range d.net.Layers {
		if l < d.Frozen {
			continue
		}
		w, g := layer.Weights, u.Layers[l].Weights
		begin, end := part*w.Rows/parts*w.Stride, (part+1)*w.Rows/parts*w.Stride
		for k := range memory {
			memory[k] = d.memory[k][l].Weights.Data[begin:end]
		}
		s.apply(w.Data[begin:end], g.Data[begin:end], memory, true)
		if part != 0 {
			continue
		}
		for k := range memory {
			memory[k] = d.memory[k][l].Bias
		}
		s.apply(layer.Bias, u.Layers[l].Bias, memory, d.decay.Biases)
	}
}

func (s Step) apply(w, u []float32, memory [][]float32, decays bool) {
	for i := range u {
		u[i] *= s.scale
	}
	if decays {
		s.of.decay.apply(w, u, s.eta)
	}
	s.change(w, u, memory)
}

// remembered returns the arrays that the optimiser remembers with a number.
func (d *Descent) remembered(k int) network.Weights {
	return (&Perceptron{Layers: d.memory[k]}).Weights()
}

// AppendState appends the number of steps and what the optimiser remembers.
func (d *Descent) AppendState(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, d.steps)
	for k := range d.memory {
		b = d.remembered(k).AppendBytes(b)
	}
	return b
}

// SetState restores what AppendState appended. After an error the descent is as it was.
func (d *Descent) SetState(b []byte) error {
	if want := 8 + 4*len(d.memory)*d.net.Weights().Count(); len(b) != want {
		return fmt.Errorf("rate: the state of the optimiser has %d bytes, want %d", len(b), want)
	}
	d.steps, b = binary.LittleEndian.Uint64(b), b[8:]
	for k := range d.memory {
		b = d.remembered(k).CutBytes(b)
	}
	return nil
}
