package protocols_test

import (
	"context"
	"slices"
	"testing"

	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// slowCount is an observer that counts spikes step by step.
type slowCount struct {
	phase  *sim.Phase
	spikes []int64
	steps  int
}

func (c *slowCount) Observe(event sim.Event) {
	switch e := event.(type) {
	case *sim.PhaseBegan:
		c.phase = e.Phase
	case *sim.Block:
		for step := range e.Steps {
			if c.phase.Name != "forward" {
				continue
			}
			c.steps++
			for l := range c.spikes {
				c.spikes[l] += int64(len(e.Spikes(l, step)))
			}
		}
	}
}

// The count agrees with an observer that looks at every step of every example,
// whatever the number of workers, and counting does not change the run.
func TestCountSpikes(t *testing.T) {
	m := protocolstest.Tiny(9, 5)
	m.Batch, m.Neurons.Dt = 4, 0.5
	m.Train.Forward = 130 // more than a block of steps
	data := protocolstest.Noise(1, 21, 6, 3)
	alone := newBatchTrainer(t, m, 1)
	slow := &slowCount{spikes: make([]int64, 4)}
	alone.Watch(slow, false)
	protocolstest.Train(t, alone, data, 1)
	for _, workers := range []int{1, 3} {
		trainer := newBatchTrainer(t, m, workers)
		count := trainer.CountSpikes()
		spikes, steps := make([]int64, 4), int64(0)
		takes := 0
		if _, err := trainer.Epoch(context.Background(), data, func(e training.Epoch) {
			if takes++; takes%2 == 0 && e.Examples < data.Len() {
				return
			}
			more, in := count.Take()
			for l, n := range more {
				spikes[l] += n
			}
			steps += in
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(spikes, slow.spikes) || steps != int64(slow.steps) {
			t.Errorf("%d workers: %v spikes in %d steps, want %v in %d", workers, spikes, steps, slow.spikes, slow.steps)
		}
		if slices.Contains(spikes, 0) || steps != 21*260 {
			t.Errorf("not much of a test: %v spikes in %d steps", spikes, steps)
		}
		if trainer.Network().Weights().SHA256() != alone.Network().Weights().SHA256() {
			t.Errorf("%d workers: counting changes the weights", workers)
		}
		if again, in := count.Take(); slices.Max(again) != 0 || in != 0 {
			t.Errorf("after Take there are still %v spikes in %d steps", again, in)
		}
	}
}
