package record

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sync"

	"plateau/internal/atomicfile"
	"plateau/internal/regular"
	"plateau/network"
	"plateau/sim"
)

// A Writer is an observer that records a run:
//
//	w, err := record.Create(path, header, net)
//	…
//	engine.Watch(w, w.Potentials())
//	…
//	err = w.Close()
//
// It only copies what happens; a goroutine of its own encodes and writes that. The
// run waits only if the goroutine falls behind by more than a fixed amount. If
// writing fails, for example because the disk is full, the recording ends, but the
// run goes on undisturbed: the Writer ignores all further events, and Err and Close
// return the error. Events must come from one goroutine at a time, presentation by
// presentation.
type Writer struct {
	header   Header
	net      *network.Network
	samplers []*Sampler // of each probe
	weights  int        // number of weights
	limits   limits

	fill *group
	full chan *group
	free chan *group
	done chan struct{}
	open bool // whether Close has not been called

	mu     sync.Mutex
	err    error
	failed bool // whether there is an error, as far as the observing goroutine knows

	// The trial under way:
	shown     int  // number of presentations so far
	under     bool // whether a trial is under way
	recording bool // whether it is being recorded
	held      bool // whether it may still be dropped
	start     mark // what fill held before it
	steps     int  // number of its steps so far
	snapshot  bool
	key       chain
	learns    bool
	predicted int
	class     int
	forward   []network.Means // plateaus, and potentials of the output, at the end of the forward phase
	losses    []float64

	// The weights:
	taken   int           // number of snapshots so far
	updates int           // trials that have changed the weights since the last snapshot
	since   int           // presentations since the last snapshot
	pending int           // trials of the batch under way, which have not changed the weights yet
	partly  bool          // whether any of these was not recorded
	resumed bool          // whether another process began the recording, and it is not known what happened since its last snapshot
	broken  bool          // whether any trial that has changed the weights since the last snapshot was not recorded
	chains  map[chain]int // number of snapshots when the last trial of a chain was shown
}

// A chain is the trials of one purpose in one slot of a batch. Each begins with the
// state in which the one before ended, unless it begins at rest.
type chain struct {
	purpose sim.Purpose
	slot    int
}

// Create begins a recording of a run of net in a new file. It fails if the file
// exists.
func Create(path string, h Header, net *network.Network) (*Writer, error) {
	return create(path, atomicfile.Create, h, net)
}

// Replace is like Create, but overwrites a file that exists.
func Replace(path string, h Header, net *network.Network) (*Writer, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		w, err := NewWriter(f, h, net)
		if err != nil {
			f.Close()
		}
		return w, err
	}
	return create(path, atomicfile.Replace, h, net)
}

