package responses

import (
	"errors"
	"slices"

	"plateau/sim/record"
)

// Tuning is how fast the neurons of a population fire for each class.
type Tuning struct {
	Rates  [][]float64 // mean rate (Hz) by neuron and class; 0 for classes without trials
	Trials []int       // number of trials of each class
}

// TuningOf measures the first phase without teaching of all trials that have a class.
func TuningOf(reader *record.Reader, population int) (*Tuning, error) {
	r, h := of(reader), reader.Header()
	classes, size := h.Network.Classes, h.Populations[population].Size
	spikes, steps := make([][]int, classes), make([]int, classes)
	for k := range spikes {
		spikes[k] = make([]int, size)
	}
	t := &Tuning{Trials: make([]int, classes)}
	err := r.eachTrial(func(i int, trial *record.Trial, k int) error {
		c, p := trial.Class, trial.Phases[k]
		if c < 0 || c >= classes {
			return nil
		}
		t.Trials[c]++
		steps[c] += p.Steps
		return r.count(i, population, p.First, p.End(), spikes[c])
	})
	if err != nil {
		return nil, err
	}
	if slices.Max(t.Trials) == 0 {
		return nil, errors.New("no trial shows an example that has a class")
	}
	for n := range size {
		row := make([]float64, classes)
		for c := range row {
			if steps[c] > 0 {
				row[c] = 1000 * float64(spikes[c][n]) / h.Clock().At(int64(steps[c]))
			}
		}
		t.Rates = append(t.Rates, row)
	}
	return t, nil
}

// Preferred returns the class for which a neuron fires fastest, the first if there are
// several.
func (t *Tuning) Preferred(neuron int) int {
	best := 0
	for c, v := range t.Rates[neuron] {
		if v > t.Rates[neuron][best] {
			best = c
		}
	}
	return best
}

// Range returns by how much a neuron fires faster for its preferred class than for the one
// for which it fires slowest, of those that were shown (Hz).
func (t *Tuning) Range(neuron int) float64 {
	fastest := t.Rates[neuron][t.Preferred(neuron)]
	slowest := fastest
	for c, v := range t.Rates[neuron] {
		if t.Trials[c] > 0 {
			slowest = min(slowest, v)
		}
	}
	return fastest - slowest
}

// Order lists the neurons by their preferred class, and within one by falling rate.
func (t *Tuning) Order() []int {
	order := make([]int, len(t.Rates))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int {
		p, q := t.Preferred(a), t.Preferred(b)
		switch x, y := t.Rates[a][p], t.Rates[b][q]; {
		case p != q:
			return p - q
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return order
}
