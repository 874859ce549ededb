// Package protocols holds the experiments: through which phases an example takes a
// network, how their lengths are drawn, when weights change, and what is counted.
//
// A training example is shown in two phases (TwoPhase). In the forward phase the
// network only sees the image; in the target phase a teaching current also
// pulls the output neurons to the true class. Each hidden neuron ends each
// phase with a plateau potential. The difference of the two plateaus, times the
// postsynaptic traces of the input of the forward phase, changes the basal synapses
// (network.Rule). No error is carried back through weights: the only thing that
// comes down is the activity of the output layer.
//
// A Model says what a network is and how it learns. A Learner is such a network in
// training (package training has the loop), and a Trial shows it one example. The
// package knows nothing about flags, files and terminals.
package protocols
