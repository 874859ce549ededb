package run_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
	"plateau/protocols"
	"plateau/protocols/training"
)

// trained trains a network without hidden layers on digits in a new folder, as plateau train does.
func trained() (folder string, remove func()) {
	temp, err := os.MkdirTemp("", "plateau")
	if err != nil {
		log.Fatal(err)
	}
	folder = filepath.Join(temp, "run")
	c, err := settings.New("data.examples=400", "data.test_examples=100", "network.hidden=[]", "learning.epochs=2")
	if err != nil {
		log.Fatal(err)
	}
	con := terminal.NewConsole(io.Discard, io.Discard, os.Getenv)
	every, err := run.ParseInterval("1ep")
	if err != nil {
		log.Fatal(err)
	}
	if err := train.Run(context.Background(), con, c, train.Options{Workers: 1, Out: folder, Every: every, EveryText: "1ep"}); err != nil {
		log.Fatal(err)
	}
	return folder, func() { os.RemoveAll(temp) }
}

// The metrics say how a run went, and its checkpoints where it can be resumed.
func Example() {
	folder, remove := trained()
	defer remove()

	m, err := run.ReadMetrics(folder)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range m.Epochs {
		fmt.Printf("epoch %d: training error %.3f, test error %.2f\n", e.Epoch, e.TrainError, *e.TestError)
	}
	checkpoints, err := run.ListCheckpoints(folder)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range checkpoints {
		c, err := f.Read()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("checkpoint after %d examples, in %d parts\n", c.Examples, len(c.Parts))
		c.Close()
	}
	fmt.Println("weights at the end:", m.End.WeightsSHA256[:12])
	// Output:
	// epoch 1: training error 0.807, test error 0.70
	// epoch 2: training error 0.632, test error 0.61
	// checkpoint after 400 examples, in 2 parts
	// checkpoint after 800 examples, in 2 parts
	// weights at the end: 55a60cec0b4f
}

// From the configuration of a run comes the model that it has simulated.
func ExampleConfig() {
	folder, remove := trained()
	defer remove()

	c, err := run.Config(folder)
	if err != nil {
		log.Fatal(err)
	}
	info := c.Data.Info()
	m := c.Model(info)
	fmt.Printf("%d inputs, %d output neurons\n", m.Network.Inputs, m.Network.Outputs())
	fmt.Printf("forward phase %v ms, target phase %v ms\n", m.Train.Forward, m.Train.Target)
	// Output:
	// 784 inputs, 10 output neurons
	// forward phase 50 ms, target phase 50 ms
}

// With the weights of a run the network shows the same error as it did in the run, and
// any trial can be simulated.
func ExampleLoadNetwork() {
	folder, remove := trained()
	defer remove()

	c, err := run.Config(folder)
	if err != nil {
		log.Fatal(err)
	}
	info := c.Data.Info()
	m := c.Model(info)
	net, err := run.LoadNetwork(m, folder)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("weights:", net.Weights().SHA256()[:12])
	data, err := c.Data.Load(c.Data.Examples, c.Data.Test)
	if err != nil {
		log.Fatal(err)
	}
	trial, err := protocols.RunTrial(m, net, data.Test, 7, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("image 7: class %d, predicted %d\n", trial.Class, trial.Predicted)
	// Output:
	// weights: 55a60cec0b4f
	// image 7: class 5, predicted 8
}

// What has learnt can be tested, whatever its rule is.
func ExampleLoadLearner() {
	folder, remove := trained()
	defer remove()

	c, err := run.Config(folder)
	if err != nil {
		log.Fatal(err)
	}
	info := c.Data.Info()
	learner, err := run.LoadLearner(c, info, folder)
	if err != nil {
		log.Fatal(err)
	}
	data, err := c.Data.Load(c.Data.Examples, c.Data.Test)
	if err != nil {
		log.Fatal(err)
	}
	tester, err := training.NewTester(learner, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := tester.Test(context.Background(), data.Test, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test error %.2f\n", result.Error())
	// Output:
	// test error 0.61
}
