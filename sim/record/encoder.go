package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// An encoder writes groups to a file.
type encoder struct {
	to     io.Writer
	header *Header
	size   int64 // length of what was written
	out    []byte
	z      *zstd.Encoder
	spikes spikeEncoder
	floats floatEncoder
	bytes  []byte

	index           // what is not in an index chunk yet
	indexes []int64 // offsets of index chunks
	stored  map[digest]bool
	steps   int64
	trials  uint64
}

func newEncoder(to io.Writer, h *Header) (*encoder, error) {
	e := &encoder{to: to, header: h, z: newCompressor(), stored: map[digest]bool{}}
	e.out = append(e.out, fileMagic...)
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(h.Format))
	if err := e.addHeader(); err != nil {
		return nil, err
	}
	if err := e.flush(); err != nil {
		return nil, e.broken(err)
	}
	return e, nil
}

func (e *encoder) broken(err error) error {
	return fmt.Errorf("record: the recording broke off after %d trials and %d bytes: %w", e.trials, e.size, err)
}

// flush writes out.
func (e *encoder) flush() error {
	n, err := e.to.Write(e.out)
	if err == nil && n < len(e.out) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err
	}
	e.size += int64(n)
	e.out = e.out[:0]
	return nil
}

func (e *encoder) addHeader() error {
	text, err := json.Marshal(e.header)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if len(text) > maxRaw {
		return fmt.Errorf("record: the header has %d bytes, want at most %d", len(text), maxRaw)
	}
	at := len(e.out)
	e.out = append(reserve(e.out), text...)
	frame{kind: headerChunk, raw: uint32(len(text))}.seal(e.out[at:])
	return nil
}

func (e *encoder) write(g *group) error {
	if g.empty() {
		return nil
	}
	for k := range g.weights {
		if err := e.addWeights(&g.weights[k]); err != nil {
			return err
		}
	}
	f := frame{first: uint64(g.first), steps: uint32(g.steps), trial: g.trial}
	entry := groupEntry{e.size + int64(len(e.out)), 0, g.first, g.steps, g.trial, g.begun}
	e.addEvents(f, g)
	for k, state := range g.states {
		e.addState(f, k, state)
	}
	for i := range g.rasters {
		if e.header.Populations[i].Spikes {
			e.addSpikes(f, i, &g.rasters[i])
		}
	}
	for i, values := range g.plateaus {
		if e.header.Plateaus {
			e.addRows(f, plateauChunk, i, values, e.header.Network.Hidden[i], fromAbove)
		}
	}
	for i, values := range g.samples {
		e.addRows(f, samplesChunk, i, values, len(e.header.Probes[i].Neurons), fromAbove)
	}
	entry.length = e.size + int64(len(e.out)) - entry.offset
	e.groups = append(e.groups, entry)
	if len(e.groups)+len(e.weights) >= indexEvery {
		e.addIndex()
	}
	if err := e.flush(); err != nil {
		return err
	}
	e.steps = g.first + int64(g.steps)
	e.trials = g.trial + uint64(g.begun)
	return nil
}

// addEvents adds the first chunk of a group. It says how many spikes and rows the other
// chunks hold, and what happened.
func (e *encoder) addEvents(f frame, g *group) {
	b := appendUint(e.bytes[:0], g.done)
	for i := range g.rasters {
		if e.header.Populations[i].Spikes {
			b = appendUint(b, len(g.rasters[i].neurons))
		}
	}
	for i := range g.plateaus {
		if e.header.Plateaus {
			b = appendUint(b, len(g.plateaus[i])/e.header.Network.Hidden[i])
		}
	}
	for i := range g.samples {
		b = appendUint(b, len(g.samples[i])/len(e.header.Probes[i].Neurons))
	}
	e.bytes = append(b, g.events...)
	at := len(e.out)
	e.out = e.z.EncodeAll(e.bytes, reserve(e.out))
	f.kind, f.raw, f.items = eventsChunk, uint32(len(e.bytes)), uint32(g.begun)
	f.seal(e.out[at:])
}

// addState adds the chunks of a state. Each says how many there are in all.
func (e *encoder) addState(f frame, stream int, b []byte) {
	f.kind, f.stream, f.items = stateChunk, uint16(stream), uint32(max(1, (len(b)+statePart-1)/statePart))
	for range f.items {
		n := min(statePart, len(b))
		at := len(e.out)
		e.out = e.z.EncodeAll(b[:n], reserve(e.out))
		f.raw = uint32(n)
		f.seal(e.out[at:])
		b = b[n:]
	}
}

// statePart is the number of bytes of a state that one chunk holds.
const statePart = 1 << 22

// addSpikes adds the chunks of a population, at least one even if it was silent.
func (e *encoder) addSpikes(f frame, population int, t *raster) {
	f.kind, f.stream = spikesChunk, uint16(population)
	size := e.header.Populations[population].Size
	for from := 0; ; {
		to := min(from+maxSpikes, len(t.neurons))
		at := len(e.out)
		e.out = reserve(e.out)
		if from < to {
			e.out = e.spikes.append(e.out, t, size, from, to, e.z)
		}
		f.items = uint32(to - from)
		f.seal(e.out[at:])
		if from = to; from == len(t.neurons) {
			return
		}
	}
}

