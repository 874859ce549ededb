package record

import (
	"fmt"
	"math"
)

// A SampleScanner goes through the samples of a probe.
type SampleScanner struct {
	stretch
	probe  int
	in     *contents // the group
	row    int       // its next row
	rows   int       // number of its rows that are still to come
	sample int       // number of the next sample in the trial
	first  int       // number of the first sample in values
	values []float32
}

func newSampleScanner(r *Reader, trial, probe, from, to int) *SampleScanner {
	s := &SampleScanner{stretch: newStretch(r, trial, from, to), probe: probe}
	if s.err == nil && (probe < 0 || probe >= len(r.header.Probes)) {
		s.fail(fmt.Errorf("there is no probe %d: there are %d, counted from 0", probe, len(r.header.Probes)))
	}
	return s
}

// Scan reads the next samples. It returns false at the end and after an error.
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

// enter begins with a group. It finds the rows that belong to the stretch.
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

// Values returns the samples row by row, with a value for each neuron of the probe. They
// are valid until the next call of Scan.
func (s *SampleScanner) Values() []float32 { return s.values }

// Err returns the error that ended the scan, or nil at the end.
func (s *SampleScanner) Err() error { return s.err }
