package sim_test

import (
	"errors"
	"fmt"
	"log"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// A Mixture is a kernel of one's own, with a fast and a slow part, as AMPA and NMDA
// receptors have:
//
//	κ(t) = (1 − Share) κ_fast(t) + Share κ_slow(t)
//
// It makes its recursion of those of its parts, and so is the same on every processor;
// math.Exp is not.
type Mixture struct {
	Fast, Slow kernels.Exponential
	Share      float64 // of the slow part; in [0, 1]
}

// mix adds a number of the fast part and one of the slow part.
func (m Mixture) mix(fast, slow float64) float64 {
	return float64((1-m.Share)*fast) + float64(m.Share*slow)
}

// At returns κ(t) in 1/ms.
func (m Mixture) At(t float64) float64 { return m.mix(m.Fast.At(t), m.Slow.At(t)) }

// Integral returns ∫κ from 0 to t.
func (m Mixture) Integral(t float64) float64 {
	return m.mix(m.Fast.Integral(t), m.Slow.Integral(t))
}

// PeakTime returns 0: both parts are largest when the spike arrives.
func (m Mixture) PeakTime() float64 { return 0 }

// Recursion returns κ sampled at dt, 2 dt, …: each part is one of the two sums.
func (m Mixture) Recursion(dt float64) kernels.Recursion {
	fast, slow := m.Fast.Recursion(dt), m.Slow.Recursion(dt)
	return kernels.Recursion{
		Decay1: fast.Decay1, Gain1: m.mix(fast.Gain1, 0),
		Decay2: slow.Decay1, Gain2: m.mix(0, slow.Gain1),
	}
}

// Validate reports what is outside its domain.
func (m Mixture) Validate() error {
	err := errors.Join(m.Fast.Validate(), m.Slow.Validate())
	if !(m.Share >= 0 && m.Share <= 1) {
		err = errors.Join(err, fmt.Errorf("Mixture has Share = %v, want 0 to 1", m.Share))
	}
	return err
}

// A peak keeps the largest potential of a dendrite.
type peak struct{ basal, last float32 }

// Observe is told of all that happens.
func (p *peak) Observe(e sim.Event) {
	if b, ok := e.(*sim.Block); ok {
		for step := range b.Steps {
			p.last = b.Basal(1, step)[0]
			p.basal = max(p.basal, p.last)
		}
	}
}

// A kernel of one's own is used like those of package kernels. What it looks like is
// free, as far as two decaying sums can follow it (see kernels.Recursion). A recording
// refuses it, because whoever replayed the file would not know the kernel.
func Example_kernel() {
	kernel := Mixture{Fast: kernels.Exponential{Decay: 2}, Slow: kernels.Exponential{Decay: 100}, Share: 0.5}
	fmt.Printf("area %.3f, of which %.2f in 10 ms\n", kernels.Area(kernel), kernel.Integral(10))

	m := protocols.Default(1, nil, 2)
	m.Neurons.Kernel = kernel
	net := network.New(m.Network) // without weights
	net.Layers[0].Weights.Set(0, 0, 1)
	phase := sim.Phase{Name: "forward", Steps: 50, Intensity: make([]float32, 1), Spikes: make([][]int32, 50)}
	phase.Spikes[0] = []int32{0}
	var p peak
	if _, err := protocols.ShowPhases(m, net, sim.Presentation{Purpose: sim.ProtocolSpikes}, []sim.Phase{phase}, &p); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a spike moves the dendrite by %.4f, and after 50 ms still by %.4f\n", p.basal, p.last)
	fmt.Printf("the kernel says %.4f and %.4f\n", kernel.At(1), kernel.At(50))
	// Output:
	// area 1.000, of which 0.54 in 10 ms
	// a spike moves the dendrite by 0.1566, and after 50 ms still by 0.0030
	// the kernel says 0.1566 and 0.0030
}