// chunkWords is the number of words that a chunk holds, unless a single row is
// longer.
const chunkWords = 1 << 18

// rowsPerChunk returns the number of rows of width words that a chunk holds.
func rowsPerChunk(width int) int { return max(1, chunkWords/width) }

// addRows adds the chunks of rows of words, at least one.
func (e *encoder) addRows(f frame, k kind, stream int, values []float32, width int, predictor byte) {
	f.kind, f.stream = k, uint16(stream)
	most := rowsPerChunk(width) * width
	for {
		n := min(most, len(values))
		at := len(e.out)
		e.out = e.floats.append(reserve(e.out), values[:n], nil, width, predictor, e.z)
		f.items = uint32(n / width)
		f.seal(e.out[at:])
		if values = values[n:]; len(values) == 0 {
			return
		}
	}
}

// addWeights adds the chunks of a snapshot. If weights with its digest are stored
// already, there is only one, with the digest alone.
func (e *encoder) addWeights(s *snapshot) error {
	sum := sha256.New()
	for k := 0; k < len(s.floats); k += chunkWords {
		e.bytes = appendFloats(e.bytes[:0], s.floats[k:min(k+chunkWords, len(s.floats))])
		sum.Write(e.bytes)
	}
	entry := weightsEntry{offset: e.size + int64(len(e.out)), number: s.number}
	sum.Sum(entry.digest[:0])
	entry.stored = e.header.Weights && !e.stored[entry.digest]
	f := frame{kind: weightsChunk, items: uint32(s.number)}
	if !entry.stored {
		at := len(e.out)
		e.out = append(reserve(e.out), entry.digest[:]...)
		f.seal(e.out[at:])
	} else {
		e.stored[entry.digest] = true
		f.coding = 1
		floats, masks := s.floats, s.masks
		for part := 0; len(floats)+len(masks) > 0; part++ {
			n := min(chunkWords, len(floats))
			m := min(chunkWords-n, len(masks))
			at := len(e.out)
			e.out = append(reserve(e.out), entry.digest[:]...)
			e.out = e.floats.append(e.out, floats[:n], masks[:m], n+m, fromNothing, e.z)
			f.stream = uint16(part)
			f.seal(e.out[at:])
			floats, masks = floats[n:], masks[m:]
		}
	}
	entry.length = e.size + int64(len(e.out)) - entry.offset
	e.weights = append(e.weights, entry)
	return nil
}

// indexEvery is the number of groups and snapshots after which an index is written,
// so that memory does not grow with the recording.
const indexEvery = 1024

// addIndex adds an index of the groups and snapshots since the last index.
func (e *encoder) addIndex() {
	at := len(e.out)
	e.indexes = append(e.indexes, e.size+int64(at))
	e.out = e.index.append(reserve(e.out))
	frame{kind: indexChunk, items: uint32(len(e.groups) + len(e.weights))}.seal(e.out[at:])
	e.groups, e.weights = e.groups[:0], e.weights[:0]
}

// end writes the end of the recording. failure is the reason why the recording broke off,
// or empty.
func (e *encoder) end(failure string) error {
	end := ending{Steps: e.steps, Trials: e.trials, Failure: failure}
	if failure == "" {
		// After a failure there may be no room for a second header.
		end.Header = e.size + int64(len(e.out))
		if err := e.addHeader(); err != nil {
			return err
		}
	}
	e.addIndex()
	end.Index = e.indexes
	text, err := json.Marshal(end)
	if err != nil {
		return err
	}
	at := len(e.out)
	offset := e.size + int64(at)
	e.out = append(reserve(e.out), text...)
	frame{kind: endChunk, raw: uint32(len(text))}.seal(e.out[at:])
	e.out = appendTrailer(e.out, offset)
	return e.flush()
}

// salvage ends a recording after writing failed. It cuts off what was written only in
// part. On a full disk, that may make room for the index.
func (e *encoder) salvage(failure error) {
	f, ok := e.to.(*os.File)
	if !ok || f.Truncate(e.size) != nil {
		return
	}
	if _, err := f.Seek(e.size, io.SeekStart); err != nil {
		return
	}
	// Take out of the index what was not written.
	for len(e.groups) > 0 && e.groups[len(e.groups)-1].offset >= e.size {
		e.groups = e.groups[:len(e.groups)-1]
	}
	for len(e.weights) > 0 && e.weights[len(e.weights)-1].offset >= e.size {
		e.weights = e.weights[:len(e.weights)-1]
	}
	if len(e.indexes) > 0 && e.indexes[len(e.indexes)-1] >= e.size {
		// An index was not written, so a Reader must look at every chunk in any case.
		return
	}
	e.out = e.out[:0]
	if e.end(failure.Error()) != nil {
		f.Truncate(e.size)
	}
}

// close waits until the file is on the disk, and closes it.
func (e *encoder) close() error {
	f, ok := e.to.(*os.File)
	if !ok {
		return nil
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
