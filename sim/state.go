package sim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"plateau/kernels"
)

// AppendState appends the state that flows on from one presentation to the next:
// somatic potentials, the spikes that still act, and in the rate mode the last
// rates. Together with the weights it decides everything that follows. It has the
// same bytes on every machine. Call it between presentations, or when an observer
// is told of one.
func (e *Engine) AppendState(b []byte) []byte {
	b = e.inputs.appendState(b)
	for _, l := range e.layers {
		b = l.out.appendState(b)
		for _, g := range l.groups {
			b = appendFloats(b, g.last[:g.size()])
		}
	}
	return b
}

// SetState restores a state that AppendState wrote for a network of the same sizes
// and parameters; nil is rest. After an error the engine is at rest.
func (e *Engine) SetState(b []byte) error {
	e.Rest()
	if b == nil {
		return nil
	}
	d := stateReader{rest: b}
	d.sender(e.inputs)
	for _, l := range e.layers {
		d.sender(l.out)
		for _, g := range l.groups {
			d.floats(g.last[:g.size()])
		}
	}
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("sim: state has %d bytes too many", len(d.rest))
	}
	if d.err != nil {
		e.Rest()
	} else {
		e.rested = false
	}
	return d.err
}

// appendState appends the history of a population: for each step the number of
// spikes and the neurons that fired.
func (s *sender) appendState(b []byte) []byte {
	for step := -s.spikes.history; step < 0; step++ {
		fired := s.spikes.at(step)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(fired)))
		for _, j := range fired {
			b = binary.LittleEndian.AppendUint32(b, uint32(j))
		}
	}
	if s.rates != nil {
		b = appendFloats(b, s.rate(-1)[:s.size])
	}
	for _, x := range s.older {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.X1))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.X2))
	}
	return b
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// stateReader reads the fields of a state and keeps the first error.
type stateReader struct {
	rest []byte
	err  error
}

func (d *stateReader) take(n int) []byte {
	if d.err == nil && n > len(d.rest) {
		d.err = errors.New("sim: state ends too early")
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *stateReader) uint32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *stateReader) float64() float64 {
	if b := d.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

func (d *stateReader) floats(x []float32) {
	for i := range x {
		x[i] = math.Float32frombits(d.uint32())
	}
}

func (d *stateReader) sender(s *sender) {
	t := s.spikes
	t.neurons, t.start = t.neurons[:0], t.start[:1]
	for range t.history {
		for range d.uint32() {
			j := int32(d.uint32())
			if d.err == nil && (j < 0 || int(j) >= s.size) {
				d.err = fmt.Errorf("sim: state has a spike of neuron %d of %d", j, s.size)
			}
			if d.err != nil {
				return // SetState calls Rest, which restores a valid history
			}
			t.neurons = append(t.neurons, j)
		}
		t.endStep()
	}
	t.cut()
	if s.rates != nil {
		d.floats(s.rate(-1)[:s.size])
	}
	for j := range s.older {
		s.older[j] = kernels.State{X1: d.float64(), X2: d.float64()}
	}
}
