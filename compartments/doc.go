// Package compartments holds the neuron models: how dendrites drive a soma, how a
// soma fires, and how strong a plateau potential is.
//
// A hidden neuron is Pyramidal: a basal dendrite that reads the layer below, an
// apical dendrite that reads the feedback, and a soma that leaks and is pulled
// towards both (eq. 14 of Guerguiev, Lillicrap & Richards 2017, eLife
// 6:e22901). With an apical conductance of zero, the soma does not see
// the feedback at all: the compartments are electrically segregated. An Output
// neuron has one dendrite and, while it is taught, a current that
// pulls it up or down (eqs. 18–20). Both fire through EscapeNoise (eq. 17), and
// Plateau turns the mean potential of an apical dendrite into the signal
// that learning compares between phases (eq. 21).
//
// This package does not know who is wired to whom or when a phase ends; callers
// pass in the potentials of the dendrites. Potentials are relative to rest and
// have no unit, conductances are in 1/ms with a capacitance of one, rates in
// spikes/ms, times in ms.
package compartments
