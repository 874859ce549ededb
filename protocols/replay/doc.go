// Package replay recomputes the potentials of a recorded run. Spikes and weights
// determine every potential, so a recording of nothing but spikes is enough to look at
// any compartment of any neuron at any time, with the same bits as in the run.
package replay
