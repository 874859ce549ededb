package network

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Weights are all the arrays of something that learns, in a fixed order. They share
// memory with what they belong to: writing to them changes it.
type Weights []Array

// Array is an array of weights with a name. A matrix has a row for each sending
// neuron; a bias is a single row.
type Array struct {
	Name       string
	Rows, Cols int // Rows is 0 for a bias
	row        func(j int) []float32
}

// MatrixArray returns the weights of a projection as an array.
func MatrixArray(name string, w Matrix) Array { return Array{name, w.Rows, w.Cols, w.Row} }

// BiasArray returns a bias for each neuron as an array.
func BiasArray(name string, b []float32) Array {
	return Array{name, 0, len(b), func(int) []float32 { return b }}
}

// Row returns row j of the array.
func (a Array) Row(j int) []float32 { return a.row(j) }

// Count returns the number of weights.
func (a Array) Count() int { return max(a.Rows, 1) * a.Cols }

// Shape returns the dimensions of the array: one for a bias, two for a matrix.
func (a Array) Shape() []int {
	if a.Rows == 0 {
		return []int{a.Cols}
	}
	return []int{a.Rows, a.Cols}
}

// All goes through the rows of the array.
func (a Array) All() iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		for j := range max(a.Rows, 1) {
			if !yield(j, a.row(j)) {
				return
			}
		}
	}
}

// Count returns the number of weights in all arrays.
func (w Weights) Count() int {
	count := 0
	for _, a := range w {
		count += a.Count()
	}
	return count
}

// Rows goes through the rows of all arrays.
func (w Weights) Rows() iter.Seq[[]float32] {
	return func(yield func([]float32) bool) {
		for _, a := range w {
			for _, row := range a.All() {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// Append appends all weights to dst, row by row.
func (w Weights) Append(dst []float32) []float32 {
	for row := range w.Rows() {
		dst = append(dst, row...)
	}
	return dst
}

// Set replaces all weights by those that Append wrote. It panics if their number
// differs.
func (w Weights) Set(src []float32) {
	if len(src) != w.Count() {
		panic(fmt.Sprintf("network: %d weights, want %d", len(src), w.Count()))
	}
	for row := range w.Rows() {
		src = src[copy(row, src):]
	}
}

// SHA256 returns a digest of all weights in hexadecimal: of their float32 bits,
// little-endian, row by row. It is the same on every machine.
func (w Weights) SHA256() string {
	sum := sha256.New()
	var buf []byte
	for row := range w.Rows() {
		buf = appendRow(buf[:0], row)
		sum.Write(buf)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// AppendBytes appends all weights to b as float32, little-endian, row by row.
func (w Weights) AppendBytes(b []byte) []byte {
	b = slices.Grow(b, 4*w.Count())
	for row := range w.Rows() {
		b = appendRow(b, row)
	}
	return b
}

// CutBytes replaces all weights by those at the beginning of b, as AppendBytes wrote them,
// and returns the rest of it. It panics if b is too short.
func (w Weights) CutBytes(b []byte) (rest []byte) {
	for row := range w.Rows() {
		for i := range row {
			row[i], b = math.Float32frombits(binary.LittleEndian.Uint32(b)), b[4:]
		}
	}
	return b
}

func appendRow(b []byte, row []float32) []byte {
	for _, v := range row {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// Check reports the arrays that hold weights which are not finite.
func (w Weights) Check() error {
	var errs []error
	for _, a := range w {
		for j, row := range a.All() {
			if !finite(row) {
				errs = append(errs, fmt.Errorf("network: %s holds a value that is not a finite number (row %d)", a.Name, j))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// finite reports whether all weights are finite.
func finite(x []float32) bool {
	const exponent = 0x7f800000 // all ones in NaN and infinities
	for _, v := range x {
		if math.Float32bits(v)&exponent == exponent {
			return false
		}
	}
	return true
}
