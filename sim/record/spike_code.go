package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sort"

	"github.com/klauspost/compress/zstd"
)

// A spike of a population of n neurons is the number f = step·n + neuron. What is
// stored are the gaps from each number to the next, in ascending order; the first
// counts from 0. The lowest k bits of a gap are nearly random and are stored as
// they are. The rest is mostly a small number; it is a byte, which is
// entropy-coded. With k chosen from the mean gap of a run of spikes, this comes
// within one or two percent of the entropy of Poisson spikes. The package comment
// describes the bytes.

const (
	// spikeRun is the number of spikes that share a k. It is small enough to follow
	// changes of rates from phase to phase.
	spikeRun = 4096
	// maxSpikes is the largest number of spikes in one chunk.
	maxSpikes = 1 << 17
	// farther is the byte that says that the high part of a gap did not fit a byte.
	farther = 255
	// maxShift is the largest k. Gaps are below 2⁶².
	maxShift = 56
)

// spikeEncoder turns rasters into payloads.
type spikeEncoder struct {
	shifts []byte
	high   []byte
	tail   []byte
	low    []byte

	gaps  [spikeRun]uint64 // the gaps of one run
	bytes [spikeRun]byte   // the low bits of one run, if they fit
}

// append appends the payload of a chunk to dst. It holds the spikes from ≤ i < to
// of a raster of a population of size neurons, at least one and at most maxSpikes.
func (e *spikeEncoder) append(dst []byte, t *raster, size, from, to int, z *zstd.Encoder) []byte {
	e.shifts, e.tail, e.low = e.shifts[:0], e.tail[:0], e.low[:0]
	e.high = slices.Grow(e.high[:0], to-from)[:to-from]
	c := cursor{raster: t, size: uint64(size), at: from}
	c.step = sort.Search(len(t.ends), func(k int) bool { return int(t.ends[k]) > from })
	for c.at < to {
		n := min(spikeRun, to-c.at)
		k := lowBits(c.ahead(n)-c.last, n)
		e.shifts = append(e.shifts, byte(k))
		high := e.high[c.at-from:][:n]
		if k <= 8 {
			e.splitBytes(&c, high, k)
		} else {
			e.splitGaps(&c, high, k)
		}
	}
	dst = append(dst, e.shifts...)
	dst = binary.AppendUvarint(dst, uint64(len(e.tail)))
	dst = append(dst, e.tail...)
	dst = append(dst, e.low...)
	return z.EncodeAll(e.high, dst)
}

// cursor is a position in a raster.
type cursor struct {
	*raster
	size uint64
	at   int    // the next spike
	step int    // its position in steps
	last uint64 // number f of the spike before
}

// ahead returns the number f of the last of the next n spikes.
func (c *cursor) ahead(n int) uint64 {
	last := c.at + n - 1
	k := c.step
	for int(c.ends[k]) <= last {
		k++
	}
	return uint64(c.steps[k])*c.size + uint64(uint32(c.neurons[last]))
}

// lowBits chooses how many low bits of n gaps are stored as they are, given the sum
// of the gaps. The high parts then have a mean of 16 to 32. With this, two losses
// are about one percent each: the low bits are not quite random, and the code of a
// byte has a whole number of bits.
func lowBits(sum uint64, n int) int { return min(max(0, bits.Len64(sum/uint64(n))-5), maxShift) }

// splitBytes splits the gaps of a run into high parts and up to 8 low bits.
func (e *spikeEncoder) splitBytes(c *cursor, high []byte, k int) {
	n := len(high)
	low := e.bytes[:n]
	last := c.last
	for done := 0; done < n; {
		end := int(c.ends[c.step])
		neurons := c.neurons[c.at:min(end, c.at+n-done)]
		hi, lo := high[done:done+len(neurons)], low[done:done+len(neurons)]
		offset := uint64(c.steps[c.step]) * c.size
		for i, j := range neurons {
			f := offset + uint64(uint32(j))
			g := f - last
			last = f
			h := g >> (k & 63)
			if h >= farther {
				e.tail = binary.AppendUvarint(e.tail, h-farther)
				h = farther
			}
			hi[i], lo[i] = byte(h), byte(g)
		}
		done += len(neurons)
		c.at += len(neurons)
		if c.at == end {
			c.step++
		}
	}
	c.last = last
	if k > 0 {
		e.low = packBytes(e.low, low, k)
	}
}

