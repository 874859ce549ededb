package trial

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/kernels"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/stimulus"
	"plateau/protocols/training"
	"plateau/sim"
	"plateau/sim/record"
)

// A protocol is all that is shown in a trial.
type protocol struct {
	sim.Presentation
	phases []sim.Phase
	specs  []phaseSpec  // the phases as a protocol file has them; nil for those of the configuration
	text   string       // of the file that they are from; "" if they are from options
	shown  *dataset.Set // a set with the image that is shown first, to be drawn; nil if it is none
	index  int          // which one
}

// own reports whether anything is shown that a run would not show.
func (p *protocol) own() bool { return p.specs != nil }

// addTo puts the phases that are not those of the configuration into the header of a
// recording, and leaves out the data set if none of its images is shown.
func (p *protocol) addTo(h *record.Header) (err error) {
	if p.Example < 0 {
		h.Split = ""
	}
	if h.Protocol = p.text; p.own() && p.text == "" {
		h.Protocol, err = printProtocol(p.specs)
	}
	return err
}

// Words for stimuli in a protocol.
const (
	noStimulus = "none"
	theExample = "example"
)

// A phaseSpec is a phase as a protocol file describes it.
type phaseSpec struct {
	Name     string        `toml:"name,omitempty"`
	Length   float64       `toml:"length_ms,omitempty"` // 0: as long as its stimulus
	Settle   *float64      `toml:"settle_ms,omitempty"`
	Stimulus string        `toml:"stimulus,omitempty"` // none, example or a file
	Class    any           `toml:"class,omitempty"`    // that is taught, by name or number; example for its own
	Currents []currentSpec `toml:"current,omitempty"`
}

// A builder turns descriptions into phases.
type builder struct {
	c       *settings.Config
	m       protocols.Model
	info    dataset.Info
	folder  string            // of a protocol file, where the files that it names are
	example *training.Example // nil if no image of the data set is shown
	number  uint64            // of the presentation
	*files                    // that were read; several trials share them
}

// files are files that a protocol names, each read once, so that all trials see the same.
type files struct {
	mu       sync.Mutex
	stimuli  map[string]*stimulus.Stimulus
	currents map[string][]float32 // by name, and numbers of steps and neurons
}

// once reads a file unless it is there already.
func once[T any](f *files, there *map[string]T, key string, read func() (T, error)) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v, ok := (*there)[key]; ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		if *there == nil {
			*there = map[string]T{}
		}
		(*there)[key] = v
	}
	return v, err
}

func (b *builder) input() stimulus.Input {
	return stimulus.Input{
		Width: b.info.Width, Height: b.info.Height, Channels: b.info.Channels,
		MaxRate: b.m.Neurons.Noise.MaxRate, Dt: b.m.Neurons.Dt,
	}
}

// path returns where a file is that a protocol names.
func (b *builder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(b.folder, name)
}

// stimulus returns a stimulus by its word or file.
func (b *builder) stimulus(name string) (*stimulus.Stimulus, error) {
	switch name {
	case "", noStimulus:
		return stimulus.Nothing(b.m.Network.Inputs), nil
	case theExample:
		if b.example == nil {
			return nil, errors.New("there is no example")
		}
		return stimulus.New(b.example.Intensity), nil
	}
	return once(b.files, &b.stimuli, name, func() (*stimulus.Stimulus, error) { return stimulus.Read(b.path(name), b.input()) })
}

// image returns a set of the image that the first phase with a stimulus shows, nil if
// that is none.
func (b *builder) image(phases []sim.Phase) *dataset.Set {
	for _, p := range phases {
		if p.Spikes != nil || len(p.Intensity) != b.m.Network.Inputs {
			return nil
		}
		if slices.Max(p.Intensity) == 0 {
			continue
		}
		set := &dataset.Set{Name: b.info.Name, Width: b.info.Width, Height: b.info.Height, Channels: b.info.Channels, Classes: len(b.info.Classes), Labels: []byte{0}}
		for _, x := range p.Intensity {
			set.Pixels = append(set.Pixels, byte(255*x+0.5))
		}
		return set
	}
	return nil
}

