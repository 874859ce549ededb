package protocols

import (
	"plateau/network"
	"plateau/sim"
)

// place is one of the places of a batch: the state that a network has there from
// one example to the next, and what it measured with the last.
type place struct {
	index   int
	state   []byte // nil at rest; not used where a stage has one place only
	forward []network.Means
	update  *network.Update

	// Only where a witness asks for them:
	target    []network.Means
	intensity []float32

	read, class int // what was read out in the forward phase, and the true class
	err         error
}

func newPlace(index int, m *Model, net *network.Network) *place {
	return &place{index: index, update: m.Rule().NewUpdate(m.Network), forward: newForward(net)}
}

// newForward asks for the means of a forward phase that learning needs.
func newForward(net *network.Network) []network.Means {
	means := newMeans(net)
	for m := range means {
		l := &net.Layers[m]
		means[m].Trace, means[m].Soma = make([]float32, l.Weights.Rows), make([]float32, l.Size())
	}
	return means
}

// newTarget asks for the means of a target phase that learning needs.
func newTarget(net *network.Network) []network.Means {
	means := newMeans(net)
	last := len(means) - 1
	means[last].Rate = make([]float32, net.Layers[last].Size())
	return means
}

// newMeans asks for plateaus.
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

// stage is where a worker shows training examples, one at a time. Places take
// turns on it.
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

// enter puts an engine into a state, nil for rest.
func enter(e *sim.Engine, state []byte) error {
	if state == nil {
		e.Rest()
		return nil
	}
	return e.SetState(state)
}

// leave keeps the state for the place's next example.
func (s *stage) leave(p *place) { p.state = s.engine.AppendState(p.state[:0]) }

// show takes the network through both phases of an example, as it goes on from
// the state of the stage, and computes the update.
func (s *stage) show(p *place, purpose sim.Purpose, number uint64, data Samples, i int) error {
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
