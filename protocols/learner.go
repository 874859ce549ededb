package protocols

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"plateau/internal/crew"
	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// Learner is a network of spiking neurons that learns by the paper's rule. The state of
// the network flows on from one example to the next in the same slot of a batch.
type Learner struct {
	model      Model
	net        *network.Network
	step       Step
	slots      []*slot      // one for each example of a batch
	presenters []*presenter // of the workers who share a batch, or the only one
	crew       *crew.Crew
	pace       crew.Pace // of examples that come one at a time
	watched    bool
	witnesses  []Witness
	rate       float64 // factor of the learning rates that the workers have
	begun      bool    // whether the network in the only slot is not at rest any more

	// The batch that the workers work on:
	batch   *training.Batch
	updates []*network.Update

	// What workers do, made once, so that batches do not allocate:
	showSlot, apply func(worker, k int)
}

// NewLearner returns a learner that changes net. The given number of workers share the
// examples of a batch or, if there is one at a time, the neurons; the result does not depend on
// their number.
func NewLearner(m Model, net *network.Network, workers int) (*Learner, error) {
	if err := m.fits(net); err != nil {
		return nil, err
	}
	if workers < 1 {
		return nil, fmt.Errorf("protocols: %d workers, want at least 1", workers)
	}
	m = m.OnGrid()
	l := &Learner{model: m, net: net, step: Step{Network: net, Mean: m.MeanUpdate, Seed: m.Seed}, rate: 1}
	if m.Optimiser.Name != "" {
		l.step.descent = newDescent(m.Optimiser, m.Rule(), net)
	}
	l.showSlot = func(worker, k int) { l.slots[k].err = l.show(l.presenters[worker], l.slots[k]) }
	l.apply = func(_, part int) { l.step.share(l.updates[:l.batch.Len()], part) }
	for k := range m.Batch {
		p := newSlot(k, &l.model, net)
		l.slots = append(l.slots, p)
		l.updates = append(l.updates, p.update)
	}
	// Workers share the examples of a batch. If there is one at a time, they share its work, as
	// many of them as there are blocks of neurons.
	if m.Batch > 1 {
		l.crew = crew.New(min(workers, m.Batch))
	} else {
		l.crew = crew.New(min(workers, mostBlocks(net)))
	}
	for range min(workers, m.Batch) {
		s, err := newPresenter(&l.model, net)
		if err != nil {
			return nil, err
		}
		if m.Batch == 1 {
			s.engine.Share(l.crew)
		}
		if l.step.descent != nil {
			s.rule = unit(s.rule)
		}
		l.presenters = append(l.presenters, s)
	}
	return l, nil
}

// mostBlocks returns the number of blocks of the layer that has most.
func mostBlocks(net *network.Network) int {
	most := 0
	for m := range net.Layers {
		most = max(most, net.Layers[m].Weights.Len())
	}
	return most
}

// Learner returns the model as a learner, with a network of initial weights.
func (m Model) Learner(workers int) (training.Learner, error) {
	net, err := m.NewNetwork()
	if err != nil {
		return nil, err
	}
	return NewLearner(m, net, workers)
}

// Model returns the model that learns, as Model.OnGrid rounds it.
func (l *Learner) Model() Model { return l.model }

// Network returns the network that learns.
func (l *Learner) Network() *network.Network { return l.net }

// Weights lists all weights of the network.
func (l *Learner) Weights() network.Weights { return l.net.Weights() }

// Masks lists which synapses of feedback are silent.
func (l *Learner) Masks() []network.Mask { return l.net.Masks() }

// Shape says that an example has a loss for each layer: L_0 of each hidden layer (eq. 32),
// then L_1 (eq. 23).
func (l *Learner) Shape() training.Shape { return l.model.shape() }

// Reader returns a reader that shows an example to a network at rest.
func (l *Learner) Reader() (training.Reader, error) { return newReader(&l.model, l.net) }

// Watch sends the events of the training to an observer; see sim.Engine.Watch. The
// examples of a batch are then shown one after another, in order.
func (l *Learner) Watch(o sim.Observer, potentials bool) {
	l.watched = true
	for _, s := range l.presenters {
		s.engine.Watch(o, potentials)
	}
}