// create gives the file its name only when the header is in it, so that there is
// never a file that cannot be read. Everything else is then appended to it.
func create(path string, begin func(string) (*atomicfile.File, error), h Header, net *network.Network) (*Writer, error) {
	if err := check(&h, net); err != nil {
		return nil, err
	}
	w := prepare(h, net)
	head, err := begin(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer head.Abort()
	e, err := newEncoder(head, &w.header, net)
	if err != nil {
		return nil, err
	}
	if err := head.Commit(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		if _, err = f.Seek(e.size, io.SeekStart); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	e.to = f
	go w.encode(e)
	return w, nil
}

// Begins reports whether a file begins as a recording does, whatever the rest of it
// is.
func Begins(path string) bool {
	f, err := regular.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(fileMark))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == string(fileMark)
}

// check completes a header and checks it.
func check(h *Header, net *network.Network) error {
	if net == nil {
		return errors.New("record: no network to record")
	}
	h.Format = version
	h.Network = net.Architecture
	if h.Populations == nil {
		h.Populations = Populations(h.Network)
	}
	if h.Plateaus && len(h.Network.Hidden) == 0 {
		h.Plateaus = false
	}
	return h.Validate()
}

// NewWriter records to any writer. If that is a file, Close closes it.
func NewWriter(to io.Writer, h Header, net *network.Network) (*Writer, error) {
	if err := check(&h, net); err != nil {
		return nil, err
	}
	w := prepare(h, net)
	e, err := newEncoder(to, &w.header, net)
	if err != nil {
		return nil, err
	}
	go w.encode(e)
	return w, nil
}

// prepare makes a Writer that does not write yet.
func prepare(h Header, net *network.Network) *Writer {
	h.Probes = slices.Clone(h.Probes)
	w := &Writer{
		header: h, net: net, open: true, limits: defaultLimits(),
		full: make(chan *group, queue), free: make(chan *group, queue+1), done: make(chan struct{}),
		forward: make([]network.Means, len(net.Layers)), losses: make([]float64, len(net.Layers)),
		chains: map[chain]int{},
	}
	w.weights = net.Weights().Count()
	for i := range h.Probes {
		t := &w.header.Probes[i]
		size := h.Populations[t.Population].Size
		if t.Neurons == nil {
			t.Neurons = make([]int, size)
			for k := range t.Neurons {
				t.Neurons[k] = k
			}
		}
		w.samplers = append(w.samplers, h.Sampler(*t))
	}
	for range queue + 1 {
		w.free <- w.newGroup()
	}
	w.fill = <-w.free
	return w
}

// queue is the number of groups that may wait to be written.
const queue = 2

func (w *Writer) newGroup() *group {
	return &group{
		trains:  make([]train, len(w.header.Populations)),
		samples: make([][]float32, len(w.header.Probes)),
		values:  make([][]float32, len(w.net.Hidden)),
	}
}

// Potentials reports whether the recording needs the potentials of compartments; it
// is for sim.Engine.Watch.
func (w *Writer) Potentials() bool { return len(w.header.Probes) > 0 }

// Err returns the error that ended the recording, nil if it goes on. It can be
// called at any time from any goroutine.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *Writer) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

// encode writes groups until there are no more.
func (w *Writer) encode(e *encoder) {
	defer close(w.done)
	for g := range w.full {
		if w.Err() == nil {
			if err := e.write(g); err != nil {
				err = e.broken(err)
				w.fail(err)
				e.salvage(err)
			}
		}
		if g.written != nil {
			g.written <- e.size
		}
		w.free <- g
	}
	if w.Err() == nil {
		if err := e.end(""); err != nil {
			w.fail(e.broken(err))
		}
	}
	if err := e.close(); err != nil {
		w.fail(err)
	}
}

// Close ends the recording. It returns the first error since Create.
func (w *Writer) Close() error {
	if w.open {
		w.open = false
		w.endTrial()
		w.submit()
		close(w.full)
		<-w.done
	}
	return w.Err()
}

// A Mark is a point between two trials of a run at which its recording can be
// continued.
type Mark struct {
	Size    int64         `json:"bytes"`             // length of the file
	Shown   int           `json:"shown"`             // number of presentations so far, recorded or not
	Weights *WeightsSince `json:"weights,omitempty"` // nil if not known; then a new snapshot is taken
}

// WeightsSince says what has happened since the last snapshot of the weights, so
// that trials after the mark refer to the same snapshots as in an unbroken run.
type WeightsSince struct {
	Shown   int     `json:"shown"`            // number of presentations
	Updates int     `json:"updates"`          // number of trials that have changed the weights
	Pending int     `json:"pending"`          // number of trials of the batch under way
	Partly  bool    `json:"partly,omitempty"` // whether any of these is not recorded
	Broken  bool    `json:"broken,omitempty"` // whether any trial that has changed the weights is not recorded
	Chains  []Chain `json:"chains,omitempty"`
}

// A Chain is the trials of one purpose in one slot of a batch. Each begins with the
// state in which the one before ended, unless it begins at rest.
type Chain struct {
	Purpose sim.Purpose `json:"purpose"`
	Slot    int         `json:"place"` // slot, from 0
	Taken   int         `json:"taken"` // number of snapshots of the weights when its last trial was shown
}

// Flush writes everything up to the last trial, and returns the mark after it. It
// must be called between trials.
func (w *Writer) Flush() (Mark, error) {
	if !w.open {
		return Mark{}, errors.New("record: the recording is closed")
	}
	w.endTrial()
	written := make(chan int64, 1)
	w.fill.written = written
	w.pass()
	return Mark{<-written, w.shown, w.weightsSince()}, w.Err()
}

// weightsSince returns what has happened since the last snapshot, nil if the
// recording was continued and does not know.
func (w *Writer) weightsSince() *WeightsSince {
	if w.resumed {
		return nil
	}
	s := &WeightsSince{Shown: w.since, Updates: w.updates, Pending: w.pending, Partly: w.partly, Broken: w.broken}
	for c, taken := range w.chains {
		s.Chains = append(s.Chains, Chain{c.purpose, c.slot, taken})
	}
	slices.SortFunc(s.Chains, func(a, b Chain) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Slot, b.Slot))
	})
	return s
}

// goOn sets w to what it was at a mark.
func (w *Writer) goOn(at Mark) {
	w.shown, w.resumed = at.Shown, at.Weights == nil
	if s := at.Weights; s != nil {
		w.since, w.updates, w.pending, w.partly, w.broken = s.Shown, s.Updates, s.Pending, s.Partly, s.Broken
		for _, c := range s.Chains {
			w.chains[chain{c.Purpose, c.Slot}] = c.Taken
		}
	}
}

