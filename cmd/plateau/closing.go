package main

import (
	"context"

	"plateau/protocols"
	"plateau/protocols/dataset"
)

// lookedThrough is the number of test images that are tried to find one with a wrong
// prediction. Even a network with an error of 1 % is wrong on five of 500.
const lookedThrough = 500

// showExamples shows two trials, as plateau trial would run them: that of the first
// test image whose class is predicted correctly, with a raster of all neurons, and
// that of the first image with a wrong prediction.
func (r *session) showExamples(ctx context.Context) error {
	l, ok := r.learner.(spiking)
	if !ok || r.con.json {
		return nil // there are no spikes to see, or nobody to see them
	}
	info, err := dataset.Lookup(r.config.data.name)
	if err != nil {
		return err
	}
	m, net := r.config.model(info), l.Network()
	right, wrong := -1, -1
	for i := 0; i < min(lookedThrough, r.data.Test.Len()) && (right < 0 || wrong < 0); i++ {
		if ctx.Err() != nil {
			return nil // nothing is lost
		}
		trial, err := protocols.RunTrial(m, net, r.data.Test, i, nil)
		if err != nil {
			return err
		}
		switch {
		case trial.Predicted == trial.Class && right < 0:
			right = i
		case trial.Predicted != trial.Class && wrong < 0:
			wrong = i
		}
	}
	for _, show := range []struct {
		example int
		raster  bool
	}{{right, true}, {wrong, false}} {
		if show.example < 0 {
			continue
		}
		tr := newTrace(r.config, info, net)
		trial, err := protocols.RunTrial(m, net, r.data.Test, show.example, tr)
		if err != nil {
			return err
		}
		tr.finish(trial)
		e := tr.event(trialOptions{split: "test"})
		r.con.line("\nimage %d of the test set\n", show.example)
		r.con.drawing(tr.verdict(r.con.page, r.data.Test, e))
		if show.raster {
			r.con.drawing("\n" + tr.spikes(r.con.page, e))
		}
	}
	return nil
}
