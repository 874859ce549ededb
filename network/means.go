package network

import "slices"

// Means are the averages of one layer over the window of a phase. The caller
// leaves slices nil that are not needed.
type Means struct {
	Trace         []float32 // s̄ of the neurons below (spikes/ms), one per row of W
	Soma          []float32 // V̄
	Rate          []float32 // φ̄, mean of φ_max σ(V) (spikes/ms)
	FeedbackTrace []float32 // s̄ of the neurons that feed back, one per row of Y
	Apical        []float32 // V̄_a
	Plateau       []float32 // α = σ(V̄_a) (eq. 21)
}

// Clone returns a copy that shares nothing with m.
func (m Means) Clone() Means {
	for _, s := range []*[]float32{&m.Trace, &m.Soma, &m.Rate, &m.FeedbackTrace, &m.Apical, &m.Plateau} {
		*s = slices.Clone(*s)
	}
	return m
}

// CloneMeans returns a copy of the means of all layers.
func CloneMeans(means []Means) []Means {
	means = slices.Clone(means)
	for m := range means {
		means[m] = means[m].Clone()
	}
	return means
}

// ForwardMeans returns room for the means of a forward phase from which n learns.
func (n *Network) ForwardMeans() []Means {
	means := n.apicalMeans()
	for m := range means {
		l := &n.Layers[m]
		means[m].Trace, means[m].Soma = make([]float32, l.Weights.Rows), make([]float32, l.Size())
	}
	return means
}

// TargetMeans returns room for the means of a target phase from which n learns.
func (n *Network) TargetMeans() []Means {
	means := n.apicalMeans()
	last := len(means) - 1
	means[last].Rate = make([]float32, n.Layers[last].Size())
	return means
}

// apicalMeans returns room for the means that plateaus need.
func (n *Network) apicalMeans() []Means {
	means := make([]Means, len(n.Layers))
	for m := range n.Layers {
		if l := &n.Layers[m]; !l.Feedback.Empty() {
			means[m].FeedbackTrace = make([]float32, l.Feedback.Rows)
			means[m].Apical, means[m].Plateau = make([]float32, l.Size()), make([]float32, l.Size())
		}
	}
	return means
}
