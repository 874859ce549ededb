package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The spikes of a population are those of the block and of the last steps before it.
func TestSpikesAndHistory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, history := range []int{0, 1, 5, 11} {
		population := newSpikes(history)
		var all [][]int32 // of every step since the start
		for range 60 {
			steps := 1 + random.IntN(blockSteps)
			if random.IntN(2) == 0 {
				steps = 1 + random.IntN(4) // shorter than the history
			}
			for range steps {
				var spikes []int32
				for range random.IntN(4) {
					spikes = append(spikes, random.Int32N(100))
				}
				all = append(all, spikes)
				population.neurons = append(population.neurons, spikes...)
				population.endStep()
			}
			for step := -history; step < steps; step++ {
				var want []int32
				if k := len(all) - steps + step; k >= 0 {
					want = all[k]
				}
				if got := population.at(step); !slices.Equal(got, want) {
					t.Fatalf("history %d: step %d holds %v, want %v", history, step, got, want)
				}
			}
			neurons, starts := population.block(steps)
			for step := range steps {
				if got := neurons[starts[step]-starts[0] : starts[step+1]-starts[0]]; !slices.Equal(got, population.at(step)) {
					t.Fatalf("history %d: step %d of the block holds %v, want %v", history, step, got, population.at(step))
				}
			}
			if n := starts[steps] - starts[0]; len(neurons) != n || len(starts) != steps+1 {
				t.Fatalf("history %d: a block of %d steps has %d spikes and %d starts", history, steps, len(neurons), len(starts))
			}
			population.shift()
		}
		population.clear()
		for step := -history; step < 0; step++ {
			if got := population.at(step); len(got) != 0 {
				t.Errorf("history %d: step %d holds %v after clear", history, step, got)
			}
		}
	}
}
