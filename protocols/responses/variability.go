package responses

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"

	"plateau/sim"
	"plateau/sim/record"
)

// Variability is how much the responses of a population vary.
type Variability struct {
	Mean, Fano []float64 // of each neuron and each example that was repeated: mean count and Fano factor
	CV         []float64 // of the intervals of each neuron that had at least leastIntervals
	Steps      int       // length of the window in which spikes are counted
	Examples   int       // number of examples, or stimuli, that were repeated
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

// An occasion is what trials have in common that are compared: what they show, and the
// weights. Training shows examples many times too, but learning is no variability.
type occasion struct {
	example int    // −1 for a stimulus that is in no data set
	number  uint64 // of the first presentation
	weights string
	updates int
}

// occasionOf returns the occasion of a trial; ok is false for a stimulus that is in no data
// set, unless the recording is one of repeats, whose numbers tell stimuli apart.
func occasionOf(t *record.Trial, h *record.Header) (o occasion, ok bool) {
	o = occasion{example: t.Example, weights: t.Weights, updates: t.Updates}
	if t.Example < 0 {
		o.number = t.Number - sim.RepeatNumber(0, t.Repeat())
	}
	return o, t.Example >= 0 || h.Repeats > 0
}

func (o occasion) compare(p occasion) int {
	return cmp.Or(cmp.Compare(o.example, p.example), cmp.Compare(o.number, p.number), cmp.Compare(o.weights, p.weights), cmp.Compare(o.updates, p.updates))
}

// VariabilityOf compares trials that show the same with the same weights, in the first
// phase without teaching.
// If phases have different lengths, spikes are counted in as much as the shortest has,
// as otherwise the lengths would add to the variance.
func VariabilityOf(reader *record.Reader, population int) (*Variability, error) {
	r, h := of(reader), reader.Header()
	v := &Variability{Steps: math.MaxInt}
	shown := map[occasion]int{}
	if err := r.eachTrial(func(_ int, t *record.Trial, k int) error {
		if o, ok := occasionOf(t, h); ok {
			shown[o]++
			v.Steps = min(v.Steps, t.Phases[k].Steps)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	maps.DeleteFunc(shown, func(_ occasion, n int) bool { return n < 2 })
	if v.Examples = len(shown); v.Examples == 0 {
		return nil, errors.New("nothing was shown more than once with the same weights")
	}
	size := h.Populations[population].Size
	counted, intervals := map[occasion][]moments{}, make([]moments, size)
	counts, last := make([]int, size), make([]int32, size)
	err := r.eachTrial(func(i int, t *record.Trial, k int) error {
		o, _ := occasionOf(t, h)
		if shown[o] == 0 {
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
		if counted[o] == nil {
			counted[o] = make([]moments, size)
		}
		for n, c := range counts {
			counted[o][n].add(float64(c))
		}
		return s.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, o := range slices.SortedFunc(maps.Keys(counted), occasion.compare) {
		for _, m := range counted[o] {
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
		return nil, errors.New("no neuron fired in what was shown more than once")
	}
	return v, nil
}
