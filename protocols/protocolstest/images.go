package protocolstest

import (
	"slices"
	"sync"

	"plateau/internal/stream"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// Images are made-up examples, each with a row of intensities and a class.
type Images struct {
	Intensities [][]float32
	Classes     []int
}

// Len returns the number of images.
func (d Images) Len() int { return len(d.Classes) }

// Size returns the number of intensities of an image.
func (d Images) Size() int { return len(d.Intensities[0]) }

// Example copies an image and returns its class.
func (d Images) Example(i int, intensity []float32) (class int) {
	copy(intensity, d.Intensities[i])
	return d.Classes[i]
}

// Clone returns a copy that a test may spoil.
func (d Images) Clone() Images {
	c := Images{Classes: slices.Clone(d.Classes)}
	for _, row := range d.Intensities {
		c.Intensities = append(c.Intensities, slices.Clone(row))
	}
	return c
}

// Noise returns n images with random intensities and classes.
func Noise(seed uint64, n, inputs, classes int) Images {
	s := stream.New(seed, 1000, 0, 0, 0)
	var d Images
	for range n {
		row := make([]float32, inputs)
		for j := range row {
			row[j] = float32(s.Uniform())
		}
		d.Intensities = append(d.Intensities, row)
		d.Classes = append(d.Classes, s.Below(classes))
	}
	return d
}

// Logged examples keep the indices of the examples that are read. It is for one
// goroutine.
type Logged struct {
	training.Examples
	Asked *[]int
}

func (d Logged) Example(i int, intensity []float32) int {
	*d.Asked = append(*d.Asked, i)
	return d.Examples.Example(i, intensity)
}

// Digits are drawn once for all tests of a package.
var Digits = sync.OnceValue(func() *dataset.Data { return dataset.Digits(1, 4000, 500) })
