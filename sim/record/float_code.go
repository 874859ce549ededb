package record

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/klauspost/compress/zstd"
)

// Rows of 32-bit words, which are mostly float32, are stored without loss: each
// word as its difference from the one above, and then all lowest bytes, all
// second bytes, and so on, each as a zstd frame of its own. Neighbouring
// potentials share sign, exponent and some of their fraction, so the highest
// bytes are nearly all alike.

// Predictors: what is subtracted from a word.
const (
	fromNothing byte = iota // weights
	fromAbove               // the row before
)

type floatEncoder struct {
	words []uint32
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
		for i := len(words) - 1; i >= width; i-- {
			words[i] = zigzag(ordered(words[i]) - ordered(words[i-width]))
		}
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

// decode sets words to those of a payload. It unpacks to a buffer that it
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
		for i := width; i < len(words); i++ {
			words[i] = unordered(unzigzag(words[i]) + ordered(words[i-width]))
		}
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
