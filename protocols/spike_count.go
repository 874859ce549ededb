package protocols

import "plateau/sim"

// SpikeCount counts the spikes of each population while a Learner learns, in forward
// phases only, because the teaching current does not act there.
type SpikeCount struct {
	parts []*forwardSpikes // one for each worker
}

// CountSpikes counts the spikes of all examples that are shown from now on. It does
// not change the run and takes only a few additions for each example.
func (l *Learner) CountSpikes() *SpikeCount {
	c := &SpikeCount{}
	for _, s := range l.presenters {
		f := &forwardSpikes{spikes: make([]int64, 1+len(l.net.Layers))}
		s.engine.Watch(f, false)
		c.parts = append(c.parts, f)
	}
	return c
}

// Take returns the number of spikes of each population, from the input up, and the
// number of steps in which they were counted, and begins a new count. The sums do not
// depend on how workers share the examples. Call it in the function to which Epoch
// reports progress, because nothing is counted between batches.
func (c *SpikeCount) Take() (spikes []int64, steps int64) {
	spikes = make([]int64, len(c.parts[0].spikes))
	for _, f := range c.parts {
		for l, n := range f.spikes {
			spikes[l] += n
		}
		steps += f.steps
		clear(f.spikes)
		f.steps = 0
	}
	return spikes, steps
}

// forwardSpikes is the count of one worker.
type forwardSpikes struct {
	forward bool
	steps   int64
	spikes  []int64
}

// Observe counts the spikes of an engine.
func (f *forwardSpikes) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.PhaseBegan:
		f.forward = !e.Phase.Taught
	case *sim.Block:
		if !f.forward {
			return
		}
		f.steps += int64(e.Steps)
		for l := range f.spikes {
			fired, _ := e.Raster(l)
			f.spikes[l] += int64(len(fired))
		}
	}
}
