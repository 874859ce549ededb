package record

import (
	"errors"
	"io"

	"plateau/network"
)

var errUnfinished = errors.New("record: not finished")

// A Reader gives access to a recording, by trial and time, without loading it.
// What is damaged is missing, the rest can be read; see Damage and Verify. All
// methods can be called from several goroutines at once; scanners are for one
// goroutine each.
type Reader struct {
	header Header
}

// Open opens a recording. It fails if that is none, or its header is damaged. A
// recording that broke off, or is still being written, can be read up to its
// last whole chunk.
func Open(path string) (*Reader, error) { return nil, errUnfinished }

// NewReader reads a recording of so many bytes.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) { return nil, errUnfinished }

// Close closes the file.
func (r *Reader) Close() error { return nil }

// Header returns what the recording says of its run. It must not be changed.
func (r *Reader) Header() *Header { return &r.header }

// Complete reports whether the recording was ended properly. If not, the run was
// killed, or the disk was full.
func (r *Reader) Complete() bool { return false }

// Failure returns why the recording ended before the run did, if that could be
// noted in it.
func (r *Reader) Failure() string { return "" }

// Trials returns the number of trials.
func (r *Reader) Trials() int { return 0 }

// Steps returns the number of steps of all trials together.
func (r *Reader) Steps() int64 { return 0 }

// Trial returns trial i. It fails if what the recording says of it is damaged;
// its spikes may be readable even so.
func (r *Reader) Trial(i int) (*Trial, error) { return nil, errUnfinished }

// Plateaus returns the plateau potentials of a hidden layer, 0 for the first, in
// a phase of a trial.
func (r *Reader) Plateaus(trial, phase, hidden int) (Plateaus, error) {
	return Plateaus{}, errUnfinished
}

// End as an upper limit means the end of the trial.
const End = -1

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
	return &SpikeScanner{err: errUnfinished}
}

// A SpikeScanner goes through spikes in order of steps, and within a step of
// neurons; a neuron that fired twice in a step stands there twice. It
// holds one chunk at a time.
type SpikeScanner struct {
	err error
}

// Scan goes on to the next spikes. It returns false at the end and after an
// error.
func (s *SpikeScanner) Scan() bool { return false }

// Spikes returns the spikes, at least one and no more than fit a chunk. They are
// valid until the next call of Scan.
func (s *SpikeScanner) Spikes() []Spike { return nil }

// Err returns what ended the scan before its end: a damaged chunk, say, or
// that the population's spikes were not recorded.
func (s *SpikeScanner) Err() error { return s.err }

// Samples returns a scanner over the samples of a trace, a number in
// Header.Traces, that were taken in the steps from ≤ step < to of a trial.
func (r *Reader) Samples(trial, trace, from, to int) *SampleScanner {
	return &SampleScanner{err: errUnfinished}
}

// A SampleScanner goes through the samples of a trace.
type SampleScanner struct {
	err error
}

// Scan goes on to the next samples. It returns false at the end and after an
// error.
func (s *SampleScanner) Scan() bool { return false }

// Step returns the step of the trial of the first of the samples; they are
// Trace.Interval steps apart. A sample is the value at the end of its step.
func (s *SampleScanner) Step() int { return 0 }

// Len returns the number of samples, at least 1.
func (s *SampleScanner) Len() int { return 0 }

// Values returns the samples, a row of one value for each neuron of the trace
// after the other. They are valid until the next call of Scan.
func (s *SampleScanner) Values() []float32 { return nil }

// Err returns what ended the scan before its end.
func (s *SampleScanner) Err() error { return s.err }

// Weights returns the network whose weights have a digest that a Trial names, if
// they are stored in the recording.
func (r *Reader) Weights(digest string) (*network.Network, error) { return nil, errUnfinished }

// Damage is a part of a recording that cannot be read.
type Damage struct {
	Offset int64  // where in the file
	Length int64  // bytes
	What   string // what is lost, as far as that is known: "spikes of hidden0 in steps 400 to 812 (trials 4 to 8)"
	Err    error  // why
}

// Damage returns what was found damaged when the recording was opened. That is
// the frame of the file only; Verify finds all.
func (r *Reader) Damage() []Damage { return nil }

// Verify reads the whole file, compares every checksum, and calls found for each
// damage in order of offsets. It returns how much is intact.
func (r *Reader) Verify(found func(Damage)) Intact { return Intact{} }

// Intact is what Verify found in good order.
type Intact struct {
	Bytes   int64 // in whole chunks
	Chunks  int
	Trials  int // of which everything that was recorded can be read
	Spikes  int64
	Samples int64 // values of traces
}
