package protocols

import (
	"bytes"
	"errors"
	"fmt"

	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// RecordingHeader returns the header for recording a model's run, with the spikes of
// all populations and nothing else. If learning rates decay, set EpochTrials too, to
// the number of examples in an epoch.
func RecordingHeader(m Model) record.Header {
	m = m.OnGrid()
	rule := m.Rule()
	h := record.Header{
		Neurons: m.Neurons, Network: m.Network, Seed: m.Seed,
		Rule: &rule, MeanUpdate: m.MeanUpdate,
		Populations: record.Populations(m.Network),
	}
	if m.RateDecay != 1 {
		h.RateDecay = m.RateDecay
	}
	return h
}

// A Replay recomputes the potentials of a recorded run from its spikes. Spikes and
// weights determine every potential, so it finds the same bits as the run. If weights
// change from trial to trial, it begins with the last snapshot of the weights before a
// trial and lets the network learn from the trials since, whose spikes determine
// the weight changes.
//
// Replaying trials in order is fastest. A Replay is for one goroutine.
type Replay struct {
	// Learning, if not nil, is called before the network learns from trial from in
	// order to reach the weights of trial to. An error from Learning ends the replay,
	// which can go on from there later.
	Learning func(from, to int) error

	reader  *record.Reader
	header  *record.Header
	weights func(digest string) (*network.Network, error)

	net      *network.Network
	engine   *sim.Engine // watched by relay
	relay    relay
	quiet    *sim.Engine // learns
	snapshot int         // number of the snapshot with which net began; −1 before the first
	next     int         // the trial to learn from next
	updates  int         // number of trials from which net has learnt since the snapshot
	pending  []int       // slots of the batch in progress
	learnt   uint64      // number of its last presentation
	slots    map[int]*replaySlot
	target   []network.Means

	epoch  int // the epoch of slowed; 0 before the first
	slowed network.Rule
}

// replaySlot is what is known about one slot of a batch.
type replaySlot struct {
	state   []byte // state after its last trial; nil if not known
	forward []network.Means
	update  *network.Update
}

// relay passes events on to the observer of the present replay.
type relay struct {
	to sim.Observer
}

func (r *relay) Observe(e sim.Event) {
	if r.to != nil {
		r.to.Observe(e)
	}
}

// NewReplay returns a replay of a recording. It calls weights for weights that are not
// stored in the recording, with their digest (see network.Weights.SHA256); if weights
// is nil, replays that need it return an error.
func NewReplay(r *record.Reader, weights func(digest string) (*network.Network, error)) *Replay {
	return &Replay{reader: r, header: r.Header(), weights: weights, snapshot: -1}
}

// A Waypoint is a state of a replay, to which it can return without learning
// everything again.
type Waypoint struct {
	Snapshot int // number of the snapshot with which the replay had begun
	Next     int // the trial to learn from next

	net     *network.Network
	updates int
	states  map[int][]byte // of each slot of a batch
}

// Bytes returns roughly how much memory a waypoint takes.
func (w *Waypoint) Bytes() int {
	n := 4 * w.net.Weights().Count()
	for _, state := range w.states {
		n += len(state)
	}
	return n
}

// Waypoint returns the present state of the replay; nil before it has begun, and in
// the middle of a batch.
func (p *Replay) Waypoint() *Waypoint {
	if p.snapshot < 0 {
		return nil
	}
	if len(p.pending) > 0 {
		t, err := p.reader.Trial(p.next)
		if err != nil || p.learns(t) && t.Slot != 0 {
			return nil
		}
		p.apply()
	}
	w := &Waypoint{Snapshot: p.snapshot, Next: p.next, net: p.net.Clone(), updates: p.updates, states: map[int][]byte{}}
	for k, slot := range p.slots {
		w.states[k] = bytes.Clone(slot.state)
	}
	return w
}

// At returns the Snapshot and Next that a Waypoint would have now; snapshot is −1
// before the replay has begun.
func (p *Replay) At() (snapshot, next int) { return p.snapshot, p.next }

// Return goes back, or forward, to a waypoint of a replay of the same recording.
func (p *Replay) Return(w *Waypoint) error {
	if err := p.begin(w.net.Clone(), w.Snapshot, w.Next); err != nil {
		return err
	}
	p.updates = w.updates
	for k, state := range w.states {
		p.slot(k).state = bytes.Clone(state)
	}
	return nil
}

// slot returns what is known about a slot of a batch, at first nothing.
func (p *Replay) slot(k int) *replaySlot {
	if p.slots[k] == nil {
		p.slots[k] = &replaySlot{forward: newForward(p.net), update: p.header.Rule.NewUpdate(p.header.Network)}
	}
	return p.slots[k]
}

// Trial replays a trial and sends an observer the same events as in the run, with the
// potentials of every compartment. The spikes of all populations must have been
// recorded.
func (p *Replay) Trial(i int, watch sim.Observer) error {
	if err := p.missing(everyPopulation); err != nil {
		return fmt.Errorf("protocols: replay of trial %d: %w", i, err)
	}
	if err := p.run(i, watch, record.End); err != nil {
		return fmt.Errorf("protocols: replay of trial %d: %w", i, err)
	}
	return nil
}

// Samples replays the steps from ≤ step < to of a trial and calls emit for each
// sample of the given traces, in the order of steps. Values are valid only during the
// call. An error from emit ends the replay. Only the populations on whose spikes the
// traces depend must have been recorded.
func (p *Replay) Samples(i int, traces []record.Probe, from, to int, emit func(trace, step int, values []float32) error) error {
	wrap := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("protocols: replay of trial %d: %w", i, err)
	}
	h := *p.header
	h.Probes = traces
	if err := h.Validate(); err != nil {
		return wrap(err)
	}
	t, err := p.reader.Trial(i)
	if err != nil {
		return wrap(err)
	}
	if to == record.End || to > t.Steps {
		to = t.Steps
	}
	for _, trace := range traces {
		if err := p.missing(p.needs(trace)); err != nil {
			return wrap(err)
		}
	}
	s := &sampler{traces: traces, from: max(from, 0), to: to, emit: emit}
	if s.from >= s.to {
		return nil
	}
	for _, trace := range traces {
		s.of = append(s.of, p.header.Sampler(trace))
	}
	if err := p.run(i, s, to); err != nil {
		return wrap(err)
	}
	return wrap(s.err)
}

