package protocols_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
	"plateau/sim"
)

// sizes are the networks that are timed. With 784 inputs they see MNIST, or digits
// if MNIST is not there; with 3072 inputs, made-up images as bright as those of
// CIFAR-10.
var sizes = []struct {
	inputs int
	hidden []int
	apical float64 // g_a (1/ms)
}{
	{784, []int{500}, 0},
	{784, []int{500}, 0.05},
	{784, []int{500, 100}, 0},
	{784, []int{500, 100}, 0.05},
	{784, []int{2000}, 0},
	{784, []int{2000}, 0.05},
	{3072, []int{500}, 0},
	{3072, []int{500}, 0.05},
}

// A cycle repeats the first n examples of a set.
type cycle struct {
	training.Examples
	n int
}

func (c cycle) Len() int { return c.n }

func (c cycle) Example(i int, intensity []float32) int {
	return c.Examples.Example(i%c.Examples.Len(), intensity)
}

// pictures returns the images for a number of inputs.
func pictures(b *testing.B, inputs int) training.Examples {
	if inputs != 784 {
		return photographs()
	}
	data, err := mnist(2000, 1)
	if err != nil {
		b.Log("no MNIST; using digits")
		return protocolstest.Digits().Train.First(2000)
	}
	return data.Train
}

// photographs returns images of uniform noise with the mean (0.47) and standard
// deviation (0.25) of the pixels of CIFAR-10.
func photographs() protocolstest.Images {
	d := protocolstest.Noise(1, 50, 3072, 10)
	for _, row := range d.Intensities {
		for j := range row {
			row[j] = 0.47 + 0.87*(row[j]-0.5)
		}
	}
	return d
}

// A tally counts the spikes of all layers, and the synapses at which they arrive.
type tally struct {
	sizes            []int // of the input and all layers
	spikes, synapses float64
}

func (c *tally) Observe(e sim.Event) {
	b, ok := e.(*sim.Block)
	if !ok {
		return
	}
	for layer := range c.sizes {
		reach := 0
		if layer+1 < len(c.sizes) {
			reach = c.sizes[layer+1]
		} else {
			for _, n := range c.sizes[1:layer] {
				reach += n // through feedback
			}
		}
		for step := range b.Steps {
			n := float64(len(b.Spikes(layer, step)))
			c.spikes += n
			c.synapses += n * float64(reach)
		}
	}
}

// eachSize runs a benchmark for all sizes. Prepare gets a network that has learned a
// little, so that it fires as it does in use. Run shows n examples; count counts the
// spikes of n examples separately, so that counting is not timed.
func eachSize(b *testing.B, prepare func(b *testing.B, m protocols.Model, trainer *protocolstest.Training, data training.Examples) (run func(n int) error, count func(c *tally, n int) error)) {
	for _, size := range sizes {
		m := protocols.Default(size.inputs, size.hidden, 10)
		m.Neurons.Hidden.Apical = size.apical
		name := fmt.Sprint(size.inputs)
		for _, n := range m.Network.Sizes() {
			name += fmt.Sprint("-", n)
		}
		if size.apical > 0 {
			name += fmt.Sprint("/apical=", size.apical)
		}
		var run func(int) error
		var perExample tally
		b.Run(name, func(b *testing.B) {
			if run == nil {
				data := pictures(b, size.inputs)
				trainer := protocolstest.NewTraining(b, m)
				if _, err := trainer.Epoch(context.Background(), cycle{data, 100}, nil); err != nil {
					b.Fatal(err)
				}
				var count func(*tally, int) error
				run, count = prepare(b, m, trainer, data)
				const n = 20
				perExample.sizes = append([]int{size.inputs}, m.Network.Sizes()...)
				if err := count(&perExample, n); err != nil {
					b.Fatal(err)
				}
				perExample.spikes /= n
				perExample.synapses /= n
			}
			runtime.GC()
			b.ResetTimer()
			if err := run(b.N); err != nil {
				b.Fatal(err)
			}
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "examples/s")
			b.ReportMetric(rate*perExample.spikes, "spikes/s")
			b.ReportMetric(rate*perExample.synapses, "synapses/s")
		})
	}
}

// BenchmarkTrain times training examples of 50 + 50 ms on one core. A synapse
// counts once for each spike that arrives at it.
func BenchmarkTrain(b *testing.B) {
	eachSize(b, func(b *testing.B, m protocols.Model, trainer *protocolstest.Training, data training.Examples) (func(int) error, func(*tally, int) error) {
		ctx := context.Background() // that of b ends with the first of its runs
		run := func(n int) error {
			_, err := trainer.Epoch(ctx, cycle{data, n}, nil)
			return err
		}
		count := func(c *tally, n int) error {
			// Observers cannot be removed from a trainer, so watch another one.
			other, err := protocolstest.New(m, trainer.Network().Clone(), 1)
			if err != nil {
				return err
			}
			other.Watch(c, false)
			_, err = other.Epoch(ctx, cycle{data, n}, nil)
			return err
		}
		return run, count
	})
}

// BenchmarkTest times test examples of 250 ms on one core.
func BenchmarkTest(b *testing.B) {
	eachSize(b, func(b *testing.B, m protocols.Model, trainer *protocolstest.Training, data training.Examples) (func(int) error, func(*tally, int) error) {
		tester, err := protocolstest.NewTester(m, trainer.Network(), 1)
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background() // that of b ends with the first of its runs
		run := func(n int) error {
			_, err := tester.Test(ctx, cycle{data, n}, nil)
			return err
		}
		count := func(c *tally, n int) error {
			engine, err := sim.New(trainer.Network(), m.Neurons, m.Seed)
			if err != nil {
				return err
			}
			engine.Watch(c, false)
			phase := sim.Phase{Name: "test", Intensity: make([]float32, m.Network.Inputs), Steps: 250, From: 30}
			for i := range n {
				cycle{data, n}.Example(i, phase.Intensity)
				engine.Rest()
				engine.Present(sim.Presentation{Purpose: sim.TestSpikes, Number: uint64(i)})
				if err := engine.Run(&phase, protocolstest.Everything(trainer.Network())); err != nil {
					return err
				}
			}
			return nil
		}
		return run, count
	})
}
