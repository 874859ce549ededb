package rate

import (
	"math"
	"slices"
	"testing"

	"plateau/internal/stream"
)

// some returns a network with drawn weights, and a drawn example with targets.
func some(seed uint64, p Plan) (n *Perceptron, x, y []float32) {
	n = New(p)
	s := stream.New(seed, 1000, 0, 0, 0)
	n.Draw(&s)
	for range p.Sizes[0] {
		x = append(x, float32(s.Uniform()))
	}
	y = make([]float32, p.Sizes[len(p.Sizes)-1])
	y[s.Below(len(y))] = 1
	return n, x, y
}

// The update of backpropagation is minus the gradient of the loss, as finite differences
// find it. Losses are computed in float64 from float32 sums, whose rounding limits the
// differences: a step of 2⁻⁷ leaves about 1e-4.
func TestBackpropIsTheGradient(t *testing.T) {
	for _, f := range []Activation{Tanh, Logistic, Linear, ReLU} {
		for _, loss := range []Loss{CrossEntropy, BinaryCrossEntropy, SquaredError, LinearSquaredError} {
			n, x, y := some(3, Plan{Sizes: []int{7, 6, 5, 4}, Activation: f, Loss: loss})
			c := n.NewActivity()
			n.Forward(c, x)
			n.Backprop(c, y)
			u := n.NewUpdate()
			u.Add([]*Activity{c}, 0, 1)
			updates := (&Perceptron{Layers: u.Layers}).Weights()
			for a, array := range n.Weights() {
				for j, row := range array.All() {
					for i := range row {
						const h = 1.0 / 128
						was := row[i]
						var at [2]float64
						for k, step := range []float32{h, -h} {
							row[i] = was + step
							array.SetRow(j, row)
							other := n.NewActivity()
							n.Forward(other, x)
							n.Backprop(other, y)
							at[k] = other.Loss
						}
						row[i] = was
						array.SetRow(j, row)
						got, want := float64(updates[a].Row(j)[i]), -(at[0]-at[1])/(2*h)
						if math.Abs(got-want) > 2e-4 {
							t.Errorf("%s, %s: update of %s[%d, %d] is %v, want %v", f, loss, array.Name, j, i, got, want)
						}
					}
				}
			}
		}
	}
}

// Losses and outputs stay finite for sums that no logarithm of a rounded probability
// would survive.
func TestExtremeSums(t *testing.T) {
	for _, c := range []struct {
		loss Loss
		a, y []float32
		want float64
	}{
		{CrossEntropy, []float32{200, 0, -200}, []float32{0, 0, 1}, 400},
		{CrossEntropy, []float32{1e4, 0, 0}, []float32{1, 0, 0}, 0},
		{BinaryCrossEntropy, []float32{-300, 300, 0}, []float32{1, 0, 1}, 600 + math.Ln2},
	} {
		p, e := make([]float32, 3), make([]float32, 3)
		c.loss.Output().apply(p, c.a)
		if got := c.loss.of(e, c.a, p, c.y); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s of %v is %v, want %v", c.loss, c.a, got, c.want)
		}
		for i := range e {
			if e[i] != c.y[i]-p[i] || math.IsNaN(float64(p[i])) {
				t.Errorf("%s of %v: p = %v, e = %v", c.loss, c.a, p, e)
			}
		}
	}
}

