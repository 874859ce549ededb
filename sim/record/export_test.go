package record

// Small makes a Writer write groups of few spikes, and hold back little of a trial.
func (w *Writer) Small(spikes int) {
	w.limits.spikes, w.limits.words, w.limits.held = spikes, 20*spikes, 100*spikes
}
