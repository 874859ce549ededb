package sim_test

import (
	"bytes"
	"fmt"
	"testing"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
)

// An engine with the state of another one goes on as that one does.
func TestState(t *testing.T) {
	a := network.Architecture{Inputs: 20, Hidden: []int{17, 9}, Classes: 3, PerClass: 2, Feedback: network.Broadcast}
	double := kernels.DoubleExponential{Rise: 3, Decay: 10}
	for _, kernel := range []kernels.Kernel{kernels.Finite{Kernel: double, Support: 10}, double} {
		for _, signal := range []sim.Signal{sim.Spikes, sim.Rates} {
			for _, apical := range []float64{0, 0.05} {
				t.Run(fmt.Sprintf("%T %s %v", kernel, signal, apical), func(t *testing.T) {
					p := sim.Params{
						Dt: 1, Kernel: kernel,
						Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6, Apical: apical},
						Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
						Noise:       compartments.EscapeNoise{MaxRate: 0.2},
						Integration: compartments.ForwardEuler, Forward: signal, Feedback: signal,
					}
					testState(t, a, p)
				})
			}
		}
	}
}

func testState(t *testing.T, a network.Architecture, p sim.Params) {
	net := network.New(a)
	s := stream.New(1, stream.InitialWeights, 0, 0, 0)
	net.Draw(network.DefaultOptimised(0.2), &s)
	engine := func() *sim.Engine {
		e, err := sim.New(net, p, 3)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	phase := &sim.Phase{Name: "forward", Intensity: make([]float32, a.Inputs), Steps: 150, From: 20}
	for j := range phase.Intensity {
		phase.Intensity[j] = float32(j) / 20
	}
	show := func(e *sim.Engine, number uint64) []byte {
		e.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: number})
		if err := e.Run(phase, make([]network.Means, len(net.Layers))); err != nil {
			t.Fatal(err)
		}
		return e.AppendState(nil)
	}
	first := engine()
	atRest := first.AppendState(nil)
	before := show(first, 1)
	after := show(first, 2)
	if bytes.Equal(before, atRest) || bytes.Equal(before, after) {
		t.Fatal("the state does not change")
	}
	second := engine()
	show(second, 7)
	if err := second.SetState(before); err != nil {
		t.Fatal(err)
	}
	if got := second.AppendState(nil); !bytes.Equal(got, before) {
		t.Error("the state differs from the one that was set")
	}
	if got := show(second, 2); !bytes.Equal(got, after) {
		t.Error("the engines go on differently")
	}
	for n := range len(before) {
		if second.SetState(before[:n]) == nil {
			t.Fatalf("%d of %d bytes are accepted", n, len(before))
		}
		if !bytes.Equal(second.AppendState(nil), atRest) {
			t.Fatalf("after %d of %d bytes the engine is not at rest", n, len(before))
		}
	}
	if second.SetState(append(bytes.Clone(before), 0)) == nil {
		t.Error("a state with a byte too many is accepted")
	}
	first.Rest()
	if !bytes.Equal(first.AppendState(nil), atRest) {
		t.Error("Rest leaves something of the state")
	}
}
