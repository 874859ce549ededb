package record

import (
	"errors"
	"fmt"
	"io"
	"os"

	"plateau/network"
)

// Continue goes on with a recording at a mark that Flush returned, in a process
// that continues its run from there. It cuts off what the file holds after the
// mark. The header stays as it is; net has the current weights. If the mark does
// not know what happened since the last snapshot of the weights, a new one is taken
// before the next trial.
func Continue(path string, at Mark, net *network.Network) (w *Writer, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			err = fmt.Errorf("record: continuing %s: %w", path, err)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if at.Size < 0 || at.Size > info.Size() {
		return nil, fmt.Errorf("it has %d bytes, but the mark is at %d", info.Size(), at.Size)
	}
	// This reads the file as it was at the mark.
	r, err := NewReader(f, at.Size)
	if err != nil {
		return nil, err
	}
	if r.end != nil {
		return nil, errors.New("it was ended before the mark")
	}
	if len(r.damage) > 0 {
		return nil, fmt.Errorf("it is damaged: %w", r.damage[0].Err)
	}
	next := groupEntry{}
	for _, g := range r.groups {
		if g.first != next.first || g.trial != next.trial {
			return nil, errors.New("a part of it is missing")
		}
		next.first, next.trial = g.first+int64(g.steps), g.trial+uint64(g.begun)
	}
	if next.first != r.steps || next.trial != r.trials {
		return nil, errors.New("a part of it is missing")
	}
	if n := len(r.groups); n > 0 {
		last, err := r.group(n - 1)
		if err != nil {
			return nil, err
		}
		if p := last.pieces[len(last.pieces)-1]; !p.ended {
			return nil, errors.New("the mark is within a trial")
		}
	}
	h := r.header
	if fmt.Sprint(h.Network) != fmt.Sprint(net.Architecture) {
		return nil, errors.New("it is of another network")
	}
	if w, err = newWriter(h, net); err != nil {
		return nil, err
	}
	if err := f.Truncate(at.Size); err != nil {
		return nil, err
	}
	if _, err := f.Seek(at.Size, io.SeekStart); err != nil {
		return nil, err
	}
	w.trial.shown = at.Shown
	w.weights.goOn(len(r.weights), at.Weights)
	w.pipe.group.reset(r.steps, r.trials, 0)
	e := &encoder{
		to: f, header: w.header, size: at.Size, z: newCompressor(), stored: map[digest]bool{},
		index: r.index, steps: r.steps, trials: r.trials,
	}
	for _, s := range r.weights {
		if s.stored {
			e.stored[s.digest] = true
		}
	}
	go w.pipe.drain(e)
	return w, nil
}
