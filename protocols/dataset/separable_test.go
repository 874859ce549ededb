package dataset

import (
	"math"
	"testing"
)

// On digits a hidden layer must make a difference: a linear classifier must learn
// them, but have a clearly larger error. The limits are for 8,000 training images;
// with 20,000 the errors are 11 % and, with 500 hidden neurons, 2 %.
func TestDigitsNeedAHiddenLayer(t *testing.T) {
	if testing.Short() {
		t.Skip("trains two small networks: some seconds")
	}
	data := Digits(11, 8000, 2000)
	linear := newPerceptron(0).trainAndTest(data, 6, 0.01)
	hidden := newPerceptron(100).trainAndTest(data, 6, 0.03)
	t.Logf("test error: linear %.1f %%, one hidden layer of 100 %.1f %%", 100*linear, 100*hidden)
	if linear < 0.10 || linear > 0.20 {
		t.Errorf("a linear classifier has an error of %.1f %%, want 10 %% to 20 %%", 100*linear)
	}
	if hidden > 0.08 || hidden < 0.015 {
		t.Errorf("a network with a hidden layer has an error of %.1f %%, want 1.5 %% to 8 %%", 100*hidden)
	}
}

// perceptron is a network of rectified linear units and a softmax, trained by
// gradient descent on one example at a time. Without hidden units it is a linear
// classifier.
type perceptron struct {
	hidden   int
	in       []float64 // a row of weights for each pixel
	inBias   []float64
	out      []float64 // a row of weights for each hidden unit, or pixel
	outBias  []float64
	draws    draws
	active   []float64 // of the hidden units
	blame    []float64
	softmax  []float64
	straight []float64 // the image, 0 to 1
}

func newPerceptron(hidden int) *perceptron {
	p := &perceptron{hidden: hidden, draws: drawsFor(99, 9, uint64(hidden)), straight: make([]float64, 784)}
	p.in, p.inBias = make([]float64, 784*hidden), make([]float64, hidden)
	p.active, p.blame = make([]float64, hidden), make([]float64, hidden)
	for i := range p.in {
		p.in[i] = 0.05 * p.draws.bell()
	}
	if hidden == 0 {
		p.active = p.straight
	}
	p.out, p.outBias, p.softmax = make([]float64, 10*len(p.active)), make([]float64, 10), make([]float64, 10)
	if hidden > 0 {
		for i := range p.out {
			p.out[i] = p.draws.bell() / math.Sqrt(float64(hidden))
		}
	}
	return p
}

// show computes the softmax for an image and returns the most probable class.
func (p *perceptron) show(image []byte) int {
	for i, v := range image {
		p.straight[i] = float64(v) / 255
	}
	if p.hidden > 0 {
		copy(p.active, p.inBias)
		for i, v := range p.straight {
			if v != 0 {
				add(p.active, v, p.in[i*p.hidden:])
			}
		}
		for j := range p.active {
			p.active[j] = max(p.active[j], 0)
		}
	}
	copy(p.softmax, p.outBias)
	for j, v := range p.active {
		if v != 0 {
			add(p.softmax, v, p.out[10*j:])
		}
	}
	best, sum := 0, 0.0
	for k, v := range p.softmax {
		if v > p.softmax[best] {
			best = k
		}
	}
	top := p.softmax[best]
	for k, v := range p.softmax {
		p.softmax[k] = math.Exp(v - top)
		sum += p.softmax[k]
	}
	for k := range p.softmax {
		p.softmax[k] /= sum
	}
	return best
}

func (p *perceptron) learn(image []byte, label int, rate float64) {
	p.show(image)
	p.softmax[label]--
	for j := range p.blame {
		p.blame[j] = 0
		if p.active[j] > 0 {
			for k, e := range p.softmax {
				p.blame[j] += e * p.out[10*j+k]
			}
		}
	}
	add(p.outBias, -rate, p.softmax)
	for j, v := range p.active {
		if v != 0 {
			add(p.out[10*j:10*j+10], -rate*v, p.softmax)
		}
	}
	if p.hidden > 0 {
		add(p.inBias, -rate, p.blame)
		for i, v := range p.straight {
			if v != 0 {
				add(p.in[i*p.hidden:(i+1)*p.hidden], -rate*v, p.blame)
			}
		}
	}
}

func (p *perceptron) trainAndTest(data *Data, epochs int, rate float64) (errorRate float64) {
	for epoch := range epochs {
		for i := range data.Train.Len() {
			p.learn(data.Train.Image(i), data.Train.Label(i), rate/(1+float64(epoch)/2))
		}
	}
	wrong := 0
	for i := range data.Test.Len() {
		if p.show(data.Test.Image(i)) != data.Test.Label(i) {
			wrong++
		}
	}
	return float64(wrong) / float64(data.Test.Len())
}

// add computes to += by × from, for all elements of to.
func add(to []float64, by float64, from []float64) {
	from = from[:len(to)]
	for i := range to {
		to[i] += by * from[i]
	}
}
