package sim

import (
	"plateau/kernels"
	"plateau/network"
)

// filter is a kernels.Recursion in the precision of the state.
type filter struct {
	decay1, decay2, carry, gain1, gain2, drop1, drop2 float32
	support                                           int
}

func newFilter(r kernels.Recursion) filter {
	return filter{
		float32(r.Decay1), float32(r.Decay2), float32(r.Carry),
		float32(r.Gain1), float32(r.Gain2), float32(r.Drop1), float32(r.Drop2),
		r.Support,
	}
}

// dendrite is one kind of dendrite of a population: the potentials that the
// spikes of a sending population cause in it through the weights of one
// projection (eq. 13).
//
// The kernel is linear, so it is applied after the weights: the rows of the
// neurons that fired in a step add up to an input u(t) = Σ_j W_j, and the
// recursion of the kernel filters u for each receiving neuron. No trace of a
// sending neuron is ever formed.
type dendrite struct {
	weights network.Matrix
	bias    []float32 // padded; zeros without a bias
	from    *sender
	lag     int // 0: reads the sender up to this step; 1: up to the last step
	rates   bool
	filter  filter

	stride int
	x1, x2 []float32 // sums of the recursion
	u      []float32 // rows of input: filter.support of history, then the block
	v      []float32 // rows of potentials of the block
}

func newDendrite(w network.Matrix, from *sender, lag int, rates bool, f filter) *dendrite {
	return &dendrite{
		weights: w, from: from, lag: lag, rates: rates, filter: f,
		stride: w.Stride,
		bias:   make([]float32, w.Stride),
		x1:     make([]float32, w.Stride),
		x2:     make([]float32, w.Stride),
		u:      make([]float32, (f.support+blockSteps)*w.Stride),
		v:      make([]float32, blockSteps*w.Stride),
	}
}

// input returns the row of u of a step, which may be in the history.
func (d *dendrite) input(step int) []float32 { return row(d.u, d.filter.support+step, d.stride) }

// potential returns the row of potentials of a step of the block.
func (d *dendrite) potential(step int) []float32 { return row(d.v, step, d.stride) }

func row(rows []float32, k, stride int) []float32 {
	return rows[k*stride : (k+1)*stride : (k+1)*stride]
}

// advance computes the potentials of steps from ≤ t < to of the block.
func (d *dendrite) advance(from, to int) {
	for t := from; t < to; t++ {
		v := d.potential(t)
		if d.rates {
			d.addRates(v, d.from.rate(t-d.lag))
		} else {
			u := d.input(t)
			d.addSpikes(u, t)
			d.filterStep(v, u, d.leaving(t))
		}
		addTo(v, d.bias)
	}
}

// leaving returns the input that passes out of the kernel's support in step t,
// nil if the support is unlimited.
func (d *dendrite) leaving(t int) []float32 {
	if d.filter.support == 0 {
		return nil
	}
	return d.input(t - d.filter.support)
}

// addSpikes sets u to the sum of the rows of the neurons whose spikes arrive in
// step t, in the order in which they stand.
func (d *dendrite) addSpikes(u []float32, t int) {
	clear(u)
	for _, j := range d.from.spikes.at(t - d.lag) {
		addTo(u, d.weights.Padded(int(j)))
	}
}

// addRates sets v to the weighted sum of the senders' rates.
func (d *dendrite) addRates(v, rates []float32) {
	clear(v)
	for j, r := range rates[:d.weights.Rows] {
		if r != 0 {
			addScaled(v, r, d.weights.Padded(j))
		}
	}
}

// filterStep advances the recursion by an input and writes the trace of all
// input so far to v.
func (d *dendrite) filterStep(v, u, leaving []float32) {
	f, n := &d.filter, len(v)
	x1, x2, u := d.x1[:n], d.x2[:n], u[:n]
	for i := range v {
		x1[i] = f.decay1 * (x1[i] + u[i])
		x2[i] = f.decay2 * (x2[i] + u[i])
	}
	if leaving != nil {
		leaving = leaving[:n]
		for i := range v {
			x1[i] -= float32(f.drop1 * leaving[i])
			x2[i] -= float32(f.drop2 * leaving[i])
		}
	}
	if f.carry != 0 {
		for i := range v {
			x2[i] += float32(f.carry * x1[i])
		}
	}
	for i := range v {
		v[i] = float32(f.gain1*x1[i]) + float32(f.gain2*x2[i])
	}
}

// refresh computes the state anew from the spikes that still act, with the
// weights and biases as they are now: what a spike of the last example does in
// this one is decided by today's weights. It begins a presentation, so that
// potentials are a function of weights and recent spikes alone.
func (d *dendrite) refresh(bias []float32) {
	copy(d.bias, bias)
	if d.rates {
		return
	}
	clear(d.x1)
	clear(d.x2)
	first := -d.filter.support
	if d.filter.support == 0 {
		d.recall()
		first = d.lag - d.from.spikes.history
	}
	for t := first; t < 0; t++ {
		u := d.input(max(t, -d.filter.support)) // row 0 serves where no history is kept
		d.addSpikes(u, t)
		d.filterStep(d.potential(0), u, nil)
	}
}

// recall sets the state of an unlimited kernel to what the spikes before the
// senders' history left behind.
func (d *dendrite) recall() {
	for j, s := range d.from.older {
		if s != (kernels.State{}) {
			addScaled(d.x1, float32(s.X1), d.weights.Padded(j))
			addScaled(d.x2, float32(s.X2), d.weights.Padded(j))
		}
	}
}

// shift begins a new block after one of so many steps.
func (d *dendrite) shift(steps int) {
	copy(d.u[:d.filter.support*d.stride], d.u[steps*d.stride:])
}

func addTo(x, d []float32) {
	d = d[:len(x)]
	for i := range x {
		x[i] += d[i]
	}
}

func addScaled(x []float32, s float32, d []float32) {
	d = d[:len(x)]
	for i := range x {
		x[i] += float32(s * d[i])
	}
}