// sampler takes samples from blocks.
type sampler struct {
	traces   []record.Probe
	of       []*record.Sampler // of each trace
	row      []float32
	from, to int
	emit     func(trace, step int, values []float32) error
	script   *recorded
	err      error
}

func (s *sampler) Observe(e sim.Event) {
	b, ok := e.(*sim.Block)
	if !ok {
		return
	}
	for step := range b.Steps {
		at := b.First + step
		for k := range s.traces {
			t := &s.traces[k]
			if s.err == nil && s.script.err == nil && at >= s.from && at < s.to && at%t.Every == 0 {
				s.row = s.of[k].Append(s.row[:0], b, step)
				s.err = s.emit(k, at, s.row)
			}
		}
	}
}

// everyPopulation is the set of all populations.
const everyPopulation = -1

// needs returns the populations on whose spikes a trace depends, as a set of bits or
// everyPopulation.
func (p *Replay) needs(t record.Probe) int {
	h := p.header
	if h.Neurons.Forward != sim.Spikes || h.Neurons.Feedback != sim.Spikes || len(h.Populations) > 60 {
		return everyPopulation
	}
	basal, apical := 1<<(t.Population-1), 0
	if t.Population <= len(h.Network.Hidden) {
		apical = 1 << (1 + h.Network.FeedbackFrom(t.Population-1))
	}
	switch {
	case t.Variable == record.Basal:
		return basal
	case t.Variable == record.Apical:
		return apical
	case h.Neurons.Hidden.Apical > 0:
		return basal | apical
	}
	return basal
}

