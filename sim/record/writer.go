package record

import (
	"errors"

	"plateau/network"
	"plateau/sim"
)

// A Writer is an observer that records a run:
//
//	w, err := record.Create(path, header, net)
//	…
//	engine.Watch(w, w.Potentials())
//	…
//	err = w.Close()
//
// It only copies what happens; a goroutine of its own encodes and writes that. The
// run waits only if the goroutine falls behind by more than a fixed amount. If
// writing fails, for example because the disk is full, the recording ends, but the
// run goes on undisturbed: the Writer ignores all further events, and Err and Close
// return the error. Events must come from one goroutine at a time, presentation by
// presentation.
type Writer struct {
	header  *Header
	weights *lineage
	trial   *trialWriter
	pipe    *pipe
	closed  bool
}

// newWriter returns a Writer whose pipe nobody drains yet.
func newWriter(h Header, net *network.Network) (*Writer, error) {
	if net == nil {
		return nil, errors.New("record: no network to record")
	}
	h.complete(net.Architecture)
	if err := h.Validate(); err != nil {
		return nil, err
	}
	h.listNeurons()
	w := &Writer{header: &h, weights: newLineage(&h, net), pipe: newPipe(&h)}
	w.trial = newTrialWriter(&h, w.pipe, w.weights)
	return w, nil
}

// Potentials reports whether the recording needs the potentials of compartments; it
// is for sim.Engine.Watch.
func (w *Writer) Potentials() bool { return len(w.header.Probes) > 0 }

// Observe implements sim.Observer.
func (w *Writer) Observe(event sim.Event) {
	if w.pipe.failed || w.closed {
		return
	}
	if p, ok := event.(*sim.Presentation); ok {
		w.trial.end()
		w.trial.begin(p)
		return
	}
	if !w.trial.recorded() {
		return
	}
	switch e := event.(type) {
	case *sim.PhaseBegan:
		w.trial.beginPhase(e)
	case *sim.Block:
		w.trial.addBlock(e)
	case *sim.PhaseEnded:
		w.trial.endPhase(e)
	}
}

// A Mark is a point between two trials of a run at which its recording can be
// continued.
type Mark struct {
	Size    int64         `json:"bytes"`             // length of the file
	Shown   int           `json:"shown"`             // number of presentations so far, recorded or not
	Weights *WeightsSince `json:"weights,omitempty"` // nil if not known; then a new snapshot is taken
}

// Flush writes everything up to the last trial, and returns the mark after it. It
// must be called between trials.
func (w *Writer) Flush() (Mark, error) {
	if w.closed {
		return Mark{}, errors.New("record: the recording is closed")
	}
	w.trial.end()
	return Mark{w.pipe.flush(), w.trial.shown, w.weights.mark()}, w.Err()
}

// Err returns the error that ended the recording, nil if it goes on. It can be
// called at any time from any goroutine.
func (w *Writer) Err() error { return w.pipe.Err() }

// Close ends the recording. It returns the first error since Create.
func (w *Writer) Close() error {
	if !w.closed {
		w.closed = true
		w.trial.end()
		w.pipe.close()
	}
	return w.Err()
}
