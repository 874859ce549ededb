package network

import "plateau/compartments"

// AppendLosses appends the loss of each layer in one example to dst, from its means:
//
//	hidden:  L_0 = ‖α^t − α^f‖²                 (32)
//	output:  L_1 = ‖φ̄^t − φ_max σ(V̄^f)‖²       (23)
//
// The means must hold the plateaus of hidden layers, and for the output layer the
// forward Soma and the target Rate.
func AppendLosses(dst []float64, noise compartments.EscapeNoise, forward, target []Means) []float64 {
	last := len(forward) - 1
	for m, f := range forward[:last] {
		var loss float64
		after := target[m].Plateau[:len(f.Plateau)]
		for i, before := range f.Plateau {
			d := float64(after[i]) - float64(before)
			loss += float64(d * d)
		}
		dst = append(dst, loss)
	}
	var loss float64
	for i := range forward[last].Soma {
		d := outputError(noise, forward[last], target[last], i)
		loss += float64(d * d)
	}
	return append(dst, loss)
}

// outputError returns how far off a neuron's rate was, φ̄^t − φ_max σ(V̄^f).
func outputError(noise compartments.EscapeNoise, f, t Means, i int) float64 {
	return float64(t.Rate[i]) - noise.Rate(float64(f.Soma[i]))
}
