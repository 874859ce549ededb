package training_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"plateau/protocols"
	"plateau/protocols/training"
)

// A Table has a row of numbers in [0, 1] for each example, and its class.
type Table struct {
	Rows    [][]float32
	Classes []int
}

// Len returns the number of examples.
func (t *Table) Len() int { return len(t.Rows) }

// Size returns the number of inputs that a network needs to be shown a row.
func (t *Table) Size() int { return len(t.Rows[0]) }

// Example copies a row and returns its class.
func (t *Table) Example(i int, intensity []float32) (class int) {
	copy(intensity, t.Rows[i])
	return t.Classes[i]
}

// drawTable makes up examples of three classes. Each has ten of thirty columns in which
// it has larger numbers than the others.
func drawTable(n int, seed uint64) *Table {
	random := rand.New(rand.NewPCG(seed, 0))
	t := new(Table)
	for i := range n {
		row := make([]float32, 30)
		for k := range row {
			row[k] = random.Float32() / 4
			if k/10 == i%3 {
				row[k] *= 4
			}
		}
		t.Rows, t.Classes = append(t.Rows, row), append(t.Classes, i%3)
	}
	return t
}

// Anything that has examples of one size, each with a class, can be learnt: here a table
// by a network of spiking neurons. No file is needed, and no flag.
func Example() {
	m := protocols.Default(30, []int{50}, 3) // inputs, hidden neurons, classes
	learner, err := m.Learner(1)
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := training.NewTrainer(learner, m.Schedule())
	if err != nil {
		log.Fatal(err)
	}
	tester, err := training.NewTester(learner, 2)
	if err != nil {
		log.Fatal(err)
	}
	ctx, examples, unseen := context.Background(), drawTable(1500, 1), drawTable(100, 2)
	for range 3 {
		epoch, err := trainer.Epoch(ctx, examples, nil)
		if err != nil {
			log.Fatal(err)
		}
		result, err := tester.Test(ctx, unseen, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("epoch %d: training error %.3f, test error %.2f\n", epoch.Number, epoch.Error(), result.Error())
	}
	// Output:
	// epoch 1: training error 0.527, test error 0.23
	// epoch 2: training error 0.286, test error 0.07
	// epoch 3: training error 0.137, test error 0.03
}
