package stimulus

import (
	"fmt"
	"path/filepath"
	"strings"

	"plateau/sim"
)

// Input describes the input neurons for which a stimulus is read.
type Input struct {
	Width, Height, Channels int     // of an image; a neuron for each number of it
	MaxRate                 float64 // φ_max (spikes/ms)
	Dt                      float64 // time step (ms)
}

// Size returns the number of input neurons.
func (in Input) Size() int { return in.Width * in.Height * in.Channels }

// A Stimulus is what the input neurons do in a phase: they fire at given rates, or at
// given times.
type Stimulus struct {
	// Intensity is the rate of each input in units of φ_max, or a row of them for each
	// step. It is nil if the spikes are given.
	Intensity []float32
	// Spikes are the inputs that fire in each step, in ascending order; nil if they are
	// drawn. Later steps have none.
	Spikes [][]int32

	inputs int
}

// New returns a stimulus of constant intensities.
func New(intensity []float32) *Stimulus {
	return &Stimulus{Intensity: intensity, inputs: len(intensity)}
}

// Nothing returns the stimulus of an input that is silent.
func Nothing(inputs int) *Stimulus { return New(make([]float32, inputs)) }

// Read reads a stimulus from a file, whose kind is told by the ending of its name:
//
//	.png .jpg .jpeg  an image of the size of the input
//	.npy             rates in Hz: a number for each input, or a row of them for each step
//	.npz .csv        times of spikes in ms from the start of the phase, and neurons
func Read(path string, in Input) (*Stimulus, error) {
	var s *Stimulus
	var err error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg":
		s, err = readImage(path, in)
	case ".npy":
		s, err = readRates(path, in)
	case ".npz":
		s, err = readSpikeArrays(path, in)
	case ".csv":
		s, err = readSpikeTable(path, in)
	default:
		return nil, fmt.Errorf("stimulus: %s: want a name that ends with .png, .jpg (an image), .npy (rates), .npz or .csv (times of spikes)", path)
	}
	if err != nil {
		return nil, fmt.Errorf("stimulus: %w", err)
	}
	s.inputs = in.Size()
	return s, nil
}

// Steps returns how long the stimulus is, in steps: 0 if it is constant and can be
// shown for any time, and for given spikes up to the last.
func (s *Stimulus) Steps() int {
	if s.Spikes != nil {
		return len(s.Spikes)
	}
	if len(s.Intensity) > s.inputs {
		return len(s.Intensity) / s.inputs
	}
	return 0
}

// Show makes s the stimulus of a phase. A stimulus with a row for each step must be as
// long as the phase, and given spikes must not come after its end.
func (s *Stimulus) Show(p *sim.Phase) error {
	p.Intensity, p.Spikes = s.Intensity, nil
	switch n := s.Steps(); {
	case s.Spikes == nil:
		if n != 0 && n != p.Steps {
			return fmt.Errorf("stimulus: there are rates for %d steps, but the phase has %d", n, p.Steps)
		}
	case n > p.Steps:
		return fmt.Errorf("stimulus: there is a spike in step %d, but the phase has only %d steps", n-1, p.Steps)
	default:
		p.Intensity = make([]float32, s.inputs)
		p.Spikes = append(append(make([][]int32, 0, p.Steps), s.Spikes...), make([][]int32, p.Steps-n)...)
	}
	return nil
}
