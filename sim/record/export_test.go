package record

// Small makes a Writer write groups of few spikes, and hold back little of a trial.
func (w *Writer) Small(spikes int) {
	l := &w.trial.limits
	l.spikes, l.words, l.held = spikes, 20*spikes, 100*spikes
}
