package protocols

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"plateau/internal/fileversion"
)

// A checkpoint holds everything that training carries from one example to the next:
// the weights, the network's state in each slot of a batch, the number of examples
// that have been shown, and the epoch in progress. The order of examples and the
// random draws are functions of the seed. It is little-endian on every machine:
//
//	magic     "plateau checkpoint 1\n"
//	sizes     uint32 number of arrays of weights; for each, its rows (0 for a bias) and columns
//	counts    uint64 shown; epoch: number, examples, errors; in progress (0 or 1), length
//	sums      float64 sum of each layer's loss over the epoch
//	weights   float32, array by array as network.Weights lists them
//	states    uint32 number; for each, uint32 length (0 at rest) and the bytes
//	digest    SHA-256 of everything before
const (
	checkpointMagic   = "plateau checkpoint 1\n"
	checkpointFamily  = "plateau checkpoint " // of all versions
	checkpointVersion = 1
)

// CheckpointSize returns the number of bytes that WriteCheckpoint writes. Call both
// between calls of Epoch, or in the function to which Epoch reports progress.
func (t *Trainer) CheckpointSize() int {
	weights := t.net.Weights()
	n := len(checkpointMagic) + 4 + 8*len(weights) + 6*8 + 8*len(t.sums) + 4*weights.Count() + 4 + sha256.Size
	for _, p := range t.slots {
		n += 4 + len(t.stateOf(p))
	}
	return n
}

// stateOf returns the state of the network in a slot of a batch.
func (t *Trainer) stateOf(p *slot) []byte {
	if len(t.slots) == 1 && t.shown > 0 {
		return t.workers[0].stage.engine.AppendState(nil)
	}
	return p.state
}

// WriteCheckpoint writes a checkpoint of the training. It writes row by row, so that it
// takes hardly any memory.
func (t *Trainer) WriteCheckpoint(to io.Writer) error {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	put := func(x any) { binary.Write(w, binary.LittleEndian, x) } // w keeps the error
	w.WriteString(checkpointMagic)
	arrays := t.net.Weights()
	put(uint32(len(arrays)))
	for _, a := range arrays {
		put([]uint32{uint32(a.Rows), uint32(a.Cols)})
	}
	var inProgress uint64
	if t.progress {
		inProgress = 1
	}
	put([]uint64{t.shown, uint64(t.epoch.Number), uint64(t.epoch.Examples), uint64(t.epoch.Errors), inProgress, uint64(t.length)})
	put(t.sums)
	for row := range arrays.Rows() {
		put(row)
	}
	put(uint32(len(t.slots)))
	for _, p := range t.slots {
		state := t.stateOf(p)
		put(uint32(len(state)))
		w.Write(state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := to.Write(sum.Sum(nil))
	return err
}

// Restore puts a trainer of the same model into the state of a checkpoint. After
// an error the trainer is as it was, unless reading fails that succeeded a moment
// before.
func (t *Trainer) Restore(checkpoint *io.SectionReader) error {
	size, err := verifyCheckpoint(checkpoint)
	if err != nil {
		return err
	}
	// The contents are as they were written; what remains is whether they fit the
	// model.
	r := newCheckpointReader(checkpoint, int64(len(checkpointMagic)), size)
	arrays := t.net.Weights()
	if n := r.uint32(); int(n) != len(arrays) {
		return fmt.Errorf("protocols: the checkpoint has %d arrays of weights, want %d", n, len(arrays))
	}
	for _, a := range arrays {
		if rows, cols := int(r.uint32()), int(r.uint32()); rows != a.Rows || cols != a.Cols {
			return fmt.Errorf("protocols: %s in the checkpoint is %d×%d, want %d×%d", a.Name, rows, cols, a.Rows, a.Cols)
		}
	}
	var counts [6]uint64
	for i := range counts {
		counts[i] = r.uint64()
	}
	sums := make([]float64, len(t.sums))
	for m := range sums {
		sums[m] = math.Float64frombits(r.uint64())
	}
	weights := r.skip(4 * int64(arrays.Count()))
	if n := r.uint32(); int(n) != len(t.slots) {
		return fmt.Errorf("protocols: the checkpoint is of a run with batches of %d, want %d", n, len(t.slots))
	}
	states := make([][]byte, len(t.slots))
	for k := range states {
		if n := int(r.uint32()); n > 0 {
			states[k] = r.take(n)
		}
	}
	if r.err != nil && r.err != io.ErrUnexpectedEOF {
		return fmt.Errorf("protocols: reading the checkpoint: %w", r.err)
	}
	if r.err != nil || r.left > 0 {
		return errors.New("protocols: the checkpoint does not fit the model")
	}
	engine := t.workers[0].stage.engine
	before := engine.AppendState(nil)
	for _, state := range states {
		if len(state) == 0 {
			continue
		}
		if err := engine.SetState(state); err != nil {
			if t.shown == 0 {
				engine.Rest()
			} else if back := engine.SetState(before); back != nil {
				err = errors.Join(err, back)
			}
			return fmt.Errorf("protocols: the checkpoint does not fit the model: %w", err)
		}
	}
	if len(states) == 1 && states[0] == nil {
		engine.Rest()
	}
	for row := range arrays.Rows() {
		weights.read(row)
	}
	if weights.err != nil {
		return fmt.Errorf("protocols: reading the checkpoint: %w", weights.err)
	}
	for k, p := range t.slots {
		p.state = states[k]
	}
	t.shown = counts[0]
	t.epoch = Epoch{Number: int(counts[1]), Examples: int(counts[2]), Errors: int(counts[3]), Losses: make([]float64, len(sums))}
	t.progress, t.length = counts[4] == 1, int(counts[5])
	copy(t.sums, sums)
	for m := range sums {
		if t.epoch.Examples > 0 {
			t.epoch.Losses[m] = sums[m] / float64(t.epoch.Examples)
		}
	}
	return nil
}

// verifyCheckpoint checks the version and the digest of a checkpoint and returns where
// the digest begins.
func verifyCheckpoint(r *io.SectionReader) (size int64, err error) {
	reading := func(err error) error { return fmt.Errorf("protocols: reading the checkpoint: %w", err) }
	size = r.Size() - sha256.Size
	start := make([]byte, min(r.Size(), 64))
	if _, err := r.ReadAt(start, 0); err != nil && err != io.EOF {
		return 0, reading(err)
	}
	switch version, ok := fileversion.Of(start, checkpointFamily); {
	case !ok:
		return 0, errors.New("protocols: this is not a checkpoint")
	case version > checkpointVersion:
		return 0, fmt.Errorf("protocols: the checkpoint has version %d, but this program knows only versions up to %d", version, checkpointVersion)
	case size < int64(len(checkpointMagic)):
		return 0, errors.New("protocols: the checkpoint is cut short")
	}
	sum, digest := sha256.New(), make([]byte, sha256.Size)
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size)); err != nil {
		return 0, reading(err)
	}
	if _, err := r.ReadAt(digest, size); err != nil && err != io.EOF {
		return 0, reading(err)
	}
	if !bytes.Equal(sum.Sum(nil), digest) {
		return 0, errors.New("protocols: the checkpoint is damaged: its checksum does not match")
	}
	return size, nil
}