// A state that is moved to another descent goes on with the same bits, and one that does
// not fit changes nothing.
func TestDescentGoesOn(t *testing.T) {
	for _, o := range []Optimiser{SGD{0.1, 0}, SGD{0.1, 0.9}, DefaultAdam(), RMSprop{0.01, 0.9, 1e-6, true, 0.5}, Graves{0.01, 0.9, 1e-3, 0.9}} {
		p := Plan{Sizes: []int{5, 4, 3}, Activation: Tanh, Loss: CrossEntropy}
		learn := func(n *Perceptron, d *Descent, x, y []float32) {
			c, u := n.NewActivity(), n.NewUpdate()
			n.Forward(c, x)
			n.Backprop(c, y)
			u.Add([]*Activity{c}, 0, 1)
			d.Step(1, 0.5).Take(u, 0, 1)
		}
		n, x, y := some(1, p)
		d := NewDescent(n, o, Decay{Rate: 0.01, Biases: true})
		learn(n, d, x, y)
		m := New(p)
		m.Weights().Set(n.Weights().Append(nil))
		e := NewDescent(m, o, Decay{Rate: 0.01, Biases: true})
		state := d.AppendState(nil)
		if err := e.SetState(state[1:]); err == nil {
			t.Errorf("%T accepts a state that is too short", o)
		}
		if err := e.SetState(state); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(e.AppendState(nil), state) {
			t.Errorf("%T: the state differs from the one that was set", o)
		}
		learn(n, d, x, y)
		learn(m, e, x, y)
		if n.Weights().SHA256() != m.Weights().SHA256() {
			t.Errorf("%T goes on with other bits", o)
		}
	}
}

// A weight without updates stays, also where ε is so small that it is 0 as a float32. (It
// became NaN.)
func TestNoUpdateNoChange(t *testing.T) {
	for _, o := range []Optimiser{
		SGD{0.1, 0.9}, Adam{0.1, 0.9, 0.999, 1e-50}, RMSprop{0.1, 0.9, 1e-50, false, 0}, RMSprop{0.1, 0.9, 1e-50, true, 0.9},
		Graves{0.1, 0.9, 1e-50, 0.9},
	} {
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		w, memory := []float32{0.5}, make([][]float32, o.Memories())
		for k := range memory {
			memory[k] = make([]float32, 1)
		}
		o.At(1, 1)(w, []float32{0}, memory)
		if w[0] != 0.5 {
			t.Errorf("%T%+v changes a weight of 0.5 that has no update to %v", o, o, w[0])
		}
	}
}

// Decoupled decay multiplies weights by 1 − η λ, with the η of the schedule.
func TestDecoupledDecayFollowsTheSchedule(t *testing.T) {
	n := New(Plan{Sizes: []int{1, 1}, Activation: ReLU, Loss: CrossEntropy})
	n.Layers[0].Weights.Row(0)[0] = 1
	NewDescent(n, SGD{LearningRate: 0.5}, Decay{Rate: 0.25, Decoupled: true}).Step(1, 0.5).Take(n.NewUpdate(), 0, 1)
	if got, want := n.Layers[0].Weights.Row(0)[0], float32(1-0.5*0.5*0.25); got != want {
		t.Errorf("a weight of 1 decays to %v, want %v", got, want)
	}
}

func TestValidate(t *testing.T) {
	for _, bad := range []interface{ Validate() error }{
		Plan{Sizes: []int{3}, Activation: ReLU, Loss: CrossEntropy}, Plan{Sizes: []int{3, 0}, Activation: ReLU, Loss: CrossEntropy},
		Plan{Sizes: []int{3, 2}, Activation: Softmax, Loss: CrossEntropy}, Plan{Sizes: []int{3, 2}, Activation: ReLU, Loss: "hinge"},
		SGD{0, 0}, SGD{math.NaN(), 0}, SGD{1e300, 0}, SGD{1, 1}, Adam{0.1, 1, 0, 1e-8}, Adam{0.1, 0, -1, 1e-8}, Adam{0.1, 0, 0, 0},
		RMSprop{0.1, 1, 1e-8, false, 0}, RMSprop{0.1, 0.9, 1e-8, false, 1}, Graves{math.Inf(1), 0.9, 1e-3, 0}, Decay{Rate: -1}, Decay{Rate: math.NaN()}, Decay{Rate: 1.1e6},
	} {
		if bad.Validate() == nil {
			t.Errorf("%T accepts %+v", bad, bad)
		}
	}
	for _, good := range []interface{ Validate() error }{
		Plan{Sizes: []int{3, 2}, Activation: ReLU, Loss: CrossEntropy}, SGD{0.1, 0.9}, DefaultAdam(), Decay{}, Decay{Rate: 1e6},
	} {
		if err := good.Validate(); err != nil {
			t.Error(err)
		}
	}
}