// missing returns an error that names those of a set of populations whose spikes are
// needed but were not recorded.
func (p *Replay) missing(set int) error {
	var errs []error
	last := len(p.header.Populations) - 1
	for n, population := range p.header.Populations {
		read := n < last && p.header.Neurons.Forward == sim.Spikes || last > 1 && n > 1 && p.header.Neurons.Feedback == sim.Spikes &&
			(n == last || p.header.Network.Feedback == network.LayerWise)
		if read && set>>min(n, 62)&1 == 1 && !population.Spikes {
			errs = append(errs, fmt.Errorf("spikes of %s: %w", population.Name, record.ErrNotRecorded))
		}
	}
	return errors.Join(errs...)
}

// run replays the steps of a trial before to.
func (p *Replay) run(i int, watch sim.Observer, to int) error {
	t, err := p.reader.Trial(i)
	if err != nil {
		return err
	}
	state, err := p.reach(t)
	if err != nil {
		return err
	}
	if err := enter(p.engine, state); err != nil {
		return err
	}
	defer func() { p.relay.to = nil }()
	p.relay.to = watch
	return p.show(p.engine, t, to, p.means(t), watch)
}

// means returns room for the means of a trial from which nothing is learnt.
func (p *Replay) means(t *record.Trial) func(taught bool) []network.Means {
	target, forward := newTarget(p.net), newForward(p.net)
	return func(taught bool) []network.Means {
		if taught {
			return target
		}
		return forward
	}
}

// show takes an engine through the steps of a trial before to, with the spikes of the
// recording.
func (p *Replay) show(e *sim.Engine, t *record.Trial, to int, means func(taught bool) []network.Means, watch sim.Observer) error {
	script := newRecorded(p.reader, t.Index)
	if s, ok := watch.(*sampler); ok {
		s.script = script
	}
	e.Follow(script)
	defer e.Follow(nil)
	if to == record.End || to > t.Steps {
		to = t.Steps
	}
	e.Present(sim.Presentation{Purpose: t.Purpose, Number: t.Number, Sample: t.Example, Class: t.Class, Place: t.Slot})
	for k, ph := range t.Phases {
		if ph.First >= to {
			break
		}
		phase, err := p.phase(t, k)
		if err != nil {
			return err
		}
		shorten(phase, to-ph.First)
		if err := e.Run(phase, means(phase.Taught)); err != nil {
			return err
		}
		if script.err != nil {
			return script.err
		}
	}
	return nil
}

// phase returns a phase as it was run.
func (p *Replay) phase(t *record.Trial, k int) (*sim.Phase, error) {
	ph := t.Phases[k]
	intensity, plateaus, err := p.reader.Input(t.Index, k)
	if err != nil {
		return nil, err
	}
	if intensity == nil {
		intensity = make([]float32, p.header.Network.Inputs)
	}
	return &sim.Phase{
		Name: ph.Name, Intensity: intensity, Steps: ph.Steps, From: ph.From, Taught: ph.Taught, Class: ph.Class,
		PlateauStep: plateaus, PlateauWindow: ph.PlateauWindow,
	}, nil
}

// shorten cuts a phase to the given number of steps. That does not change these steps,
// only the means at the end.
func shorten(ph *sim.Phase, steps int) {
	if ph.Steps <= steps {
		return
	}
	ph.Steps, ph.From = steps, 0
	if ph.PlateauStep != nil {
		// Keep plateau times: apical potentials are computed in another way without.
		ph.PlateauWindow = 1
		for _, at := range ph.PlateauStep {
			for i := range at {
				at[i] = 0
			}
		}
	}
}

