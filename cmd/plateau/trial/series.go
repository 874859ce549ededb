package trial

import (
	"slices"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim"
)

// series are the trials that the options ask for: examples, or a stimulus, each shown some
// times. A single trial is a series of one.
type series struct {
	builder
	o        trialOptions
	examples []int        // to show, one after another; nil for a stimulus
	set      *dataset.Set // that has them
	specs    []phaseSpec  // of a protocol file; nil without one
	text     string
}

// trials returns the number of trials.
func (s *series) trials() int { return max(1, len(s.examples)) * s.o.repeats }

// protocol returns what a trial shows.
func (s *series) protocol(trial int) (*protocol, error) {
	b, repeat := s.builder, trial%s.o.repeats
	b.number = sim.RepeatNumber(0, repeat)
	if s.examples != nil {
		e, err := training.ReadExample(s.set, s.examples[trial/s.o.repeats], training.Shape{Inputs: b.m.Network.Inputs, Classes: b.m.Network.Classes}, "trial")
		if err != nil {
			return nil, err
		}
		b.example, b.number = &e, sim.RepeatNumber(e.Index, repeat)
	}
	if s.specs != nil {
		return b.fromSpecs(s.o.phases, s.specs, s.text)
	}
	return b.fromOptions(s.o)
}

// single returns what the first trial shows, with the image that is drawn of it.
func (s *series) single() (*protocol, error) {
	p, err := s.protocol(0)
	if err != nil {
		return nil, err
	}
	if s.set != nil {
		p.shown, p.index = s.set, s.examples[0]
	} else {
		p.shown = s.image(p.phases)
	}
	return p, checkLength(s.c, s.info, p.phases)
}

// newSeries plans the trials that the options ask for.
func newSeries(con *terminal.Console, c *settings.Config, m protocols.Model, info dataset.Info, o trialOptions) (*series, error) {
	s := &series{builder: builder{c: c, m: m.OnGrid(), info: info, files: &files{}}, o: o}
	example := o.stimulus == ""
	if o.file() {
		var err error
		if s.specs, s.text, err = readProtocol(o.phases); err != nil {
			return nil, err
		}
		if example = shows(s.specs); !example && (o.chosen || o.examples != "") {
			return nil, cli.Misuse("--phases %s: no phase has the stimulus %q, so no image of the data set is shown", o.phases, theExample)
		}
	}
	if example {
		s.examples = []int{o.example}
		if o.examples != "" {
			most := mostImages(c, info, o.split)
			numbers, err := cli.ParseRanges(o.examples, 0, most)
			if err != nil {
				return nil, cli.Misuse("--examples %v; there are %d images in the %s set of %s", err, most, o.split, c.Data.Short())
			}
			s.examples = numbers
		}
		o.example = slices.Max(s.examples)
		var err error
		if s.set, err = trialImages(con, c, o); err != nil {
			return nil, err
		}
	}
	return s, nil
}
