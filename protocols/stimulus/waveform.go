package stimulus

import (
	"fmt"
	"math"

	"plateau/internal/elementary"
	"plateau/internal/stream"
)

// Constant returns a current that does not change.
func Constant(current float64) []float32 { return []float32{float32(current)} }

// Ramp returns a current that changes evenly, from its value in the first step to that
// in the last.
func Ramp(from, to float64, steps int) []float32 {
	values := make([]float32, steps)
	for k := range values {
		share := float64(k) / float64(max(1, steps-1))
		values[k] = float32(from + float64(share*(to-from)))
	}
	return values
}

// Levels returns a current that takes each of some levels for the same time. If the steps
// cannot be divided evenly, some levels are longer by one.
func Levels(levels []float64, steps int) []float32 {
	values := make([]float32, steps)
	for k := range values {
		values[k] = float32(levels[k*len(levels)/steps])
	}
	return values
}

// Noise is a Gaussian current: an Ornstein–Uhlenbeck process, drawn for each neuron on
// its own.
type Noise struct {
	Mean, SD float64
	Tau      float64 // time over which it is correlated (ms); 0: every step is independent
}

// Validate reports what is outside its domain.
func (n Noise) Validate() error {
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	switch {
	case !finite(n.Mean):
		return fmt.Errorf("stimulus: noise has mean = %v, want a number", n.Mean)
	case !(n.SD >= 0 && finite(n.SD)):
		return fmt.Errorf("stimulus: noise has sd = %v, want ≥ 0", n.SD)
	case !(n.Tau >= 0 && finite(n.Tau)):
		return fmt.Errorf("stimulus: noise has tau_ms = %v, want ≥ 0", n.Tau)
	}
	return nil
}

// Values draws the current of each of some neurons in each step, step by step, for steps
// of dt ms. The draws depend on nothing but the seed and the numbers that tell
// this current from others: of the presentation, of the phase in it, and of the current in the phase.
func (n Noise) Values(dt float64, steps, neurons int, seed, presentation uint64, phase, current int) []float32 {
	s := stream.New(seed, stream.InjectedNoise, presentation, current, phase)
	keep := 0.0
	if n.Tau > 0 {
		keep = elementary.Exp(-dt / n.Tau)
	}
	fresh := n.SD * math.Sqrt(1-float64(keep*keep))
	state := make([]float64, neurons)
	for i := range state {
		state[i] = n.SD * stream.Normal(&s)
	}
	values := make([]float32, 0, steps*neurons)
	for range steps {
		for i, x := range state {
			values = append(values, float32(n.Mean+x))
			state[i] = float64(keep*x) + float64(fresh*stream.Normal(&s))
		}
	}
	return values
}

// ReadCurrent reads the current of each step from an array of NumPy (.npy): a number for
// each step, which all of some neurons get, or for each step one for each neuron.
func ReadCurrent(path string, steps, neurons int) ([]float32, error) {
	r, name, err := only(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	values, shape, err := numbers(path, r, name)
	if err != nil {
		return nil, err
	}
	if ok := len(shape) == 1 && shape[0] == steps || len(shape) == 2 && shape[0] == steps && shape[1] == neurons; !ok {
		return nil, fmt.Errorf("%s has shape %v, want [%d], a current for each step, or [%[3]d %d], one for each neuron too", path, shape, steps, neurons)
	}
	current := make([]float32, len(values))
	for k, x := range values {
		current[k] = float32(x)
	}
	return current, nil
}

// Between returns a current that flows only in some steps, from ≤ step < to, of a phase:
// its values are those of the current in these steps, and 0 in the others.
func Between(values []float32, from, to, steps int) []float32 {
	if from == 0 && to == steps {
		return values
	}
	width := max(1, len(values)/(to-from))
	placed := make([]float32, steps*width)
	for t := from; t < to; t++ {
		for k := range width {
			if len(values) == 1 {
				placed[t] = values[0]
			} else {
				placed[t*width+k] = values[(t-from)*width+k]
			}
		}
	}
	return placed
}
