package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/kernels"
	"plateau/network"
)

// The spikes of a population are those of the block and of the last steps before it.
func TestSpikesAndHistory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, history := range []int{0, 1, 5, 11} {
		population := newSpikes(100, history)
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

// The tiles of a large population share out its spikes, in the same order, in every step of
// the block and of its history.
func TestTiles(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for _, size := range []int{tileSize, minTiles*tileSize - 300, minTiles * tileSize, 5000} {
		s := newSpikes(size, 3)
		if large := size > (minTiles-1)*tileSize; (s.cuts != nil) != large {
			t.Fatalf("%d neurons: cut into tiles: %v, want %v", size, s.cuts != nil, large)
		}
		for range 5 {
			for range 40 {
				begin := len(s.neurons)
				for range random.IntN(60) {
					s.neurons = append(s.neurons, random.Int32N(int32(size)))
				}
				slices.Sort(s.neurons[begin:])
				s.endStep()
			}
			if n := s.tiles(); n != 1 {
				t.Fatalf("%d neurons: %d tiles before they are cut, want 1", size, n)
			}
			s.cut()
			for step := -3; step < 40; step++ {
				var all []int32
				for k := range s.tiles() {
					from, to := s.tile(k, step, step+1)
					for _, j := range s.neurons[from[0]:to[0]] {
						if s.cuts != nil && int(j)/tileSize != k {
							t.Fatalf("%d neurons: neuron %d is in tile %d", size, j, k)
						}
						all = append(all, j)
					}
				}
				if !slices.Equal(all, s.at(step)) {
					t.Fatalf("%d neurons: step %d: the tiles hold %v, want %v", size, step, all, s.at(step))
				}
			}
			s.shift()
			if s.cuts != nil && s.tiles() != len(s.cuts)-1 {
				t.Fatalf("%d neurons: the history has %d tiles", size, s.tiles())
			}
		}
	}
}

// Tiles do not change a bit of what dendrites receive.
func TestTilesChangeNothing(t *testing.T) {
	net := network.New(network.Architecture{Inputs: 3300, Hidden: []int{70}, Classes: 2, PerClass: 1, Feedback: network.Broadcast, SilentGain: 1})
	source := stream.New(1, stream.InitialWeights, 0, 0, 0)
	net.Draw(network.DefaultOptimised(0.2), &source)
	var want string
	for _, tiled := range []bool{true, false} {
		e, err := New(net, Params{
			Dt: 1, Kernel: kernels.Finite{Kernel: kernels.DoubleExponential{Rise: 3, Decay: 10}, Support: 10},
			Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6},
			Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
			Noise:       compartments.EscapeNoise{MaxRate: 0.2},
			Integration: compartments.ForwardEuler, Forward: Spikes, Feedback: Spikes,
		}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !tiled {
			e.inputs.spikes.cuts = nil
		}
		intensity := make([]float32, 3300)
		for j := range intensity {
			intensity[j] = float32(j%7) / 7
		}
		means := net.ForwardMeans()
		for number := range uint64(3) {
			e.Present(Presentation{Purpose: TrainingSpikes, Number: number})
			if err := e.Run(&Phase{Intensity: intensity, Steps: 150, From: 20}, means); err != nil {
				t.Fatal(err)
			}
		}
		got := fmt.Sprint(means, e.AppendState(nil))
		if want == "" {
			want = got
		}
		if got != want {
			t.Error("without tiles it has other bits")
		}
	}
}