// class returns the number of a class that is given by its name or number. Where the names
// are numbers themselves, a number is a name, and never counts from 0.
func (b *builder) class(v any) (int, error) {
	classes := b.info.Classes
	text := fmt.Sprint(v)
	if text == theExample && b.example != nil {
		return b.example.Class, nil
	}
	if k := slices.Index(classes, text); k >= 0 {
		return k, nil
	}
	names := strings.Join(classes, ", ")
	if !slices.ContainsFunc(classes, isWord) {
		return 0, fmt.Errorf("class %s: want one of %s", text, names)
	}
	if k, err := strconv.Atoi(text); err == nil && k >= 0 && k < len(classes) {
		return k, nil
	}
	return 0, fmt.Errorf("class %s: want one of %s, or its number from 0 to %d", text, names, len(classes)-1)
}

// isWord reports whether the name of a class is not a number.
func isWord(name string) bool {
	_, err := strconv.ParseFloat(name, 64)
	return err != nil
}

// steps returns the number of time steps of a time.
func (b *builder) steps(what string, ms float64) (int, error) {
	dt := b.m.Neurons.Dt
	if !(ms >= 0 && ms < protocols.MaxLength) {
		return 0, fmt.Errorf("%s = %s: want 0 to less than %s ms", what, terminal.Number(ms), terminal.Number(protocols.MaxLength))
	}
	n := kernels.Steps(ms, dt)
	if math.Abs(float64(n)*dt-ms) > 1e-9*max(1, ms) {
		return 0, fmt.Errorf("%s = %s: want a multiple of the time step, neurons.dt_ms = %s", what, terminal.Number(ms), terminal.Number(dt))
	}
	return n, nil
}

// phase returns phase number k as it is run.
func (b *builder) phase(k int, s phaseSpec) (p sim.Phase, err error) {
	p.Name = cmp.Or(s.Name, fmt.Sprintf("phase%d", k))
	what, err := b.stimulus(s.Stimulus)
	if err != nil {
		return p, fmt.Errorf("stimulus = %q: %w", s.Stimulus, err)
	}
	if p.Steps, err = b.steps("length_ms", s.Length); err != nil {
		return p, err
	}
	if s.Length == 0 {
		if p.Steps = what.Steps(); p.Steps == 0 || what.Spikes != nil {
			return p, errors.New("length_ms is missing; only a stimulus with rates for each step has a length")
		}
	}
	if s.Settle != nil {
		if p.From, err = b.steps("settle_ms", *s.Settle); err == nil && p.From >= p.Steps {
			err = fmt.Errorf("settle_ms = %s: want less than the length of the phase", terminal.Number(*s.Settle))
		}
		if err != nil {
			return p, err
		}
	} else if settle := kernels.Steps(b.m.Train.Settle, b.m.Neurons.Dt); settle < p.Steps {
		p.From = settle
	}
	if err := what.Show(&p); err != nil {
		return p, fmt.Errorf("stimulus = %q: %w", s.Stimulus, err)
	}
	if s.Class != nil {
		p.Taught = true
		if p.Class, err = b.class(s.Class); err != nil {
			return p, err
		}
	}
	return p, b.inject(&p, k, s.Currents)
}

// inject adds currents to phase number k.
func (b *builder) inject(p *sim.Phase, k int, specs []currentSpec) error {
	for n, spec := range specs {
		list, err := b.currents(spec, k, n, p.Steps)
		if err != nil {
			return fmt.Errorf("current %d: %w", n+1, err)
		}
		p.Currents = append(p.Currents, list...)
	}
	return nil
}

