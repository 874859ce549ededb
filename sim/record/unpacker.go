package record

import (
	"errors"

	"github.com/klauspost/compress/zstd"

	"plateau/network"
)

// An unpacker reads chunks and decodes them. It is for one goroutine at a time.
type unpacker struct {
	source
	z      *zstd.Decoder
	spikes spikeDecoder
	gaps   []uint64
	floats floatDecoder
}

func newUnpacker(s source) *unpacker { return &unpacker{source: s, z: newDecompressor()} }

// appendBytes appends what a chunk unpacks to that is compressed as a whole.
func (u *unpacker) appendBytes(dst []byte, c chunkAt) ([]byte, error) {
	payload, err := u.payload(c.offset, c.frame)
	if err != nil {
		return nil, err
	}
	return decompress(u.z, dst, payload, int(c.raw))
}

// train decodes a chunk of spikes of a population of size neurons. Their steps count from
// the beginning of the group.
func (u *unpacker) train(c chunkAt, size int) ([]Spike, error) {
	n := int(c.items)
	if n > maxSpikes {
		return nil, errSpikes
	}
	payload, err := u.payload(c.offset, c.frame)
	if err != nil {
		return nil, err
	}
	if cap(u.gaps) < n {
		u.gaps = make([]uint64, n)
	}
	gaps := u.gaps[:n]
	if err := u.spikes.decode(gaps, payload, u.z); err != nil {
		return nil, err
	}
	list := make([]Spike, n)
	if err := spikesFrom(list, gaps, uint64(size), int(c.steps)); err != nil {
		return nil, err
	}
	return list, nil
}

// rows decodes a chunk of rows of width words.
func (u *unpacker) rows(c chunkAt, width int) ([]uint32, error) {
	n := int(c.items)
	if n > rowsPerChunk(width) {
		return nil, errWords
	}
	payload, err := u.payload(c.offset, c.frame)
	if err != nil {
		return nil, err
	}
	words := make([]uint32, n*width)
	return words, u.floats.decode(words, payload, width, u.z)
}

// state decodes the chunks of a state.
func (u *unpacker) state(list []chunkAt) (state []byte, err error) {
	if len(list) == 0 || int(list[0].items) != len(list) {
		return nil, errors.New("a chunk is missing")
	}
	for _, c := range list {
		if state, err = u.appendBytes(state, c); err != nil {
			return nil, err
		}
	}
	return state, nil
}

// network decodes the chunks of a snapshot of the weights.
func (u *unpacker) network(w weightsEntry, a network.Architecture) (*network.Network, error) {
	var words []uint32
	var failure error
	part := 0
	u.walk(w.offset, w.offset+w.length, func(at int64, f frame) {
		if failure != nil {
			return
		}
		b, err := u.payload(at, f)
		if err == nil && (f.kind != weightsChunk || int(f.stream) != part || len(b) < len(digest{}) || digest(b[:len(digest{})]) != w.digest) {
			err = errWords
		}
		if err != nil {
			failure = err
			return
		}
		part++
		// Only the first plane tells how many words there are.
		n, err := countWords(b[len(digest{}):])
		if err == nil {
			more := make([]uint32, n)
			err = u.floats.decode(more, b[len(digest{}):], n, u.z)
			words = append(words, more...)
		}
		failure = err
	}, func(_, _ int64, err error) { failure = errors.Join(failure, err) })
	if failure != nil {
		return nil, failure
	}
	return networkOf(a, words, w.digest)
}
