package record

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Rows of 32-bit words, which are mostly float32, are stored without loss: each
// word as its difference from the one above, column after column, and then all
// lowest bytes, all second bytes, and so on, each as a zstd frame of its own.
// A potential shares sign, exponent and some of its fraction with the one before,
// so the highest bytes are nearly all alike.

// Predictors: what is subtracted from a word.
const (
	fromNothing byte = iota // words as they stand, row after row: weights
	fromAbove               // the word of the row before, column after column: all else
)

type floatEncoder struct {
	words []uint32
	turn  []uint32
	plane []byte
}

var errWords = errors.New("values are not as they are written")

// append appends the payload of rows of so many values, and of further words, to
// dst.
func (e *floatEncoder) append(dst []byte, values []float32, more []uint32, width int, predictor byte, z *zstd.Encoder) []byte {
	if len(values)+len(more) == 0 {
		return dst
	}
	dst = append(dst, predictor)
	words := e.words[:0]
	for _, v := range values {
		words = append(words, math.Float32bits(v))
	}
	words = append(words, more...)
	e.words = words
	if predictor == fromAbove {
		words = e.differ(words, width)
	}
	for shift := 0; shift < 32; shift += 8 {
		e.plane = e.plane[:0]
		for _, w := range words {
			e.plane = append(e.plane, byte(w>>shift))
		}
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		dst = z.EncodeAll(e.plane, dst)
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// differ returns the differences of words from those above, column after column.
func (e *floatEncoder) differ(words []uint32, width int) []uint32 {
	rows := len(words) / width
	e.turn = slices.Grow(e.turn[:0], len(words))[:len(words)]
	for row := range rows {
		this := words[row*width : (row+1)*width]
		if row == 0 {
			for c, w := range this {
				e.turn[c*rows] = w
			}
			continue
		}
		above := words[(row-1)*width : row*width]
		for c, w := range this {
			e.turn[c*rows+row] = zigzag(ordered(w) - ordered(above[c]))
		}
	}
	return e.turn
}

// undo turns differences into words.
func undo(words, turned []uint32, width int) {
	rows := len(words) / width
	for c := range width {
		var above uint32
		for row, d := range turned[c*rows : (c+1)*rows] {
			if row > 0 {
				d = unordered(unzigzag(d) + ordered(above))
			}
			above = d
			words[row*width+c] = d
		}
	}
}

// decodeWords sets words to those of a payload. It unpacks to a buffer that it
// returns for another time.
func decodeWords(words []uint32, payload []byte, width int, buf []byte, z *zstd.Decoder) ([]byte, error) {
	if len(words) == 0 {
		if len(payload) > 0 {
			return buf, errWords
		}
		return buf, nil
	}
	if len(payload) == 0 || payload[0] > fromAbove {
		return buf, errWords
	}
	predictor := payload[0]
	payload = payload[1:]
	clear(words)
	for shift := 0; shift < 32; shift += 8 {
		if len(payload) < 4 {
			return buf, errWords
		}
		n := uint64(binary.LittleEndian.Uint32(payload))
		payload = payload[4:]
		if n > uint64(len(payload)) {
			return buf, errWords
		}
		var err error
		if buf, err = decompress(z, buf[:0], payload[:n], len(words)); err != nil {
			return nil, errors.Join(errWords, err)
		}
		payload = payload[n:]
		for i, b := range buf {
			words[i] |= uint32(b) << shift
		}
	}
	if len(payload) > 0 {
		return buf, errWords
	}
	if predictor == fromAbove {
		undo(words, slices.Clone(words), width)
	}
	return buf, nil
}

// ordered maps the bits of float32 to integers in the order of the numbers, so
// that neighbours are close even across zero and powers of two. Unordered maps
// them back.
func ordered(w uint32) uint32 {
	if int32(w) < 0 {
		return ^w
	}
	return w | 1<<31
}

func unordered(w uint32) uint32 {
	if int32(w) < 0 {
		return w &^ (1 << 31)
	}
	return ^w
}

// zigzag makes small differences of either sign small numbers.
func zigzag(d uint32) uint32 { return d<<1 ^ uint32(int32(d)>>31) }

func unzigzag(w uint32) uint32 { return w>>1 ^ -(w & 1) }

// countWords returns how many words a payload holds, which are at most those of
// a chunk.
func countWords(payload []byte) (int, error) {
	if len(payload) == 0 {
		return 0, nil
	}
	if len(payload) < 5 {
		return 0, errWords
	}
	var h zstd.Header
	if err := h.Decode(payload[5:]); err != nil || !h.HasFCS || h.FrameContentSize > chunkWords {
		return 0, errWords
	}
	return int(h.FrameContentSize), nil
}
