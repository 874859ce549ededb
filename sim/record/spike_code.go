package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/klauspost/compress/zstd"
)

// Spikes of a population of n neurons are numbers f = step·n + neuron in
// ascending order, and what is stored are the gaps from each to the next, the
// first counted from 0. Of a gap the low k bits are as good as random and are
// stored as they are; the rest, mostly a small number, is a byte that is
// entropy-coded. With k as it fits the mean gap of a run of spikes this
// comes within one or two percent of the entropy of Poisson spikes. See the
// package comment for the bytes.

const (
	// spikeRun is how many spikes share a k. It is small enough to follow the
	// rates from phase to phase.
	spikeRun = 4096
	// maxSpikes is how many spikes one chunk holds.
	maxSpikes = 1 << 17
	// farther is the high part that says that it did not fit a byte.
	farther = 255
)

// spikeEncoder turns spikes into payloads. The zero value is ready for use.
type spikeEncoder struct {
	gaps []uint64
	low  []byte
	high []byte
	tail []byte
}

// append appends the payload of spikes to dst. Gaps must be at most maxSpikes.
func (e *spikeEncoder) append(dst []byte, gaps []uint64, z *zstd.Encoder) []byte {
	if len(gaps) == 0 {
		return dst
	}
	e.high, e.low, e.tail = e.high[:0], e.low[:0], e.tail[:0]
	runs := (len(gaps) + spikeRun - 1) / spikeRun
	dst = binary.AppendUvarint(dst, uint64(len(gaps)))
	shifts := len(dst)
	dst = append(dst, make([]byte, runs)...)
	for r := range runs {
		run := gaps[r*spikeRun : min((r+1)*spikeRun, len(gaps))]
		k := lowBits(run)
		dst[shifts+r] = byte(k)
		e.split(run, k)
	}
	dst = binary.AppendUvarint(dst, uint64(len(e.tail)))
	dst = append(dst, e.tail...)
	dst = append(dst, e.low...)
	return z.EncodeAll(e.high, dst)
}

// lowBits chooses how many low bits of the gaps of a run are stored as they are:
// so many that the high parts have a mean of 8 to 16. Then what the low bits are
// worth less than bits, and what a byte's code loses by whole bits,
// are both well below a hundredth.
func lowBits(run []uint64) int {
	var sum uint64
	for _, g := range run {
		sum += g
	}
	return max(0, bits.Len64(sum/uint64(len(run)))-4)
}

// split appends the parts of a run of gaps.
func (e *spikeEncoder) split(run []uint64, k int) {
	n := len(e.high)
	e.high = append(e.high, make([]byte, len(run))...)
	high := e.high[n:]
	for i, g := range run {
		h := g >> k
		if h >= farther {
			e.tail = binary.AppendUvarint(e.tail, h-farther)
			h = farther
		}
		high[i] = byte(h)
	}
	e.low = appendBits(e.low, run, k)
}

// appendBits appends the low k bits of each number, the first in the lowest
// bits, and fills up the last byte with zeros.
func appendBits(dst []byte, run []uint64, k int) []byte {
	if k == 0 {
		return dst
	}
	size := (len(run)*k + 7) / 8
	begin := len(dst)
	dst = append(dst, make([]byte, size+8)...)
	out := dst[begin:]
	var acc uint64
	var have, at int
	if k <= 32 {
		mask := uint64(1)<<k - 1
		for _, g := range run {
			acc |= (g & mask) << have
			have += k
			if have >= 32 {
				binary.LittleEndian.PutUint32(out[at:], uint32(acc))
				at += 4
				acc >>= 32
				have -= 32
			}
		}
		binary.LittleEndian.PutUint64(out[at:], acc)
	} else {
		for i, g := range run {
			putBits(out, i*k, k, g)
		}
	}
	return dst[:begin+size]
}

// putBits sets k bits of zeroed bytes, for the rare case that they are many.
func putBits(b []byte, at, k int, g uint64) {
	for i := range k {
		b[(at+i)/8] |= byte(g>>i&1) << ((at + i) % 8)
	}
}

var errSpikes = errors.New("spikes are not as they are written")

// spikeDecoder turns payloads into gaps.
type spikeDecoder struct {
	high []byte
}

// decode sets gaps to those of a payload, which must hold just as many.
func (d *spikeDecoder) decode(gaps []uint64, payload []byte, z *zstd.Decoder) error {
	if len(gaps) == 0 {
		if len(payload) != 0 {
			return errSpikes
		}
		return nil
	}
	n, size := binary.Uvarint(payload)
	if size <= 0 || n != uint64(len(gaps)) {
		return fmt.Errorf("%w: %d spikes in place of %d", errSpikes, n, len(gaps))
	}
	payload = payload[size:]
	runs := (len(gaps) + spikeRun - 1) / spikeRun
	if len(payload) < runs {
		return errSpikes
	}
	shifts := payload[:runs]
	payload = payload[runs:]
	n, size = binary.Uvarint(payload)
	if size <= 0 || n > uint64(len(payload)-size) {
		return errSpikes
	}
	tail := payload[size : size+int(n)]
	payload = payload[size+int(n):]
	lowSize := 0
	for r, k := range shifts {
		if k > 63 {
			return errSpikes
		}
		lowSize += (min(spikeRun, len(gaps)-r*spikeRun)*int(k) + 7) / 8
	}
	if lowSize > len(payload) {
		return errSpikes
	}
	var err error
	if d.high, err = decompress(z, d.high[:0], payload[lowSize:], len(gaps)); err != nil {
		return fmt.Errorf("%w: %w", errSpikes, err)
	}
	low := payload
	for r, k := range shifts {
		begin := r * spikeRun
		run := gaps[begin:min(begin+spikeRun, len(gaps))]
		used := (len(run)*int(k) + 7) / 8
		readBits(run, low, int(k))
		low = low[used:]
		for i, h := range d.high[begin : begin+len(run)] {
			if h < farther {
				run[i] |= uint64(h) << k
				continue
			}
			more, size := binary.Uvarint(tail)
			if size <= 0 || more >= 1<<62 || bits.Len64(more+farther)+int(k) > 63 {
				return errSpikes
			}
			tail = tail[size:]
			run[i] |= (more + farther) << k
		}
	}
	if len(tail) > 0 {
		return errSpikes
	}
	return nil
}

// readBits sets numbers to k bits each. From may go on after them.
func readBits(run []uint64, from []byte, k int) {
	if k == 0 {
		clear(run)
		return
	}
	mask := uint64(1)<<k - 1
	i := 0
	if k <= 56 {
		// As long as eight bytes can be read at once.
		for ; i < len(run) && i*k/8+8 <= len(from); i++ {
			run[i] = binary.LittleEndian.Uint64(from[i*k/8:]) >> (i * k % 8) & mask
		}
	}
	for ; i < len(run); i++ {
		var v uint64
		for b := range k {
			at := i*k + b
			v |= uint64(from[at/8]>>(at%8)&1) << b
		}
		run[i] = v
	}
}
