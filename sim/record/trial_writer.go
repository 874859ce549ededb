package record

import (
	"fmt"
	"math"

	"plateau/network"
	"plateau/sim"
)

// A trialWriter records the trial under way: it adds to a group what happens in it,
// and decides whether it stays there.
type trialWriter struct {
	header   *Header
	samplers []*Sampler // of each probe
	limits   limits
	pipe     *pipe
	weights  *lineage

	shown     int // number of presentations so far
	fate      fate
	class     int
	predicted int // −1 until it is known
	steps     int // number of its steps so far, if it is recorded
	losses    losses

	// While it is held:
	before level // what the group held before it
	due    bool  // whether it needs a snapshot of the weights
}

// A fate is what becomes of a trial.
type fate byte

const (
	ended   fate = iota // there is no trial under way
	skipped             // it is not recorded
	held                // it is recorded, but may still be removed
	kept                // it is recorded
)

func newTrialWriter(h *Header, p *pipe, l *lineage) *trialWriter {
	t := &trialWriter{header: h, limits: defaultLimits(), pipe: p, weights: l, losses: newLosses(h)}
	for _, probe := range h.Probes {
		t.samplers = append(t.samplers, h.Sampler(probe))
	}
	return t
}

// recorded reports whether there is a trial under way that is recorded so far.
func (t *trialWriter) recorded() bool { return t.fate >= held }

func (t *trialWriter) begin(p *sim.Presentation) {
	from := t.weights.begin(p)
	t.class, t.predicted = p.Class, -1
	t.losses.reset()
	selected := t.header.Select.admits(p, t.shown)
	t.shown++
	if !selected {
		t.fate = skipped
		return
	}
	g := t.pipe.group
	t.fate = kept
	if t.header.Select.Mispredicted {
		t.fate = held
		g.level(&t.before)
	}
	if t.due = from.due; t.due && t.fate == kept {
		t.weights.take(g)
	}
	flags := byte(0)
	if p.Rested {
		flags = flagRested
	} else if !from.follows {
		flags = flagState
		g.states = append(g.states, p.AppendState(nil))
	}
	g.events.beginTrial(p, flags, g.steps, from)
	g.begun++
}

func (t *trialWriter) beginPhase(e *sim.PhaseBegan) {
	if err := t.header.keepable(e.Phase); err != nil {
		t.pipe.abort(err)
		return
	}
	t.pipe.group.events.beginPhase(e, t.header.Network.Inputs, t.header.keepsIntensities())
}

// addBlock copies the spikes and samples of a block.
func (t *trialWriter) addBlock(b *sim.Block) {
	g := t.pipe.group
	if t.steps > math.MaxInt32-b.Steps {
		t.pipe.abort(fmt.Errorf("record: a trial has more than %d steps", math.MaxInt32))
		return
	}
	for i := range g.rasters {
		if t.header.Populations[i].Spikes {
			g.addSpikes(i, b)
		}
	}
	for i, s := range t.samplers {
		g.addSamples(i, s, t.steps, b)
	}
	g.steps += b.Steps
	t.steps += b.Steps
	if t.fate == held && g.spikes+g.words+len(g.events) > t.limits.held {
		t.keep()
	}
	if t.fate == kept && g.full(&t.limits) {
		t.pipe.submit(t.steps)
	}
}

func (t *trialWriter) endPhase(e *sim.PhaseEnded) {
	g := t.pipe.group
	flags := byte(0)
	if t.header.Plateaus && g.addPlateaus(e.Means) {
		flags = flagPlateaus
	}
	g.events.endPhase(flags)
	output := e.Means[len(e.Means)-1].Soma
	if !e.Phase.Taught && t.predicted < 0 && output != nil {
		t.predicted = network.ReadOut(output, t.header.Network.PerClass)
		g.events.predict(t.predicted)
		t.losses.keep(e.Means)
		if t.fate == held && t.predicted == t.class {
			t.remove()
			return
		}
		if t.fate == held {
			t.keep()
		}
	}
	if e.Phase.Taught {
		t.losses.find(e.Means)
	}
}

// keep decides that a trial that was held stays in the recording.
func (t *trialWriter) keep() {
	t.fate = kept
	if t.due {
		t.weights.take(t.pipe.group)
	}
}

// remove takes a trial that was held out of the recording again.
func (t *trialWriter) remove() {
	t.pipe.group.cut(&t.before)
	t.fate, t.steps = skipped, 0
}

// end ends the trial under way, if there is one.
func (t *trialWriter) end() {
	if t.fate == ended {
		return
	}
	if t.fate == held {
		t.remove() // no class was predicted
	}
	t.weights.end(t.fate)
	if t.fate == kept {
		g := t.pipe.group
		g.events.endTrial(t.steps, t.losses.found)
		if g.full(&t.limits) {
			t.pipe.submit(0)
		}
	}
	t.fate, t.steps = ended, 0
}
