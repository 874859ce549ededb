package record

// A level is how far a group was filled before a trial, so that the trial can be removed
// again.
type level struct {
	steps, begun, spikes, words      int
	neurons, fired, samples, plateau []int
	events, states                   int
}

// level sets l to the level of the group.
func (g *group) level(l *level) {
	l.steps, l.begun, l.spikes, l.words = g.steps, g.begun, g.spikes, g.words
	l.events, l.states = len(g.events), len(g.states)
	l.neurons, l.fired, l.samples = l.neurons[:0], l.fired[:0], l.samples[:0]
	l.plateau = l.plateau[:0]
	for i := range g.rasters {
		l.neurons = append(l.neurons, len(g.rasters[i].neurons))
		l.fired = append(l.fired, len(g.rasters[i].steps))
	}
	for _, s := range g.samples {
		l.samples = append(l.samples, len(s))
	}
	for i := range g.plateaus {
		l.plateau = append(l.plateau, len(g.plateaus[i]))
	}
}

// cut removes everything that was added above a level.
func (g *group) cut(l *level) {
	g.steps, g.begun, g.spikes, g.words = l.steps, l.begun, l.spikes, l.words
	g.events, g.states = g.events[:l.events], g.states[:l.states]
	for i := range g.rasters {
		g.rasters[i].cut(l.neurons[i], l.fired[i])
	}
	for i := range g.samples {
		g.samples[i] = g.samples[i][:l.samples[i]]
	}
	for i := range g.plateaus {
		g.plateaus[i] = g.plateaus[i][:l.plateau[i]]
	}
}
