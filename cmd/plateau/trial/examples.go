package trial

import (
	"context"

	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// lookedThrough is the number of test images that are tried to find one with a wrong
// prediction. Even a network with an error of 1 % is wrong on five of 500.
const lookedThrough = 500

// ShowExamples shows two trials, as plateau trial would run them: that of the first
// test image whose class is predicted correctly, with a raster of all neurons, and
// that of the first image with a wrong prediction.
func ShowExamples(ctx context.Context, con *terminal.Console, c *settings.Config, learner training.Learner, test *dataset.Set) error {
	l, ok := learner.(settings.Spiking)
	if !ok || con.JSON {
		return nil // there are no spikes to see, or nobody to see them
	}
	info := c.Data.Info()
	m, net := c.Model(info), l.Network()
	right, wrong := -1, -1
	for i := 0; i < min(lookedThrough, test.Len()) && (right < 0 || wrong < 0); i++ {
		if ctx.Err() != nil {
			return nil // nothing is lost
		}
		trial, err := protocols.RunTrial(m, net, test, i, nil)
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
		e, err := training.ReadExample(test, show.example, learner.Shape(), "trial")
		if err != nil {
			return err
		}
		b := &builder{c: c, m: m, info: info, files: &files{}, example: &e, number: uint64(show.example)}
		p := &protocol{Presentation: b.presentation(), phases: m.Phases(b.number, e), shown: test, index: show.example}
		tr := observe(c, info, p)
		if tr.result, err = protocols.ShowPhases(m, net, p.Presentation, p.phases, tr); err != nil {
			return err
		}
		event := tr.event(trialOptions{split: "test"})
		con.Line("\nimage %d of the test set\n", show.example)
		con.Drawing(tr.verdict(con.Page, event))
		if show.raster {
			con.Drawing("\n" + tr.spikes(con.Page, event))
		}
	}
	return nil
}
