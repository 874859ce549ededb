package training

import (
	"context"
	"fmt"
	"slices"

	"plateau/network"
)

// Trainer trains a learner: it shows examples, batch by batch.
type Trainer struct {
	learner   Learner
	shape     Shape
	schedule  Schedule
	weights   network.Weights
	witnesses []Witness

	batch Batch
	order []int
	shown uint64 // number of examples so far

	epoch    Epoch // the last, or the one in progress
	sums     []float64
	progress bool // whether an epoch has begun but not finished
	length   int  // number of examples of the epoch in progress
}

// NewTrainer returns a trainer of l.
func NewTrainer(l Learner, s Schedule) (*Trainer, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	shape := l.Shape()
	return &Trainer{learner: l, shape: shape, schedule: s, weights: l.Weights(), sums: make([]float64, shape.Losses)}, nil
}

// Learner returns what is trained.
func (t *Trainer) Learner() Learner { return t.learner }

// Epoch is the result of one pass through the training examples.
type Epoch struct {
	Number   int       // counted from 1
	Examples int       // number of examples shown
	Errors   int       // number of wrong predictions, made before the example was learnt
	Losses   []float64 // mean of each of the losses; see Seen
}

// Error returns the training error: the share of examples with a wrong predicted
// class.
func (e Epoch) Error() float64 { return float64(e.Errors) / float64(e.Examples) }

// Current returns the last epoch, or the one in progress, and whether it is
// finished. Before the first epoch it returns the zero Epoch and true.
func (t *Trainer) Current() (e Epoch, finished bool) {
	e = t.epoch
	e.Losses = slices.Clone(e.Losses)
	return e, !t.progress
}

// Alter has every example altered before it is shown; nil shows them as they are.
func (t *Trainer) Alter(a Alteration) { t.batch.alter = a }

// Shown returns how many examples have been shown since the first epoch began.
func (t *Trainer) Shown() uint64 { return t.shown }

// checkEvery is the number of examples after which training checks that the weights
// are still finite.
const checkEvery = 1000

// Epoch shows all examples once, in an order drawn for this epoch, and learns from
// each. Progress, if not nil, is called after each batch with the epoch so far. If the
// context ends, Epoch stops between batches and returns the epoch so far along with
// the context's error. The next call, also after ReadState, then goes on with the same
// epoch and ends with the same bits as without the interruption.
func (t *Trainer) Epoch(ctx context.Context, data Examples, progress func(Epoch)) (Epoch, error) {
	if err := suits(data, "training", t.shape); err != nil {
		return Epoch{}, err
	}
	if t.progress && t.length != data.Len() {
		return Epoch{}, fmt.Errorf("training: there are %d training examples, but the epoch in progress was begun with %d", data.Len(), t.length)
	}
	if !t.progress {
		t.epoch = Epoch{Number: t.epoch.Number + 1, Losses: make([]float64, t.shape.Losses)}
		clear(t.sums)
		t.progress, t.length = true, data.Len()
	}
	if len(t.order) != t.length {
		t.order = make([]int, t.length)
	}
	t.schedule.order(t.order, t.epoch.Number)
	rate := t.schedule.Course.Factor(t.epoch.Number)
	for t.epoch.Examples < t.length {
		if err := ctx.Err(); err != nil {
			return t.epoch, err
		}
		begin := t.epoch.Examples
		t.batch.begin(data, t.order[begin:min(begin+t.schedule.Batch, t.length)], t.shown+1, rate)
		if err := t.learner.Learn(&t.batch); err != nil {
			return t.epoch, err
		}
		t.count()
		for _, w := range t.witnesses {
			w.Learnt(&t.batch)
		}
		if done := t.epoch.Examples; done/checkEvery > begin/checkEvery || done == t.length {
			if err := t.weights.Check(); err != nil {
				return t.epoch, fmt.Errorf("learning diverged after %d examples; a smaller learning rate may help: %w", t.shown, err)
			}
		}
		if progress != nil {
			progress(t.epoch)
		}
	}
	t.progress = false
	return t.epoch, nil
}

// count adds the batch that was learnt to the epoch.
func (t *Trainer) count() {
	t.shown += uint64(t.batch.Len())
	for k, seen := range t.batch.Seen {
		t.epoch.Examples++
		if seen.Predicted != t.batch.Example(k).Class {
			t.epoch.Errors++
		}
		for m, loss := range seen.Losses {
			t.sums[m] += loss
		}
	}
	for m, sum := range t.sums {
		t.epoch.Losses[m] = sum / float64(t.epoch.Examples)
	}
}
