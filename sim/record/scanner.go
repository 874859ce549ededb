package record

import (
	"fmt"
	"math"
	"sort"
)

// End, as the upper limit of steps, means the end of the trial.
const End = -1

// stretch is a part of a trial; a scanner goes through it group by group.
type stretch struct {
	r        *Reader
	of       *assembled
	from, to int // steps of the trial: from ≤ step < to
	group    int // the next one to read
	err      error
}

func (r *Reader) stretch(trial, from, to int) stretch {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.trial(trial)
	if err != nil {
		return stretch{err: err}
	}
	if to == End || to > t.Steps {
		to = t.Steps
	}
	s := stretch{r: r, of: t, from: max(0, from), to: to, group: -1}
	if s.from < s.to {
		s.group = r.groupOfStep(t.First + int64(s.from))
	}
	return s
}

// next returns the next group and the step of the trial with which the group
// begins, which may be negative. At the end it returns nil.
func (s *stretch) next() (*contents, int) {
	if s.err != nil || s.group < 0 || s.group >= len(s.r.groups) {
		return nil, 0
	}
	g := s.r.groups[s.group]
	start := g.first - s.of.First
	if start >= int64(s.to) {
		return nil, 0
	}
	c, err := s.r.group(s.group)
	if err != nil {
		s.fail(err)
		return nil, 0
	}
	s.group++
	return c, int(start)
}

func (s *stretch) fail(err error) {
	if s.err == nil {
		s.err = fmt.Errorf("record: trial %d: %w", s.of.Index, err)
	}
}

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
	s := &SpikeScanner{stretch: r.stretch(trial, from, to), population: population}
	switch {
	case s.err != nil:
	case population < 0 || population >= len(r.header.Populations):
		s.fail(fmt.Errorf("there is no population %d: there are %d, counted from 0", population, len(r.header.Populations)))
	case !r.header.Populations[population].Spikes:
		s.fail(fmt.Errorf("spikes of %s: %w", r.header.Populations[population].Name, ErrNotRecorded))
	}
	return s
}

// A SpikeScanner goes through spikes in the order of their steps, and within a step
// in the order of neurons. A neuron that fired twice in a step appears twice. The
// scanner holds one chunk at a time.
type SpikeScanner struct {
	stretch
	population int
	chunks     []chunkAt // the chunks of the group that are still to come
	begin      int       // the step of the trial with which the group begins
	steps      int       // number of steps of the group
	spikes     []Spike
}