// checkpointReader reads the fields of a checkpoint. After an error, it reads zeros. The
// error is io.ErrUnexpectedEOF if less is left than asked for.
type checkpointReader struct {
	from io.ReaderAt
	end  int64
	left int64 // bytes before end that are not read yet
	rest *bufio.Reader
	err  error
}

func newCheckpointReader(from io.ReaderAt, begin, end int64) *checkpointReader {
	rest := bufio.NewReaderSize(io.NewSectionReader(from, begin, end-begin), 1<<16)
	return &checkpointReader{from: from, end: end, left: end - begin, rest: rest}
}

// read reads numbers, bytes or slices of them into x.
func (r *checkpointReader) read(x any) {
	n := int64(binary.Size(x))
	if r.err == nil && n > r.left {
		r.err = io.ErrUnexpectedEOF
	}
	if r.err == nil {
		r.err = binary.Read(r.rest, binary.LittleEndian, x)
		r.left -= n
	}
}

// take returns the next n bytes.
func (r *checkpointReader) take(n int) []byte {
	b := make([]byte, max(0, min(int64(n), r.left)))
	if r.read(b); len(b) < n && r.err == nil {
		r.err = io.ErrUnexpectedEOF
	}
	return b
}

// skip skips n bytes, and returns a reader of them.
func (r *checkpointReader) skip(n int64) *checkpointReader {
	if r.err == nil && n > r.left {
		r.err = io.ErrUnexpectedEOF
	}
	if r.err != nil {
		return r
	}
	begin := r.end - r.left
	skipped := newCheckpointReader(r.from, begin, begin+n)
	*r = *newCheckpointReader(r.from, begin+n, r.end)
	return skipped
}

func (r *checkpointReader) uint32() (x uint32) { r.read(&x); return x }
func (r *checkpointReader) uint64() (x uint64) { r.read(&x); return x }
