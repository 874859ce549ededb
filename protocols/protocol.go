package protocols

import (
	"errors"
	"fmt"

	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// Shown is the result of showing phases to a network.
type Shown struct {
	Means     [][]network.Means // of each phase: those of Network.ForwardMeans, or if it is taught of TargetMeans
	Read      int               // the phase in which a class was read out; −1 if there was none
	Predicted int               // that class; −1 without one
	Target    int               // the first taught phase after that one; −1 without one
	Losses    []float64         // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23), from these two phases; nil without them
}

// Phases returns the two phases in which the model shows an example that has the given
// number, which decides their random lengths and plateau times.
func (m Model) Phases(number uint64, e training.Example) []sim.Phase {
	m = m.OnGrid()
	p := newPhases(m.Train, m.Neurons.Dt, m.Network)
	p.draw(m.Seed, number)
	p.show(e)
	return []sim.Phase{p.forward, p.target}
}

// ShowPhases shows phases, one after another, to a network at rest, without changing
// the network, and sends all events to an observer, with the potentials of every
// compartment. The model gives the neurons and the seed; all else is in the phases.
func ShowPhases(m Model, net *network.Network, p sim.Presentation, phases []sim.Phase, watch sim.Observer) (*Shown, error) {
	s, err := newShower(m, net)
	if err != nil {
		return nil, err
	}
	if watch != nil {
		s.engine.Watch(watch, true)
	}
	return s.show(p, phases)
}

// A shower shows phases to a network.
type shower struct {
	model  Model
	net    *network.Network
	engine *sim.Engine
}

func newShower(m Model, net *network.Network) (*shower, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	m = m.OnGrid()
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		return nil, err
	}
	return &shower{m, net, engine}, nil
}

// show shows phases from rest.
func (s *shower) show(p sim.Presentation, phases []sim.Phase) (*Shown, error) {
	if len(phases) == 0 {
		return nil, errors.New("protocols: there is no phase to show")
	}
	m, net := &s.model, s.net
	s.engine.Rest()
	s.engine.Present(p)
	shown, last, read := &Shown{Read: -1, Predicted: -1, Target: -1}, len(net.Layers)-1, readPhase(p, phases)
	for k := range phases {
		phase := &phases[k]
		reads := k == read
		means := net.TargetMeans()
		if !phase.Taught {
			means = net.ForwardMeans()
			if shown.Read < 0 && !reads {
				means[last].Soma = nil // or a recording would take it for the phase that is read out
			}
		}
		if err := s.engine.Run(phase, means); err != nil {
			return nil, fmt.Errorf("protocols: phase %d: %w", k, err)
		}
		shown.Means = append(shown.Means, means)
		switch {
		case reads:
			shown.Read, shown.Predicted = k, network.ReadOut(means[last].Soma, m.Network.PerClass)
		case phase.Taught && shown.Read >= 0 && shown.Target < 0:
			shown.Target = k
			shown.Losses = network.AppendLosses(nil, m.Neurons.Noise, shown.Means[shown.Read], means)
		}
	}
	return shown, nil
}

// readPhase returns the phase in which a class is read out, −1 if there is none: the first
// that has a stimulus and is not taught. An example that is blank has a class all the
// same: then it is the first that is not taught.
func readPhase(p sim.Presentation, phases []sim.Phase) int {
	first := -1
	for k := range phases {
		switch {
		case phases[k].Taught:
		case stimulates(&phases[k]):
			return k
		case first < 0 && p.Class >= 0:
			first = k
		}
	}
	return first
}

// stimulates reports whether any input can fire in a phase.
func stimulates(p *sim.Phase) bool {
	for _, x := range p.Intensity {
		if x > 0 {
			return true
		}
	}
	for _, fired := range p.Spikes {
		if len(fired) > 0 {
			return true
		}
	}
	return false
}
