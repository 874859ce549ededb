package protocols

import (
	"plateau/kernels"
	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// reader shows examples to a network in a forward phase from rest (TestPhase).
type reader struct {
	model  *Model
	engine *sim.Engine
	phase  sim.Phase
	means  []network.Means
}

func newReader(m *Model, net *network.Network) (*reader, error) {
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		return nil, err
	}
	dt, last := m.Neurons.Dt, len(net.Layers)-1
	r := &reader{model: m, engine: engine, means: make([]network.Means, last+1), phase: sim.Phase{
		Name:  "test",
		Steps: kernels.Steps(m.Test.Length, dt),
		From:  kernels.Steps(m.Test.Settle, dt),
	}}
	r.means[last].Soma = make([]float32, net.Layers[last].Size())
	return r, nil
}

// Read returns the class whose output neurons have the highest mean potential.
func (r *reader) Read(e training.Example) (class int, err error) {
	r.phase.Intensity = e.Intensity
	r.engine.Rest()
	r.engine.Present(sim.Presentation{Purpose: sim.TestSpikes, Number: uint64(e.Index), Example: e.Index, Class: e.Class})
	if err := r.engine.Run(&r.phase, r.means); err != nil {
		return 0, err
	}
	return network.ReadOut(r.means[len(r.means)-1].Soma, r.model.Network.PerClass), nil
}
