package record

import (
	"plateau/network"
	"plateau/sim"
)

// A group is what was recorded of some consecutive trials, or of a part of a long
// one. The recording is written group by group; if the run is killed, the group
// under way is lost.
type group struct {
	first  int64  // its first step, counted through the recording
	trial  uint64 // number of trials that began before it
	done   int    // steps that the trial under way had before it
	steps  int
	begun  int // number of trials that began in it
	spikes int

	rasters  []raster    // of each population
	samples  [][]float32 // of each probe, in rows
	plateaus [][]float32 // of each hidden layer, in rows
	events   events
	states   [][]byte
	weights  []snapshot
	words    int        // number of words in samples and plateaus
	written  chan int64 // if not nil, receives the size of the file when the group is written
}

func newGroup(h *Header) *group {
	return &group{
		rasters:  make([]raster, len(h.Populations)),
		samples:  make([][]float32, len(h.Probes)),
		plateaus: make([][]float32, len(h.Network.Hidden)),
	}
}

// reset empties a group, so that it begins where another ended.
func (g *group) reset(first int64, trial uint64, done int) {
	g.first, g.trial, g.done = first, trial, done
	g.steps, g.begun, g.spikes, g.words = 0, 0, 0, 0
	for i := range g.rasters {
		g.rasters[i].cut(0, 0)
	}
	for i := range g.samples {
		g.samples[i] = g.samples[i][:0]
	}
	for i := range g.plateaus {
		g.plateaus[i] = g.plateaus[i][:0]
	}
	g.events, g.states, g.weights = g.events[:0], g.states[:0], g.weights[:0]
	g.written = nil
}

// end returns the step of the recording and the number of trials with which the next
// group begins.
func (g *group) end() (step int64, trial uint64) {
	return g.first + int64(g.steps), g.trial + uint64(g.begun)
}

func (g *group) addSpikes(population int, b *sim.Block) {
	r := &g.rasters[population]
	before := len(r.neurons)
	r.add(b, population, g.steps)
	g.spikes += len(r.neurons) - before
}

// addSamples adds the samples of a probe in a block that begins with a step of the trial.
func (g *group) addSamples(probe int, s *Sampler, first int, b *sim.Block) {
	words := g.samples[probe]
	before := len(words)
	every := s.probe.Every
	for step := (every - first%every) % every; step < b.Steps; step += every {
		words = s.Append(words, b, step)
	}
	g.samples[probe] = words
	g.words += len(words) - before
}

// addPlateaus adds a row of plateaus for each hidden layer. If the run did not compute
// them, it adds none and returns false.
func (g *group) addPlateaus(means []network.Means) bool {
	hidden := means[:len(means)-1]
	for m := range hidden {
		if hidden[m].Plateau == nil {
			return false
		}
	}
	for m := range hidden {
		g.plateaus[m] = append(g.plateaus[m], hidden[m].Plateau...)
		g.words += len(hidden[m].Plateau)
	}
	return true
}

// empty reports whether the group holds nothing.
func (g *group) empty() bool { return len(g.events) == 0 && g.steps == 0 && len(g.weights) == 0 }

// limits say how far a group grows before it is written. They decide how much a
// killed process loses, how much has to be unpacked to look into one trial, and how
// much room the frames of the chunks take.
type limits struct {
	spikes, words, trials, steps, events int
	held                                 int // how much of a trial can be removed again; a longer trial is kept, whatever its predicted class
}

func defaultLimits() limits {
	return limits{spikes: 1 << 16, words: 1 << 18, trials: 1 << 12, steps: 1 << 28, events: 1 << 20, held: 1 << 23}
}

func (g *group) full(l *limits) bool {
	return g.spikes >= l.spikes || g.words >= l.words || g.begun >= l.trials || g.steps >= l.steps || len(g.events) >= l.events
}
