package sim

// train holds the spikes of one population during a block and some steps of history
// before it. Steps count from the start of the block; those of the history are
// negative. Within a step, spikes are in ascending order of neurons, and a neuron
// that fires twice is listed twice.
type train struct {
	history int
	neurons []int32 // one entry for each spike, by step
	start   []int   // step s begins at neurons[start[history+s]]
}

func newTrain(history int) *train {
	return &train{history: history, start: make([]int, history+1, history+blockSteps+1)}
}

// at returns the spikes of a step.
func (t *train) at(step int) []int32 {
	k := t.history + step
	return t.neurons[t.start[k]:t.start[k+1]]
}

// block returns the spikes of the first steps of the block, and where each step
// begins, followed by the end, as indices of the train.
func (t *train) block(steps int) (neurons []int32, starts []int) {
	starts = t.start[t.history : t.history+steps+1]
	return t.neurons[starts[0]:starts[steps]], starts
}

// endStep ends a step after its spikes have been appended to neurons.
func (t *train) endStep() { t.start = append(t.start, len(t.neurons)) }

// shift begins a new block: the last steps become history.
func (t *train) shift() {
	from := len(t.start) - 1 - t.history
	base := t.start[from]
	t.neurons = t.neurons[:copy(t.neurons, t.neurons[base:])]
	n := copy(t.start, t.start[from:])
	t.start = t.start[:n]
	for k := range t.start {
		t.start[k] -= base
	}
}

// clear forgets all spikes.
func (t *train) clear() {
	t.neurons = t.neurons[:0]
	t.start = t.start[:t.history+1]
	clear(t.start)
}
