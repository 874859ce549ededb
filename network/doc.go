// Package network says who is wired to whom and how strongly: layers, the
// forward and feedback projections between them, the law of the initial
// weights, and the plasticity rule that changes them.
//
// A network has an input population, any number of hidden layers and an output
// layer. Forward projections W run from each layer to the next and end on basal
// dendrites. Feedback projections Y end on the apical dendrites of hidden
// layers and come either from the output layer (Broadcast) or from the layer
// above (LayerWise). There is no recurrence within a layer.
//
// Learning is local (Rule): a hidden neuron compares its plateau
// potentials at the end of the forward and of the target phase, an output
// neuron its firing with and without the teaching current, and each
// changes its synapses by that difference times the postsynaptic traces that came
// through them. The averages come from the caller; see Means.
package network
