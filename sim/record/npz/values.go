package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// Values pass through a buffer of this size, a multiple of every element size
// but those of Text. Converting them there is portable, and no slower than the
// checksum of the archive.
const bufferSize = 64 << 10

var le = binary.LittleEndian

// writeValues writes a slice that typeOf knows; strings with their padding up
// to the width of t.
func writeValues(w io.Writer, buf []byte, t Type, data any) error {
	switch data := data.(type) {
	case []bool:
		return writeChunks(w, buf, 1, data, putBool)
	case []uint8:
		_, err := w.Write(data)
		return err
	case []int32:
		return writeChunks(w, buf, 4, data, putInt32)
	case []int64:
		return writeChunks(w, buf, 8, data, putInt64)
	case []uint64:
		return writeChunks(w, buf, 8, data, putUint64)
	case []float32:
		return writeChunks(w, buf, 4, data, putFloat32)
	case []float64:
		return writeChunks(w, buf, 8, data, putFloat64)
	case []string:
		width, _ := t.textWidth()
		return writeText(w, buf, width, data)
	}
	panic(fmt.Sprintf("npz: writeValues of a %T", data))
}

func writeChunks[T any](w io.Writer, buf []byte, size int, data []T, put func([]byte, []T)) error {
	for chunk := range slices.Chunk(data, len(buf)/size) {
		put(buf, chunk)
		if _, err := w.Write(buf[:size*len(chunk)]); err != nil {
			return err
		}
	}
	return nil
}

func putBool(b []byte, v []bool) {
	for i, x := range v {
		b[i] = 0
		if x {
			b[i] = 1
		}
	}
}

func putInt32(b []byte, v []int32) {
	for i, x := range v {
		le.PutUint32(b[4*i:], uint32(x))
	}
}

func putInt64(b []byte, v []int64) {
	for i, x := range v {
		le.PutUint64(b[8*i:], uint64(x))
	}
}

func putUint64(b []byte, v []uint64) {
	for i, x := range v {
		le.PutUint64(b[8*i:], x)
	}
}

func putFloat32(b []byte, v []float32) {
	for i, x := range v {
		le.PutUint32(b[4*i:], math.Float32bits(x))
	}
}

func putFloat64(b []byte, v []float64) {
	for i, x := range v {
		le.PutUint64(b[8*i:], math.Float64bits(x))
	}
}

func writeText(w io.Writer, buf []byte, width int, data []string) error {
	n := 0
	put := func(r rune) error {
		le.PutUint32(buf[n:], uint32(r))
		if n += 4; n < len(buf) {
			return nil
		}
		n = 0
		_, err := w.Write(buf)
		return err
	}
	for _, s := range data {
		used := 0
		for _, r := range s {
			if err := put(r); err != nil {
				return err
			}
			used++
		}
		for ; used < width; used++ {
			if err := put(0); err != nil {
				return err
			}
		}
	}
	_, err := w.Write(buf[:n])
	return err
}

// readChunks reads n values. At first there is room for so many; more memory is taken only
// for what has been read.
func readChunks[T any](r io.Reader, size, n, room int, get func([]T, []byte)) ([]T, error) {
	v := make([]T, 0, room)
	buf := make([]byte, min(bufferSize, n*size))
	for len(v) < n {
		m := min(len(buf)/size, n-len(v))
		if _, err := io.ReadFull(r, buf[:m*size]); err != nil {
			return nil, truncated(err)
		}
		v = slices.Grow(v, m)[:len(v)+m]
		get(v[len(v)-m:], buf)
	}
	return v, nil
}

func getBool(v []bool, b []byte) {
	for i := range v {
		v[i] = b[i] != 0
	}
}

func getUint8(v []uint8, b []byte) { copy(v, b) }

func getInt32(v []int32, b []byte) {
	for i := range v {
		v[i] = int32(le.Uint32(b[4*i:]))
	}
}

func getInt64(v []int64, b []byte) {
	for i := range v {
		v[i] = int64(le.Uint64(b[8*i:]))
	}
}

func getUint64(v []uint64, b []byte) {
	for i := range v {
		v[i] = le.Uint64(b[8*i:])
	}
}

func getFloat32(v []float32, b []byte) {
	for i := range v {
		v[i] = math.Float32frombits(le.Uint32(b[4*i:]))
	}
}

func getFloat64(v []float64, b []byte) {
	for i := range v {
		v[i] = math.Float64frombits(le.Uint64(b[8*i:]))
	}
}

var errCodePoint = errors.New("holds a number that is not a Unicode code point")

func readText(r io.Reader, width, n int) ([]string, error) {
	v := []string{}
	buf := make([]byte, bufferSize)
	var text []byte // the string so far, with its padding
	length := 0     // its length without the padding
	used := 0       // the number of its code points, with the padding
	for left := n * width; left > 0; {
		m := min(len(buf)/4, left)
		if _, err := io.ReadFull(r, buf[:4*m]); err != nil {
			return nil, truncated(err)
		}
		left -= m
		for i := range m {
			c := le.Uint32(buf[4*i:])
			if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
				return nil, errCodePoint
			}
			text = utf8.AppendRune(text, rune(c))
			if c != 0 {
				length = len(text)
			}
			if used++; used == width {
				v = append(v, string(text[:length]))
				text, length, used = text[:0], 0, 0
			}
		}
	}
	return v, nil
}
