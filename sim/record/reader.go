package record

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"plateau/internal/regular"
	"plateau/network"
)

// A Reader gives access to a recording, by trial and time, without loading it. What
// is damaged is missing, and the rest can be read; see Damage and Verify. All
// methods can be called from several goroutines at once, but each scanner is for
// one goroutine.
type Reader struct {
	source
	*layout
	header Header
	file   io.Closer // nil if Close should not close it
	watch  func(trial int) error

	mu       sync.Mutex
	unpack   *unpacker
	contents cache[int, *contents]
	known    cache[int, *assembled]
	decoded  cache[int64, []Spike]
	lost     []int // what Lost found; nil before its first call
}

// Open opens a recording. It fails if the file is no recording, or if its header is
// damaged. A recording that broke off, or is still being written, can be read up to
// its last whole chunk. If its run is resumed meanwhile, which cuts the file, what
// was read before stays right, and reading what is gone fails with ErrChanged. (The
// file is not mapped into memory, because cutting it would then end the process.)
func Open(path string) (*Reader, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("record: %w", err)
	}
	r, err := NewReader(f, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	r.file = f
	return r, nil
}

// Begins reports whether a file begins as a recording does, whatever the rest of it
// is.
func Begins(path string) bool {
	f, err := regular.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(fileMagic))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == string(fileMagic)
}

