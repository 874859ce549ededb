package protocols

import (
	"context"
	"errors"
	"fmt"

	"plateau/network"
	"plateau/sim"
)

// Trainer trains a network example by example: weights change after each
// (the paper's online rule), and the network's state flows on from one to the
// next.
type Trainer struct {
	model Model
	net   *network.Network
	place *place
	shown uint64 // examples so far, which number the random streams
	epoch int
	order []int
}

// NewTrainer returns a trainer of net, which it changes.
func NewTrainer(m Model, net *network.Network) (*Trainer, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	t := &Trainer{model: m, net: net}
	var err error
	t.place, err = newPlace(&t.model, net)
	return t, err
}

// Network returns the network in training.
func (t *Trainer) Network() *network.Network { return t.net }

// Watch sends what happens in training to an observer; see sim.Engine.Watch.
func (t *Trainer) Watch(o sim.Observer, potentials bool) { t.place.engine.Watch(o, potentials) }

// Epoch is what one pass through the training examples gave.
type Epoch struct {
	Number   int       // counted from 1
	Examples int       // shown
	Errors   int       // misread in their forward phase, before they were learnt
	Losses   []float64 // mean L_0 of each hidden layer (eq. 32), then mean L_1 (eq. 23)
}

// Error returns the share of examples that were misread.
func (e Epoch) Error() float64 { return float64(e.Errors) / float64(e.Examples) }

// checkEvery is the number of examples after which weights are checked for
// having grown beyond all bounds.
const checkEvery = 1000

// Epoch shows all examples once, in an order drawn for this epoch, and
// learns from each. Progress, if not nil, is called after each example with the
// epoch so far. If the context ends, Epoch stops between examples and returns
// what it has along with the context's error.
func (t *Trainer) Epoch(ctx context.Context, data Samples, progress func(Epoch)) (Epoch, error) {
	if data.Len() == 0 {
		return Epoch{}, errors.New("protocols: no training examples")
	}
	t.shuffle(data.Len())
	t.epoch++
	result := Epoch{Number: t.epoch, Losses: make([]float64, len(t.net.Layers))}
	sums := make([]float64, len(t.net.Layers))
	for _, i := range t.order {
		if err := ctx.Err(); err != nil {
			return result, err
		}
		t.shown++
		read, class, err := t.place.show(sim.TrainingSpikes, t.shown, data, i)
		if err != nil {
			return result, fmt.Errorf("training example %d: %w", i, err)
		}
		t.net.Apply(t.place.update)
		result.Examples++
		if read != class {
			result.Errors++
		}
		for m, loss := range t.place.update.Losses {
			sums[m] += loss
			result.Losses[m] = sums[m] / float64(result.Examples)
		}
		if result.Examples%checkEvery == 0 || result.Examples == len(t.order) {
			if err := t.net.Check(); err != nil {
				return result, fmt.Errorf("learning diverged after %d examples, a smaller learning rate may help: %w", t.shown, err)
			}
		}
		if progress != nil {
			progress(result)
		}
	}
	return result, nil
}

// shuffle draws the order of an epoch, a function of the seed and the epoch's
// number.
func (t *Trainer) shuffle(n int) {
	if len(t.order) != n {
		t.order = make([]int, n)
	}
	for i := range t.order {
		t.order[i] = i
	}
	s := sim.NewStream(t.model.Seed, sim.ExampleOrder, uint64(t.epoch), 0, 0)
	for i := n - 1; i > 0; i-- {
		k := s.Below(i + 1)
		t.order[i], t.order[k] = t.order[k], t.order[i]
	}
}