// submit hands over the group under way to be written, if there is anything in it.
func (w *Writer) submit() {
	if !w.fill.empty() {
		w.pass()
	}
}

func (w *Writer) pass() {
	next := w.fill.first + int64(w.fill.steps)
	trial := w.fill.trial + uint64(w.fill.begun)
	w.full <- w.fill
	w.fill = <-w.free
	done := 0
	if w.recording {
		done = w.steps
	}
	w.fill.reset(next, trial, done)
	w.failed = w.Err() != nil
}

// Observe implements sim.Observer.
func (w *Writer) Observe(event sim.Event) {
	if w.failed || !w.open {
		return
	}
	switch e := event.(type) {
	case *sim.Presentation:
		w.endTrial()
		w.begin(e)
	case *sim.PhaseBegan:
		if w.recording {
			w.beginPhase(e)
		}
	case *sim.Block:
		if w.recording {
			w.addBlock(e)
		}
	case *sim.PhaseEnded:
		if w.recording {
			w.endPhase(e)
		}
	}
}

func (w *Writer) begin(p *sim.Presentation) {
	w.learns = w.header.Rule != nil && p.Purpose == sim.TrainingSpikes
	if w.pending > 0 && (!w.learns || p.Place == 0) {
		// A batch has ended, and its updates have changed the weights.
		w.updates += w.pending
		w.broken = w.broken || w.partly
		w.pending, w.partly = 0, false
	}
	w.under, w.key = true, chain{p.Purpose, p.Place}
	w.recording = w.header.Select.admits(p, w.shown)
	w.shown++
	w.since++
	w.steps, w.predicted, w.class = 0, -1, p.Class
	for m := range w.forward {
		w.forward[m].Soma, w.forward[m].Plateau = w.forward[m].Soma[:0], w.forward[m].Plateau[:0]
	}
	w.losses = w.losses[:0]
	if !w.recording {
		return
	}
	g := w.fill
	if w.held = w.header.Select.Mispredicted; w.held {
		g.mark(&w.start)
	}
	w.snapshot = w.taken == 0 || w.resumed || w.header.Weights && w.broken ||
		w.header.SnapshotEvery > 0 && w.since >= w.header.SnapshotEvery && (p.Place == 0 || !w.learns)
	taken, updates := w.taken, w.updates
	if w.snapshot {
		taken, updates = taken+1, 0
		if !w.held {
			w.takeSnapshot()
		}
	}
	flags := byte(0)
	if p.Rested {
		flags = flagRested
	} else if w.chains[w.key] != taken || !w.learns {
		flags = flagState
		g.states = append(g.states, p.AppendState(nil))
	}
	b := append(g.events, tagTrial, flags)
	b = appendUint(b, g.steps)
	b = appendUint(b, int(p.Purpose))
	b = binary.AppendUvarint(b, p.Number)
	b = appendInt(b, p.Sample)
	b = appendInt(b, p.Class)
	b = appendInt(b, p.Place)
	b = appendUint(b, taken-1)
	g.events = appendUint(b, updates)
	g.begun++
}

// takeSnapshot adds a copy of the weights to the group under way.
func (w *Writer) takeSnapshot() {
	s := snapshot{number: w.taken, floats: w.net.Weights().Append(make([]float32, 0, w.weights)), masks: appendMasks(nil, w.net)}
	w.fill.weights = append(w.fill.weights, s)
	w.taken++
	w.updates, w.since, w.broken, w.resumed = 0, 0, false, false
}

// appendMasks appends a bit for each feedback synapse, 1 if it is silent.
func appendMasks(words []uint32, net *network.Network) []uint32 {
	for m := range net.Layers {
		l := &net.Layers[m]
		if l.Silent == nil {
			continue
		}
		y, n := l.Feedback, 0
		for j := range y.Rows {
			for _, silent := range l.Silent[j*y.Stride : j*y.Stride+y.Cols] {
				if n%32 == 0 {
					words = append(words, 0)
				}
				if silent {
					words[len(words)-1] |= 1 << (n % 32)
				}
				n++
			}
		}
	}
	return words
}

func (w *Writer) beginPhase(e *sim.PhaseBegan) {
	p := e.Phase
	flags := byte(0)
	if p.Taught {
		flags |= flagTaught
	}
	if p.PlateauStep != nil {
		flags |= flagOnsets
	}
	if w.header.Neurons.Forward == sim.Rates {
		flags |= flagIntensity
	}
	b := append(w.fill.events, tagPhase, flags)
	b = appendString(b, p.Name)
	b = appendUint(b, e.Step)
	b = appendUint(b, p.Steps)
	b = appendUint(b, p.From)
	b = appendInt(b, p.Class)
	b = appendUint(b, p.PlateauWindow)
	if flags&flagIntensity != 0 {
		b = appendFloats(b, p.Intensity)
	}
	if flags&flagOnsets != 0 {
		for _, at := range p.PlateauStep {
			for _, step := range at {
				b = appendInt(b, p.Steps-1-step)
			}
		}
	}
	w.fill.events = b
}

