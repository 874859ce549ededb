// Package protocols holds the experiments: which phases a network goes through
// with an example, how lengths are drawn, when weights change, and what is
// counted.
//
// A training example is shown in two phases (TwoPhase). In the forward phase the
// network only sees the image; in the target phase a teaching current also
// pulls the output neurons to the true class. Each hidden neuron ends each
// phase with a plateau potential, and the difference of the two, times what the
// neuron's basal synapses carried in the forward phase, changes those synapses
// (network.Rule). No error is carried back through weights: the only thing that
// comes down is the activity of the output layer.
//
// A Model says what a network is and how it learns; a Trainer, a Tester and
// a Trial use one. The package knows nothing of flags, files and terminals.
package protocols
