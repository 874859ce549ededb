package sim

import "fmt"

// A Script supplies spikes, such as recorded ones, in place of an engine's own
// draws. Layer 0 is the input; steps count from the start of the presentation.
// Neurons must be in ascending order, one entry for each spike; otherwise Run
// returns an error.
type Script interface {
	Spikes(layer, step int) []int32
}

// Follow makes the engine take all spikes from a script, or draw them itself again
// if s is nil.
func (e *Engine) Follow(s Script) { e.script = s }

// scripted returns the spikes of a script. If they are not valid it returns none and
// keeps the error for Run to return.
func (e *Engine) scripted(layer, t, size int) []int32 {
	spikes := e.script.Spikes(layer, e.step+t)
	for k, i := range spikes {
		if i < 0 || int(i) >= size || k > 0 && i < spikes[k-1] {
			if e.failure == nil {
				e.failure = fmt.Errorf("sim: script: spikes of layer %d in step %d are %v, want ascending neurons from 0 to %d", layer, e.step+t, spikes, size-1)
			}
			return nil
		}
	}
	return spikes
}
