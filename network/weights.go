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

// Weights are all the arrays of something that learns, in a fixed order. They are views of
// what they belong to: reading gives copies, and setting changes it.
type Weights []Array

// Array is an array of weights with a name. A matrix has a row for each sending
// neuron; a bias is a single row.
type Array struct {
	Name       string
	Rows, Cols int // Rows is 0 for a bias
	appendRow  func(dst []float32, j int) []float32
	setRow     func(j int, row []float32)
}

// MatrixArray returns a matrix as an array.
func MatrixArray(name string, w Matrix) Array {
	return Array{name, w.Rows, w.Cols,
		func(dst []float32, j int) []float32 { return append(dst, w.Row(j)...) },
		func(j int, row []float32) { copy(w.Row(j), row) }}
}

// ProjectionArray returns the weights of a projection as an array.
func ProjectionArray(name string, p Projection) Array {
	return Array{name, p.Rows, p.Cols, p.AppendRow, p.SetRow}
}

// BiasArray returns a bias for each neuron as an array.
func BiasArray(name string, b []float32) Array {
	return Array{name, 0, len(b),
		func(dst []float32, _ int) []float32 { return append(dst, b...) },
		func(_ int, row []float32) { copy(b, row) }}
}

// Row returns a copy of row j of the array.
func (a Array) Row(j int) []float32 { return a.appendRow(make([]float32, 0, a.Cols), j) }

// SetRow sets row j of the array, which has Cols weights.
func (a Array) SetRow(j int, row []float32) { a.setRow(j, row[:a.Cols]) }

// Count returns the number of weights.
func (a Array) Count() int { return max(a.Rows, 1) * a.Cols }

// Shape returns the dimensions of the array: one for a bias, two for a matrix.
func (a Array) Shape() []int {
	if a.Rows == 0 {
		return []int{a.Cols}
	}
	return []int{a.Rows, a.Cols}
}

// All goes through copies of the rows of the array. Each is valid until the next.
func (a Array) All() iter.Seq2[int, []float32] {
	return a.all(new([]float32))
}

// all does so with room for a row, which it lengthens if needed.
func (a Array) all(room *[]float32) iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		for j := range max(a.Rows, 1) {
			*room = a.appendRow((*room)[:0], j)
			if !yield(j, *room) {
				return
			}
		}
	}
}

// Fill sets all rows of the array, one after another. Next is given room for a row, which
// it fills.
func (a Array) Fill(next func(row []float32)) {
	row := make([]float32, a.Cols)
	for j := range max(a.Rows, 1) {
		next(row)
		a.setRow(j, row)
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

// Rows goes through copies of the rows of all arrays. Each is valid until the next.
func (w Weights) Rows() iter.Seq[[]float32] {
	return func(yield func([]float32) bool) {
		var room []float32
		for _, a := range w {
			for _, row := range a.all(&room) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// Fill sets the rows of all arrays; see Array.Fill.
func (w Weights) Fill(next func(row []float32)) {
	for _, a := range w {
		a.Fill(next)
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
	w.Fill(func(row []float32) { src = src[copy(row, src):] })
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
	w.Fill(func(row []float32) {
		for i := range row {
			row[i], b = math.Float32frombits(binary.LittleEndian.Uint32(b)), b[4:]
		}
	})
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
	var room []float32
	for _, a := range w {
		for j, row := range a.all(&room) {
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
