package training

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"plateau/network"
)

// Best keeps the weights that a learner had after its best epoch, while it learns on.
type Best struct {
	weights network.Weights // of the learner
	epoch   int             // 0 before the first
	kept    []float32       // the weights after that epoch; while they are in use, those that learn on
	inUse   bool
}

// NewBest returns a Best for a learner; nothing is kept yet.
func NewBest(l Learner) *Best { return &Best{weights: l.Weights()} }

// Epoch returns the epoch after which weights were kept, 0 if none were yet.
func (b *Best) Epoch() int { return b.epoch }

// Keep keeps the weights that the learner has now, after an epoch.
func (b *Best) Keep(epoch int) {
	b.epoch, b.kept = epoch, b.weights.Append(b.kept[:0])
}

// Use gives the learner the weights that were kept, to read with. Call Back before it
// learns on or its state is stored.
func (b *Best) Use() {
	if !b.inUse && b.epoch > 0 {
		b.swap()
	}
}

// Back gives the learner the weights back that it had before Use.
func (b *Best) Back() {
	if b.inUse {
		b.swap()
	}
}

func (b *Best) swap() {
	others := b.weights.Append(nil)
	b.weights.Set(b.kept)
	b.kept, b.inUse = others, !b.inUse
}

// StateSize returns the number of bytes that WriteState writes.
func (b *Best) StateSize() int { return 8 + 4*len(b.kept) }

// WriteState writes the number of the epoch as a uint64, and the weights as float32, all
// little-endian; without an epoch there are no weights.
func (b *Best) WriteState(w io.Writer) error {
	state := binary.LittleEndian.AppendUint64(make([]byte, 0, b.StateSize()), uint64(b.epoch))
	for _, x := range b.kept {
		state = binary.LittleEndian.AppendUint32(state, math.Float32bits(x))
	}
	_, err := w.Write(state)
	return err
}

// ReadState restores what WriteState wrote. After an error, what was kept is as it was.
func (b *Best) ReadState(r *io.SectionReader) error {
	state := make([]byte, r.Size())
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, r.Size()), state); err != nil {
		return fmt.Errorf("training: reading the weights of the best epoch: %w", err)
	}
	count := b.weights.Count()
	if n := len(state); n != 8 && n != 8+4*count {
		return fmt.Errorf("training: the weights of the best epoch have %d bytes, want 8 or %d", n, 8+4*count)
	}
	epoch := binary.LittleEndian.Uint64(state)
	if state = state[8:]; (epoch == 0) != (len(state) == 0) || epoch > math.MaxInt32 {
		return fmt.Errorf("training: the best epoch is number %d, with %d weights; want 0 with none, or one with %d", epoch, len(state)/4, count)
	}
	b.epoch, b.kept = int(epoch), slices.Grow(b.kept[:0], count)
	for ; len(state) > 0; state = state[4:] {
		b.kept = append(b.kept, math.Float32frombits(binary.LittleEndian.Uint32(state)))
	}
	return nil
}
