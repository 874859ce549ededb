package measure

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// WriteState writes all that is carried from one example to the next: the sums
// of the interval in progress and the weights that changes are measured from.
// With it, and the trainer's checkpoint, measurements go on as if nothing had
// been. It is the same on every machine, and to be asked for between batches,
// after Next.
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

// StateSize is the number of bytes that WriteState writes. With Norms it is that of
// the weights twice over, with Eigenvalue that of two arrays of the output layer's
// weights in float64, else some bytes.
func (m *Measurements) StateSize() int {
	n := 3 * 8
	for _, p := range m.parts {
		for _, x := range p.state() {
			n += binary.Size(x)
		}
	}
	return n
}

// ReadState makes the state that which WriteState wrote for the same options and
// a network of the same sizes. After an error it is as it was, but for one of
// reading.
func (m *Measurements) ReadState(from *io.SectionReader) error {
	r := bufio.NewReaderSize(from, 1<<16)
	var start [3]uint64
	if from.Size() >= 8 {
		if err := binary.Read(r, binary.LittleEndian, start[:1]); err != nil {
			return fmt.Errorf("measure: reading the state: %w", err)
		}
		if start[0] != m.signature() {
			return fmt.Errorf("measure: the state is of other measurements, or of another interval than %d examples", m.options.Every)
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

// signature tells options apart.
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
