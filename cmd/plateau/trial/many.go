package trial

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
	"plateau/sim/record"
)

// many reports whether the options ask for several trials.
func (o *trialOptions) many() bool { return o.examples != "" || o.repeats > 1 }

// maxRepeats is the largest number of repeats.
const maxRepeats = 1 << 20

// checkMany reports options of several trials that do not go together.
func (o *trialOptions) checkMany() error {
	switch {
	case o.repeats < 1 || o.repeats > maxRepeats:
		return cli.Misuse("--repeats %d: want 1 to %d", o.repeats, maxRepeats)
	case o.examples != "" && o.named:
		return cli.Misuse("--examples and --example do not go together: the first also takes a single number")
	case o.examples != "" && o.stimulus != "":
		return cli.Misuse("--examples and --stimulus do not go together; --repeats shows a stimulus several times")
	case o.many() && o.out != "" && o.out != settings.Nothing:
		return cli.Misuse("--out %s: several trials have no archive of their own; --record writes a recording, which %s converts", o.out, cli.Command("export"))
	}
	return cli.CheckWorkers(o.workers)
}

// manyEvent is a line of --json for each of several trials.
type manyEvent struct {
	Event   string `json:"event"` // trial
	Trial   int    `json:"trial"` // counted from 0, as in the recording
	Example int    `json:"example"`
	Repeat  int    `json:"repeat"`
	Class   int    `json:"class"`
	Read    int    `json:"read"`
}

// trialsEvent is the last line.
type trialsEvent struct {
	Event     string  `json:"event"` // trials
	Data      string  `json:"data"`
	Split     string  `json:"split,omitempty"`
	Trials    int     `json:"trials"`
	Repeats   int     `json:"repeats"`
	Errors    int     `json:"errors"`
	Seconds   float64 `json:"seconds"`
	Recording string  `json:"recording,omitempty"`
}

// run runs several trials on all cores, and records them.
func (s *series) run(ctx context.Context, con *terminal.Console, net *network.Network, origin *record.Origin) error {
	o := s.o
	first, err := s.protocol(0) // finds mistakes before anything is written
	if err != nil {
		return err
	}
	recording, err := s.record(net, origin, first)
	if err != nil {
		return err
	}
	total := trialsEvent{Event: "trials", Data: s.c.Data.Short(), Split: o.split, Trials: s.trials(), Repeats: o.repeats, Recording: o.record}
	if first.Example < 0 {
		total.Split = ""
	}
	bar := con.Progress("trials", int64(s.trials()), terminal.Pace(int64(s.trials())))
	known := false // whether any trial has a class
	predicted := make([]int, len(s.info.Classes))
	trials := &protocols.Trials{Model: s.m, Network: net, Number: s.trials(),
		Show: func(trial int) (sim.Presentation, []sim.Phase, error) {
			p, err := s.protocol(trial)
			if err != nil {
				return sim.Presentation{}, nil, err
			}
			return p.Presentation, p.phases, nil
		},
		Done: func(trial int, p sim.Presentation, shown *protocols.Shown) error {
			bar.At(int64(trial + 1))
			if shown.Read >= 0 {
				predicted[shown.Predicted]++
			}
			if p.Class >= 0 && shown.Read >= 0 {
				if known = true; shown.Predicted != p.Class {
					total.Errors++
				}
			}
			con.Event(manyEvent{"trial", trial, p.Example, trial % o.repeats, p.Class, shown.Predicted})
			return nil
		},
	}
	began := time.Now()
	watched := protocols.Watched{Workers: o.workers}
	if recording != nil {
		watched.Watch, watched.Potentials = recording.Writer, recording.Writer.Potentials()
	}
	err = trials.Run(ctx, watched)
	bar.End()
	if closed := recording.Close(); err == nil {
		err = closed
	}
	if ctx.Err() != nil && err != nil {
		left := "; nothing was written"
		if o.record != "" {
			left = fmt.Sprintf("; %s holds the trials before", o.record)
		}
		return cli.Interrupted("%s", left)
	}
	if err != nil {
		return err
	}
	total.Seconds = time.Since(began).Seconds()
	con.Event(total)
	con.Line("%s", s.summary(total, known, predicted))
	return nil
}

// record begins the recording, if there is to be one.
func (s *series) record(net *network.Network, origin *record.Origin, first *protocol) (*run.Recording, error) {
	if s.o.record == "" {
		return nil, nil
	}
	h, err := settings.TrialsHeader(s.c, s.m, s.o.split)
	if err != nil {
		return nil, err
	}
	h.Origin = origin
	if s.o.repeats > 1 {
		h.Repeats = s.o.repeats
	}
	if err := first.addTo(&h); err != nil {
		return nil, err
	}
	return run.CreateRecording(s.o.record, s.o.force, h, net)
}

// summary says what was done, and what can be done with it. Predicted counts the trials in
// which each class was predicted.
func (s *series) summary(e trialsEvent, known bool, predicted []int) string {
	var b strings.Builder
	what, each := "a stimulus", ""
	switch {
	case s.examples != nil:
		what = fmt.Sprintf("%s of the %s set", terminal.Plural(len(s.examples), "image"), s.o.split)
		each = fmt.Sprintf(", %s each", terminal.Plural(e.Repeats, "time"))
	case s.o.file():
		what = "the phases of " + terminal.Printable(s.o.phases)
	}
	fmt.Fprintf(&b, "%s: %s of %s%s, in %s", s.c.Title(), terminal.Plural(e.Trials, "trial"), what, each, terminal.Clock(time.Duration(e.Seconds*float64(time.Second))))
	if known {
		fmt.Fprintf(&b, "\nerror %s: %d of %d predictions wrong", terminal.WithAccuracy(float64(e.Errors)/float64(e.Trials)), e.Errors, e.Trials)
	}
	if text := s.predictions(predicted); text != "" && s.examples == nil {
		b.WriteString("\n" + text)
	}
	if s.o.record != "" {
		path := cli.Argument(s.o.record)
		fmt.Fprintf(&b, "\neverything is in %s:\n  %s\n  %s", terminal.Printable(s.o.record), cli.Command("inspect", path), cli.Command("export", path, "--to", "parquet"))
	}
	return b.String()
}

// predictions says in how many trials each class was predicted, the most frequent first; ""
// if none was.
func (s *series) predictions(counts []int) string {
	var order []int
	for k, n := range counts {
		if n > 0 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	text := ""
	for i, k := range order {
		class := "class " + terminal.Printable(s.info.Classes[k])
		if i == 0 {
			text = fmt.Sprintf("predicted %s in %s", class, terminal.Plural(counts[k], "trial"))
			continue
		}
		text += fmt.Sprintf(", %s in %d", class, counts[k])
	}
	return text
}
