package protocols

import (
	"context"
	"errors"
	"fmt"

	"plateau/network"
	"plateau/protocols/training"
	"plateau/sim"
)

// Trials are trials of a network that does not change. Each begins at rest.
type Trials struct {
	Model   Model
	Network *network.Network
	Number  int // of trials
	// Show returns what is shown in a trial, counted from 0. Different goroutines may
	// call it at the same time.
	Show func(trial int) (sim.Presentation, []sim.Phase, error)
	// Done, if not nil, is told of each trial in turn, after the observer was. An error
	// from it ends the trials.
	Done func(trial int, p sim.Presentation, shown *Shown) error
}

// Watched says how many workers run trials, and who is told.
type Watched struct {
	Workers    int          // number of trials that run at the same time; ≥ 1
	Watch      sim.Observer // told of all trials, in order and from one goroutine; may be nil
	Potentials bool         // whether it is told the potentials of every compartment
}

// Run runs the trials. Neither they, nor what the observer is told, depend on the number
// of workers; only so many are kept in memory as there are workers, and as many again.
// If the context ends, Run stops after a whole trial and returns its error.
func (t *Trials) Run(ctx context.Context, w Watched) error {
	type presented struct {
		sim.Presentation
		*Shown
	}
	return inOrder(ctx, t.Number, w, t.Network, func() (work[presented], error) {
		s, err := newShower(t.Model, t.Network)
		if err != nil {
			return nil, err
		}
		follow := w.follow(s.engine)
		return func(i int, to *sim.Tape) (presented, error) {
			p, phases, err := t.Show(i)
			var shown *Shown
			if err == nil {
				follow.to = to
				shown, err = s.show(p, phases)
			}
			if err != nil {
				return presented{}, fmt.Errorf("protocols: trial %d: %w", i, err)
			}
			return presented{p, shown}, nil
		}, nil
	}, func(i int, p presented) error {
		if t.Done == nil {
			return nil
		}
		return t.Done(i, p.Presentation, p.Shown)
	})
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