// reach brings the network to the weights that it had in a trial and returns the
// state with which the trial began, nil for rest.
func (p *Replay) reach(t *record.Trial) (state []byte, err error) {
	stored, err := p.reader.State(t.Index)
	if err != nil {
		return nil, err
	}
	alone := t.Updates == 0 && (t.Rested || stored != nil)
	if ahead := p.snapshot == t.Snapshot && (p.next <= t.Index || alone && p.updates == 0); !ahead {
		if err := p.restart(t); err != nil {
			return nil, err
		}
	}
	if alone && p.updates == 0 {
		return stored, nil
	}
	for ; p.next < t.Index; p.next++ {
		if p.Learning != nil {
			if err := p.Learning(p.next, t.Index); err != nil {
				return nil, err
			}
		}
		before, err := p.reader.Trial(p.next)
		if err != nil {
			return nil, fmt.Errorf("its weights depend on trial %d: %w", p.next, err)
		}
		if p.learns(before) {
			if err := p.learn(before); err != nil {
				return nil, fmt.Errorf("its weights depend on trial %d: %w", p.next, err)
			}
		}
	}
	if !p.learns(t) || t.Slot == 0 {
		p.apply()
	}
	if p.updates != t.Updates {
		return nil, fmt.Errorf("its weights were changed by %d trials since the last snapshot of the weights, of which %d were recorded", t.Updates, p.updates)
	}
	return p.state(t, stored)
}

// learns reports whether a trial changed weights.
func (p *Replay) learns(t *record.Trial) bool {
	return p.header.Rule != nil && t.Purpose == sim.TrainingSpikes
}

// state returns the state with which a trial began. Stored is the one in the
// recording, if any.
func (p *Replay) state(t *record.Trial, stored []byte) ([]byte, error) {
	if t.Rested || stored != nil {
		return stored, nil
	}
	if slot := p.slots[t.Slot]; slot != nil && slot.state != nil {
		return slot.state, nil
	}
	return nil, errors.New("it began with a state that the recording does not hold")
}

// restart goes back to the last snapshot of the weights before a trial.
func (p *Replay) restart(t *record.Trial) error {
	first := t.Index
	if t.Updates > 0 || !t.Rested {
		for first > 0 {
			before, err := p.reader.Trial(first - 1)
			if err != nil || before.Snapshot != t.Snapshot {
				break // reach reports a damaged trial if it is needed
			}
			first--
		}
	}
	if t.Weights == "" {
		return errors.New("the part of the recording that says which weights it has is damaged")
	}
	net, err := p.reader.Weights(t.Weights)
	if errors.Is(err, record.ErrNotRecorded) && p.weights != nil {
		if net, err = p.weights(t.Weights); err == nil {
			net = net.Clone()
			err = p.fits(net, t.Weights)
		}
	}
	if err != nil {
		return err
	}
	return p.begin(net, t.Snapshot, first)
}

// fits returns an error if weights from outside the recording are not the right ones.
func (p *Replay) fits(net *network.Network, digest string) error {
	if got := net.Weights().SHA256(); got != digest {
		return fmt.Errorf("the weights with digest %.12s are needed, not those with %.12s", digest, got)
	}
	if fmt.Sprint(net.Architecture) != fmt.Sprint(p.header.Network) {
		return errors.New("the weights are those of another network")
	}
	return nil
}

// begin begins anew with the weights of a snapshot.
func (p *Replay) begin(net *network.Network, snapshot, first int) error {
	engine, err := sim.New(net, p.header.Neurons, p.header.Seed)
	if err != nil {
		return err
	}
	quiet, err := sim.New(net, p.header.Neurons, p.header.Seed)
	if err != nil {
		return err
	}
	engine.Watch(&p.relay, true)
	p.net, p.engine, p.quiet, p.snapshot, p.next, p.updates = net, engine, quiet, snapshot, first, 0
	p.pending, p.slots, p.target = nil, map[int]*replaySlot{}, newTarget(net)
	return nil
}

