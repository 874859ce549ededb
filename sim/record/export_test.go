package record

// Small makes a Writer write groups of a few spikes, and hold back little.
func (w *Writer) Small(spikes int) {
	w.limits.spikes, w.limits.words, w.limits.held = spikes, 20*spikes, 100*spikes
}
