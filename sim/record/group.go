package record

import (
	"encoding/binary"
	"math"
)

// A group is what is recorded of some trials that follow one another, or of a
// part of a long one: the unit in which a recording is written, and in which it
// is lost if the run is killed.
type group struct {
	first  int64  // step of the recording with which it begins
	trial  uint64 // trials begun before it
	done   int    // steps before it of the trial that it goes on with
	steps  int
	begun  int // trials begun in it
	spikes int

	trains  []train     // of each population
	samples [][]float32 // of each trace, in rows
	values  [][]float32 // plateaus of each hidden layer, in rows
	events  []byte
	states  [][]byte
	weights []snapshot
	words   int        // in samples and values
	written chan int64 // if not nil, told the size of the file once this is in it
}

// snapshot is the weights before a trial.
type snapshot struct {
	number int
	floats []float32 // of all arrays in the order of network.Arrays
	masks  []uint32  // of silent synapses
}

// A mark remembers how far a group was filled, so that a trial can be taken out
// again.
type mark struct {
	steps, begun, spikes, words      int
	neurons, fired, samples, plateau []int
	events, states                   int
}

// mark sets m to where g is now.
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

// cut goes back to a mark.
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

// reset empties a group that begins where another ended.
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

// limits say how far a group grows before it is written. They decide what is
// lost with a killed process, what has to be unpacked to look into one trial,
// and how much the frames of the chunks weigh.
type limits struct {
	spikes, words, trials, steps, events int
	held                                 int // what is held back of a trial until its class is read out; more is kept whatever that is
}

func defaultLimits() limits {
	return limits{spikes: 1 << 16, words: 1 << 18, trials: 1 << 12, steps: 1 << 28, events: 1 << 20, held: 1 << 23}
}

func (g *group) full(l *limits) bool {
	return g.spikes >= l.spikes || g.words >= l.words || g.begun >= l.trials || g.steps >= l.steps || len(g.events) >= l.events
}

// Events of trials, in the order in which they happened. Each is a tag and
// numbers as variable-length integers; see the package comment.
const (
	tagTrial byte = 1 + iota
	tagPhase
	tagPhaseEnd
	tagRead
	tagTrialEnd
)

// Flags of a trial, of a phase and of the end of a phase.
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