// learn replays a trial that changed weights and keeps its update, which apply adds
// at the end of the batch.
func (p *Replay) learn(t *record.Trial) error {
	if err := p.missing(everyPopulation); err != nil {
		return err
	}
	if len(t.Phases) != 2 || t.Phases[0].Taught || !t.Phases[1].Taught || !t.Whole {
		return errors.New("it does not have a whole forward and a whole target phase, from which a network learns")
	}
	if t.Slot == 0 {
		p.apply()
	}
	stored, err := p.reader.State(t.Index)
	if err != nil {
		return err
	}
	state, err := p.state(t, stored)
	if err != nil {
		return err
	}
	if err := enter(p.quiet, state); err != nil {
		return err
	}
	slot := p.slot(t.Slot)
	err = p.show(p.quiet, t, record.End, func(taught bool) []network.Means {
		if taught {
			return p.target
		}
		return slot.forward
	}, nil)
	if err != nil {
		return err
	}
	rule, err := p.rule(t)
	if err != nil {
		return err
	}
	rule.Learn(slot.update, slot.forward, p.target)
	slot.state = p.quiet.AppendState(slot.state[:0])
	p.pending, p.learnt = append(p.pending, t.Slot), t.Number
	return nil
}

// rule returns the rule with the learning rates of a trial.
func (p *Replay) rule(t *record.Trial) (network.Rule, error) {
	h := p.header
	if h.EpochTrials == 0 {
		return *h.Rule, nil
	}
	before := (t.Number - 1) / uint64(h.EpochTrials)
	if t.Number == 0 || before >= maxEpochs {
		return network.Rule{}, fmt.Errorf("protocols: the training example is number %d, in epochs of %d examples; want 1 to %d epochs", t.Number, h.EpochTrials, maxEpochs)
	}
	if epoch := int(before) + 1; epoch != p.epoch {
		p.epoch, p.slowed = epoch, h.Rule.Slowed(slowing(h.RateDecay, epoch))
	}
	return p.slowed, nil
}

// maxEpochs is more than anybody trains, and few enough to count: a damaged recording
// may have any number.
const maxEpochs = 1 << 24

// apply adds the pending updates of a batch to the weights.
func (p *Replay) apply() {
	if len(p.pending) == 0 {
		return
	}
	updates := make([]*network.Update, len(p.pending))
	for k, n := range p.pending {
		updates[k] = p.slots[n].update
		if p.header.MeanUpdate && len(p.pending) > 1 {
			updates[k].Scale(1 / float32(len(p.pending)))
		}
	}
	p.net.Apply(updates...)
	disturbFeedback(p.net, p.header.Network, p.header.Seed, p.learnt)
	p.updates += len(p.pending)
	p.pending = p.pending[:0]
}

// recorded is a script with the spikes of a recorded trial. For each population,
// Spikes must be called for the steps in order.
type recorded struct {
	populations []recordedTrain
	err         error
}

// recordedTrain reads the spikes of one population step by step.
type recordedTrain struct {
	scan   *record.SpikeScanner
	left   []record.Spike
	step   []int32 // the spikes of one step
	record bool
}

func newRecorded(r *record.Reader, trial int) *recorded {
	s := &recorded{}
	for n, p := range r.Header().Populations {
		t := recordedTrain{record: p.Spikes}
		if p.Spikes {
			t.scan = r.Spikes(trial, n, 0, record.End)
		}
		s.populations = append(s.populations, t)
	}
	return s
}

// Spikes returns the neurons that fired in a step. The next call for the same
// population overwrites the result.
func (s *recorded) Spikes(layer, step int) []int32 {
	t := &s.populations[layer]
	t.step = t.step[:0]
	if !t.record || s.err != nil {
		return nil
	}
	for {
		for len(t.left) > 0 && int(t.left[0].Step) <= step {
			if int(t.left[0].Step) == step {
				t.step = append(t.step, t.left[0].Neuron)
			}
			t.left = t.left[1:]
		}
		if len(t.left) > 0 {
			return t.step
		}
		if !t.scan.Scan() {
			if err := t.scan.Err(); err != nil && s.err == nil {
				s.err = err
			}
			return t.step
		}
		t.left = t.scan.Spikes()
	}
}