// NewReader opens a recording of the given number of bytes.
func NewReader(at io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{source: source{at: at, size: size}}
	if err := r.remember(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r.unpack = newUnpacker(r.source)
	r.contents.most, r.known.most, r.decoded.most = 8, 64, 12
	start, err := r.read(0, min(size, int64(fileStart)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("record: %w", err)
	case len(start) < fileStart || string(start[:len(fileMagic)]) != fileMagic:
		return nil, errors.New("record: not a recording of plateau")
	}
	if v := binary.LittleEndian.Uint32(start[len(fileMagic):]); v < version || v > latest {
		if v > latest {
			return nil, fmt.Errorf("record: the recording has version %d of the format, and this program knows none after %d: it was written by a later plateau, or is damaged", v, latest)
		}
		return nil, fmt.Errorf("record: the recording has version %d of the format, want %d to %d: it is damaged", v, version, latest)
	}
	r.layout, err = r.readIndex()
	if err != nil {
		r.layout = r.survey()
	}
	if err := r.readHeader(); err != nil {
		return nil, fmt.Errorf("record: the header, without which nothing can be read: %w", err)
	}
	return r, nil
}

// readHeader reads the first header or, if that is damaged, the copy at the end.
func (r *Reader) readHeader() error {
	at := int64(fileStart)
	text, _, err := r.expect(at, headerChunk)
	if err != nil && r.copied > 0 {
		var copied error
		if text, _, copied = r.expect(r.copied, headerChunk); copied == nil {
			r.damaged(at, frameSize, "header", err)
			err = nil
		}
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &r.header); err != nil {
		return err
	}
	if err := r.header.Validate(); err != nil {
		return err
	}
	for i, t := range r.header.Probes {
		if t.Neurons == nil {
			return fmt.Errorf("Traces[%d].Neurons is missing", i)
		}
	}
	return nil
}

// Close closes the file.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Header returns the header of the recording. It must not be changed.
func (r *Reader) Header() *Header { return &r.header }

// Size returns the size of the recording in bytes.
func (r *Reader) Size() int64 { return r.size }

// Complete reports whether the recording was ended properly, even if it was damaged
// later. If not, the run was killed, the disk was full, or the end of the file is
// lost.
func (r *Reader) Complete() bool { return r.end != nil && r.end.Failure == "" }

// Failure returns why the recording ended before the run did, if the reason could
// be written to it.
func (r *Reader) Failure() string {
	if r.end == nil {
		return ""
	}
	return r.end.Failure
}

// Trials returns the number of trials. It includes those that are missing, if the
// recording says how many there should be.
func (r *Reader) Trials() int { return int(r.trials) }

// Written returns how many trials, from the first, are known to have been written
// whole, according to the end of the recording or an index. If anything of these
// cannot be read, it is damaged. Later trials may be incomplete only because the
// recording broke off.
func (r *Reader) Written() int { return int(r.written) }

// Steps returns the number of steps of all trials together.
func (r *Reader) Steps() int64 { return r.steps }

// Damage returns the damage that was found when the recording was opened. That is
// only what is wrong with the frames of chunks; Verify finds all damage.
func (r *Reader) Damage() []Damage { return r.damage }

// Watch makes Trial call f before it reads a trial; an error from f becomes
// Trial's. This shows how far work on a long recording has come, and can stop it.
// Watch must be called before the reader is used.
func (r *Reader) Watch(f func(trial int) error) { r.watch = f }

// Trial returns trial i, from 0. It fails if the events of the trial are damaged.
func (r *Reader) Trial(i int) (*Trial, error) {
	if r.watch != nil {
		if err := r.watch(i); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(i)
	if err != nil {
		return nil, err
	}
	clone := t.Trial
	clone.Phases = append([]Phase(nil), clone.Phases...)
	clone.Losses = append([]float64(nil), clone.Losses...)
	return &clone, nil
}

// Plateaus returns the plateau potentials of a hidden layer in a phase of a trial.
// All three count from 0.
func (r *Reader) Plateaus(trial, phase, hidden int) (Plateaus, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(trial)
	if err != nil {
		return Plateaus{}, err
	}
	if hidden < 0 || hidden >= len(r.header.Network.Hidden) {
		return Plateaus{}, fmt.Errorf("record: there is no hidden layer %d: there are %d, counted from 0", hidden, len(r.header.Network.Hidden))
	}
	if phase < 0 || phase >= len(t.phases) {
		return Plateaus{}, fmt.Errorf("record: trial %d has no phase %d: it has %d, counted from 0", trial, phase, len(t.phases))
	}
	if phase >= len(t.rows) || t.rows[phase].row < 0 {
		return Plateaus{}, fmt.Errorf("record: trial %d: %w in phase %d", trial, ErrNotRecorded, phase)
	}
	size := r.header.Network.Hidden[hidden]
	p := Plateaus{Step: make([]int32, size), Value: make([]float32, size)}
	last := t.phases[phase].End() - 1
	for i := range p.Step {
		p.Step[i] = int32(last)
	}
	if onsets := t.onsets(phase, hidden, r.header.Network.Hidden); onsets != nil {
		for i := range p.Step {
			p.Step[i] -= onsets[i]
		}
	}
	at := t.rows[phase]
	c, err := r.group(at.group)
	if err != nil {
		return Plateaus{}, fmt.Errorf("record: trial %d: %w", trial, err)
	}
	words, _, err := r.rows(c, plateauChunk, hidden, size, c.values[hidden], at.row)
	if err != nil {
		return Plateaus{}, fmt.Errorf("record: trial %d: plateaus: %w", trial, err)
	}
	for i, w := range words[:size] {
		p.Value[i] = math.Float32frombits(w)
	}
	return p, nil
}

// ErrNotRecorded is the error for reading something that was not recorded.
var ErrNotRecorded = errors.New("it was not recorded")

// Spikes returns a scanner over the spikes of a population in the steps
// from ≤ step < to of a trial:
//
//	s := r.Spikes(trial, population, 0, record.End)
//	for s.Scan() {
//		for _, spike := range s.Spikes() {
//			…
//		}
//	}
//	if err := s.Err(); err != nil {
//		…
//	}
func (r *Reader) Spikes(trial, population, from, to int) *SpikeScanner {
	return newSpikeScanner(r, trial, population, from, to)
}

// Samples returns a scanner over the samples of a probe in the steps from ≤ step <
// to of a trial. The probe is its number in Header.Probes, from 0.
func (r *Reader) Samples(trial, probe, from, to int) *SampleScanner {
	return newSampleScanner(r, trial, probe, from, to)
}

// Span returns a scanner over the spikes of a population in the steps from ≤ step <
// to of the whole recording, across trials. Damaged chunks are skipped and counted.
// The scanner shares nothing with others of the reader, so they do not wait for
// each other.
func (r *Reader) Span(population int, from, to int64) *SpanScanner {
	return newSpanScanner(r, population, from, to)
}

// State returns the state with which a trial began, for sim.Engine.SetState. It is
// nil if the trial began at rest, or where the trial before in the same slot of a
// batch ended.
func (r *Reader) State(trial int) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(trial)
	if err != nil || t.state < 0 {
		return nil, err
	}
	c, err := r.group(t.group)
	var state []byte
	if err == nil {
		state, err = r.unpack.state(c.of(stateChunk, t.state))
	}
	if err != nil {
		return nil, fmt.Errorf("record: state of trial %d: %w", trial, err)
	}
	return state, nil
}

// Input returns what replay needs of a phase beyond its Phase. Intensity holds the
// intensities of the input, if the network reads rates instead of spikes; else it
// is nil. Plateaus holds, for each hidden layer, the steps of the phase at which
// its plateaus began; it is nil if they all began at the end of the phase.
func (r *Reader) Input(trial, phase int) (intensity []float32, plateaus [][]int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(trial)
	if err != nil {
		return nil, nil, err
	}
	if phase < 0 || phase >= len(t.phases) {
		return nil, nil, fmt.Errorf("record: trial %d has no phase %d: it has %d, counted from 0", trial, phase, len(t.phases))
	}
	p := &t.phases[phase]
	if p.onsets == nil {
		return p.intensity, nil, nil
	}
	for m := range r.header.Network.Hidden {
		var at []int
		for _, before := range t.onsets(phase, m, r.header.Network.Hidden) {
			at = append(at, p.Steps-1-int(before))
		}
		plateaus = append(plateaus, at)
	}
	return p.intensity, plateaus, nil
}

// Weights returns the network with the weights of a digest, as Trial.Weights gives
// it. The error is ErrNotRecorded if they are not stored in the recording.
func (r *Reader) Weights(name string) (*network.Network, error) {
	for _, w := range r.weights {
		if w.stored && w.digest.String() == name {
			r.mu.Lock()
			defer r.mu.Unlock()
			net, err := r.unpack.network(w, r.header.Network)
			if err != nil {
				return nil, fmt.Errorf("record: weights %.12s: %w", name, err)
			}
			return net, nil
		}
	}
	return nil, fmt.Errorf("record: weights %.12s: %w", name, ErrNotRecorded)
}

// Lost returns the trials of which something is damaged or missing, in ascending
// order. Trials that are incomplete only because the recording broke off are not
// listed. On its first call, Lost reads the whole file and compares checksums.
// Meanwhile it calls watch, if not nil, with the number of bytes that are done; an
// error from watch ends the work and is returned. The only other error is that the
// file has changed.
func (r *Reader) Lost(watch func(done int64) error) ([]int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost == nil {
		lost, err := findLost(r, watch)
		if err != nil {
			return nil, err
		}
		r.lost = lost
	}
	return r.lost, nil
}

// Verify reads the whole file, unpacks every chunk and compares every checksum. It
// calls found for each damage, in the order of offsets, and returns how much is
// intact. In a recording that broke off, what was not written whole counts as
// damage. Meanwhile it calls watch, if not nil, with the number of bytes that are
// done; an error from watch ends the work and is returned. The only other error is
// that the file has changed.
func (r *Reader) Verify(found func(Damage), watch func(done int64) error) (Intact, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return verify(r, found, watch)
}

// trial returns trial i, which must not be changed.
func (r *Reader) trial(i int) (*assembled, error) {
	if i < 0 || i >= r.Trials() {
		return nil, fmt.Errorf("record: there is no trial %d: the recording has %d, counted from 0", i, r.Trials())
	}
	if t, ok := r.known.get(i); ok {
		return t, nil
	}
	t, err := assemble(r, i)
	if err != nil {
		return nil, fmt.Errorf("record: trial %d: %w", i, err)
	}
	r.known.put(i, t)
	return t, nil
}

// group returns what group k holds, or an error if its events cannot be read.
func (r *Reader) group(k int) (*contents, error) {
	c, ok := r.contents.get(k)
	if !ok {
		c = findChunks(r.source, r.groups[k])
		c.err = c.events(&r.header, r.unpack)
		if c.gaps || c.err != nil {
			c.err = cmp.Or(r.unchanged(), c.err)
		}
		r.contents.put(k, c)
	}
	return c, c.err
}

// spikes returns the spikes of a chunk, which must not be changed.
func (r *Reader) spikes(c chunkAt, size int) ([]Spike, error) {
	if list, ok := r.decoded.get(c.offset); ok {
		return list, nil
	}
	list, err := r.unpack.train(c, size)
	if err != nil {
		return nil, err
	}
	r.decoded.put(c.offset, list)
	return list, nil
}

// rows returns the words of the chunk that holds a row, from that row on, and the number
// of rows that these are.
func (r *Reader) rows(c *contents, k kind, stream, width, want, row int) ([]uint32, int, error) {
	list := c.of(k, stream)
	if err := whole(list, want); err != nil {
		return nil, 0, err
	}
	for _, chunk := range list {
		n := int(chunk.items)
		if row >= n {
			row -= n
			continue
		}
		words, err := r.unpack.rows(chunk, width)
		if err != nil {
			return nil, 0, err
		}
		return words[row*width:], n - row, nil
	}
	return nil, 0, errEvents
}
