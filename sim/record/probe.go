package record

// Variable is a quantity of a neuron that changes with time.
type Variable string

const (
	// Basal, Apical and Soma are the potentials of the compartments, relative to
	// rest and without dimension. Output neurons have no apical dendrite.
	Basal  Variable = "basal"
	Apical Variable = "apical"
	Soma   Variable = "soma"
	// Rate is φ_max σ(V) of the soma, in spikes/ms.
	Rate Variable = "rate"
)

// A Probe records one variable of some neurons of a population every few steps.
// Sample k of a trial, from 0, is the value at the end of step k·Every of
// the trial, which is at (k·Every + 1)·dt after its beginning.
type Probe struct {
	Population int
	Variable   Variable
	Neurons    []int `json:",omitempty"` // numbers from 0, in ascending order; nil means all to a Writer
	Every      int   `json:"Interval"`   // steps from one sample to the next; ≥ 1
}

// Samples returns the number of samples in a trial of the given number of steps.
func (p Probe) Samples(steps int) int { return (steps + p.Every - 1) / p.Every }
