package rival

import (
	"errors"
	"fmt"
	"sync"

	"plateau/internal/stream"
	"plateau/network"
	"plateau/network/rate"
	"plateau/protocols/training"
)

// Backprop says what a multilayer perceptron is and how it learns by backpropagation
// (Rumelhart, Hinton & Williams 1986).
type Backprop struct {
	Plan      rate.Plan
	Optimiser rate.Optimiser
	Decay     rate.Decay
	Sum       bool   // learns by the sum of the updates of a batch, not their mean
	Frozen    int    // layers, from the first, that do not learn; at most all but the output layer
	Seed      uint64 // of the initial weights
}

// Validate reports every field outside its domain.
func (p Backprop) Validate() error {
	optimiser := errors.New("rival: Backprop.Optimiser is missing")
	if p.Optimiser != nil {
		optimiser = p.Optimiser.Validate()
	}
	var frozen error
	if hidden := max(0, len(p.Plan.Sizes)-2); p.Frozen < 0 || p.Frozen > hidden {
		frozen = fmt.Errorf("rival: Backprop.Frozen = %d layers, want 0 to %d", p.Frozen, hidden)
	}
	return errors.Join(p.Plan.Validate(), optimiser, p.Decay.Validate(), frozen)
}

// backprop is a perceptron that learns.
type backprop struct {
	Backprop
	net     *rate.Perceptron
	descent *rate.Descent
	update  *rate.Update
	slots   []*rate.Activity
	targets [][]float32 // one-hot, by class
	errs    []error     // by slot
	workers int
}

// Learner returns a perceptron with initial weights. It shares the examples of a batch
// and the rows of the weights among the given number of workers; the result does not
// depend on their number.
func (p Backprop) Learner(workers int) (training.Learner, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if workers < 1 {
		return nil, fmt.Errorf("rival: %d workers, want at least 1", workers)
	}
	l := &backprop{Backprop: p, net: rate.New(p.Plan), workers: workers}
	draws := stream.New(p.Seed, stream.InitialWeights, 0, 0, 0)
	l.net.Draw(&draws)
	l.descent, l.update = rate.NewDescent(l.net, p.Optimiser, p.Decay), l.net.NewUpdate()
	l.descent.Frozen = p.Frozen
	for k := range l.Shape().Classes {
		y := make([]float32, l.Shape().Classes)
		y[k] = 1
		l.targets = append(l.targets, y)
	}
	return l, nil
}

// Shape says that an example has one loss, that of the output.
func (l *backprop) Shape() training.Shape {
	sizes := l.Plan.Sizes
	return training.Shape{Inputs: sizes[0], Classes: sizes[len(sizes)-1], Losses: 1}
}

// Weights lists the weights and biases of all layers.
func (l *backprop) Weights() network.Weights { return l.net.Weights() }

// Learn shows a batch and changes the weights by the mean or the sum of the updates.
func (l *backprop) Learn(b *training.Batch) error {
	n := b.Len()
	for len(l.slots) < n {
		l.slots, l.errs = append(l.slots, l.net.NewActivity()), append(l.errs, nil)
	}
	l.share(func(part int) {
		for k := part * n / l.workers; k < (part+1)*n/l.workers; k++ {
			l.errs[k] = l.show(b, k)
		}
	})
	for k, err := range l.errs[:n] {
		if err != nil {
			return fmt.Errorf("rival: training example %d: %w", b.Index(k), err)
		}
	}
	scale := 1.0
	if !l.Sum {
		scale /= float64(n)
	}
	step := l.descent.Step(scale, b.Rate)
	l.share(func(part int) {
		l.update.Add(l.slots[:n], part, l.workers)
		step.Take(l.update, part, l.workers)
	})
	return nil
}

// show shows the example of a slot.
func (l *backprop) show(b *training.Batch, k int) error {
	e, c := b.Read(k), l.slots[k]
	if err := l.Shape().Check(e); err != nil {
		return err
	}
	l.net.Forward(c, e.Intensity)
	l.net.Backprop(c, l.targets[e.Class])
	seen := &b.Seen[k]
	seen.Predicted, seen.Losses = network.ReadOut(c.Output(), 1), append(seen.Losses[:0], c.Loss)
	return nil
}

// share does a piece of work for each worker, at the same time.
func (l *backprop) share(work func(part int)) {
	if l.workers == 1 {
		work(0)
		return
	}
	var wait sync.WaitGroup
	for part := range l.workers {
		wait.Go(func() { work(part) })
	}
	wait.Wait()
}

// AppendState appends what the optimiser carries from batch to batch.
func (l *backprop) AppendState(b []byte) []byte { return l.descent.AppendState(b) }

// SetState restores what AppendState appended.
func (l *backprop) SetState(b []byte) error { return l.descent.SetState(b) }

// Reader returns a reader of the perceptron.
func (l *backprop) Reader() (training.Reader, error) {
	return &reader{l.net, l.net.NewActivity(), l.Shape()}, nil
}

// reader shows examples to a perceptron.
type reader struct {
	net   *rate.Perceptron
	room  *rate.Activity
	shape training.Shape
}

// Read returns the class whose output is the largest.
func (r *reader) Read(e training.Example) (class int, err error) {
	if err := r.shape.Check(e); err != nil {
		return 0, err
	}
	r.net.Forward(r.room, e.Intensity)
	return network.ReadOut(r.room.Output(), 1), nil
}
