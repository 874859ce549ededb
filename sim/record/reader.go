package record

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

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
	unpack   unpacker
	contents cache[int, *contents]
	known    cache[int, *assembled]
	decoded  cache[int64, []Spike]
	lost     []int // what Lost found; nil before its first call
}

// unpacker has the buffers for decoding. It is for one goroutine at a time.
type unpacker struct {
	z      *zstd.Decoder
	spikes spikeDecoder
	gaps   []uint64
	buf    []byte
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
	b := make([]byte, len(fileMark))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == string(fileMark)
}

// NewReader opens a recording of the given number of bytes.
func NewReader(at io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{source: source{at: at, size: size}}
	if err := r.remember(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r.unpack.z = newDecompressor()
	r.contents.most, r.known.most, r.decoded.most = 8, 64, 12
	start, err := r.read(0, min(size, int64(fileStart)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("record: %w", err)
	case len(start) < fileStart || string(start[:len(fileMark)]) != fileMark:
		return nil, errors.New("record: not a recording of plateau")
	}
	if v := binary.LittleEndian.Uint32(start[len(fileMark):]); v != version {
		if v > version {
			return nil, fmt.Errorf("record: the recording has version %d of the format, and this program knows none after %d: it was written by a later plateau, or is damaged", v, version)
		}
		return nil, fmt.Errorf("record: the recording has version %d of the format, want %d: it is damaged", v, version)
	}
	r.layout, err = r.readIndex()
	if err != nil {
		r.layout = r.scan()
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

// group returns what group k holds, or an error if its events cannot be read.
func (r *Reader) group(k int) (*contents, error) {
	c, ok := r.contents.get(k)
	if !ok {
		c = r.findChunks(r.groups[k])
		c.err = c.events(r.source, &r.header, &r.unpack)
		if c.gaps || c.err != nil {
			c.err = cmp.Or(r.unchanged(), c.err)
		}
		r.contents.put(k, c)
	}
	return c, c.err
}

// assembled is a trial, put together from all its groups.
type assembled struct {
	Trial
	group  int // the group in which it began
	last   int // the group in which it ended
	tail   int // the number of its steps in that group, which may be 0
	state  int // number of its state in the first group, −1 if it has none
	phases []phaseEvent
	rows   []plateauRow // of phases that ended
}

// plateauRow says where the plateaus of a phase are.
type plateauRow struct{ group, row int }

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

// trial returns trial i, which must not be changed.
func (r *Reader) trial(i int) (*assembled, error) {
	if i < 0 || i >= r.Trials() {
		return nil, fmt.Errorf("record: there is no trial %d: the recording has %d, counted from 0", i, r.Trials())
	}
	if t, ok := r.known.get(i); ok {
		return t, nil
	}
	t, err := r.assemble(i)
	if err != nil {
		return nil, fmt.Errorf("record: trial %d: %w", i, err)
	}
	r.known.put(i, t)
	return t, nil
}

func (r *Reader) assemble(i int) (*assembled, error) {
	k := r.groupOfTrial(uint64(i))
	if k < 0 {
		return nil, errors.New("it is missing")
	}
	c, err := r.group(k)
	if err != nil {
		return nil, err
	}
	n := i - int(c.entry.trial)
	if !c.pieces[0].began {
		n++
	}
	if n >= len(c.pieces) {
		return nil, errEvents
	}
	p := &c.pieces[n]
	t := &assembled{Trial: p.trial, group: k, state: p.state}
	t.Index, t.First, t.Steps = i, c.entry.first+int64(p.from), p.to-p.from
	t.tail = t.Steps
	t.Snapshot, t.Weights = p.taken, r.digestOf(p.taken)
	for ended := p.ended; ; ended = p.ended {
		t.phases = append(t.phases, p.phases...)
		for _, row := range p.ends {
			t.rows = append(t.rows, plateauRow{k, row})
		}
		if p.trial.Predicted >= 0 {
			t.Predicted = p.trial.Predicted
		}
		if p.trial.Losses != nil {
			t.Losses = p.trial.Losses
		}
		if ended {
			if p.trial.Steps != t.Steps {
				return nil, errEvents
			}
			break
		}
		if k+1 == len(r.groups) && n+1 == len(c.pieces) && uint64(i) >= r.written {
			break // the recording broke off
		}
		if n+1 < len(c.pieces) || !r.follows(k+1) {
			return nil, errors.New("a part of it is missing")
		}
		k, n = k+1, 0
		if c, err = r.group(k); err != nil {
			return nil, err
		}
		p = &c.pieces[0]
		if p.began {
			return nil, errors.New("a part of it is missing")
		}
		t.Steps += p.to
		t.tail = p.to
		if t.Steps > math.MaxInt32 {
			return nil, errEvents
		}
	}
	t.last = k
	planned := 0
	for _, phase := range t.phases {
		t.Phases = append(t.Phases, phase.Phase)
		planned += phase.Steps
	}
	t.Whole = p.ended && planned == t.Steps
	return t, nil
}

// digestOf returns the digest of snapshot number, "" if it is missing.
func (r *Reader) digestOf(number int) string {
	k, ok := slices.BinarySearchFunc(r.weights, number, func(w weightsEntry, n int) int { return w.number - n })
	if !ok {
		return ""
	}
	return r.weights[k].digest.String()
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

// onsets returns the onsets of one hidden layer, nil if its plateaus came at the
// end of the phase.
func (t *assembled) onsets(phase, hidden int, sizes []int) []int32 {
	list := t.phases[phase].onsets
	if list == nil {
		return nil
	}
	for _, n := range sizes[:hidden] {
		list = list[n:]
	}
	return list[:sizes[hidden]]
}

// ErrNotRecorded is the error for reading something that was not recorded.
var ErrNotRecorded = errors.New("it was not recorded")

// rows decodes the chunk that holds a row. It returns the words from that row on,
// and the number of rows that these are.
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
		words, err := r.words(chunk, n, width)
		if err != nil {
			return nil, 0, err
		}
		return words[row*width:], n - row, nil
	}
	return nil, 0, errEvents
}

// words decodes a chunk of n rows.
func (r *Reader) words(chunk chunkAt, n, width int) ([]uint32, error) {
	if n > rowsPerChunk(width) {
		return nil, errWords
	}
	payload, err := r.payload(chunk.offset, chunk.frame)
	if err != nil {
		return nil, err
	}
	words := make([]uint32, n*width)
	r.unpack.buf, err = decodeWords(words, payload, width, r.unpack.buf, r.unpack.z)
	return words, err
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
	state, err := r.state(t)
	if err != nil {
		return nil, fmt.Errorf("record: state of trial %d: %w", trial, err)
	}
	return state, nil
}

func (r *Reader) state(t *assembled) ([]byte, error) {
	c, err := r.group(t.group)
	if err != nil {
		return nil, err
	}
	list := c.of(stateChunk, t.state)
	if len(list) == 0 || int(list[0].items) != len(list) {
		return nil, errors.New("a chunk is missing")
	}
	var state []byte
	for _, chunk := range list {
		payload, err := r.payload(chunk.offset, chunk.frame)
		if err != nil {
			return nil, err
		}
		if state, err = decompress(r.unpack.z, state, payload, int(chunk.raw)); err != nil {
			return nil, err
		}
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
			net, err := r.network(w)
			if err != nil {
				return nil, fmt.Errorf("record: weights %.12s: %w", name, err)
			}
			return net, nil
		}
	}
	return nil, fmt.Errorf("record: weights %.12s: %w", name, ErrNotRecorded)
}

// network reads a snapshot.
func (r *Reader) network(w weightsEntry) (*network.Network, error) {
	var words []uint32
	var failure error
	part := 0
	r.walk(w.offset, w.offset+w.length, func(at int64, f frame) {
		if failure != nil {
			return
		}
		b, err := r.payload(at, f)
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
			r.unpack.buf, err = decodeWords(more, b[len(digest{}):], n, r.unpack.buf, r.unpack.z)
			words = append(words, more...)
		}
		failure = err
	}, func(_, _ int64, err error) { failure = errors.Join(failure, err) })
	if failure != nil {
		return nil, failure
	}
	return networkOf(r.header.Network, words, w.digest)
}