// addBlock copies the spikes and samples of a block.
func (w *Writer) addBlock(b *sim.Block) {
	g := w.fill
	if w.steps > math.MaxInt32-b.Steps {
		w.fail(fmt.Errorf("record: a trial has more than %d steps", math.MaxInt32))
		w.failed = true
		return
	}
	for i := range g.trains {
		if w.header.Populations[i].Spikes {
			g.addSpikes(i, b)
		}
	}
	for i := range w.samplers {
		w.addSamples(i, b)
	}
	g.steps += b.Steps
	w.steps += b.Steps
	if w.held && g.spikes+g.words+len(g.events) > w.limits.held {
		w.keep()
	}
	if !w.held && g.full(&w.limits) {
		w.submit()
	}
}

func (g *group) addSpikes(population int, b *sim.Block) {
	t := &g.trains[population]
	neurons, starts := b.Train(population)
	offset := len(t.neurons) - starts[0]
	t.neurons = append(t.neurons, neurons...)
	for step, end := range starts[1:] {
		if end > starts[step] {
			t.steps = append(t.steps, int32(g.steps+step))
			t.ends = append(t.ends, int32(end+offset))
		}
	}
	g.spikes += len(neurons)
}

func (w *Writer) addSamples(probe int, b *sim.Block) {
	g := w.fill
	every := w.header.Probes[probe].Every
	words := g.samples[probe]
	before := len(words)
	for step := (every - w.steps%every) % every; step < b.Steps; step += every {
		words = w.samplers[probe].Append(words, b, step)
	}
	g.samples[probe] = words
	g.words += len(words) - before
}

func (w *Writer) endPhase(e *sim.PhaseEnded) {
	g := w.fill
	last := len(e.Means) - 1
	plateaus := w.header.Plateaus
	for m := range e.Means[:last] {
		plateaus = plateaus && e.Means[m].Plateau != nil
	}
	flags := byte(0)
	if plateaus {
		flags = flagPlateaus
		for m := range e.Means[:last] {
			g.values[m] = append(g.values[m], e.Means[m].Plateau...)
			g.words += len(e.Means[m].Plateau)
		}
	}
	g.events = append(g.events, tagPhaseEnd, flags)
	if !e.Phase.Taught && w.predicted < 0 && e.Means[last].Soma != nil {
		w.predicted = network.ReadOut(e.Means[last].Soma, w.net.PerClass)
		g.events = appendUint(append(g.events, tagPredicted), w.predicted)
		for m := range e.Means[:last] {
			w.forward[m].Plateau = append(w.forward[m].Plateau, e.Means[m].Plateau...)
		}
		w.forward[last].Soma = append(w.forward[last].Soma, e.Means[last].Soma...)
		if w.held {
			if w.predicted == w.class {
				w.drop()
				return
			}
			w.keep()
		}
	}
	if e.Phase.Taught && len(w.losses) == 0 {
		w.findLosses(e.Means)
	}
}

// keep decides that the trial under way stays in the recording.
func (w *Writer) keep() {
	w.held = false
	if w.snapshot {
		w.takeSnapshot()
	}
}

// drop removes the trial under way from the recording.
func (w *Writer) drop() {
	w.held, w.recording = false, false
	w.fill.cut(&w.start)
}

// findLosses computes the losses, if the means that they need were computed.
func (w *Writer) findLosses(target []network.Means) {
	last := len(target) - 1
	for m, t := range target[:last] {
		f := w.forward[m].Plateau
		if len(f) == 0 || len(t.Plateau) != len(f) {
			return
		}
	}
	f := w.forward[last].Soma
	if len(f) == 0 || len(target[last].Rate) != len(f) {
		return
	}
	w.losses = network.AppendLosses(w.losses, w.header.Neurons.Noise, w.forward, target)
}

// endTrial ends the trial under way, if there is one.
func (w *Writer) endTrial() {
	if !w.under {
		return
	}
	w.under = false
	if w.held {
		w.drop() // no class was predicted
	}
	if w.learns {
		w.pending++
		w.partly = w.partly || !w.recording
	}
	w.chains[w.key] = w.taken
	if !w.recording {
		return
	}
	w.recording = false
	g := w.fill
	b := append(g.events, tagTrialEnd)
	b = appendUint(b, w.steps)
	b = appendUint(b, len(w.losses))
	for _, loss := range w.losses {
		b = appendFloat64(b, loss)
	}
	g.events = b
	if g.full(&w.limits) {
		w.submit()
	}
}
