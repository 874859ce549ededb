package training_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"plateau/network"
	"plateau/protocols/training"
)

// A DeltaRule is a learner of one's own: a layer of linear units, one for each class,
// that learns by the rule of Widrow & Hoff (1960):
//
//	y = W x,  ΔW = η (target − y) ⊗ x
type DeltaRule struct {
	rate    float64        // η
	weights network.Matrix // W, a row for each input
	changes []change       // those of a batch
}

// A change is x and target − y of an example.
type change struct{ input, errors []float32 }

// newDeltaRule returns a layer without weights.
func newDeltaRule(inputs, classes int, rate float64) *DeltaRule {
	return &DeltaRule{rate: rate, weights: network.NewMatrix(inputs, classes)}
}

// Shape says that an example has one loss, the squared error.
func (d *DeltaRule) Shape() training.Shape {
	return training.Shape{Inputs: d.weights.Rows, Classes: d.weights.Cols, Losses: 1}
}

// outputs returns y. Products are rounded before they are added, so that the sums are
// the same on every processor.
func (d *DeltaRule) outputs(input []float32) []float32 {
	y := make([]float32, d.weights.Cols)
	for j, x := range input {
		for i, w := range d.weights.Row(j) {
			y[i] += float32(w * x)
		}
	}
	return y
}

// Read returns the class whose unit has the largest output.
func (d *DeltaRule) Read(e training.Example) (class int, err error) {
	if err := d.Shape().Check(e); err != nil {
		return 0, err
	}
	return network.ReadOut(d.outputs(e.Intensity), 1), nil
}

// Reader returns the rule itself: reading changes nothing.
func (d *DeltaRule) Reader() (training.Reader, error) { return d, nil }

// Learn shows all examples of a batch with the same weights, and then changes these.
func (d *DeltaRule) Learn(b *training.Batch) error {
	d.changes = d.changes[:0]
	for slot := range b.Len() {
		e := b.Read(slot)
		class, err := d.Read(e)
		if err != nil {
			return err
		}
		errors, loss := d.outputs(e.Intensity), 0.0
		for i, y := range errors {
			errors[i] = -y
			if i == e.Class {
				errors[i] = 1 - y
			}
			loss += float64(errors[i]) * float64(errors[i]) // exact, so that nothing is rounded before the sum
		}
		b.Seen[slot] = training.Seen{Predicted: class, Losses: []float64{loss}}
		d.changes = append(d.changes, change{e.Intensity, errors})
	}
	rate := float32(d.rate * b.Rate)
	for _, c := range d.changes {
		for j, x := range c.input {
			row := d.weights.Row(j)
			for i, e := range c.errors {
				row[i] += float32(float32(rate*e) * x)
			}
		}
	}
	return nil
}

// Weights lists what is learnt, which checkpoints hold.
func (d *DeltaRule) Weights() network.Weights {
	return network.Weights{network.MatrixArray("W0", d.weights)}
}

// AppendState appends nothing: no state flows on from batch to batch but the weights.
func (d *DeltaRule) AppendState(b []byte) []byte { return b }

// SetState wants nothing.
func (d *DeltaRule) SetState(b []byte) error {
	if len(b) > 0 {
		return errors.New("the delta rule has no state")
	}
	return nil
}

// A rule of one's own is a Learner, and gets epochs, batches, tests and checkpoints for it.
// Training that was stopped within its second epoch goes on from a checkpoint, and ends
// with the same weights.
func ExampleLearner() {
	examples := drawTable(600, 1)
	schedule := training.Schedule{Batch: 10, Course: network.Course{Decay: 0.5}, Seed: 1}
	newTrainer := func() *training.Trainer {
		trainer, err := training.NewTrainer(newDeltaRule(30, 3, 0.01), schedule)
		if err != nil {
			log.Fatal(err)
		}
		return trainer
	}

	trainer, checkpoint := newTrainer(), new(bytes.Buffer)
	for range 2 {
		epoch, err := trainer.Epoch(context.Background(), examples, func(sofar training.Epoch) {
			if sofar.Number == 2 && sofar.Examples == 300 {
				if err := trainer.WriteState(checkpoint); err != nil {
					log.Fatal(err)
				}
			}
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("epoch %d: training error %.3f, mean loss %.3f\n", epoch.Number, epoch.Error(), epoch.Losses[0])
	}

	resumed := newTrainer()
	file := bytes.NewReader(checkpoint.Bytes())
	if err := resumed.ReadState(io.NewSectionReader(file, 0, file.Size())); err != nil {
		log.Fatal(err)
	}
	if _, err := resumed.Epoch(context.Background(), examples, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println("same weights:", resumed.Learner().Weights().SHA256() == trainer.Learner().Weights().SHA256())
	// Output:
	// epoch 1: training error 0.023, mean loss 0.171
	// epoch 2: training error 0.000, mean loss 0.045
	// same weights: true
}
