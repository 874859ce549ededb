package responses

import (
	"errors"
	"maps"
	"math"
	"slices"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Variability is how much the responses of a population vary.
type Variability struct {
	Mean, Fano []float64 // of each neuron and each example that was repeated: mean count and Fano factor
	CV         []float64 // of the intervals of each neuron that had at least leastIntervals
	Steps      int       // length of the window in which spikes are counted
	Examples   int       // number of examples that were repeated
}

// leastIntervals is the number of intervals from which a CV is taken.
const leastIntervals = 20

// moments are a number of values, their sum and the sum of their squares.
type moments struct {
	n   int
	sum float64
	sq  float64
}

func (m *moments) add(v float64) {
	m.n++
	m.sum += v
	m.sq += float64(v * v)
}

func (m *moments) mean() float64 { return m.sum / float64(m.n) }

// variance is the unbiased one.
func (m *moments) variance() float64 {
	return max(m.sq-float64(m.sum*m.mean()), 0) / float64(m.n-1)
}

// VariabilityOf compares trials of the same example, in the first phase without teaching.
// If phases have different lengths, spikes are counted in as much as the shortest has,
// as otherwise the lengths would add to the variance.
func VariabilityOf(reader *record.Reader, population int) (*Variability, error) {
	r, h := intact.Of(reader), reader.Header()
	v := &Variability{Steps: math.MaxInt}
	shown := map[int]int{}
	if err := eachTrial(r, func(_ int, t *record.Trial, k int) error {
		if t.Example >= 0 {
			shown[t.Example]++
			v.Steps = min(v.Steps, t.Phases[k].Steps)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	maps.DeleteFunc(shown, func(_, n int) bool { return n < 2 })
	if v.Examples = len(shown); v.Examples == 0 {
		return nil, errors.New("no example was shown more than once")
	}
	size := h.Populations[population].Size
	counted, intervals := map[int][]moments{}, make([]moments, size)
	counts, last := make([]int, size), make([]int32, size)
	err := eachTrial(r, func(i int, t *record.Trial, k int) error {
		if shown[t.Example] == 0 {
			return nil
		}
		clear(counts)
		for n := range last {
			last[n] = -1
		}
		first := t.Phases[k].First
		s := r.Spikes(i, population, first, first+v.Steps)
		for s.Scan() {
			for _, spike := range s.Spikes() {
				n := spike.Neuron
				if counts[n]++; last[n] >= 0 {
					intervals[n].add(float64(spike.Step - last[n]))
				}
				last[n] = spike.Step
			}
		}
		if counted[t.Example] == nil {
			counted[t.Example] = make([]moments, size)
		}
		for n, c := range counts {
			counted[t.Example][n].add(float64(c))
		}
		return s.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, example := range slices.Sorted(maps.Keys(counted)) {
		for _, m := range counted[example] {
			if m.sum > 0 {
				v.Mean, v.Fano = append(v.Mean, m.mean()), append(v.Fano, m.variance()/m.mean())
			}
		}
	}
	for _, m := range intervals {
		if m.n >= leastIntervals && m.sum > 0 {
			v.CV = append(v.CV, math.Sqrt(m.variance())/m.mean())
		}
	}
	if v.Mean == nil {
		return nil, errors.New("no neuron fired in examples that were shown more than once")
	}
	return v, nil
}
