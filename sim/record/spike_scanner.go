package record

import (
	"fmt"
	"sort"
)

// A SpikeScanner goes through spikes in the order of their steps, and within a step
// in the order of neurons. A neuron that fired twice in a step appears twice. The
// scanner holds one chunk at a time.
type SpikeScanner struct {
	stretch
	population int
	chunks     []chunkAt // of the group, those that are still to come
	begin      int       // the step of the trial with which the group begins
	steps      int       // number of steps of the group
	spikes     []Spike
}

func newSpikeScanner(r *Reader, trial, population, from, to int) *SpikeScanner {
	s := &SpikeScanner{stretch: newStretch(r, trial, from, to), population: population}
	switch {
	case s.err != nil:
	case population < 0 || population >= len(r.header.Populations):
		s.fail(fmt.Errorf("there is no population %d: there are %d, counted from 0", population, len(r.header.Populations)))
	case !r.header.Populations[population].Spikes:
		s.fail(fmt.Errorf("spikes of %s: %w", r.header.Populations[population].Name, ErrNotRecorded))
	}
	return s
}

// Scan reads the next spikes. It returns false at the end and after an error.
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

// between returns the spikes in the steps from ≤ step < to. A chunk may hold the spikes
// of many short trials.
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

// Err returns the error that ended the scan, or nil at the end. Perhaps a chunk is
// damaged, or the spikes of the population were not recorded.
func (s *SpikeScanner) Err() error { return s.err }