// Learn shows a batch and changes the weights by the sum or the mean of the updates,
// added up in the order of the slots.
func (l *Learner) Learn(b *training.Batch) error {
	if b.Len() > len(l.slots) {
		return fmt.Errorf("protocols: a batch of %d examples, want at most %d", b.Len(), len(l.slots))
	}
	if l.step.descent != nil {
		l.step.descent.factor = b.Rate
	} else if b.Rate != l.rate {
		l.rate = b.Rate
		for _, s := range l.presenters {
			s.rule = l.model.Rule().Slowed(b.Rate)
		}
	}
	l.batch, l.begun = b, true
	if len(l.slots) == 1 {
		l.pace.Begin(l.crew)
		defer l.pace.End()
	}
	if len(l.slots) == 1 || l.watched {
		for k := range b.Len() {
			l.showSlot(0, k)
		}
	} else {
		l.crew.Do(b.Len(), l.showSlot)
	}
	for k, p := range l.slots[:b.Len()] {
		if p.err != nil {
			return fmt.Errorf("protocols: training example %d: %w", b.Index(k), p.err)
		}
	}
	updates := l.updates[:b.Len()]
	l.step.begin(updates)
	l.tell()
	l.crew.Do(l.net.Parts(), l.apply)
	l.step.end(b.First - 1 + uint64(b.Len()))
	return nil
}

// show shows the example of a slot.
func (l *Learner) show(s *presenter, p *slot) (err error) {
	e := l.batch.Read(p.index)
	if len(l.slots) > 1 {
		if err := s.enter(p); err != nil {
			return err
		}
		defer s.leave(p)
	}
	seen := &l.batch.Seen[p.index]
	seen.Predicted, err = s.show(p, sim.TrainingSpikes, l.batch.First+uint64(p.index), e)
	seen.Losses = p.update.Losses
	return err
}

// AppendState appends the state of the network in each slot of a batch: the number of
// slots, and for each the length of its state (0 at rest) and the state; then that of the
// optimiser, if there is one.
func (l *Learner) AppendState(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(l.slots)))
	for _, p := range l.slots {
		length := len(b)
		b = append(b, 0, 0, 0, 0)
		if len(l.slots) > 1 {
			b = append(b, p.state...)
		} else if l.begun {
			b = l.presenters[0].engine.AppendState(b)
		}
		binary.LittleEndian.PutUint32(b[length:], uint32(len(b)-length-4))
	}
	if d := l.step.descent; d != nil {
		b = d.appendState(b)
	}
	return b
}

// SetState restores the states that AppendState appended.
func (l *Learner) SetState(b []byte) error {
	n, b, ok := cutUint32(b)
	if ok && int(n) != len(l.slots) {
		return fmt.Errorf("it is of a run with batches of %d, want %d", n, len(l.slots))
	}
	states := make([][]byte, len(l.slots))
	for k := range states {
		n, b, ok = cutUint32(b)
		if !ok || uint64(n) > uint64(len(b)) {
			return errors.New("the states of the slots end too early")
		}
		if n > 0 {
			states[k] = bytes.Clone(b[:n])
		}
		b = b[n:]
	}
	d, want := l.step.descent, 0
	if d != nil {
		want = d.size()
	}
	if len(b) != want {
		return fmt.Errorf("there are %d bytes after the states of the slots, want %d of the optimiser", len(b), want)
	}
	engine := l.presenters[0].engine
	before := engine.AppendState(nil)
	if !l.begun {
		before = nil
	}
	for _, state := range states {
		if err := engine.SetState(state); err != nil {
			return errors.Join(err, engine.SetState(before))
		}
	}
	if d != nil {
		d.setState(b)
	}
	for k, p := range l.slots {
		p.state = states[k]
	}
	l.begun = states[0] != nil
	return nil
}

// cutUint32 cuts a number off the beginning of b.
func cutUint32(b []byte) (n uint32, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, false
	}
	return binary.LittleEndian.Uint32(b), b[4:], true
}
