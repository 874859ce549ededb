package record

import "plateau/sim"

// A raster is the spikes of one population in a group of trials.
type raster struct {
	neurons []int32
	// For each step in which there are spikes: its number in the group, and where its
	// spikes end in neurons.
	steps, ends []int32
}

// add adds the spikes of a block, which begins with a step of the group.
func (r *raster) add(b *sim.Block, population, first int) {
	neurons, starts := b.Raster(population)
	offset := len(r.neurons) - starts[0]
	r.neurons = append(r.neurons, neurons...)
	for step, end := range starts[1:] {
		if end > starts[step] {
			r.steps = append(r.steps, int32(first+step))
			r.ends = append(r.ends, int32(end+offset))
		}
	}
}

// cut keeps the first spikes, which are in so many steps, and removes the others.
func (r *raster) cut(spikes, steps int) {
	r.neurons = r.neurons[:spikes]
	r.steps, r.ends = r.steps[:steps], r.ends[:steps]
}
