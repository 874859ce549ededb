package sim

import (
	"plateau/compartments"
	"plateau/internal/vec"
	"plateau/kernels"
	"plateau/network"
)

// dendrite holds the basal dendrites of a population, or its apical ones: the
// potentials that the spikes of a sending population cause in them through the weights
// of one projection (eq. 13).
//
// The kernel is linear, so it is applied after the weights: the rows of the
// neurons that fired in a step add up to an input u(t) = Σ_j W_j, and the
// recursion of the kernel filters u for each receiving neuron. The traces of the
// sending neurons are never computed.
type dendrite struct {
	weights network.Matrix
	bias    []float32 // padded; zeros if there is no bias
	nothing []float32 // a row of zeros
	from    *sender
	lag     int // 0: reads the sender up to this step; 1: up to the last step
	rates   bool
	filter  vec.Filter
	support int // steps of history in u; 0 for an unlimited kernel

	stride int
	x1, x2 []float32 // sums of the recursion
	u      []float32 // ring of input rows: of this step and of the support steps before it
	head   int       // which row of u belongs to this step
	v      []float32 // rows of potentials, one for each step of the block
	keep   bool      // whether to keep the potentials of the whole block, or only the last
}

func newDendrite(w network.Matrix, from *sender, lag int, rates bool, k *kernel) *dendrite {
	return &dendrite{
		weights: w, from: from, lag: lag, rates: rates,
		filter: vec.Filter{
			Decay1: float32(k.Decay1), Decay2: float32(k.Decay2),
			Drop1: float32(k.Drop1), Drop2: float32(k.Drop2),
			Gain1: float32(k.Gain1), Gain2: float32(k.Gain2), Carry: float32(k.Carry),
		},
		support: k.Support,
		stride:  w.Stride,
		bias:    make([]float32, w.Stride),
		nothing: make([]float32, w.Stride),
		x1:      make([]float32, w.Stride),
		x2:      make([]float32, w.Stride),
		u:       make([]float32, (k.Support+1)*w.Stride),
		v:       make([]float32, blockSteps*w.Stride),
	}
}

// nextInput moves on to the next step and returns the rows for its input and with
// the input of support steps ago.
func (d *dendrite) nextInput() (u, leaving []float32) {
	if d.head++; d.head > d.support {
		d.head = 0
	}
	oldest := d.head + 1
	if oldest > d.support {
		oldest = 0
	}
	return row(d.u, d.head, d.stride), row(d.u, oldest, d.stride)
}

// potential returns the potentials after a step of the block; unless keep is set,
// those after the last step that was taken.
func (d *dendrite) potential(step int) []float32 {
	if !d.keep {
		step = 0
	}
	return row(d.v, step, d.stride)
}

func row(rows []float32, k, stride int) []float32 {
	return rows[k*stride : (k+1)*stride : (k+1)*stride]
}

// advance computes the potentials after step t of the block.
func (d *dendrite) advance(t int) {
	v := d.potential(t)
	if d.rates {
		d.addRates(v, d.from.rate(t-d.lag))
		vec.Add(v, d.bias)
		return
	}
	u, leaving := d.read(t)
	d.filter.Apply(v, d.x1, d.x2, u, leaving, d.bias)
}

// advanceSoma does the same and also advances the somata, which must not see any
// other dendrite. It does not keep the potentials of the dendrites.
func (d *dendrite) advanceSoma(t int, step compartments.Step, next, soma []float32) {
	u, leaving := d.read(t)
	d.filter.ApplySoma(next, soma, step.Retain, step.Basal, d.x1, d.x2, u, leaving, d.bias)
}

// read moves on to step t and returns its input and the input that leaves the
// kernel's support.
func (d *dendrite) read(t int) (u, leaving []float32) {
	u, leaving = d.nextInput()
	if d.support == 0 {
		leaving = d.nothing
	}
	d.addSpikes(u, t)
	return u, leaving
}

// addSpikes sets u to the sum of the rows of the neurons whose spikes arrive in
// step t, added in ascending order.
func (d *dendrite) addSpikes(u []float32, t int) {
	vec.SumRows(u, d.weights.Data, d.stride, d.from.spikes.at(t-d.lag))
}

// addRates sets v to the weighted sum of the senders' rates.
func (d *dendrite) addRates(v, rates []float32) {
	clear(v)
	for j, r := range rates[:d.weights.Rows] {
		if r != 0 {
			vec.AddScaled(v, r, d.weights.Padded(j))
		}
	}
}

// refresh computes the state anew from the spikes that still act, with the present
// weights and biases; spikes of the last example thus act through the new weights.
// Every presentation begins with it, so that potentials depend on nothing but
// weights and recent spikes.
func (d *dendrite) refresh(bias []float32) {
	copy(d.bias, bias)
	if d.rates {
		return
	}
	clear(d.x1)
	clear(d.x2)
	first := -d.support
	if d.support == 0 {
		d.recall()
		first = d.lag - d.from.spikes.history
	}
	for t := first; t < 0; t++ {
		u, _ := d.nextInput()
		d.addSpikes(u, t)
		d.filter.Apply(d.potential(0), d.x1, d.x2, u, d.nothing, d.bias)
	}
}

// recall adds to the state of an unlimited kernel what is left of the spikes before
// the senders' history.
func (d *dendrite) recall() {
	for j, s := range d.from.older {
		if s != (kernels.State{}) {
			vec.AddScaled(d.x1, float32(s.X1), d.weights.Padded(j))
			vec.AddScaled(d.x2, float32(s.X2), d.weights.Padded(j))
		}
	}
}
