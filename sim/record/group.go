package record

import (
	"encoding/binary"
	"math"
)

// A group is what was recorded of some consecutive trials, or of a part of a long
// one. The recording is written group by group; if the run is killed, the group
// under way is lost.
type group struct {
	first  int64  // its first step, in the recording
	trial  uint64 // number of trials that began before it
	done   int    // steps that the trial under way had before it
	steps  int
	begun  int // number of trials that began in it
	spikes int

	trains  []train     // of each population
	samples [][]float32 // of each probe, in rows
	values  [][]float32 // plateaus of each hidden layer, in rows
	events  []byte
	states  [][]byte
	weights []snapshot
	words   int        // number of words in samples and values
	written chan int64 // if not nil, gets the size of the file once the group is in it
}

// snapshot is a copy of the weights before a trial.
type snapshot struct {
	number int
	floats []float32 // all arrays, as network.Weights.Append lists them
	masks  []uint32  // of silent synapses
}

// A mark remembers how far a group was filled, so that a trial can be removed
// again.
type mark struct {
	steps, begun, spikes, words      int
	neurons, fired, samples, plateau []int
	events, states                   int
}

// mark sets m to what g holds now.
func (g *group) mark(m *mark) {
	m.steps, m.begun, m.spikes, m.words = g.steps, g.begun, g.spikes, g.words
	m.events, m.states = len(g.events), len(g.states)
	m.neurons, m.fired, m.samples = m.neurons[:0], m.fired[:0], m.samples[:0]
	m.plateau = m.plateau[:0]
	for i := range g.trains {
		m.neurons = append(m.neurons, len(g.trains[i].neurons))
		m.fired = append(m.fired, len(g.trains[i].steps))
	}
	for _, s := range g.samples {
		m.samples = append(m.samples, len(s))
	}
	for i := range g.values {
		m.plateau = append(m.plateau, len(g.values[i]))
	}
}

// cut removes all that was added since a mark.
func (g *group) cut(m *mark) {
	g.steps, g.begun, g.spikes, g.words = m.steps, m.begun, m.spikes, m.words
	g.events, g.states = g.events[:m.events], g.states[:m.states]
	for i := range g.trains {
		t := &g.trains[i]
		t.neurons = t.neurons[:m.neurons[i]]
		t.steps, t.ends = t.steps[:m.fired[i]], t.ends[:m.fired[i]]
	}
	for i := range g.samples {
		g.samples[i] = g.samples[i][:m.samples[i]]
	}
	for i := range g.values {
		g.values[i] = g.values[i][:m.plateau[i]]
	}
}

// reset empties a group, which then begins where another ended.
func (g *group) reset(first int64, trial uint64, done int) {
	g.first, g.trial, g.done = first, trial, done
	g.steps, g.begun, g.spikes, g.words = 0, 0, 0, 0
	for i := range g.trains {
		t := &g.trains[i]
		t.neurons, t.steps, t.ends = t.neurons[:0], t.steps[:0], t.ends[:0]
	}
	for i := range g.samples {
		g.samples[i] = g.samples[i][:0]
	}
	for i := range g.values {
		g.values[i] = g.values[i][:0]
	}
	g.events, g.states, g.weights = g.events[:0], g.states[:0], g.weights[:0]
	g.written = nil
}

// empty reports whether there is nothing to write.
func (g *group) empty() bool { return len(g.events) == 0 && g.steps == 0 && len(g.weights) == 0 }

// limits say how far a group grows before it is written. They decide how much a
// killed process loses, how much has to be unpacked to look into one trial, and how
// much room the frames of the chunks take.
type limits struct {
	spikes, words, trials, steps, events int
	held                                 int // how much of a trial is held back until its predicted class is known; a longer trial is kept in any case
}

func defaultLimits() limits {
	return limits{spikes: 1 << 16, words: 1 << 18, trials: 1 << 12, steps: 1 << 28, events: 1 << 20, held: 1 << 23}
}

func (g *group) full(l *limits) bool {
	return g.spikes >= l.spikes || g.words >= l.words || g.begun >= l.trials || g.steps >= l.steps || len(g.events) >= l.events
}

// Tags of events, which stand in the order in which they happened. Each event is a
// tag and numbers as variable-length integers; see the package comment.
const (
	tagTrial byte = 1 + iota
	tagPhase
	tagPhaseEnd
	tagPredicted
	tagTrialEnd
)

// Flags of a trial, then of a phase, then of the end of a phase.
const (
	flagRested = 1 << iota
	flagState
)

const (
	flagTaught = 1 << iota
	flagOnsets
	flagIntensity
)

const flagPlateaus = 1

func appendUint(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }
func appendInt(b []byte, n int) []byte  { return binary.AppendVarint(b, int64(n)) }

func appendString(b []byte, s string) []byte { return append(appendUint(b, len(s)), s...) }

func appendFloat64(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
