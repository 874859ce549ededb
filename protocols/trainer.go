package protocols

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"plateau/network"
	"plateau/sim"
)

// Trainer trains a network: it shows examples and changes weights after each batch.
// The state of the network flows on from one example to the next in the same slot.
type Trainer struct {
	model   Model
	net     *network.Network
	weights network.Weights
	slots   []*slot // one for each example of a batch
	workers []worker
	watched bool
	shown   uint64 // number of examples so far, which selects the random streams
	order   []int

	witnesses []Witness

	epoch    Epoch // the last, or the one in progress
	sums     []float64
	progress bool // whether an epoch has begun but not finished
	length   int  // number of examples of the epoch in progress

	// The batch that the workers work on:
	data    Samples
	group   []int // the examples of the batch
	next    atomic.Int64
	updates []*network.Update
	wait    sync.WaitGroup
}

// worker is a stage and the two functions that its goroutines run. They are made once,
// so that batches do not allocate.
type worker struct {
	stage       *stage
	show, apply func()
}

// NewTrainer returns a trainer that changes net. It shares the examples of a batch
// among the given number of workers; the result does not depend on their number.
func NewTrainer(m Model, net *network.Network, workers int) (*Trainer, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	if workers < 1 {
		return nil, fmt.Errorf("protocols: %d workers, want at least 1", workers)
	}
	m = m.OnGrid()
	t := &Trainer{model: m, net: net, weights: net.Weights(), sums: make([]float64, len(net.Layers))}
	for k := range m.Batch {
		p := newSlot(k, &t.model, net)
		t.slots = append(t.slots, p)
		t.updates = append(t.updates, p.update)
	}
	workers = min(workers, m.Batch)
	for k := range workers {
		stage, err := newStage(&t.model, net)
		if err != nil {
			return nil, err
		}
		t.workers = append(t.workers, worker{
			stage: stage,
			show: func() {
				defer t.wait.Done()
				t.showNext(stage)
			},
			apply: func() {
				defer t.wait.Done()
				t.net.ApplyPart(t.updates[:len(t.group)], k, workers)
			},
		})
	}
	return t, nil
}

// Model returns the model that is trained, as Model.OnGrid rounds it.
func (t *Trainer) Model() Model { return t.model }

// Network returns the network in training.
func (t *Trainer) Network() *network.Network { return t.net }

// Watch sends the events of the training to an observer; see sim.Engine.Watch. The
// examples of a batch are then shown one after another, in order.
func (t *Trainer) Watch(o sim.Observer, potentials bool) {
	t.watched = true
	for _, w := range t.workers {
		w.stage.engine.Watch(o, potentials)
	}
}

// Epoch is the result of one pass through the training examples.
type Epoch struct {
	Number   int       // counted from 1
	Examples int       // number of examples shown
	Errors   int       // number of wrong predictions, made in the forward phase before the example was learnt
	Losses   []float64 // mean L_0 of each hidden layer (eq. 32), then mean L_1 (eq. 23)
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

// Shown returns how many examples have been shown since the first epoch began.
func (t *Trainer) Shown() uint64 { return t.shown }

// checkEvery is the number of examples after which training checks that the weights
// are still finite.
const checkEvery = 1000

// Epoch shows all examples once, in an order drawn for this epoch, and learns from
// each. Progress, if not nil, is called after each batch with the epoch so far. If the
// context ends, Epoch stops between batches and returns the epoch so far along with
// the context's error. The next call, also after Restore, then goes on with the same
// epoch and ends with the same bits as without the interruption.
func (t *Trainer) Epoch(ctx context.Context, data Samples, progress func(Epoch)) (Epoch, error) {
	if err := suits(data, "training", t.model.Network); err != nil {
		return Epoch{}, err
	}
	if t.progress && t.length != data.Len() {
		return Epoch{}, fmt.Errorf("protocols: there are %d training examples, but the epoch in progress was begun with %d", data.Len(), t.length)
	}
	if !t.progress {
		t.epoch = Epoch{Number: t.epoch.Number + 1, Losses: make([]float64, len(t.net.Layers))}
		clear(t.sums)
		t.progress, t.length = true, data.Len()
	}
	t.shuffle(data.Len())
	rule := t.model.Rule().Slowed(slowing(t.model.RateDecay, t.epoch.Number))
	for _, w := range t.workers {
		w.stage.rule = rule
	}
	t.data = data
	for t.epoch.Examples < t.length {
		if err := ctx.Err(); err != nil {
			return t.epoch, err
		}
		begin := t.epoch.Examples
		t.group = t.order[begin:min(begin+len(t.slots), t.length)]
		if err := t.batch(); err != nil {
			return t.epoch, err
		}
		t.count()
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

// count adds the batch that was shown to the epoch.
func (t *Trainer) count() {
	for _, p := range t.slots[:len(t.group)] {
		t.epoch.Examples++
		if p.read != p.class {
			t.epoch.Errors++
		}
		for m, loss := range p.update.Losses {
			t.sums[m] += loss
			t.epoch.Losses[m] = t.sums[m] / float64(t.epoch.Examples)
		}
	}
}

// batch shows the examples of a batch and changes the weights by the sum or the mean
// of their updates, added up in the order of the slots.
func (t *Trainer) batch() error {
	t.next.Store(0)
	alone := len(t.workers) == 1 || len(t.group) == 1
	if alone || t.watched {
		t.showNext(t.workers[0].stage)
	} else {
		t.wait.Add(len(t.workers))
		for _, w := range t.workers {
			go w.show()
		}
		t.wait.Wait()
	}
	t.shown += uint64(len(t.group))
	updates := t.updates[:len(t.group)]
	for k, p := range t.slots[:len(t.group)] {
		if p.err != nil {
			return fmt.Errorf("protocols: training example %d: %w", t.group[k], p.err)
		}
		if t.model.MeanUpdate && len(updates) > 1 {
			p.update.Scale(1 / float32(len(updates)))
		}
	}
	t.tell()
	if alone {
		t.net.ApplyPart(updates, 0, 1)
	} else {
		t.wait.Add(len(t.workers))
		for _, w := range t.workers {
			go w.apply()
		}
		t.wait.Wait()
	}
	t.net.Settle()
	disturbFeedback(t.net, t.model.Network, t.model.Seed, t.shown)
	return nil
}

// showNext shows examples of the batch on a stage, each in its slot, until none is
// left.
func (t *Trainer) showNext(s *stage) {
	for {
		k := int(t.next.Add(1)) - 1
		if k >= len(t.group) {
			return
		}
		p := t.slots[k]
		p.err = t.showAt(s, p, t.group[k])
	}
}

func (t *Trainer) showAt(s *stage, p *slot, i int) error {
	if len(t.slots) > 1 {
		if err := enter(s.engine, p.state); err != nil {
			return err
		}
		defer s.leave(p)
	}
	return s.show(p, sim.TrainingSpikes, t.shown+uint64(p.index)+1, t.data, i)
}

// shuffle draws the order of the examples of an epoch, a function of the seed and the
// number of the epoch.
func (t *Trainer) shuffle(n int) {
	if len(t.order) != n {
		t.order = make([]int, n)
	}
	for i := range t.order {
		t.order[i] = i
	}
	s := sim.NewStream(t.model.Seed, sim.ExampleOrder, uint64(t.epoch.Number-1), 0, 0)
	for i := n - 1; i > 0; i-- {
		k := s.Below(i + 1)
		t.order[i], t.order[k] = t.order[k], t.order[i]
	}
}
