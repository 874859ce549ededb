package protocols

import "plateau/network"

// slot is one of the slots of a batch: the state of the network that is kept there
// from one example to the next, and the results of its last example.
type slot struct {
	index   int
	state   []byte // nil at rest; not used if a batch has one slot only
	forward []network.Means
	target  []network.Means // nil unless there is a witness
	update  *network.Update
	err     error
}

func newSlot(index int, m *Model, net *network.Network) *slot {
	return &slot{index: index, update: m.Rule().NewUpdate(m.Network), forward: net.ForwardMeans()}
}
