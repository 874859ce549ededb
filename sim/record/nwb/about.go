package nwb

import (
	"fmt"
	"strings"

	"golang.org/x/exp/constraints"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
)

// about describes in words what was simulated.
func about(h *record.Header) string {
	sentences := []string{layers(h.Network), feedback(h.Network)}
	p := h.Neurons
	if len(h.Network.Hidden) > 0 {
		sentences = append(sentences, fmt.Sprintf("Conductances of hidden neurons: leak %v/ms, basal dendrite %v/ms, apical dendrite %v/ms.",
			p.Hidden.Leak, p.Hidden.Basal, p.Hidden.Apical))
	}
	sentences = append(sentences,
		fmt.Sprintf("Conductances of output neurons: leak %v/ms, dendrite %v/ms; while they are taught %v/ms with a reversal potential of %v in those of the true class, of %v in the others.",
			p.Output.Leak, p.Output.Dendritic, p.Output.Teaching, p.Output.Excitatory, p.Output.Inhibitory),
		fmt.Sprintf("Neurons fire at random at up to %.6g Hz.", 1000*p.Noise.MaxRate),
		signals(p),
		fmt.Sprintf("Time step: %v ms, %s.", p.Dt, integration(p.Integration)),
		learning(h),
		fmt.Sprintf("Seed: %d.", h.Seed))
	return strings.Join(sentences, " ")
}

func layers(a network.Architecture) string {
	between := ""
	switch n := len(a.Hidden); {
	case n == 1:
		between = fmt.Sprintf("a hidden layer of %d neurons and ", a.Hidden[0])
	case n > 1:
		between = fmt.Sprintf("%d hidden layers of %s neurons and ", n, list(a.Hidden))
	}
	of := fmt.Sprintf("one for each of %d classes", a.Classes)
	if a.PerClass > 1 {
		of = fmt.Sprintf("%d for each of %d classes", a.PerClass, a.Classes)
	}
	return fmt.Sprintf("A network of %d input neurons, %s%d output neurons, %s.", a.Inputs, between, a.Outputs(), of)
}

func feedback(a network.Architecture) string {
	if len(a.Hidden) == 0 {
		return "There is no feedback."
	}
	from := "the output layer"
	if a.Feedback == network.LayerWise {
		from = "the layer above"
	}
	s := "Apical dendrites get feedback from " + from
	if a.Symmetric {
		s += ", with the weights of the way forward"
		if a.FeedbackNoise > 0 {
			s += fmt.Sprintf(" and noise with a standard deviation of %v", a.FeedbackNoise)
		}
	} else {
		s += ", with weights that are drawn at random"
	}
	if a.Silent > 0 {
		s += fmt.Sprintf("; %.6g %% of these synapses are silent, and the others %v times stronger", 100*a.Silent, a.SilentGain)
	}
	return s + "."
}

// signals says what synapses carry.
func signals(p sim.Params) string {
	carry := map[sim.Signal]string{sim.Spikes: "spikes", sim.Rates: "firing rates"}
	forward, back := carry[p.Forward], carry[p.Feedback]
	s := fmt.Sprintf("Synapses carry %s", forward)
	if forward != back {
		s += fmt.Sprintf(", those of the feedback %s", back)
	}
	if p.Forward != sim.Spikes && p.Feedback != sim.Spikes {
		return s + "."
	}
	return fmt.Sprintf("%s; a spike acts with %s.", s, kernel(p.Kernel))
}

func kernel(k kernels.Kernel) string {
	switch k := k.(type) {
	case kernels.Finite:
		return fmt.Sprintf("%s, for %v ms", kernel(k.Kernel), k.Support)
	case kernels.DoubleExponential:
		return fmt.Sprintf("time constants of %v and %v ms", k.Rise, k.Decay)
	case kernels.Alpha:
		return fmt.Sprintf("an alpha function that is largest after %v ms", k.Peak)
	case kernels.Exponential:
		return fmt.Sprintf("a time constant of %v ms", k.Decay)
	}
	return "a kernel of another kind"
}

func integration(i compartments.Integration) string {
	switch i {
	case compartments.ForwardEuler:
		return "integrated by forward Euler"
	case compartments.Exponential:
		return "integrated exactly for dendritic potentials that are constant within a step"
	case compartments.Steady:
		return "after which potentials are in their steady state"
	}
	return "integrated by the method " + string(i)
}

func learning(h *record.Header) string {
	if h.Rule == nil {
		return "The weights do not change."
	}
	return fmt.Sprintf("Learning rates of the layers, output last: %s.", list(h.Rule.Rates))
}

// list writes numbers as 1, 2, 3.
func list[T constraints.Integer | constraints.Float](numbers []T) string {
	var words []string
	for _, n := range numbers {
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, ", ")
}
