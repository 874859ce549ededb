package record

import (
	"encoding/binary"
	"math"
)

func appendUint(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }
func appendInt(b []byte, n int) []byte  { return binary.AppendVarint(b, int64(n)) }

func appendString(b []byte, s string) []byte { return append(appendUint(b, len(s)), s...) }

func appendFloat64(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// A parser takes numbers from the front of some bytes. After an error it returns zeros.
type parser struct {
	rest []byte
	err  error
}

func (p *parser) fail() {
	if p.err == nil {
		p.err = errEvents
	}
	p.rest = nil
}

func (p *parser) take(n int) []byte {
	if n > len(p.rest) {
		p.fail()
		return nil
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) byte() byte {
	if b := p.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (p *parser) uint() uint64 {
	x, n := binary.Uvarint(p.rest)
	if n <= 0 {
		p.fail()
		return 0
	}
	p.rest = p.rest[n:]
	return x
}

// count reads a number and fails if it is larger than most.
func (p *parser) count(most int) int {
	x := p.uint()
	if x > uint64(most) {
		p.fail()
		return 0
	}
	return int(x)
}

func (p *parser) int() int {
	x, n := binary.Varint(p.rest)
	if n <= 0 {
		p.fail()
		return 0
	}
	p.rest = p.rest[n:]
	return int(x)
}

func (p *parser) string() string { return string(p.take(p.count(len(p.rest)))) }

func (p *parser) float64() float64 {
	if b := p.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// times returns n × m, and fails if that is more than there can be floats.
func (p *parser) times(n, m int) int {
	if m > 0 && n > len(p.rest)/m {
		p.fail()
		return 0
	}
	return n * m
}

func (p *parser) floats(n int) []float32 {
	if n > len(p.rest)/4 {
		p.fail()
		return nil
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(p.take(4)))
	}
	return x
}
