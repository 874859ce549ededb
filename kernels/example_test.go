package kernels_test

import (
	"fmt"

	"plateau/kernels"
)

// The kernel of the paper, in its units: times in ms, κ in 1/ms.
func Example() {
	k := kernels.DoubleExponential{Rise: 3, Decay: 10}
	fmt.Printf("peak    %.2f ms, %.4f/ms\n", k.PeakTime(), k.At(k.PeakTime()))
	fmt.Printf("area    %.0f\n", kernels.Area(k))
	f := kernels.Finite{Kernel: k, Support: 10}
	fmt.Printf("within  %v ms: %.0f %%\n", f.Support, 100*kernels.Area(f))
	// Output:
	// peak    5.16 ms, 0.0597/ms
	// area    1
	// within  10 ms: 49 %
}

// A neuron that fires every 5 ms, at 0.2 spikes/ms, has a trace whose mean settles
// at 0.2/ms.
func ExampleRecursion() {
	const dt = 0.5 // ms
	r := kernels.DoubleExponential{Rise: 3, Decay: 10}.Recursion(dt)
	var s kernels.State
	var mean float64
	for step := range 400 {
		spikes := 0.0
		if step%10 == 0 {
			spikes = 1
		}
		s = r.Advance(s, spikes, 0)
		if step >= 300 {
			mean += r.Trace(s) / 100
		}
	}
	fmt.Printf("%.3f/ms\n", mean)
	// Output: 0.200/ms
}
