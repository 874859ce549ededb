package protocols

import "plateau/network"

// A Step changes the weights of a network by the updates of a batch: by their sum or
// their mean, added up in the order of the slots. Silent feedback stays zero, and
// symmetric feedback follows the forward weights, with new noise if there is any.
type Step struct {
	Network *network.Network
	Mean    bool     // by the mean of the updates
	Seed    uint64   // of the noise of feedback
	descent *descent // nil if the updates are added
}

// Take takes the step after a batch. Learnt is the number of examples that have been
// learnt with this batch.
func (s Step) Take(updates []*network.Update, learnt uint64) {
	s.begin(updates)
	for part := range s.Network.Parts() {
		s.share(updates, part)
	}
	s.end(learnt)
}

// begin prepares the updates of a batch. Then parts of the step can be taken at the same
// time; end comes last.
func (s Step) begin(updates []*network.Update) {
	if s.descent != nil {
		s.descent.steps++
	}
	if !s.Mean {
		return
	}
	for _, u := range updates {
		u.Scale(1 / float32(len(updates)))
	}
}

// share takes one of the network's Parts of the step.
func (s Step) share(updates []*network.Update, part int) {
	if s.descent != nil {
		s.descent.share(updates, part)
		return
	}
	s.Network.ApplyPart(updates, part)
}

func (s Step) end(learnt uint64) {
	s.Network.Settle()
	disturbFeedback(s.Network, s.Seed, learnt)
}