// Scan goes on to the next spikes. It returns false at the end and after an
// error.
func (s *SpikeScanner) Scan() bool {
	s.spikes = s.spikes[:0]
	if s.err != nil {
		return false
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	for len(s.spikes) == 0 {
		for len(s.chunks) == 0 {
			c, begin := s.next()
			if c == nil {
				return false
			}
			list := c.of(spikesChunk, s.population)
			if err := whole(list, c.spikes[s.population]); err != nil {
				s.failed(err)
				return false
			}
			s.chunks, s.begin, s.steps = list, begin, c.entry.steps
		}
		chunk := s.chunks[0]
		s.chunks = s.chunks[1:]
		all, err := s.r.spikes(chunk, s.r.header.Populations[s.population].Size)
		if err != nil {
			s.failed(err)
			return false
		}
		for _, spike := range between(all, s.from-s.begin, s.to-s.begin) {
			s.spikes = append(s.spikes, Spike{int32(s.begin) + spike.Step, spike.Neuron})
		}
	}
	return true
}

// between returns the spikes of the steps from ≤ step < to. A chunk may hold the
// spikes of many short trials.
func between(list []Spike, from, to int) []Spike {
	at := func(step int) int {
		return sort.Search(len(list), func(k int) bool { return int(list[k].Step) >= step })
	}
	return list[at(from):at(to)]
}

func (s *SpikeScanner) failed(err error) {
	s.fail(fmt.Errorf("spikes of %s: %w", s.r.header.Populations[s.population].Name, err))
}

// Spikes returns the spikes of the last Scan: at least one, and at most those of
// one chunk. They are valid until the next call of Scan.
func (s *SpikeScanner) Spikes() []Spike { return s.spikes }

// Err returns the error that ended the scan, nil if it reached the end. It may be
// that a chunk is damaged, or that the population's spikes were not recorded.
func (s *SpikeScanner) Err() error { return s.err }

// spikes decodes a chunk. Steps of the spikes count from the beginning of the
// group. The spikes must not be changed.
func (r *Reader) spikes(chunk chunkAt, size int) ([]Spike, error) {
	if list, ok := r.decoded.get(chunk.offset); ok {
		return list, nil
	}
	list, err := r.decode(&r.unpack, chunk, size)
	if err != nil {
		return nil, err
	}
	r.decoded.put(chunk.offset, list)
	return list, nil
}

// decode decodes a chunk of spikes of a population of size neurons.
func (s source) decode(u *unpacker, chunk chunkAt, size int) ([]Spike, error) {
	n := int(chunk.items)
	if n > maxSpikes {
		return nil, errSpikes
	}
	payload, err := s.payload(chunk.offset, chunk.frame)
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
	if err := spikesFrom(list, gaps, uint64(size), int(chunk.steps)); err != nil {
		return nil, err
	}
	return list, nil
}

// place turns gaps into spikes of a population of size neurons.
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

// Samples returns a scanner over the samples of a probe in the steps from ≤ step <
// to of a trial. The probe is its number in Header.Probes, from 0.
func (r *Reader) Samples(trial, probe, from, to int) *SampleScanner {
	s := &SampleScanner{stretch: r.stretch(trial, from, to), probe: probe}
	if s.err == nil && (probe < 0 || probe >= len(r.header.Probes)) {
		s.fail(fmt.Errorf("there is no probe %d: there are %d, counted from 0", probe, len(r.header.Probes)))
	}
	return s
}

// A SampleScanner goes through the samples of a probe.
type SampleScanner struct {
	stretch
	probe  int
	in     *contents // the group
	row    int       // the next row in the group
	rows   int       // number of rows still to come in the group
	sample int       // the next sample of the trial
	first  int       // of the trial, the one with which values begin
	values []float32
}

// Scan goes on to the next samples. It returns false at the end and after an
// error.
func (s *SampleScanner) Scan() bool {
	s.values = s.values[:0]
	if s.err != nil {
		return false
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	t := &s.r.header.Probes[s.probe]
	for s.rows == 0 {
		c, begin := s.next()
		if c == nil {
			return false
		}
		s.enter(c, begin, t)
	}
	width := len(t.Neurons)
	words, n, err := s.r.rows(s.in, samplesChunk, s.probe, width, s.in.rows[s.probe], s.row)
	if err != nil {
		s.fail(fmt.Errorf("%s of %s: %w", t.Variable, s.r.header.Populations[t.Population].Name, err))
		return false
	}
	n = min(n, s.rows)
	for _, w := range words[:n*width] {
		s.values = append(s.values, math.Float32frombits(w))
	}
	s.first = s.sample
	s.row, s.rows, s.sample = s.row+n, s.rows-n, s.sample+n
	return true
}

// enter finds the rows of a group that belong to the stretch.
func (s *SampleScanner) enter(c *contents, begin int, t *Probe) {
	s.in, s.row, s.rows = c, 0, 0
	index := int(c.entry.trial)
	if !c.pieces[0].began {
		index--
	}
	for k, p := range c.pieces {
		if index+k == s.of.Index {
			from := max(begin+p.from, s.from)
			to := min(begin+p.to, s.to)
			s.sample = t.Samples(from)
			s.row += s.sample - t.Samples(begin+p.from)
			s.rows = max(0, t.Samples(to)-s.sample)
			return
		}
		s.row += t.Samples(p.done+p.to-p.from) - t.Samples(p.done)
	}
}

// Step returns the step of the trial at whose end the first of the samples was
// taken. The others follow every Probe.Every steps.
func (s *SampleScanner) Step() int { return s.first * s.r.header.Probes[s.probe].Every }

// Len returns the number of samples of the last Scan, at least 1.
func (s *SampleScanner) Len() int {
	return len(s.values) / len(s.r.header.Probes[s.probe].Neurons)
}

// Values returns the samples: for each a row with one value for each neuron of the
// probe. They are valid until the next call of Scan.
func (s *SampleScanner) Values() []float32 { return s.values }

// Err returns the error that ended the scan, nil if it reached the end.
func (s *SampleScanner) Err() error { return s.err }
