package protocols

import (
	"fmt"
	"math"

	"plateau/network"
)

// Samples are labelled examples, all of one size. If a type of samples can be
// inconsistent, it can also have a method Validate() error, which is called
// before examples are shown.
type Samples interface {
	Len() int
	// Size is the number of intensities of an example, one for each input of a
	// network.
	Size() int
	// Sample writes the intensities of example i, each in [0, 1], to intensity,
	// which has Size of them, and returns its class. An intensity that it leaves
	// out is NaN, and so is noticed.
	Sample(i int, intensity []float32) (class int)
}

// suits refuses examples that a network cannot be shown. Kind says what they are
// for.
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

// sample writes example i to intensity and returns its class. What the samples
// leave out is NaN, where it would otherwise be the example before.
func sample(data Samples, i int, intensity []float32) (class int) {
	missing := float32(math.NaN())
	for j := range intensity {
		intensity[j] = missing
	}
	return data.Sample(i, intensity)
}
