package training

import (
	"fmt"
	"math"
)

// Examples are labelled inputs, all of one size. A type that can be inconsistent may
// also have a method Validate() error, which is called before examples are shown.
type Examples interface {
	Len() int
	// Size is the number of intensities of an example, one for each input of what
	// learns from it.
	Size() int
	// Example writes the intensities of example i, each in [0, 1], to intensity, which
	// has length Size, and returns the class of the example. Intensity is filled with
	// NaN before the call, so that missing values are noticed. Different goroutines may
	// read examples at the same time.
	Example(i int, intensity []float32) (class int)
}

// An Example is one of the Examples.
type Example struct {
	Index     int       // which one, counted from 0
	Class     int       // its true class
	Intensity []float32 // valid until the next example is read into it
}

// An Alteration changes examples each time that they are shown in training, as a shift of
// images does. Examples of a test are not altered.
type Alteration interface {
	// Alter changes the intensities of an example, given its number since the training
	// began, counted from 1. What it does depends on these two alone. Different goroutines
	// may alter examples at the same time.
	Alter(number uint64, intensity []float32)
}

// read makes e the given example, in the memory that it has.
func (e *Example) read(data Examples, index int) {
	if len(e.Intensity) != data.Size() {
		e.Intensity = make([]float32, data.Size())
	}
	missing := float32(math.NaN())
	for j := range e.Intensity {
		e.Intensity[j] = missing
	}
	e.Index = index
	e.Class = data.Example(index, e.Intensity)
}

// ReadExample returns example i of data, for something of the given shape. Kind says in
// errors what it is for.
func ReadExample(data Examples, i int, s Shape, kind string) (Example, error) {
	var e Example
	if err := suits(data, kind, s); err != nil {
		return e, err
	}
	if i < 0 || i >= data.Len() {
		return e, fmt.Errorf("training: %s of example %d, want 0 to %d", kind, i, data.Len()-1)
	}
	e.read(data, i)
	return e, nil
}

// suits returns an error if examples cannot be shown to something of a shape. Kind says
// what the examples are for.
func suits(data Examples, kind string, s Shape) error {
	if data == nil || data.Len() < 1 {
		return fmt.Errorf("training: no %s examples", kind)
	}
	if n := data.Size(); n != s.Inputs {
		return fmt.Errorf("training: the %s examples have %d intensities, but the network has %d inputs", kind, n, s.Inputs)
	}
	if v, ok := data.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return fmt.Errorf("training: the %s examples: %w", kind, err)
		}
	}
	return nil
}
