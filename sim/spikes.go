package sim

// spikes are the spikes of one population during a block of steps and some steps of
// history before it. Steps count from the start of the block; those of the history are
// negative. Within a step, spikes are in ascending order of neurons, and a neuron
// that fires twice is listed twice.
type spikes struct {
	history int
	neurons []int32 // one entry for each spike, by step
	start   []int   // step s begins at neurons[start[history+s]]

	// Whoever adds up the rows of a large population does it tile by tile: the spikes of
	// tileSize neurons in all steps, then those of the next, so that the rows of a tile
	// stay in the cache. The spikes of step s in tile k begin at neurons[cuts[k][history+s]]
	// and end where those of tile k + 1 begin.
	cuts [][]int // nil if the population is one tile
}

const (
	tileSize = 256
	minTiles = 12 // in fewer, the rows stay in the cache anyway
)

func newSpikes(size, history int) *spikes {
	s := &spikes{history: history, start: make([]int, history+1, history+blockSteps+1)}
	if n := (size + tileSize - 1) / tileSize; n >= minTiles {
		s.cuts = make([][]int, n+1)
	}
	return s
}

// at returns the spikes of a step.
func (s *spikes) at(step int) []int32 {
	k := s.history + step
	return s.neurons[s.start[k]:s.start[k+1]]
}

// block returns the spikes of the first steps of the block, and where each step
// begins, followed by the end, as indices of all spikes.
func (s *spikes) block(steps int) (neurons []int32, starts []int) {
	starts = s.start[s.history : s.history+steps+1]
	return s.neurons[starts[0]:starts[steps]], starts
}

// endStep ends a step after its spikes have been appended to neurons.
func (s *spikes) endStep() { s.start = append(s.start, len(s.neurons)) }

// cut cuts the spikes of all steps into tiles.
func (s *spikes) cut() {
	if s.cuts == nil {
		return
	}
	for k := range s.cuts {
		s.cuts[k] = s.cuts[k][:0]
	}
	for step, at := range s.start[:len(s.start)-1] {
		end := s.start[step+1]
		for k := range s.cuts {
			for at < end && int(s.neurons[at]) < k*tileSize {
				at++
			}
			s.cuts[k] = append(s.cuts[k], at)
		}
	}
}

// tiles returns the number of tiles: one until the steps are cut.
func (s *spikes) tiles() int {
	if s.cuts == nil || len(s.cuts[0]) != len(s.start)-1 {
		return 1
	}
	return len(s.cuts) - 1
}

// tile returns where the spikes of tile k begin and end in neurons, for each of the steps
// first ≤ step < end.
func (s *spikes) tile(k, first, end int) (from, to []int) {
	first, end = s.history+first, s.history+end
	if s.tiles() == 1 {
		return s.start[first:end], s.start[first+1 : end+1]
	}
	return s.cuts[k][first:end], s.cuts[k+1][first:end]
}

// shift begins a new block: the last steps become history.
func (s *spikes) shift() {
	from := len(s.start) - 1 - s.history
	base := s.start[from]
	s.neurons = s.neurons[:copy(s.neurons, s.neurons[base:])]
	n := copy(s.start, s.start[from:])
	s.start = s.start[:n]
	for k := range s.start {
		s.start[k] -= base
	}
	s.cut()
}

// clear forgets all spikes.
func (s *spikes) clear() {
	s.neurons = s.neurons[:0]
	s.start = s.start[:s.history+1]
	clear(s.start)
	s.cut()
}
