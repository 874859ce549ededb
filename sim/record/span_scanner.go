package record

import "slices"

// A SpanScanner goes through spikes in the order of their steps, and within a step
// in the order of neurons.
type SpanScanner struct {
	r          *Reader
	unpack     *unpacker
	population int
	from, to   int64
	group      int // the next one to read
	chunks     []chunkAt
	begin      int64
	spikes     []Spike
	lost       int
}

func newSpanScanner(r *Reader, population int, from, to int64) *SpanScanner {
	s := &SpanScanner{r: r, unpack: newUnpacker(r.source), population: population, from: max(from, 0), to: min(to, r.steps)}
	switch {
	case population < 0 || population >= len(r.header.Populations) || !r.header.Populations[population].Spikes:
		s.group = len(r.groups) // there is nothing to scan
	default:
		s.group, _ = slices.BinarySearchFunc(r.groups, s.from, func(g groupEntry, step int64) int {
			if g.first+int64(g.steps) <= step {
				return -1
			}
			return 1
		})
	}
	return s
}

// Scan reads the next spikes. It returns false at the end.
func (s *SpanScanner) Scan() bool {
	for s.spikes = nil; len(s.spikes) == 0; {
		if len(s.chunks) == 0 {
			if s.group >= len(s.r.groups) || s.r.groups[s.group].first >= s.to {
				return false
			}
			g := s.r.groups[s.group]
			s.chunks, s.begin = findChunks(s.r.source, g).of(spikesChunk, s.population), g.first
			s.group++
			if len(s.chunks) == 0 {
				s.lost++ // even a silent population has a chunk
			}
			continue
		}
		chunk := s.chunks[0]
		s.chunks = s.chunks[1:]
		all, err := s.unpack.train(chunk, s.r.header.Populations[s.population].Size)
		if err != nil {
			s.lost++
			continue
		}
		first, last := s.from-s.begin, s.to-s.begin
		at := func(step int64) int {
			k, _ := slices.BinarySearchFunc(all, step, func(spike Spike, step int64) int {
				if int64(spike.Step) < step {
					return -1
				}
				return 1
			})
			return k
		}
		s.spikes = all[at(first):at(last)]
	}
	return true
}

// Begin returns the step of the recording from which the steps of Spikes count.
func (s *SpanScanner) Begin() int64 { return s.begin }

// Spikes returns the spikes of the last Scan: at least one, and at most those of
// one chunk. They are valid until the next call of Scan.
func (s *SpanScanner) Spikes() []Spike { return s.spikes }

// Lost returns the number of chunks that were skipped because they are damaged or
// missing.
func (s *SpanScanner) Lost() int { return s.lost }
