// Package compartments holds the neuron models: what a dendrite's potential
// does to a soma, how a soma fires, and what an apical plateau says.
//
// A hidden neuron is Pyramidal: a basal dendrite that reads the layer below, an
// apical dendrite that reads the feedback, and a soma that leaks and is pulled
// towards both (eq. 14 of Guerguiev, Lillicrap & Richards 2017, eLife
// 6:e22901). With an apical conductance of zero, the soma does not see
// the feedback at all: the compartments are electrically apart. An Output
// neuron has one dendrite and, while it is taught, a current that
// pulls it up or down (eqs. 18–20). Both fire through EscapeNoise (eq. 17), and
// Plateau turns the mean potential of an apical dendrite into the signal
// that learning compares between phases (eq. 21).
//
// The dendrites' own potentials are sums of presynaptic traces; who is wired
// to whom, and when a phase ends, is not known here. Potentials are relative
// to rest and have no unit, conductances are in 1/ms with a capacitance of
// one, rates in spikes/ms, times in ms.
package compartments