// packBytes appends the low k bits of each byte, as appendBits does.
func packBytes(dst, low []byte, k int) []byte {
	size := (len(low)*k + 7) / 8
	begin := len(dst)
	dst = slices.Grow(dst, size+8)[:begin+size+8]
	out := dst[begin:]
	k &= 15
	mask := (uint64(1)<<k - 1) * 0x0101010101010101
	at := 0
	for ; len(low) >= 8; low = low[8:] {
		x := binary.LittleEndian.Uint64(low) & mask
		x = x&0x00ff00ff00ff00ff | x&0xff00ff00ff00ff00>>(8-k)
		x = x&0x0000ffff0000ffff | x&0xffff0000ffff0000>>(16-2*k)
		x = x&0xffffffff | x>>32<<(4*k)
		binary.LittleEndian.PutUint64(out[at:], x)
		at += k
	}
	var x uint64
	for i, b := range low {
		x |= uint64(b) & (1<<k - 1) << (i * k)
	}
	binary.LittleEndian.PutUint64(out[at:], x)
	return dst[:begin+size]
}

// splitGaps splits the gaps of a run into high parts and more than 8 low bits.
func (e *spikeEncoder) splitGaps(c *cursor, high []byte, k int) {
	run := e.gaps[:len(high)]
	for i := range run {
		f := uint64(c.steps[c.step])*c.size + uint64(uint32(c.neurons[c.at]))
		g := f - c.last
		c.last = f
		if c.at++; c.at == int(c.ends[c.step]) {
			c.step++
		}
		h := g >> (k & 63)
		if h >= farther {
			e.tail = binary.AppendUvarint(e.tail, h-farther)
			h = farther
		}
		run[i], high[i] = g, byte(h)
	}
	e.low = appendBits(e.low, run, k)
}

// appendBits appends the low k bits of each number, 1 ≤ k ≤ maxShift. The first
// number is in the lowest bits of the first byte; zeros fill up the last byte.
func appendBits(dst []byte, run []uint64, k int) []byte {
	size := (len(run)*k + 7) / 8
	begin := len(dst)
	dst = slices.Grow(dst, size+8)[:begin+size+8]
	out := dst[begin:]
	k &= 63
	mask := uint64(1)<<k - 1
	at := 0
	var acc uint64 // bits that are not whole bytes yet
	have := 0
	for _, g := range run {
		acc |= g & mask << (have & 63)
		have += k
		binary.LittleEndian.PutUint64(out[at:], acc)
		at += have >> 3
		acc >>= have &^ 7 & 63
		if have == 64 {
			acc = 0
		}
		have &= 7
	}
	return dst[:begin+size]
}

var errSpikes = errors.New("the spikes are malformed")

// spikeDecoder turns payloads into gaps.
type spikeDecoder struct {
	high []byte
}

// decode sets gaps to those of a payload, which must hold exactly len(gaps).
func (d *spikeDecoder) decode(gaps []uint64, payload []byte, z *zstd.Decoder) error {
	if len(gaps) == 0 {
		if len(payload) != 0 {
			return errSpikes
		}
		return nil
	}
	runs := (len(gaps) + spikeRun - 1) / spikeRun
	if len(payload) < runs {
		return errSpikes
	}
	shifts := payload[:runs]
	payload = payload[runs:]
	n, size := binary.Uvarint(payload)
	if size <= 0 || n > uint64(len(payload)-size) {
		return errSpikes
	}
	tail := payload[size : size+int(n)]
	payload = payload[size+int(n):]
	lowSize := 0
	for r, k := range shifts {
		if k > maxShift {
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

// spikesFrom turns gaps into spikes of a population of size neurons.
func spikesFrom(list []Spike, gaps []uint64, size uint64, steps int) error {
	var step, neuron uint64
	for i, gap := range gaps {
		neuron += gap
		if neuron >= size {
			over := neuron / size
			step += over
			neuron -= over * size
			if step >= uint64(steps) {
				return errSpikes
			}
		}
		list[i] = Spike{int32(step), int32(neuron)}
	}
	return nil
}

// readBits reads numbers of k bits each. There may be more bytes after them.
func readBits(run []uint64, from []byte, k int) {
	if k == 0 {
		clear(run)
		return
	}
	mask := uint64(1)<<k - 1
	i := 0
	if k <= 56 {
		// This is faster, as long as eight bytes can be read at once.
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
