package npz

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// A Number is how an array of numbers keeps each of them.
type Number struct {
	Kind  byte // 'b' for bools, 'u' and 'i' for whole numbers without and with a sign, 'f' for floats
	Bytes int
	order binary.ByteOrder
}

// Number returns how numbers of type t are kept, and whether they are of a kind that
// Numbers reads: bools, whole numbers of 1 to 8 bytes and floats of 2 to 8, in either byte
// order.
func (t Type) Number() (n Number, ok bool) {
	if len(t) != 3 {
		return n, false
	}
	n = Number{Kind: t[1], order: binary.LittleEndian}
	n.Bytes, _ = strconv.Atoi(string(t[2:]))
	sizes := map[byte][]int{'b': {1}, 'u': {1, 2, 4, 8}, 'i': {1, 2, 4, 8}, 'f': {2, 4, 8}}
	switch t[0] {
	case '<':
	case '>':
		n.order = binary.BigEndian
	case '|':
		return n, n.Bytes == 1 && slices.Contains(sizes[n.Kind], 1)
	default:
		return n, false
	}
	return n, slices.Contains(sizes[n.Kind], n.Bytes)
}

// Numbers reads an array of any type that Number describes, and calls each with its
// numbers, some at a time, in the order of the file; bools are 0 and 1. That order is not
// C order if fortran is true: then the first dimension is the fastest.
func (r *Reader) Numbers(name string, each func(values []float64) error) (shape []int, fortran bool, err error) {
	var number Number
	size := func(h header) (int, error) {
		var ok bool
		if number, ok = Type(h.descr).Number(); !ok {
			return 0, fmt.Errorf("is of type %.100q, want numbers", h.descr)
		}
		return number.Bytes, nil
	}
	h, err := r.scan(name, size, func(f io.Reader, n, _ int) error {
		buf := make([]byte, bufferSize)
		values := make([]float64, len(buf)/number.Bytes)
		for n > 0 {
			m := min(len(values), n)
			if _, err := io.ReadFull(f, buf[:m*number.Bytes]); err != nil {
				return truncated(err)
			}
			for i := range m {
				values[i] = number.value(buf[i*number.Bytes:])
			}
			if err := each(values[:m]); err != nil {
				return err
			}
			n -= m
		}
		return nil
	})
	return h.shape, h.fortran && len(h.shape) > 1, err
}

// value returns the number that begins b.
func (n Number) value(b []byte) float64 {
	bits := uint64(b[0])
	switch n.Bytes {
	case 2:
		bits = uint64(n.order.Uint16(b))
	case 4:
		bits = uint64(n.order.Uint32(b))
	case 8:
		bits = n.order.Uint64(b)
	}
	unused := 64 - 8*n.Bytes
	switch {
	case n.Kind == 'b' && bits != 0:
		return 1
	case n.Kind == 'i':
		return float64(int64(bits<<unused) >> unused)
	case n.Kind == 'f' && n.Bytes == 2:
		return half(uint16(bits))
	case n.Kind == 'f' && n.Bytes == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case n.Kind == 'f':
		return math.Float64frombits(bits)
	}
	return float64(bits)
}

// half returns the value of a float of 16 bits: a sign, five bits of exponent and ten of
// fraction.
func half(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)/1024
	x := math.Ldexp(1+fraction, exponent-15)
	switch {
	case exponent == 0:
		x = math.Ldexp(fraction, -14)
	case exponent == 31 && fraction == 0:
		x = math.Inf(1)
	case exponent == 31:
		x = math.NaN()
	}
	return math.Copysign(x, 1-2*float64(bits>>15))
}
