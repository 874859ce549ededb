package training

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"plateau/internal/sealed"
)

// The state of a trainer is everything that training carries from one batch to the next:
// the weights, what else the learner carries, the number of examples that have been
// shown, and the epoch in progress. The order of examples and the random draws are
// functions of the seed. It is little-endian on every machine:
//
//	magic     "plateau checkpoint 1\n"
//	sizes     uint32 number of arrays of weights; for each, its rows (0 for a bias) and columns
//	counts    uint64 shown; epoch: number, examples, errors; in progress (0 or 1), length
//	sums      float64 sum of each of the losses over the epoch
//	weights   float32, array by array as Learner.Weights lists them
//	learner   what Learner.AppendState appends
//	digest    SHA-256 of everything before
const checkpointMagic = "plateau checkpoint 1\n"

// StateSize returns the number of bytes that WriteState writes. Call both between calls of
// Epoch, or in the function to which Epoch reports progress.
func (t *Trainer) StateSize() int {
	return len(checkpointMagic) + 4 + 8*len(t.weights) + 6*8 + 8*len(t.sums) + 4*t.weights.Count() +
		len(t.learner.AppendState(nil)) + sha256.Size
}

// WriteState writes a checkpoint of the training. It writes row by row, so that it takes
// hardly any memory.
func (t *Trainer) WriteState(to io.Writer) error {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	put := func(x any) { binary.Write(w, binary.LittleEndian, x) } // w keeps the error
	w.WriteString(checkpointMagic)
	put(uint32(len(t.weights)))
	for _, a := range t.weights {
		put([]uint32{uint32(a.Rows), uint32(a.Cols)})
	}
	var inProgress uint64
	if t.progress {
		inProgress = 1
	}
	put([]uint64{t.shown, uint64(t.epoch.Number), uint64(t.epoch.Examples), uint64(t.epoch.Errors), inProgress, uint64(t.length)})
	put(t.sums)
	for row := range t.weights.Rows() {
		put(row)
	}
	w.Write(t.learner.AppendState(nil))
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := to.Write(sum.Sum(nil))
	return err
}

// ReadState puts a trainer of the same learner into the state that WriteState wrote. After
// an error the trainer is as it was, unless reading fails that succeeded a moment
// before.
func (t *Trainer) ReadState(from *io.SectionReader) error {
	inside, err := contents(from)
	if err != nil {
		return err
	}
	// The contents are as they were written; what remains is whether they fit the
	// learner.
	r := newCheckpointReader(inside, 0, inside.Size())
	if n := r.uint32(); int(n) != len(t.weights) {
		return fmt.Errorf("training: the checkpoint has %d arrays of weights, want %d", n, len(t.weights))
	}
	for _, a := range t.weights {
		if rows, cols := int(r.uint32()), int(r.uint32()); rows != a.Rows || cols != a.Cols {
			return fmt.Errorf("training: %s in the checkpoint is %d×%d, want %d×%d", a.Name, rows, cols, a.Rows, a.Cols)
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
	weights := r.skip(4 * int64(t.weights.Count()))
	state := r.take(int(r.left))
	if r.err == io.ErrUnexpectedEOF {
		return errors.New("training: the checkpoint does not fit the model")
	}
	if r.err != nil {
		return fmt.Errorf("training: reading the checkpoint: %w", r.err)
	}
	if err := t.learner.SetState(state); err != nil {
		return fmt.Errorf("training: the checkpoint does not fit the model: %w", err)
	}
	t.weights.Fill(func(row []float32) { weights.read(row) })
	if weights.err != nil {
		return fmt.Errorf("training: reading the checkpoint: %w", weights.err)
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

// contents checks a checkpoint and returns what stands between its first line and its
// digest.
func contents(checkpoint *io.SectionReader) (*io.SectionReader, error) {
	c, err := sealed.Contents(checkpoint, checkpoint.Size(), checkpointMagic)
	var later *sealed.LaterError
	switch {
	case err == nil:
		return c, nil
	case errors.Is(err, sealed.ErrForeign):
		return nil, errors.New("training: this is not a checkpoint")
	case errors.As(err, &later):
		return nil, fmt.Errorf("training: the checkpoint has version %d, but this program knows only versions up to %d", later.Version, later.Known)
	case errors.Is(err, sealed.ErrShort):
		return nil, errors.New("training: the checkpoint is cut short")
	case errors.Is(err, sealed.ErrDamaged):
		return nil, errors.New("training: the checkpoint is damaged: its checksum does not match")
	}
	return nil, fmt.Errorf("training: reading the checkpoint: %w", err)
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
