package sim

import (
	"plateau/compartments"
	"plateau/internal/vec"
	"plateau/kernels"
	"plateau/network"
)

// dendrite holds the basal dendrites of a group of neurons, or its apical ones: the
// potentials that the spikes of a sending population cause in them through the weights
// of one projection (eq. 13).
//
// The kernel is linear, so it is applied after the weights: the rows of the
// neurons that fired in a step add up to an input u(t) = Σ_j W_j, and the
// recursion of the kernel filters u for each receiving neuron. The traces of the
// sending neurons are never computed.
type dendrite struct {
	weights network.Projection // of the whole layer
	block   int                // first of its blocks
	bias    []float32
	nothing []float32 // a row of zeros
	from    *sender
	lag     int // 0: reads the sender up to this step; 1: up to the last step
	rates   bool
	filter  vec.Filter
	support int // steps of history in u; 0 for an unlimited kernel

	width   int
	x1, x2  []float32 // sums of the recursion
	history []float32 // rows of input of the support steps before the block
	own     *rows     // nil if it has not been needed

	// While it works on a block, it has room for:
	u []float32 // rows of input: the history, then one for each step
	v []float32 // rows of potentials, one for each step
}

// newDendrite returns the dendrites of the neurons in some blocks of a projection.
func newDendrite(p network.Projection, block, blocks int, from *sender, lag int, rates bool, k *kernel) *dendrite {
	width := blocks * p.Width
	row := func() []float32 { return make([]float32, width) }
	return &dendrite{
		weights: p, block: block, from: from, lag: lag, rates: rates,
		filter: vec.Filter{
			Decay1: float32(k.Decay1), Decay2: float32(k.Decay2),
			Drop1: float32(k.Drop1), Drop2: float32(k.Drop2),
			Gain1: float32(k.Gain1), Gain2: float32(k.Gain2), Carry: float32(k.Carry),
		},
		support: k.Support,
		width:   width,
		bias:    row(), nothing: row(), x1: row(), x2: row(),
		history: make([]float32, k.Support*width),
	}
}

// begin prepares for a block of steps, with room to work in.
func (d *dendrite) begin(r *rows) {
	d.u, d.v = r.u, r.v
}

// room returns room of its own, in which the history stays where it is.
func (d *dendrite) room() *rows {
	if d.own == nil {
		d.own = newRows(d.width, d.support)
		copy(d.own.u, d.history)
		d.history = d.own.u[:len(d.history)]
	}
	return d.own
}

// resume puts the inputs before the block where the filter looks for them, unless refresh computes
// them anew.
func (d *dendrite) resume() {
	if len(d.history) > 0 && &d.history[0] != &d.u[0] {
		copy(d.u, d.history)
	}
}

// end ends a block of the given number of steps: its last inputs are the history of the next.
func (d *dendrite) end(steps int) { copy(d.history, d.u[steps*d.width:]) }

// potential returns the potentials after a step of the block, if advance took it.
func (d *dendrite) potential(step int) []float32 { return row(d.v, step, d.width) }

func row(rows []float32, k, stride int) []float32 {
	return rows[k*stride : (k+1)*stride : (k+1)*stride]
}

// input returns the rows of steps first ≤ t < end of the block, or of its history.
func (d *dendrite) input(first, end int) []float32 {
	return d.u[(d.support+first)*d.width : (d.support+end)*d.width]
}

// advance computes the potentials after steps first ≤ t < end of the block.
func (d *dendrite) advance(first, end int) {
	if d.rates {
		for t := first; t < end; t++ {
			v := d.potential(t)
			d.addRates(v, d.from.rate(t-d.lag))
			vec.Add(v, d.bias)
		}
		return
	}
	d.sum(d.input(first, end), first, end)
	d.follow(first, end)
}

// follow computes the potentials after steps first ≤ t < end from the input.
func (d *dendrite) follow(first, end int) {
	u, leaving := d.inputs(first, end)
	d.filter.Apply(d.v[first*d.width:end*d.width], d.x1, d.x2, u, leaving, d.bias)
}

// advanceSoma takes all steps of the block, of which soma has rows, after one for the step
// before, and also advances the somata. These must not see any other dendrite. It does not
// keep the potentials of the dendrites.
func (d *dendrite) advanceSoma(step compartments.Step, soma []float32) {
	steps := len(soma)/d.width - 1
	d.sum(d.input(0, steps), 0, steps)
	u, leaving := d.inputs(0, steps)
	d.filter.ApplySoma(soma, step.Retain, step.Basal, d.x1, d.x2, u, leaving, d.bias)
}

// inputs returns the input of steps first ≤ t < end, and the input that leaves the kernel's
// support in each.
func (d *dendrite) inputs(first, end int) (u, leaving []float32) {
	if d.support == 0 {
		return d.input(first, end), d.nothing
	}
	return d.input(first, end), d.input(first-d.support, end-d.support)
}

// sum sets u to the sums of the rows of the neurons whose spikes arrive in steps
// first ≤ t < end, added in ascending order.
func (d *dendrite) sum(u []float32, first, end int) {
	d.sumBlocks(u, first, end, 0, d.blocks())
}

// sumBlocks does so for some of its blocks.
func (d *dendrite) sumBlocks(u []float32, first, end, block, last int) {
	s, width := d.from.spikes, d.weights.Width
	w := d.weights.Blocks(d.block+block, d.block+last)
	for k := range s.tiles() {
		from, to := s.tile(k, first-d.lag, end-d.lag)
		vec.SumRows(u[block*width:], d.width, w, d.weights.Rows, width, s.neurons, from, to, k > 0)
	}
}

// blocks returns the number of its blocks.
func (d *dendrite) blocks() int { return d.width / d.weights.Width }

// addRates sets v to the weighted sum of the senders' rates.
func (d *dendrite) addRates(v, rates []float32) {
	width := d.weights.Width
	for k := range d.blocks() {
		vec.SumScaled(v[k*width:][:width], d.weights.Block(d.block+k), rates[:d.weights.Rows])
	}
}

// addRow adds the weights from sender j to v, times a factor.
func (d *dendrite) addRow(v []float32, factor float32, j int) {
	width := d.weights.Width
	for k := range d.blocks() {
		vec.AddScaled(v[k*width:][:width], factor, row(d.weights.Block(d.block+k), j, width))
	}
}

// refresh computes the state anew from the spikes that still act, with the present
// weights and biases; spikes of the last example thus act through the new weights.
// Every presentation begins with it, so that potentials depend on nothing but
// weights and recent spikes. Call it after begin.
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
	if first == 0 {
		return
	}
	u := d.u[:-first*d.width]
	d.sum(u, first, 0)
	d.filter.Apply(d.potential(0), d.x1, d.x2, u, d.nothing, d.bias)
}

// recall adds to the state of an unlimited kernel what is left of the spikes before
// the senders' history.
func (d *dendrite) recall() {
	for j, s := range d.from.older {
		if s != (kernels.State{}) {
			d.addRow(d.x1, float32(s.X1), j)
			d.addRow(d.x2, float32(s.X2), j)
		}
	}
}
