package protocols_test

import (
	"context"
	"fmt"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// A small network learns some digits and is tested with others. The numbers are
// the same on every machine.
func Example() {
	data := dataset.Digits(1, 400, 100)
	m := protocols.Default(data.Train.Size(), nil, data.Train.Classes)
	learner, err := m.Learner(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	trainer, err := training.NewTrainer(learner, m.Schedule())
	if err != nil {
		fmt.Println(err)
		return
	}
	tester, err := training.NewTester(learner, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for range 2 {
		epoch, err := trainer.Epoch(ctx, data.Train, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := tester.Test(ctx, data.Test, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("epoch %d: training error %.3f, test error %.2f\n", epoch.Number, epoch.Error(), result.Error())
	}
	// Output:
	// epoch 1: training error 0.807, test error 0.70
	// epoch 2: training error 0.632, test error 0.61
}

// A spikeCounter counts the spikes of the input and of each layer.
type spikeCounter struct {
	phase string
	count [3]int
}

func (c *spikeCounter) Observe(e sim.Event) {
	switch e := e.(type) {
	case *sim.PhaseBegan:
		c.phase, c.count = e.Phase.Name, [3]int{}
	case *sim.Block:
		for step := range e.Steps {
			for layer := range c.count {
				c.count[layer] += len(e.Spikes(layer, step))
			}
		}
	case *sim.PhaseEnded:
		fmt.Printf("%s phase: %d input, %d hidden, %d output spikes\n", c.phase, c.count[0], c.count[1], c.count[2])
	}
}

// A trial shows one example to a network while an observer watches. In the target
// phase one output neuron is driven up and nine are driven down.
func ExampleRunTrial() {
	data := dataset.Digits(1, 1, 0)
	m := protocols.Default(784, []int{100}, 10)
	net, err := m.NewNetwork()
	if err != nil {
		fmt.Println(err)
		return
	}
	trial, err := protocols.RunTrial(m, net, data.Train, 0, new(spikeCounter))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("class %d, predicted %d\n", trial.Class, trial.Predicted)
	// Output:
	// forward phase: 960 input, 639 hidden, 63 output spikes
	// target phase: 954 input, 645 hidden, 8 output spikes
	// class 8, predicted 4
}
