package protocols

import (
	"plateau/network"
	"plateau/sim"
)

// place is where one training example at a time is shown: an engine with a
// state of its own, and what it measures. Several places can share a network.
type place struct {
	model           *Model
	index           int // in its batch
	engine          *sim.Engine
	rule            network.Rule
	phases          *phases
	forward, target []network.Means
	update          *network.Update

	// Of the last example:
	read, class int // what was read out in the forward phase, and the true class
	err         error
}

func newPlace(m *Model, net *network.Network) (*place, error) {
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		return nil, err
	}
	p := &place{
		model: m, engine: engine, rule: m.Rule(),
		phases:  newPhases(m.Train, m.Neurons.Dt, m.Network),
		forward: make([]network.Means, len(net.Layers)),
		target:  make([]network.Means, len(net.Layers)),
	}
	p.update = p.rule.NewUpdate(m.Network)
	for i := range net.Layers {
		l, f, t := &net.Layers[i], &p.forward[i], &p.target[i]
		n := l.Size()
		f.Trace, f.Soma = make([]float32, l.Weights.Rows), make([]float32, n)
		if l.Feedback.Empty() {
			t.Rate = make([]float32, n)
			continue
		}
		for _, means := range []*network.Means{f, t} {
			means.FeedbackTrace = make([]float32, l.Feedback.Rows)
			means.Apical, means.Plateau = make([]float32, n), make([]float32, n)
		}
	}
	return p, nil
}

// show takes the network through both phases of an example and computes the
// update.
func (p *place) show(purpose sim.Purpose, number uint64, data Samples, i int) error {
	ph := p.phases
	p.class = data.Sample(i, ph.forward.Intensity)
	ph.target.Class = p.class
	ph.draw(p.model.Seed, number)
	p.engine.Present(sim.Presentation{Purpose: purpose, Number: number, Sample: i, Class: p.class, Place: p.index})
	if err := p.engine.Run(&ph.forward, p.forward); err != nil {
		return err
	}
	if err := p.engine.Run(&ph.target, p.target); err != nil {
		return err
	}
	p.rule.Learn(p.update, p.forward, p.target)
	p.read = ReadOut(p.forward[len(p.forward)-1].Soma, p.model.Network.PerClass)
	return nil
}
