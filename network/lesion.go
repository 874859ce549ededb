package network

import "fmt"

// A Lesion silences some neurons of a population: they never fire, and their rate is 0.
// Their dendrites and somata still have potentials and plateaus, and their synapses still
// learn, but no other neuron hears of it.
type Lesion struct {
	Layer int `json:"Layer"` // 0 for the input, 1 for the first hidden layer, …
	From  int `json:"From"`  // the first silenced neuron, counted from 0
	To    int `json:"To"`    // the one after the last
}

// Silenced reports for each neuron of a layer, counted from 0 for the input, whether it is
// silenced. It returns nil if none is.
func (a Architecture) Silenced(layer int) []bool {
	var silenced []bool
	for _, l := range a.Lesions {
		if l.Layer != layer {
			continue
		}
		if silenced == nil {
			silenced = make([]bool, a.neurons(layer))
		}
		for i := l.From; i < l.To; i++ {
			silenced[i] = true
		}
	}
	return silenced
}

// neurons returns the size of a layer, counted from 0 for the input.
func (a Architecture) neurons(layer int) int {
	if layer == 0 {
		return a.Inputs
	}
	return a.Sizes()[layer-1]
}

// validate reports a lesion of neurons that a network does not have. Output neurons are
// read out by their potentials, so that silencing them would not take their answer away.
// The error continues the name of the lesion: it begins with .Layer or .From.
func (l Lesion) validate(a Architecture) error {
	if l.Layer < 0 || l.Layer > len(a.Hidden) {
		return fmt.Errorf(".Layer = %d, want 0 for the input to %d for the last hidden layer", l.Layer, len(a.Hidden))
	}
	if n := a.neurons(l.Layer); l.From < 0 || l.To <= l.From || l.To > n {
		return fmt.Errorf(".From = %d, To = %d, want a range of neurons from 0 to at most %d", l.From, l.To, n)
	}
	return nil
}
