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
// A Model says what a network is and how it learns; Default has the paper's values. A
// Learner is such a network in training (package training has the loop, and says what
// examples are). RunTrial shows it one example, ShowPhases any other stimuli, and
// RecordingHeader begins a recording of what it does (package sim/record).
//
//	m := protocols.Default(784, []int{500}, 10)
//	m.Neurons.Hidden.Apical = 0.05 // any field can be changed; Validate says what is wrong
//	learner, err := m.Learner(1)
//	…
//	trainer, err := training.NewTrainer(learner, m.Schedule())
//
// The package knows nothing about flags, files and terminals.
package protocols
