package compartments_test

import (
	"fmt"

	"plateau/compartments"
)

// The hidden neuron of the paper, in its units: conductances in 1/ms,
// potentials relative to rest, rates in spikes/ms.
func Example() {
	neuron := compartments.Pyramidal{Leak: 0.1, Basal: 0.6, Apical: 0.05}
	noise := compartments.EscapeNoise{MaxRate: 0.2}
	step := neuron.Step(compartments.ForwardEuler, 1)
	soma, basal, apical := []float32{0}, []float32{3}, []float32{-1}
	for range 30 {
		step.Advance(soma, soma, basal, apical, nil)
	}
	v := float64(soma[0])
	fmt.Printf("k_b = %.2f\n", neuron.Gain())
	fmt.Printf("V after 30 ms = %.3f\n", v)
	fmt.Printf("φ = %.4f spikes/ms = %.0f Hz\n", noise.Rate(v), 1000*noise.Rate(v))
	fmt.Printf("α = %.2f\n", compartments.Plateau(-1))
	// Output:
	// k_b = 0.80
	// V after 30 ms = 2.333
	// φ = 0.1823 spikes/ms = 182 Hz
	// α = 0.27
}

// While an output neuron of the true class is taught, its soma is pulled to 8.
func ExampleOutput_TaughtStep() {
	neuron := compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8}
	step, up, down := neuron.TaughtStep(compartments.ForwardEuler, 0.5)
	soma, basal := []float32{0, 0}, []float32{3, 3}
	for range 60 {
		step.Advance(soma, soma, basal, nil, []float32{up, down})
	}
	fmt.Printf("true class %.2f, other %.2f\n", soma[0], soma[1])
	fmt.Println(neuron.Validate(compartments.ForwardEuler, 1.5))
	// Output:
	// true class 5.76, other -3.65
	// compartments: dt = 1.5 ms is too long for Euler steps of taught output neurons, whose conductances add up to 1.7/ms; want dt < 1.176 ms or the exponential step
}
