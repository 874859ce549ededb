package protocols

import (
	"fmt"

	"plateau/network"
	"plateau/sim"
)

// Trial is the result of showing one example to a network, from rest and through both
// phases, without changing the network.
type Trial struct {
	Example  int
	Class    int // true class
	Read     int // predicted class, read out in the forward phase
	Forward  []network.Means
	Target   []network.Means
	Losses   []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23)
	Training TwoPhase
}

// RunTrial runs a trial of example i, counted from 0, and sends all events to an
// observer, with the potentials of every compartment. The random draws depend on the
// model's seed and i.
func RunTrial(m Model, net *network.Network, data Samples, i int, watch sim.Observer) (*Trial, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	if err := suits(data, "trial", m.Network); err != nil {
		return nil, err
	}
	if i < 0 || i >= data.Len() {
		return nil, fmt.Errorf("protocols: trial of example %d, want 0 to %d", i, data.Len()-1)
	}
	m = m.OnGrid()
	stage, err := newStage(&m, net)
	if err != nil {
		return nil, err
	}
	if watch != nil {
		stage.engine.Watch(watch, true)
	}
	p := newSlot(0, &m, net)
	if err := stage.show(p, sim.TrialSpikes, uint64(i), data, i); err != nil {
		return nil, fmt.Errorf("protocols: trial of example %d: %w", i, err)
	}
	return &Trial{
		Example: i, Class: p.class, Read: p.read,
		Forward: p.forward, Target: stage.target, Losses: p.update.Losses, Training: m.Train,
	}, nil
}
