package measure

import (
	"slices"

	"plateau/compartments"
	"plateau/network"
	"plateau/protocols"
)

// angles compares the local update of each hidden layer with the update that
// backpropagation would make in an artificial network with the same weights, whose
// potentials are the means of the forward phase:
//
//	E = (φ̄^t − φ_max σ(V̄^f)) k_d φ_max σ′(V̄^f)      output layer
//	E_m = (W_{m+1} E_{m+1}) k_b φ_max σ′(V̄_m^f)       a row of W for each neuron of layer m
//
// Both updates are ΔW = δ ⊗ s̄^f, with δ = E_m or the local (α^t − α^f) σ′(V̄_m^f).
// Because ⟨δ ⊗ s, ε ⊗ s⟩ = ⟨δ, ε⟩ ‖s‖², the angle between two matrices with the same
// s̄ is the angle between their δ. Factors that are the same for a whole layer, k_d,
// k_b and φ_max, do not change the angle and are left out.
type angles struct {
	net   *network.Network
	noise compartments.EscapeNoise

	sum []float64 // sum of the angles of each hidden layer
	n   []float64 // number of these angles; an update of zero has none

	slopes   []float32
	errors   [][]float64 // E of each layer
	row      []float32
	silenced [][]bool // hidden neurons that never fire: nothing that they do changes the output
}

func newAngles(m protocols.Model, net *network.Network) *angles {
	hidden := len(net.Layers) - 1
	p := &angles{net: net, noise: m.Neurons.Noise, sum: make([]float64, hidden), n: make([]float64, hidden)}
	largest := 0
	for i := range net.Layers {
		size := net.Layers[i].Size()
		largest = max(largest, size)
		p.errors = append(p.errors, make([]float64, size))
		p.silenced = append(p.silenced, net.Silenced(i+1))
	}
	p.slopes = make([]float32, largest)
	return p
}

func (p *angles) heard(l protocols.Lesson, _ int64) {
	last := len(p.errors) - 1
	f, rate := l.Forward[last], l.Target[last].Rate
	above := p.errors[last]
	p.noise.Slopes(p.slopes[:len(above)], f.Soma)
	for i := range above {
		above[i] = (float64(rate[i]) - p.noise.Rate(float64(f.Soma[i]))) * float64(p.slopes[i])
	}
	for m := last - 1; m >= 0; m-- {
		f, t, e := l.Forward[m], l.Target[m], p.errors[m]
		slopes, w := p.slopes[:len(e)], p.net.Layers[m+1].Weights
		p.noise.Slopes(slopes, f.Soma)
		var between product
		for j := range e {
			slope := float64(slopes[j])
			p.row = w.AppendRow(p.row[:0], j)
			e[j] = dot(p.row, above) * slope
			if p.silenced[m] != nil && p.silenced[m][j] {
				e[j] = 0
			}
			between.add((float64(t.Plateau[j])-float64(f.Plateau[j]))*slope, e[j])
		}
		// Without a trace both updates are zero.
		silent := len(f.Trace) > 0 && slices.Max(f.Trace) == 0
		if between.aa > 0 && between.bb > 0 && !silent {
			p.sum[m] += between.degrees()
			p.n[m]++
		}
		above = e
	}
}

func (p *angles) finish(line *Line) {
	line.UpdateAngles = each(len(p.sum), func(m int) float64 { return p.sum[m] / p.n[m] })
	clear(p.sum)
	clear(p.n)
}

func (p *angles) state() []any { return []any{p.sum, p.n} }
