package sim_test

import (
	"fmt"
	"log"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// A printer prints the potential of the dendrite of output neuron 0.
type printer struct{}

// Observe is told of all that happens.
func (printer) Observe(e sim.Event) {
	if b, ok := e.(*sim.Block); ok {
		for step := range b.Steps {
			fmt.Printf("%d ms: inputs %v fired, V_b = %.3f\n", b.First+step+1, b.Spikes(0, step), b.Basal(1, step)[0])
		}
	}
}

// Spike times of one's own are shown to a network of two inputs and two output neurons,
// whose dendrites answer as the kernel says. Everything that an engine needs is made here
// by hand; protocols.Default has the paper's values.
func Example_spikeTimes() {
	net := network.New(network.Architecture{Inputs: 2, Classes: 2, PerClass: 1, Feedback: network.Broadcast, SilentGain: 1})
	net.Layers[0].Weights.Set(0, 0, 10) // from input 0 to output neuron 0
	net.Layers[0].Weights.Set(1, 0, -5)
	engine, err := sim.New(net, sim.Params{
		Dt:          1,
		Kernel:      kernels.DoubleExponential{Rise: 3, Decay: 10},
		Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6},
		Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
		Noise:       compartments.EscapeNoise{MaxRate: 0.2},
		Integration: compartments.ForwardEuler,
		Forward:     sim.Spikes, Feedback: sim.Spikes,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	engine.Watch(printer{}, true)
	engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: 1})

	phase := sim.Phase{Name: "forward", Steps: 8, Intensity: make([]float32, 2), Spikes: make([][]int32, 8)}
	for _, s := range []struct{ input, ms int32 }{{0, 1}, {0, 3}, {1, 5}} {
		phase.Spikes[s.ms] = append(phase.Spikes[s.ms], s.input)
	}
	if err := engine.Run(&phase, make([]network.Means, 1)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 ms: inputs [] fired, V_b = 0.000
	// 2 ms: inputs [0] fired, V_b = 0.269
	// 3 ms: inputs [] fired, V_b = 0.436
	// 4 ms: inputs [0] fired, V_b = 0.802
	// 5 ms: inputs [] fired, V_b = 1.017
	// 6 ms: inputs [1] fired, V_b = 0.995
	// 7 ms: inputs [] fired, V_b = 0.954
	// 8 ms: inputs [] fired, V_b = 0.901
}
