package protocols

import (
	"fmt"

	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// Trial is the result of showing one example to a network, from rest and through both
// phases, without changing the network.
type Trial struct {
	Example   int
	Class     int // true class
	Predicted int // predicted class, read out in the forward phase
	Forward   []network.Means
	Target    []network.Means
	Losses    []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23)
	Training  TwoPhase
}

// RunTrial runs a trial of example i, counted from 0, and sends all events to an
// observer, with the potentials of every compartment. The random draws depend on the
// model's seed and i.
func RunTrial(m Model, net *network.Network, data training.Examples, i int, watch sim.Observer) (*Trial, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	e, err := training.ReadExample(data, i, m.shape(), "trial")
	if err != nil {
		return nil, err
	}
	m = m.OnGrid()
	s, err := newPresenter(&m, net)
	if err != nil {
		return nil, err
	}
	if watch != nil {
		s.engine.Watch(watch, true)
	}
	p := newSlot(0, &m, net)
	predicted, err := s.show(p, sim.TrialSpikes, uint64(i), e)
	if err != nil {
		return nil, fmt.Errorf("protocols: trial of example %d: %w", i, err)
	}
	return &Trial{
		Example: i, Class: e.Class, Predicted: predicted,
		Forward: p.forward, Target: s.target, Losses: p.update.Losses, Training: m.Train,
	}, nil
}
