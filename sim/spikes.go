package sim

// spikes are the spikes of one population during a block and some steps of history
// before it. Steps count from the start of the block; those of the history are
// negative. Within a step, spikes are in ascending order of neurons, and a neuron
// that fires twice is listed twice.
type spikes struct {
	history int
	neurons []int32 // one entry for each spike, by step
	start   []int   // step s begins at neurons[start[history+s]]
}

func newSpikes(history int) *spikes {
	return &spikes{history: history, start: make([]int, history+1, history+blockSteps+1)}
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
}

// clear forgets all spikes.
func (s *spikes) clear() {
	s.neurons = s.neurons[:0]
	s.start = s.start[:s.history+1]
	clear(s.start)
}
