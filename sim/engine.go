// Package sim advances a network in time. It has the clock, spikes as events,
// and observers that watch a run.
//
// # Time
//
// Time advances in steps of dt. In each step the input spikes are drawn first. Then
// come the layers, from the input up: a layer reads the spikes of the layer below,
// including those of this step, and the spikes of its feedback up to the last step
// (the feedback neurons have not stepped yet); it updates its dendrites and somata,
// and draws its own spikes. A spike of step t acts with κ(dt) in step t on the
// layer above, and with κ(dt) in step t + 1 on the apical dendrites below.
//
// # Schedule
//
// If no soma sees its apical dendrite, the network is a cascade, and each layer
// runs through a block of steps before the next layer begins. No neuron of a layer needs
// another, so the layer is cut into groups of 64, those of the blocks of its weights
// (network.Projection). Each group goes through all steps before the next begins, and a crew
// of workers can share the groups; see Engine.Share.
//
// Otherwise the layers take turns in each step, all neurons of a layer together. With the
// same spikes both ways give the same bits. The draws of a layer with more than one block
// differ, because candidate spikes are drawn group by group; but a network always has the
// same schedule.
//
// # Presentations
//
// A presentation shows one example for one or more phases. It has a purpose and a
// number, which together with the seed determine every random draw in it. State
// flows on from one presentation to the next unless Rest is called. Weights may
// change between presentations.
//
// # Lesions
//
// Neurons that a network.Lesion silences do not fire, and their rates are 0. Spikes are
// drawn for them all the same, and then dropped, so that all others draw what they
// would draw without the lesion.
//
// The package knows nothing about data sets and learning.
package sim

import (
	"errors"
	"fmt"

	"plateau/internal/crew"
	"plateau/internal/vec"
	"plateau/network"
)

// blockSteps is the largest number of steps that are simulated, and told to
// observers, at once. It limits the memory that long phases take.
const blockSteps = 128

// Engine advances a network in steps of dt. A run depends only on the network,
// the inputs and the seed: never on the number of workers, the
// vector unit, or what is being observed. An Engine is for one goroutine. Several
// engines can share a network while its weights do not change.
type Engine struct {
	net    *network.Network
	params Params
	kernel *kernel
	in     *input
	inputs *sender
	layers []*layer
	theta  *vec.Thresholds

	seed   uint64
	shown  Presentation
	key    uint64 // stream.Key of the presentation
	step   int    // steps since the presentation began
	rested bool   // whether nothing has been shown since Rest
	fresh  bool   // whether apical potentials are up to date
	needed bool   // whether the last phase itself needed them, not only an observer

	// The phase that runs:
	phase *Phase
	means []network.Means
	first int // step of the phase with which the block begins

	crew *crew.Crew
	work []*rows // room of each worker

	stepwise   bool // take turns in each step, whatever the network; for tests
	script     Script
	failure    error // what was wrong with the script
	observers  []Observer
	potentials bool
	block      Block
	began      PhaseBegan
	ended      PhaseEnded
}

// New returns an engine at rest.
func New(net *network.Network, p Params, seed uint64) (*Engine, error) {
	if err := errors.Join(p.Validate(), net.Architecture.Validate(), net.Weights().Check()); err != nil {
		return nil, err
	}
	e := &Engine{net: net, params: p, seed: seed, kernel: newKernel(p.Kernel, p.Dt), theta: newThresholds()}
	e.in = newInput(net.Inputs, p.Noise.MaxRate, p.Dt)
	e.inputs = newSender(net.Inputs, e.kernel, p.Forward == Rates, net.Silenced(0))
	e.build()
	last := len(net.Layers) - 1
	e.block = Block{engine: e, basal: make([][]float32, last+1), apical: make([][]float32, last+1), soma: make([][]float32, last+1)}
	e.Rest()
	e.Share(&crew.Crew{})
	return e, nil
}

// build makes the layers.
func (e *Engine) build() {
	e.layers = nil
	last := len(e.net.Layers) - 1
	for m := range e.net.Layers {
		e.layers = append(e.layers, newLayer(e, m, &e.net.Layers[m]))
	}
	for m, l := range e.layers[:last] {
		from := e.layers[e.net.FeedbackFrom(m)].out
		for _, g := range l.groups {
			g.apical = newDendrite(e.net.Layers[m].Feedback, g.block, g.basal.blocks(), from, 1, e.params.Feedback == Rates, e.kernel)
		}
		l.step = e.params.Hidden.Step(e.params.Integration, e.params.Dt)
	}
	for _, l := range e.layers {
		e.setJobs(l)
	}
}

// Share shares the work on each example among a crew. The run has the same bits for any
// number of workers. The crew must not be at work for others while the engine runs.
func (e *Engine) Share(c *crew.Crew) {
	e.crew, e.work = c, nil
	for range c.Workers() {
		e.work = append(e.work, newRows(network.MaxBlockWidth, e.kernel.Support))
	}
}

// Params returns the parameters of the engine.
func (e *Engine) Params() Params { return e.params }

// sender returns the sender of a layer; layer 0 is the input.
func (e *Engine) sender(layer int) *sender {
	if layer == 0 {
		return e.inputs
	}
	return e.layers[layer-1].out
}

// Rest sets every potential to rest and forgets all spikes. Call Present before the
// next Run.
func (e *Engine) Rest() {
	e.inputs.clear()
	for _, l := range e.layers {
		for _, g := range l.groups {
			clear(g.last)
		}
		l.out.clear()
	}
	e.rested = true
}

// Run takes the network through a phase and fills in means, one element for each
// layer. Slices that are nil are left out; unless Apical and Plateau are nil,
// FeedbackTrace must not be nil either.
func (e *Engine) Run(p *Phase, means []network.Means) error {
	if err := p.validate(e.net.Architecture, e.params.Forward, vec.Same(p.Intensity, e.in.shown)); err != nil {
		return err
	}
	if e.rested {
		return errors.New("sim: Run called before Present")
	}
	if len(means) != len(e.layers) {
		return fmt.Errorf("sim: means for %d layers, want %d", len(means), len(e.layers))
	}
	for m := range means {
		clearMeans(&means[m])
	}
	e.phase, e.means = p, means
	e.began = PhaseBegan{e.step, p}
	e.tell(&e.began)
	e.begin(p)
	for first := 0; first < p.Steps; first += blockSteps {
		steps := min(blockSteps, p.Steps-first)
		e.first, e.block.First, e.block.Steps = first, e.step, steps
		e.advanceBlock()
		e.tell(&e.block)
		e.shift(steps)
		e.step += steps
	}
	for m, l := range e.layers {
		l.finish(&means[m], p)
	}
	e.ended = PhaseEnded{p, means}
	e.tell(&e.ended)
	err := e.failure
	e.failure = nil
	return err
}
