package protocols

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// A Showing is one of many trials: which example is shown, and how many times it has
// been shown before.
type Showing struct{ Example, Repeat int }

// Showings lists the trials of some examples, each shown a number of times. All repeats
// of an example follow one another.
func Showings(examples []int, repeats int) []Showing {
	var list []Showing
	for _, i := range examples {
		for k := range repeats {
			list = append(list, Showing{i, k})
		}
	}
	return list
}

// Watched says how many workers run trials, and who is told.
type Watched struct {
	Workers    int          // number of trials that run at the same time; ≥ 1
	Watch      sim.Observer // told of all trials, in order and from one goroutine; may be nil
	Potentials bool         // whether it is told the potentials of every compartment
}

// RunTrials runs trials from rest, each with random draws of its own, without changing
// the network. Repeat 0 of an example is what RunTrial shows. Done is called with each
// trial in turn, after the observer was told of it; an error from done ends the
// trials. Trials, and what the observer is told, do not depend on the number of
// workers; only so many are kept in memory as there are workers, and as many again.
func RunTrials(ctx context.Context, m Model, net *network.Network, data training.Examples, list []Showing, w Watched, done func(*Trial) error) error {
	if err := m.fits(net); err != nil {
		return err
	}
	for _, s := range list {
		if s.Repeat < 0 || s.Repeat > sim.MaxRepeats || s.Example > sim.MaxExamples {
			return fmt.Errorf("protocols: repeat %d of example %d, want 0 to %d of an example up to %d", s.Repeat, s.Example, sim.MaxRepeats, sim.MaxExamples)
		}
	}
	m = m.OnGrid()
	return inOrder(ctx, len(list), w, net, func() (work[*Trial], error) {
		s, err := newPresenter(&m, net)
		if err != nil {
			return nil, err
		}
		follow := w.follow(s.engine)
		p := newSlot(0, &m, net)
		return func(i int, to *sim.Tape) (*Trial, error) {
			show := list[i]
			e, err := training.ReadExample(data, show.Example, m.shape(), "trial")
			if err != nil {
				return nil, err
			}
			follow.to = to
			s.engine.Rest()
			predicted, err := s.show(p, sim.TrialSpikes, sim.RepeatNumber(show.Example, show.Repeat), e)
			if err != nil {
				return nil, fmt.Errorf("protocols: trial of example %d: %w", show.Example, err)
			}
			return &Trial{
				Example: show.Example, Repeat: show.Repeat, Class: e.Class, Predicted: predicted,
				Forward: network.CloneMeans(p.forward), Target: network.CloneMeans(s.target),
				Losses: slices.Clone(p.update.Losses), Training: m.Train,
			}, nil
		}, nil
	}, func(_ int, t *Trial) error { return done(t) })
}

// A verdict is the true and the predicted class of an example.
type verdict struct{ class, predicted int }

// RunTests shows all examples as a test does, in a forward phase from rest, and tells an
// observer. Plateaus are taken at the end of the phase. It predicts what a
// training.Tester predicts. Progress, if not nil, is called with the number of examples
// done.
func RunTests(ctx context.Context, m Model, net *network.Network, data training.Examples, w Watched, progress func(done int)) (training.Result, error) {
	if err := m.fits(net); err != nil {
		return training.Result{}, err
	}
	if data == nil || data.Len() < 1 {
		return training.Result{}, errors.New("protocols: no test examples")
	}
	m = m.OnGrid()
	result := training.Result{Examples: data.Len()}
	err := inOrder(ctx, data.Len(), w, net, func() (work[verdict], error) {
		r, err := newReader(&m, net)
		if err != nil {
			return nil, err
		}
		r.means = net.ForwardMeans()
		follow := w.follow(r.engine)
		return func(i int, to *sim.Tape) (verdict, error) {
			e, err := training.ReadExample(data, i, m.shape(), "test")
			if err == nil {
				err = m.shape().Check(e)
			}
			if err != nil {
				return verdict{}, fmt.Errorf("protocols: test example %d: %w", i, err)
			}
			follow.to = to
			predicted, err := r.Read(e)
			return verdict{e.Class, predicted}, err
		}, nil
	}, func(i int, r verdict) error {
		result.Predicted = append(result.Predicted, r.predicted)
		if r.predicted != r.class {
			result.Errors++
		}
		if progress != nil {
			progress(i + 1)
		}
		return nil
	})
	if err != nil {
		return training.Result{}, err
	}
	return result, nil
}
