package record

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// Rows of 32-bit words, mostly float32, are stored without loss. Each word is
// replaced by its difference from the one above, column after column. Then all
// lowest bytes are stored, then all second bytes, and so on, each as a zstd frame
// of its own. A potential has the sign, the exponent and part of the fraction in
// common with the one before, so the highest bytes are nearly all alike.

// A predictor says what is subtracted from a word.
const (
	fromNothing byte = iota // nothing, and words are stored row by row: for weights
	fromAbove               // the word of the row before, and words are stored column by column: for all else
)

type floatEncoder struct {
	words  []uint32
	planes []byte
}

var errWords = errors.New("the values are malformed")

// append appends a payload to dst: rows of width values, and then more words.
func (e *floatEncoder) append(dst []byte, values []float32, more []uint32, width int, predictor byte, z *zstd.Encoder) []byte {
	n := len(values) + len(more)
	if n == 0 {
		return dst
	}
	dst = append(dst, predictor)
	e.words = slices.Grow(e.words[:0], n)[:n]
	if predictor == fromAbove {
		differ(e.words, values, width)
	} else {
		for i, v := range values {
			e.words[i] = math.Float32bits(v)
		}
		copy(e.words[len(values):], more)
	}
	e.planes = slices.Grow(e.planes[:0], 4*n)[:4*n]
	split(e.planes, e.words)
	for plane := range slices.Chunk(e.planes, n) {
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		if flat(plane) {
			dst = appendRaw(dst, plane)
		} else {
			dst = z.EncodeAll(plane, dst)
		}
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// differ sets words to the differences of values from those above them, column by column.
func differ(words []uint32, values []float32, width int) {
	rows := len(values) / width
	for c := range width {
		column := words[c*rows : (c+1)*rows]
		w := math.Float32bits(values[c])
		column[0] = w
		above := ordered(w)
		for row, at := 1, c+width; row < len(column); row, at = row+1, at+width {
			this := ordered(math.Float32bits(values[at]))
			column[row] = zigzag(this - above)
			above = this
		}
	}
}

// split sets planes to the lowest bytes of all words, then the second ones, and so on.
func split(planes []byte, words []uint32) {
	n := len(words)
	p0, p1, p2, p3 := planes[:n], planes[n:2*n], planes[2*n:3*n], planes[3*n:4*n]
	for i, w := range words {
		p0[i], p1[i], p2[i], p3[i] = byte(w), byte(w>>8), byte(w>>16), byte(w>>24)
	}
}

// flat reports whether bytes look random. Compressing them would take most of the
// time and save nothing. It looks at a sample, and ignores savings of a few
// thousandths.
func flat(plane []byte) bool {
	const sample, parts = 4096, 4
	if len(plane) < sample {
		return false
	}
	var counts [256]int
	for part := range parts {
		for _, b := range plane[(len(plane)-sample/parts)*part/(parts-1):][:sample/parts] {
			counts[b]++
		}
	}
	squares := 0
	for _, c := range counts {
		squares += c * c
	}
	// For random bytes this is sample + sample²/256, give or take 0.6 % of the
	// latter. Half the binary logarithm of the ratio is roughly the number of bits
	// that a code could save of each byte.
	return squares < sample+sample*sample/256*104/100
}

// undo turns differences back into words.
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

// floatDecoder turns payloads into words.
type floatDecoder struct {
	plane []byte
}

// decode sets words to those of a payload.
func (d *floatDecoder) decode(words []uint32, payload []byte, width int, z *zstd.Decoder) error {
	if len(words) == 0 {
		if len(payload) > 0 {
			return errWords
		}
		return nil
	}
	if len(payload) == 0 || payload[0] > fromAbove {
		return errWords
	}
	predictor := payload[0]
	payload = payload[1:]
	clear(words)
	for shift := 0; shift < 32; shift += 8 {
		if len(payload) < 4 {
			return errWords
		}
		n := uint64(binary.LittleEndian.Uint32(payload))
		payload = payload[4:]
		if n > uint64(len(payload)) {
			return errWords
		}
		var err error
		if d.plane, err = decompress(z, d.plane[:0], payload[:n], len(words)); err != nil {
			return errors.Join(errWords, err)
		}
		payload = payload[n:]
		for i, b := range d.plane {
			words[i] |= uint32(b) << shift
		}
	}
	if len(payload) > 0 {
		return errWords
	}
	if predictor == fromAbove {
		undo(words, slices.Clone(words), width)
	}
	return nil
}

// ordered maps the bits of a float32 to an integer, in the order of the numbers, so
// that neighbours are close even across zero and powers of two. unordered maps it
// back.
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

// zigzag maps small differences of either sign to small numbers.
func zigzag(d uint32) uint32 { return d<<1 ^ uint32(int32(d)>>31) }

func unzigzag(w uint32) uint32 { return w>>1 ^ -(w & 1) }

// countWords returns how many words a payload holds, at most chunkWords.
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
