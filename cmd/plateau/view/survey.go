package view

import (
	"math"
	"sync"

	"plateau/sim/record"
)

// A survey counts all spikes and trials of a recording once, in the background,
// in bins as fine as a fixed amount of memory allows. Views of long stretches use its
// counts.
type survey struct {
	reader *record.Reader
	bin    int64 // number of steps of a bin
	bins   int
	grids  []grid // of each population

	mu      sync.RWMutex
	begun   []uint16 // number of trials that begin in each bin
	wrong   []uint16 // number of them that were misread
	misread []uint64 // a bit for each trial
	until   int64    // number of steps whose spikes are counted
	trials  int      // number of trials counted
	count   int      // number of them that were misread
	lost    int      // number of damaged chunks and trials

	ended chan struct{}
}

// A grid is counts of a population, bin by bin, a number for each row of neurons.
type grid struct {
	recorded bool
	size     int // number of neurons
	rows     int
	counts   []uint16
}

// Neurons that share a row of a grid; cells of all grids together, at two bytes.
const (
	surveyRows  = 64
	surveyCells = 16 << 20
)

// row returns the row that a neuron is in.
func (g *grid) row(neuron int) int { return neuron * g.rows / g.size }

// first returns the first neuron of a row.
func (g *grid) first(row int) int { return (row*g.size + g.rows - 1) / g.rows }

func newSurvey(r *record.Reader) *survey {
	s := &survey{reader: r, ended: make(chan struct{})}
	all := int64(1)
	for _, p := range r.Header().Populations {
		g := grid{recorded: p.Spikes, size: p.Size, rows: min(p.Size, surveyRows)}
		if p.Spikes {
			all += int64(g.rows)
		}
		s.grids = append(s.grids, g)
	}
	s.bin = binFor(r.Steps(), all)
	s.bins = int((r.Steps() + s.bin - 1) / s.bin)
	for k := range s.grids {
		if g := &s.grids[k]; g.recorded {
			g.counts = make([]uint16, s.bins*g.rows)
		}
	}
	s.begun, s.wrong = make([]uint16, s.bins), make([]uint16, s.bins)
	s.misread = make([]uint64, (r.Trials()+63)/64)
	return s
}

// binFor returns the length of the finest bins for which the counts of this number of
// rows fit into memory.
func binFor(steps, rows int64) (bin int64) {
	for bin = 1; (steps+bin-1)/bin > surveyCells/rows; {
		bin *= 2
	}
	return bin
}

// run counts everything, until it is done or end is closed.
func (s *survey) run(end <-chan struct{}) {
	defer close(s.ended)
	ending := func() bool {
		select {
		case <-end:
			return true
		default:
			return false
		}
	}
	for i := range s.reader.Trials() {
		if i%64 == 0 && ending() {
			return
		}
		s.trial(i)
	}
	// It goes block by block, so that counts are complete up to some step.
	block := max(s.bin, (s.reader.Steps()/256+s.bin-1)/s.bin*s.bin)
	for from := int64(0); from < s.reader.Steps(); from += block {
		var all sync.WaitGroup
		for k := range s.grids {
			all.Go(func() { s.spikes(k, from, from+block, ending) })
		}
		all.Wait()
		if ending() {
			return
		}
		s.mu.Lock()
		s.until = min(from+block, s.reader.Steps())
		s.mu.Unlock()
	}
}

// trial counts one trial.
func (s *survey) trial(i int) {
	t, err := s.reader.Trial(i)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trials = i + 1
	if err != nil {
		s.lost++
		return
	}
	wrong := t.Wrong()
	if wrong {
		s.misread[i/64] |= 1 << (i % 64)
		s.count++
	}
	if k := int(t.First / s.bin); k < s.bins {
		increase(&s.begun[k])
		if wrong {
			increase(&s.wrong[k])
		}
	}
}

// increase adds 1, except to the largest number.
func increase(n *uint16) {
	if *n < math.MaxUint16 {
		*n++
	}
}

// spikes counts the spikes of a population in a stretch.
func (s *survey) spikes(population int, from, to int64, ending func() bool) {
	g := &s.grids[population]
	if !g.recorded {
		return
	}
	scan := s.reader.Span(population, from, to)
	for scan.Scan() && !ending() {
		s.mu.Lock()
		for _, spike := range scan.Spikes() {
			k := (scan.Begin() + int64(spike.Step)) / s.bin
			increase(&g.counts[int(k)*g.rows+g.row(int(spike.Neuron))])
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.lost += scan.Lost()
	s.mu.Unlock()
}

// next returns the misread trial after the given one, or with step −1 the one before
// it; −1 if there is none among the trials counted so far.
func (s *survey) next(trial, step int) (found int, whole bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	whole = s.trials == s.reader.Trials()
	for i := trial + step; i >= 0 && i < s.trials; i += step {
		word := s.misread[i/64]
		if word == 0 {
			// On to the end of the word.
			if i |= 63; step < 0 {
				i &^= 63
			}
			continue
		}
		if word>>(i%64)&1 == 1 {
			return i, whole
		}
	}
	return -1, whole
}

type stateAnswer struct {
	Steps   int64        `json:"steps"` // surveyed
	Trials  int          `json:"trials"`
	Misread int          `json:"misread"`
	Lost    int          `json:"lost"`
	Whole   bool         `json:"whole"`
	Replay  *replayState `json:"replay"`
}

func (s *survey) state() stateAnswer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return stateAnswer{
		Steps: s.until, Trials: s.trials, Misread: s.count, Lost: s.lost,
		Whole: s.until == s.reader.Steps() && s.trials == s.reader.Trials(),
	}
}
