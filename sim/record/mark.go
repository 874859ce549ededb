package record

// A mark remembers how far a group was filled, so that a trial can be removed
// again.
type mark struct {
	steps, begun, spikes, words      int
	neurons, fired, samples, plateau []int
	events, states                   int
}

// mark sets m to what g holds now.
func (g *group) mark(m *mark) {
	m.steps, m.begun, m.spikes, m.words = g.steps, g.begun, g.spikes, g.words
	m.events, m.states = len(g.events), len(g.states)
	m.neurons, m.fired, m.samples = m.neurons[:0], m.fired[:0], m.samples[:0]
	m.plateau = m.plateau[:0]
	for i := range g.rasters {
		m.neurons = append(m.neurons, len(g.rasters[i].neurons))
		m.fired = append(m.fired, len(g.rasters[i].steps))
	}
	for _, s := range g.samples {
		m.samples = append(m.samples, len(s))
	}
	for i := range g.plateaus {
		m.plateau = append(m.plateau, len(g.plateaus[i]))
	}
}

// cut removes all that was added since a mark.
func (g *group) cut(m *mark) {
	g.steps, g.begun, g.spikes, g.words = m.steps, m.begun, m.spikes, m.words
	g.events, g.states = g.events[:m.events], g.states[:m.states]
	for i := range g.rasters {
		g.rasters[i].cut(m.neurons[i], m.fired[i])
	}
	for i := range g.samples {
		g.samples[i] = g.samples[i][:m.samples[i]]
	}
	for i := range g.plateaus {
		g.plateaus[i] = g.plateaus[i][:m.plateau[i]]
	}
}
