package protocols

import "plateau/sim"

// SpikeCount counts spikes while a Trainer trains: of each population, in forward
// phases alone, where no teacher makes them.
type SpikeCount struct {
	parts []*forwardSpikes // one for each worker
}

// CountSpikes counts the spikes of all examples that are shown from now on. It
// changes nothing in the run and costs next to nothing: a few additions for each
// example.
func (t *Trainer) CountSpikes() *SpikeCount {
	c := &SpikeCount{}
	for _, w := range t.workers {
		f := &forwardSpikes{spikes: make([]int64, 1+len(t.net.Layers))}
		w.stage.engine.Watch(f, false)
		c.parts = append(c.parts, f)
	}
	return c
}

// Take returns the spikes of each population, from the input up, and in how many
// steps they fell, and begins to count anew. Both are whole numbers, whose sums do
// not depend on how the workers share the examples. It is for the function that
// Epoch calls with its progress: between batches, when nobody counts.
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

// Observe counts what an engine tells.
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
			fired, _ := e.Train(l)
			f.spikes[l] += int64(len(fired))
		}
	}
}
