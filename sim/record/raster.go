package record

import "plateau/sim"

// A raster is the spikes of one population in a group of trials.
type raster struct {
	neurons []int32
	// For each step with spikes, in order: the step, in the group, and where in
	// neurons its spikes end.
	steps, ends []int32
}

// add adds the spikes of a block that begins with a step of the group.
func (r *raster) add(b *sim.Block, population, first int) {
	neurons, starts := b.Train(population)
	offset := len(r.neurons) - starts[0]
	r.neurons = append(r.neurons, neurons...)
	for step, end := range starts[1:] {
		if end > starts[step] {
			r.steps = append(r.steps, int32(first+step))
			r.ends = append(r.ends, int32(end+offset))
		}
	}
}

// cut leaves the first of the spikes, which are in so many steps.
func (r *raster) cut(spikes, steps int) {
	r.neurons = r.neurons[:spikes]
	r.steps, r.ends = r.steps[:steps], r.ends[:steps]
}
