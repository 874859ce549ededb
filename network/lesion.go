package network

import "fmt"

// A Lesion silences some neurons of a population: they never fire, and their rate is 0.
// Dendrites and somata still have potentials and plateaus, and their synapses still
// learn, but no other neuron hears of it. Without time, it is the activity that is 0.
type Lesion struct {
	Layer int `json:"Layer"` // 0 for the input, 1 for the first hidden layer, …
	From  int `json:"From"`  // the first silenced neuron, counted from 0
	To    int `json:"To"`    // the one after the last
}

// Silenced reports for each neuron of a layer, counted from 0 for the input, whether it is
// silenced. It returns nil if none is.
func (a Architecture) Silenced(layer int) []bool {
	return Silenced(a.Lesions, append([]int{a.Inputs}, a.Sizes()...), layer)
}

// Silenced does the same for any network, whose layers have the given sizes, from the input
// up.
func Silenced(lesions []Lesion, sizes []int, layer int) []bool {
	var silenced []bool
	for _, l := range lesions {
		if l.Layer != layer {
			continue
		}
		if silenced == nil {
			silenced = make([]bool, sizes[layer])
		}
		for i := l.From; i < l.To; i++ {
			silenced[i] = true
		}
	}
	return silenced
}

// Validate reports a lesion of neurons that a network does not have, whose layers have the
// given sizes, from the input up to the output. Output neurons are read out by their
// potentials, so that silencing them would not take their answer away. The error
// continues the name of the lesion: it begins with .Layer or .From.
func (l Lesion) Validate(sizes []int) error {
	if last := len(sizes) - 2; l.Layer < 0 || l.Layer > last {
		return fmt.Errorf(".Layer = %d, want 0 for the input to %d for the last hidden layer", l.Layer, last)
	}
	if n := sizes[l.Layer]; l.From < 0 || l.To <= l.From || l.To > n {
		return fmt.Errorf(".From = %d, To = %d, want a range of neurons from 0 to at most %d", l.From, l.To, n)
	}
	return nil
}
