package stimulus

import "fmt"

// readRates reads rates in Hz.
func readRates(path string, in Input) (*Stimulus, error) {
	r, name, err := only(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	values, shape, err := numbers(path, r, name)
	if err != nil {
		return nil, err
	}
	n := in.Size()
	switch {
	case len(shape) == 1 && shape[0] == n:
	case len(shape) == 2 && shape[1] == n && shape[0] > 0:
	case len(shape) == 2 && in.Channels == 1 && shape[0] == in.Height && shape[1] == in.Width: // an image of rates
	default:
		return nil, fmt.Errorf("%s has shape %v, want [%d], a rate for each input, or [steps %[3]d]", path, shape, n)
	}
	s := &Stimulus{Intensity: make([]float32, len(values))}
	most := 1000 * in.MaxRate
	for k, hz := range values {
		if !(hz >= 0 && hz <= most) {
			return nil, fmt.Errorf("%s: the rate of input %d is %v, want rates from 0 to %v Hz, the largest rate of a neuron", path, k%n, hz, most)
		}
		s.Intensity[k] = float32(hz / most)
	}
	return s, nil
}
