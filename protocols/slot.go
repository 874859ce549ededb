package protocols

import (
	"plateau/network"
	"plateau/sim"
)

// slot is one of the slots of a batch: the state of the network that is kept there
// from one example to the next, and the results of its last example.
type slot struct {
	index   int
	state   []byte // nil at rest; not used if a batch has one slot only
	forward []network.Means
	update  *network.Update

	// These are nil unless there is a witness.
	target    []network.Means
	intensity []float32

	read, class int // predicted class and true class
	err         error
}

func newSlot(index int, m *Model, net *network.Network) *slot {
	return &slot{index: index, update: m.Rule().NewUpdate(m.Network), forward: newForward(net)}
}

// newForward returns room for the means of a forward phase that learning needs.
func newForward(net *network.Network) []network.Means {
	means := newMeans(net)
	for m := range means {
		l := &net.Layers[m]
		means[m].Trace, means[m].Soma = make([]float32, l.Weights.Rows), make([]float32, l.Size())
	}
	return means
}

// newTarget returns room for the means of a target phase that learning needs.
func newTarget(net *network.Network) []network.Means {
	means := newMeans(net)
	last := len(means) - 1
	means[last].Rate = make([]float32, net.Layers[last].Size())
	return means
}

// newMeans returns room for the means that plateaus need.
func newMeans(net *network.Network) []network.Means {
	means := make([]network.Means, len(net.Layers))
	for i := range net.Layers {
		if l := &net.Layers[i]; !l.Feedback.Empty() {
			means[i].FeedbackTrace = make([]float32, l.Feedback.Rows)
			means[i].Apical, means[i].Plateau = make([]float32, l.Size()), make([]float32, l.Size())
		}
	}
	return means
}

// stage is what a worker needs to show training examples, one at a time: it loads the
// state of a slot, shows the slot's example and saves the state.
type stage struct {
	model  *Model
	engine *sim.Engine
	rule   network.Rule
	phases *phases
	target []network.Means
}

func newStage(m *Model, net *network.Network) (*stage, error) {
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		return nil, err
	}
	return &stage{
		model: m, engine: engine, rule: m.Rule(),
		phases: newPhases(m.Train, m.Neurons.Dt, m.Network),
		target: newTarget(net),
	}, nil
}

// enter puts an engine into a state; nil is rest.
func enter(e *sim.Engine, state []byte) error {
	if state == nil {
		e.Rest()
		return nil
	}
	return e.SetState(state)
}

// leave keeps the state for the next example of the slot.
func (s *stage) leave(p *slot) { p.state = s.engine.AppendState(p.state[:0]) }

// show takes the network from the present state of the stage through both phases of
// an example and computes the update.
func (s *stage) show(p *slot, purpose sim.Purpose, number uint64, data Samples, i int) error {
	ph := s.phases
	p.class = sample(data, i, ph.forward.Intensity)
	ph.target.Class = p.class
	ph.draw(s.model.Seed, number)
	s.engine.Present(sim.Presentation{Purpose: purpose, Number: number, Sample: i, Class: p.class, Place: p.index})
	if err := s.engine.Run(&ph.forward, p.forward); err != nil {
		return err
	}
	target := s.target
	if p.target != nil {
		target = p.target
	}
	if err := s.engine.Run(&ph.target, target); err != nil {
		return err
	}
	copy(p.intensity, ph.forward.Intensity)
	s.rule.Learn(p.update, p.forward, target)
	p.read = network.ReadOut(p.forward[len(p.forward)-1].Soma, s.model.Network.PerClass)
	return nil
}
