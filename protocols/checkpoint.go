package protocols

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"plateau/internal/fileversion"
)

// A checkpoint is everything that training carries from one example to the next:
// weights, the network's state at each place of a batch, how many examples have
// been shown, and the epoch in progress. Order and random draws are functions of
// the seed. It is little-endian on every machine:
//
//	magic     "plateau checkpoint 1\n"
//	sizes     uint32 number of arrays of weights; for each its rows, or 0, and columns
//	counts    uint64 shown; epoch: number, examples, errors; in progress (0 or 1), length
//	sums      float64 sum of each layer's loss over the epoch
//	weights   float32, array by array as network.Arrays lists them
//	states    uint32 number; for each uint32 length and as many bytes, 0 for rest
//	digest    SHA-256 of all before
const (
	checkpointMagic   = "plateau checkpoint 1\n"
	checkpointFamily  = "plateau checkpoint " // of all versions
	checkpointVersion = 1
)

// AppendCheckpoint appends a checkpoint of the training. It must be called
// between calls of Epoch, or by the function that Epoch reports progress to.
func (t *Trainer) AppendCheckpoint(b []byte) []byte {
	begin := len(b)
	b = slices.Grow(b, 4*t.net.Count()+1<<16) // and hardly more
	b = append(b, checkpointMagic...)
	arrays := t.net.Arrays()
	b = binary.LittleEndian.AppendUint32(b, uint32(len(arrays)))
	for _, a := range arrays {
		b = binary.LittleEndian.AppendUint32(b, uint32(a.Rows))
		b = binary.LittleEndian.AppendUint32(b, uint32(a.Cols))
	}
	var inProgress uint64
	if t.progress {
		inProgress = 1
	}
	for _, n := range []uint64{t.shown, uint64(t.epoch.Number), uint64(t.epoch.Examples), uint64(t.epoch.Errors), inProgress, uint64(t.length)} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	for _, s := range t.sums {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(s))
	}
	for _, a := range arrays {
		for j := range max(a.Rows, 1) {
			for _, w := range a.Row(j) {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
			}
		}
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.places)))
	for _, p := range t.places {
		state := p.state
		if len(t.places) == 1 && t.shown > 0 {
			state = t.workers[0].stage.engine.AppendState(nil)
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(len(state)))
		b = append(b, state...)
	}
	digest := sha256.Sum256(b[begin:])
	return append(b, digest[:]...)
}

// Restore puts a trainer of the same model into the state of a checkpoint. After
// an error the trainer is as it was.
func (t *Trainer) Restore(checkpoint []byte) error {
	switch version, ok := fileversion.Of(checkpoint, checkpointFamily); {
	case !ok:
		return errors.New("protocols: this is not a checkpoint")
	case version > checkpointVersion:
		return fmt.Errorf("protocols: the checkpoint is of version %d, and this program knows none after %d", version, checkpointVersion)
	case len(checkpoint) < len(checkpointMagic)+sha256.Size:
		return errors.New("protocols: the checkpoint is cut short")
	}
	content, digest := checkpoint[:len(checkpoint)-sha256.Size], checkpoint[len(checkpoint)-sha256.Size:]
	if sum := sha256.Sum256(content); !bytes.Equal(sum[:], digest) {
		return errors.New("protocols: the checkpoint is damaged, its checksum does not match")
	}
	// What follows is as it was written, so only whether it fits is in question.
	r := checkpointReader{rest: content[len(checkpointMagic):]}
	arrays := t.net.Arrays()
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
	weights := r.take(4 * t.net.Count())
	if n := r.uint32(); int(n) != len(t.places) {
		return fmt.Errorf("protocols: the checkpoint has the states of batches of %d, want %d", n, len(t.places))
	}
	states := make([][]byte, len(t.places))
	for k := range states {
		if n := int(r.uint32()); n > 0 {
			states[k] = bytes.Clone(r.take(n))
		}
	}
	if r.short || len(r.rest) > 0 {
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
	for _, a := range arrays {
		for j := range max(a.Rows, 1) {
			row := a.Row(j)
			for i := range row {
				row[i] = math.Float32frombits(binary.LittleEndian.Uint32(weights[4*i:]))
			}
			weights = weights[4*len(row):]
		}
	}
	for k, p := range t.places {
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

// checkpointReader takes a checkpoint apart.
type checkpointReader struct {
	rest  []byte
	short bool
}

func (r *checkpointReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short = true
		r.rest = nil
		return make([]byte, max(0, min(n, 8)))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *checkpointReader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *checkpointReader) uint64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
