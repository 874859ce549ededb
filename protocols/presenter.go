package protocols

import (
	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// presenter takes a network through both phases of examples, one example at a time.
type presenter struct {
	model  *Model
	engine *sim.Engine
	rule   network.Rule
	phases *phases
	target []network.Means
}

func newPresenter(m *Model, net *network.Network) (*presenter, error) {
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		return nil, err
	}
	return &presenter{
		model: m, engine: engine, rule: m.Rule(),
		phases: newPhases(m.Train, m.Neurons.Dt, m.Network),
		target: net.TargetMeans(),
	}, nil
}

// enter begins where the last example of a slot ended.
func (s *presenter) enter(p *slot) error { return s.engine.SetState(p.state) }

// leave keeps the state for the next example of the slot.
func (s *presenter) leave(p *slot) { p.state = s.engine.AppendState(p.state[:0]) }

// show takes the network from its present state through both phases of an example,
// computes the update, and returns the predicted class.
func (s *presenter) show(p *slot, purpose sim.Purpose, number uint64, e training.Example) (predicted int, err error) {
	s.phases.draw(s.model.Seed, number)
	s.phases.show(e)
	s.engine.Present(sim.Presentation{Purpose: purpose, Number: number, Example: e.Index, Class: e.Class, Slot: p.index})
	if err := s.engine.Run(&s.phases.forward, p.forward); err != nil {
		return 0, err
	}
	target := s.target
	if p.target != nil {
		target = p.target
	}
	if err := s.engine.Run(&s.phases.target, target); err != nil {
		return 0, err
	}
	s.rule.Learn(p.update, p.forward, target)
	return network.ReadOut(p.forward[len(p.forward)-1].Soma, s.model.Network.PerClass), nil
}
