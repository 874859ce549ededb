package record_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// A script is made-up spikes of the input, for each step.
type script [][]int32

func (s script) Spikes(layer, step int) []int32 {
	if layer > 0 || step >= len(s) {
		return nil
	}
	return s[step]
}

// bare returns a network that, as far as a recording can tell, has only an input of
// n neurons.
func bare(t testing.TB, n int) (*sim.Engine, *network.Network, record.Header) {
	t.Helper()
	net := network.New(network.Architecture{Inputs: n, Classes: 2, PerClass: 1, Feedback: network.Broadcast})
	p := sim.Params{
		Dt: 1, Kernel: kernels.Finite{Kernel: kernels.Exponential{Decay: 1}, Support: 1},
		Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6},
		Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
		Noise:       compartments.EscapeNoise{MaxRate: 0.2},
		Integration: compartments.ForwardEuler, Forward: sim.Spikes, Feedback: sim.Spikes,
	}
	engine, err := sim.New(net, p, 1)
	if err != nil {
		t.Fatal(err)
	}
	return engine, net, record.Header{Neurons: p}
}

// show presents scripts, each in one trial.
func show(t testing.TB, engine *sim.Engine, net *network.Network, trials ...script) {
	t.Helper()
	for i, s := range trials {
		engine.Rest()
		engine.Follow(s)
		engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: uint64(i)})
		phase := &sim.Phase{Name: "all", Intensity: make([]float32, net.Inputs), Steps: len(s)}
		if err := engine.Run(phase, make([]network.Means, len(net.Layers))); err != nil {
			t.Fatal(err)
		}
	}
}

// recordScripts records scripts for an input of n neurons.
func recordScripts(t testing.TB, n int, trials ...script) []byte {
	t.Helper()
	engine, net, h := bare(t, n)
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	engine.Watch(w, w.Potentials())
	show(t, engine, net, trials...)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Spikes take hardly more room than their entropy, including the frames of chunks,
// events and index. For a neuron that fires at most once in a step, the entropy is
// H(p)/p bits per spike. For a Poisson process, which may have two spikes in a
// step, it is the entropy of the Poisson distribution, which at p = 0.2 is 7 %
// more.
func TestEntropy(t *testing.T) {
	const neurons, wanted = 500, 150000
	spikes := wanted
	if testing.Short() {
		spikes = 50000
	}
	empty := len(recordScripts(t, neurons, script{nil}))
	r := rand.New(rand.NewPCG(1, 1))
	for _, p := range []float64{0.0001, 0.001, 0.005, 0.02, 0.05, 0.2} {
		limit := 1.03
		if p > 0.1 {
			limit = 1.06
		}
		// Numbers of spikes in a step: of a Poisson process with rate p, and of the
		// same process with at most one spike.
		lambda := -math.Log1p(-p)
		for _, process := range []struct {
			name  string
			next  func() float64 // distance from spike to spike, in cells
			once  bool
			bound float64 // bits per spike
		}{
			{"once", func() float64 { return r.ExpFloat64() / lambda }, true, -math.Log2(p) - (1-p)/p*math.Log1p(-p)/math.Ln2},
			{"poisson", func() float64 { return r.ExpFloat64() / p }, false, poissonEntropy(p) / p},
		} {
			steps := int(float64(spikes) / p / neurons)
			s := make(script, steps)
			n, last := 0, -1
			for at := process.next(); int(at) < steps*neurons; at += process.next() {
				cell := int(at)
				if cell == last && process.once {
					continue
				}
				last = cell
				s[cell/neurons] = append(s[cell/neurons], int32(cell%neurons))
				n++
			}
			file := recordScripts(t, neurons, s)
			r := read(t, file)
			if err := compareScript(r, 0, s); err != nil {
				t.Fatal(err)
			}
			bits := float64(8*(len(file)-empty)) / float64(n)
			t.Logf("p = %v, %s: %.3f bytes per spike, bound %.3f: %+.2f %%", p, process.name, bits/8, process.bound/8, (bits/process.bound-1)*100)
			if bits > limit*process.bound || bits < 0.98*process.bound {
				t.Errorf("p = %v, %s: %.4f bits per spike, want within %.0f %% of %.4f", p, process.name, bits, (limit-1)*100, process.bound)
			}
		}
	}
}

// poissonEntropy returns the entropy in bits of a Poisson distribution.
func poissonEntropy(mean float64) float64 {
	h, p := 0.0, math.Exp(-mean)
	for k := 1; p > 1e-30; k++ {
		h -= p * math.Log2(p)
		p *= mean / float64(k)
	}
	return h
}

func compareScript(r *record.Reader, trial int, s script) error {
	var want []record.Spike
	for step, neurons := range s {
		for _, n := range neurons {
			want = append(want, record.Spike{Step: int32(step), Neuron: n})
		}
	}
	return compareSpikes(r, trial, 0, 0, record.End, want)
}
