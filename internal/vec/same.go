package vec

import (
	"bytes"
	"unsafe"
)

// Same reports whether two slices have the same length and the same bits.
func Same(x, y []float32) bool { return bytes.Equal(raw(x), raw(y)) }

func raw(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}
