// Package npz writes and reads NumPy's files: .npy, which is one array, and .npz, a zip
// archive of named .npy arrays.
//
// Arrays are little-endian and in C order; Type lists the types of their elements. Equal
// contents make equal files. The package does not know what the arrays mean.
package npz

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Type is the type of an array's elements, in NumPy's notation.
type Type string

// The element types, with the Go slices that hold them. Text has one more.
const (
	Bool    Type = "|b1" // []bool
	Uint8   Type = "|u1" // []uint8
	Int32   Type = "<i4" // []int32
	Int64   Type = "<i8" // []int64
	Uint64  Type = "<u8" // []uint64
	Float32 Type = "<f4" // []float32
	Float64 Type = "<f8" // []float64
)

// Text is the type of strings of at most width code points, []string in Go.
// Shorter ones are padded with U+0000.
func Text(width int) Type { return Type("<U" + strconv.Itoa(width)) }

// maxTextWidth keeps one string below 64 MiB.
const maxTextWidth = 1 << 24

// textWidth returns the width of a Text type.
func (t Type) textWidth() (width int, ok bool) {
	digits, ok := strings.CutPrefix(string(t), "<U")
	if !ok {
		return 0, false
	}
	width, err := strconv.Atoi(digits)
	if err != nil || width < 1 || width > maxTextWidth || Text(width) != t {
		return 0, false
	}
	return width, true
}

// size returns the number of bytes of an element, 0 for an unknown type.
func (t Type) size() int {
	switch t {
	case Bool, Uint8:
		return 1
	case Int32, Float32:
		return 4
	case Int64, Uint64, Float64:
		return 8
	}
	width, _ := t.textWidth()
	return 4 * width
}

// typeOf returns the element type and the length of a slice.
func typeOf(data any) (t Type, n int, err error) {
	switch data := data.(type) {
	case []bool:
		return Bool, len(data), nil
	case []uint8:
		return Uint8, len(data), nil
	case []int32:
		return Int32, len(data), nil
	case []int64:
		return Int64, len(data), nil
	case []uint64:
		return Uint64, len(data), nil
	case []float32:
		return Float32, len(data), nil
	case []float64:
		return Float64, len(data), nil
	case []string:
		width := 1
		for i, s := range data {
			n, err := textLen(s)
			if err != nil {
				return "", 0, fmt.Errorf("string %d %w", i, err)
			}
			width = max(width, n)
		}
		return Text(width), len(data), nil
	}
	return "", 0, fmt.Errorf("data is a %T, want a slice of bool, uint8, int32, int64, uint64, float32, float64 or string", data)
}

// maxDimensions is NumPy's own limit.
const maxDimensions = 64

// count returns the number of elements of an array, if its bytes can be
// counted by an int. Each element has size bytes.
func count(size int, shape []int) (int, error) {
	if len(shape) > maxDimensions {
		return 0, fmt.Errorf("%d dimensions, want ≤ %d", len(shape), maxDimensions)
	}
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %s, want dimensions ≥ 0", tuple(shape))
		}
	}
	if slices.Contains(shape, 0) {
		return 0, nil
	}
	n := uint(1)
	for _, d := range shape {
		high, low := bits.Mul(n, uint(d))
		if high != 0 {
			return 0, tooLarge(shape)
		}
		n = low
	}
	if n > uint(math.MaxInt/size) {
		return 0, tooLarge(shape)
	}
	return int(n), nil
}

func tooLarge(shape []int) error {
	return fmt.Errorf("shape %s, want fewer elements than memory could address", tuple(shape))
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// textLen returns the number of code points of a string that the format can
// keep.
func textLen(s string) (int, error) {
	switch {
	case !utf8.ValidString(s):
		return 0, fmt.Errorf("is %q, want UTF-8", s)
	case strings.HasSuffix(s, "\x00"):
		return 0, fmt.Errorf("is %q, which ends in the padding U+0000", s)
	}
	n := utf8.RuneCountInString(s)
	if n > maxTextWidth {
		return 0, fmt.Errorf("has %d code points, want ≤ %d", n, maxTextWidth)
	}
	return n, nil
}
