package measure

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// WriteState writes everything that is kept from one example to the next: the sums of
// the interval in progress, and the weights to which later weights are compared. With
// it and the trainer's checkpoint, measurements go on as if they had not been
// interrupted. The bytes are the same on every machine. Call it between batches, after
// Next.
func (m *Measurements) WriteState(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	put := func(x any) error { return binary.Write(w, binary.LittleEndian, x) } // w keeps the error
	put([]uint64{m.signature(), m.shown, m.due})
	for _, p := range m.parts {
		for _, x := range p.state() {
			inPieces(x, put)
		}
	}
	return w.Flush()
}

// StateSize returns the number of bytes that WriteState writes. Norms take twice the
// size of the forward weights, Eigenvalue that of two arrays of the output layer's
// weights in float64; the rest is small.
func (m *Measurements) StateSize() int {
	n := 3 * 8
	for _, p := range m.parts {
		for _, x := range p.state() {
			n += binary.Size(x)
		}
	}
	return n
}

// ReadState restores a state that WriteState wrote for the same options and a network
// of the same sizes. After an error the measurements are as they were, unless reading
// failed.
func (m *Measurements) ReadState(from *io.SectionReader) error {
	r := bufio.NewReaderSize(from, 1<<16)
	var start [3]uint64
	if from.Size() >= 8 {
		if err := binary.Read(r, binary.LittleEndian, start[:1]); err != nil {
			return fmt.Errorf("measure: reading the state: %w", err)
		}
		if start[0] != m.signature() {
			return fmt.Errorf("measure: the state belongs to other measurements, or to an interval other than %d examples", m.options.Every)
		}
	}
	if want := m.StateSize(); from.Size() != int64(want) {
		return fmt.Errorf("measure: the state has %d bytes, want %d for these measurements of this network", from.Size(), want)
	}
	var err error
	get := func(x any) error {
		if err == nil {
			err = binary.Read(r, binary.LittleEndian, x)
		}
		return err
	}
	if get(start[1:]) == nil {
		m.shown, m.due = start[1], start[2]
	}
	for _, p := range m.parts {
		for _, x := range p.state() {
			inPieces(x, get)
		}
	}
	if err != nil {
		return fmt.Errorf("measure: reading the state: %w", err)
	}
	return nil
}

// inPieces hands a slice of numbers on in pieces, as encoding/binary needs as much
// memory as each has bytes.
func inPieces(x any, each func(any) error) {
	const piece = 1 << 12
	switch x := x.(type) {
	case []float64:
		for p := range slices.Chunk(x, piece) {
			each(p)
		}
	case []float32:
		for p := range slices.Chunk(x, piece) {
			each(p)
		}
	}
}

// signature returns a number that is different for different options.
func (m *Measurements) signature() uint64 {
	o := m.options
	s := uint64(o.Every)
	for _, on := range []bool{o.Losses, o.Angles, o.Eigenvalue, o.Norms, o.Alignment, o.Rates} {
		s <<= 1
		if on {
			s |= 1
		}
	}
	return s
}
