package protocols

import (
	"fmt"
	"math"

	"plateau/network"
)

// Samples are labelled examples, all of one size. A type that can be inconsistent may
// also have a method Validate() error, which is called before examples are shown.
type Samples interface {
	Len() int
	// Size is the number of intensities of an example, one for each input of a
	// network.
	Size() int
	// Sample writes the intensities of example i, each in [0, 1], to intensity, which
	// has length Size, and returns the class of the example. Intensity is filled with
	// NaN before the call, so that missing values are noticed.
	Sample(i int, intensity []float32) (class int)
}

// suits returns an error if examples cannot be shown to a network. Kind says what the
// examples are for.
func suits(data Samples, kind string, a network.Architecture) error {
	if data == nil || data.Len() < 1 {
		return fmt.Errorf("protocols: no %s examples", kind)
	}
	if n := data.Size(); n != a.Inputs {
		return fmt.Errorf("protocols: the %s examples have %d intensities, but the network has %d inputs", kind, n, a.Inputs)
	}
	if v, ok := data.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return fmt.Errorf("protocols: the %s examples: %w", kind, err)
		}
	}
	return nil
}

// sample writes example i to intensity and returns its class. Values that the samples
// leave out are NaN, and not those of the example before.
func sample(data Samples, i int, intensity []float32) (class int) {
	missing := float32(math.NaN())
	for j := range intensity {
		intensity[j] = missing
	}
	return data.Sample(i, intensity)
}
