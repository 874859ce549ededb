package network

import (
	"errors"
	"fmt"
)

// Feedback says where the apical dendrites of a hidden layer get their input.
type Feedback string

const (
	// Broadcast feedback comes from the output layer.
	Broadcast Feedback = "broadcast"
	// LayerWise feedback comes from the layer above.
	LayerWise Feedback = "layerwise"
)

// Architecture is the plan of a network: its layers and their feedback.
type Architecture struct {
	Inputs   int      // input neurons; ≥ 1
	Hidden   []int    // neurons of each hidden layer from the input up; may be empty
	Classes  int      // classes to tell apart; ≥ 2
	PerClass int      // output neurons of each class, side by side; ≥ 1
	Feedback Feedback // where feedback comes from

	// Silent is the share of feedback synapses that are silent, in [0, 1). To make
	// up for them, the others are SilentGain times stronger.
	Silent     float64
	SilentGain float64
	// Symmetric ties the feedback weights to the forward weights: Y of the last
	// hidden layer is Wᵀ of the output layer; Y of an earlier layer is Wᵀ of
	// the next hidden layer (times its Y if the feedback is a broadcast). Silent
	// synapses are then set to zero.
	Symmetric bool
	// FeedbackNoise is the standard deviation of noise that is added to the feedback
	// weights of a Symmetric network, except to silent ones. Whoever changes the
	// weights draws it anew each time.
	FeedbackNoise float64
	// FeedbackBias says whether apical dendrites have a bias c.
	FeedbackBias bool
	// Lesions list the neurons that never fire.
	Lesions []Lesion `json:"Lesions,omitempty"`
}

// Outputs returns the number of output neurons.
func (a Architecture) Outputs() int { return a.Classes * a.PerClass }

// Sizes returns the number of neurons of each layer, output layer last.
func (a Architecture) Sizes() []int {
	return append(append([]int(nil), a.Hidden...), a.Outputs())
}

// FeedbackFrom returns the index of the layer that feeds hidden layer m.
func (a Architecture) FeedbackFrom(m int) int {
	if a.Feedback == LayerWise {
		return m + 1
	}
	return len(a.Hidden)
}

// MaxNeurons is the size of the largest population whose spikes package sim can draw.
const MaxNeurons = 1 << 20

// Validate reports every field outside its domain.
func (a Architecture) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("network: Architecture."+format, args...))
		}
	}
	require(a.Inputs >= 1 && a.Inputs <= MaxNeurons, "Inputs = %d, want 1 to %d", a.Inputs, MaxNeurons)
	for i, n := range a.Hidden {
		require(n >= 1 && n <= MaxNeurons, "Hidden[%d] = %d neurons, want 1 to %d", i, n, MaxNeurons)
	}
	require(a.Classes >= 2 && a.Classes <= MaxNeurons, "Classes = %d, want 2 to %d", a.Classes, MaxNeurons)
	require(a.PerClass >= 1 && a.PerClass <= MaxNeurons, "PerClass = %d, want 1 to %d", a.PerClass, MaxNeurons)
	require(a.Classes < 2 || a.PerClass < 1 || a.PerClass <= MaxNeurons/a.Classes, "PerClass = %d of %d classes, want at most %d output neurons", a.PerClass, a.Classes, MaxNeurons)
	require(a.Feedback == Broadcast || a.Feedback == LayerWise, "Feedback = %q, want %q or %q", string(a.Feedback), Broadcast, LayerWise)
	require(a.Silent >= 0 && a.Silent < 1, "Silent = %v, want a share from 0 to below 1", a.Silent)
	require(a.Silent == 0 || a.SilentGain > 0 && a.SilentGain <= 1e6, "SilentGain = %v, want > 0, at most 1e+06", a.SilentGain)
	require(a.FeedbackNoise >= 0 && a.FeedbackNoise <= 1e6, "FeedbackNoise = %v, want ≥ 0, at most 1e+06", a.FeedbackNoise)
	require(a.FeedbackNoise == 0 || a.Symmetric, "FeedbackNoise = %v, but feedback is not Symmetric; want 0", a.FeedbackNoise)
	for i, l := range a.Lesions {
		err := l.Validate(append([]int{a.Inputs}, a.Sizes()...))
		require(err == nil, "Lesions[%d]%v", i, err)
	}
	return errors.Join(errs...)
}
