package measure

import (
	"encoding/binary"
	"fmt"
	"math"
)

// AppendState appends all that is carried from one example to the next: the sums
// of the interval in progress and the weights that changes are measured from.
// With it, and the trainer's checkpoint, measurements go on as if nothing had
// been. It is the same on every machine, and to be asked for between batches,
// after Next. With Norms it is as large as the weights twice over, with Eigenvalue
// as two arrays of the output layer's weights in float64, else some bytes.
func (m *Measurements) AppendState(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, m.signature())
	b = binary.LittleEndian.AppendUint64(b, m.shown)
	b = binary.LittleEndian.AppendUint64(b, m.due)
	for _, p := range m.parts {
		for _, x := range p.state() {
			switch x := x.(type) {
			case []float64:
				for _, v := range x {
					b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
				}
			case []float32:
				for _, v := range x {
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
				}
			}
		}
	}
	return b
}

// SetState makes the state that which AppendState wrote for the same options and
// a network of the same sizes. After an error it is as it was.
func (m *Measurements) SetState(b []byte) error {
	want := 3 * 8
	for _, p := range m.parts {
		for _, x := range p.state() {
			switch x := x.(type) {
			case []float64:
				want += 8 * len(x)
			case []float32:
				want += 4 * len(x)
			}
		}
	}
	if len(b) >= 8 && binary.LittleEndian.Uint64(b) != m.signature() {
		return fmt.Errorf("measure: the state is of other measurements, or of another interval than %d examples", m.options.Every)
	}
	if len(b) != want {
		return fmt.Errorf("measure: the state has %d bytes, want %d for these measurements of this network", len(b), want)
	}
	m.shown, m.due = binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
	b = b[24:]
	for _, p := range m.parts {
		for _, x := range p.state() {
			switch x := x.(type) {
			case []float64:
				for i := range x {
					x[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
				}
				b = b[8*len(x):]
			case []float32:
				for i := range x {
					x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
				}
				b = b[4*len(x):]
			}
		}
	}
	return nil
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