// fromOptions makes the protocol that the options of the command describe.
func (b *builder) fromOptions(o trialOptions) (*protocol, error) {
	p := &protocol{Presentation: b.presentation()}
	name := cmp.Or(o.stimulus, theExample)
	what, err := b.stimulus(name)
	if err != nil {
		return nil, fmt.Errorf("--stimulus %s", cli.Plain(err))
	}
	m, taught := b.m, b.example != nil
	e := training.Example{Intensity: make([]float32, b.m.Network.Inputs)}
	if b.example != nil {
		e = *b.example
	}
	if o.class != "" {
		if e.Class, err = b.class(o.class); err != nil {
			return nil, cli.Misuse("--%v", err)
		}
		taught, p.Class = true, e.Class
	}
	if n := what.Steps(); n > 0 && what.Spikes == nil {
		length := float64(n) * m.Neurons.Dt
		if settle := m.Train.Settle; !(length > settle && length < protocols.MaxLength) {
			return nil, fmt.Errorf("--stimulus %s has rates for %s ms: want more than phases.settle_ms = %s, which --set phases.settle_ms changes, and less than %s ms",
				name, terminal.Number(length), terminal.Number(settle), terminal.Number(protocols.MaxLength))
		}
		m.Train.Forward, m.Train.Target, m.Train.Longer = length, length, nil
		if err := m.Train.Validate(); err != nil {
			return nil, fmt.Errorf("%s has rates for %s ms: %s", name, terminal.Number(length), cli.Plain(err))
		}
	}
	phases := m.Phases(b.number, e)
	if !taught || o.phases == forwardAlone {
		phases = phases[:1]
	}
	constant, staircase, err := b.parseCurrents(o.currents)
	if err != nil {
		return nil, err
	}
	if staircase.levels != nil {
		first := phases[0]
		first.Name = "step"
		phases = slices.Repeat([]sim.Phase{first}, len(staircase.levels))
	}
	var specs []phaseSpec
	for k := range phases {
		phase := &phases[k]
		if err := what.Show(phase); err != nil {
			return nil, fmt.Errorf("%s: %s; --set phases.forward_ms and phases.target_ms make phases longer", name, cli.Plain(err))
		}
		currents := constant
		if staircase.levels != nil {
			level := staircase.spec
			level.Constant = &staircase.levels[k]
			currents = append(slices.Clone(constant), level)
		}
		if err := b.inject(phase, k, currents); err != nil {
			return nil, fmt.Errorf("--current: %w", err)
		}
		specs = append(specs, b.describe(phase, name, currents))
	}
	p.phases = phases
	if name != theExample || len(o.currents) > 0 || o.phases != "" {
		p.specs = specs
	}
	return p, nil
}

// forwardAlone is the word for a forward phase without a target phase.
const forwardAlone = "forward"

// presentation says what a trial shows.
func (b *builder) presentation() sim.Presentation {
	if b.example == nil {
		return sim.Presentation{Purpose: sim.ProtocolSpikes, Number: b.number, Example: -1, Class: -1}
	}
	return sim.Presentation{Purpose: sim.TrialSpikes, Number: b.number, Example: b.example.Index, Class: b.example.Class}
}

// describe describes a phase as a protocol file would.
func (b *builder) describe(p *sim.Phase, stimulus string, currents []currentSpec) phaseSpec {
	clock := sim.NewClock(b.m.Neurons.Dt)
	settle := clock.At(int64(p.From))
	s := phaseSpec{Name: p.Name, Length: clock.At(int64(p.Steps)), Settle: &settle, Stimulus: stimulus, Currents: currents}
	if p.Taught {
		s.Class = p.Class
		if k, err := b.class(s.Class); err != nil || k != p.Class {
			s.Class = b.info.Classes[p.Class] // the number is the name of another class
		}
		if b.example != nil {
			s.Class = theExample
		}
	}
	return s
}

// A stair is a current that takes another level in each phase.
type stair struct {
	spec   currentSpec
	levels []float64
}

// parseCurrents reads the values of --current: constant currents, and at most one
// staircase.
func (b *builder) parseCurrents(texts []string) (constant []currentSpec, staircase stair, err error) {
	for _, text := range texts {
		spec, levels, err := parseCurrent(text)
		if err != nil {
			return nil, stair{}, err
		}
		if len(levels) == 1 {
			spec.Constant = &levels[0]
			constant = append(constant, spec)
			continue
		}
		if staircase.levels != nil {
			return nil, stair{}, cli.Misuse("--current %s: there can be one staircase; --phases FILE describes any others", text)
		}
		staircase = stair{spec, levels}
	}
	return constant, staircase, nil
}
