package protocols

import (
	"plateau/internal/stream"
	"plateau/network"
)

// disturbFeedback adds noise to symmetric feedback after its weights have followed
// the forward weights: a draw from N(0, FeedbackNoise²) for each weight that is not
// silent. The draws depend on nothing but the seed and the number of examples from
// which the network has learnt.
func disturbFeedback(net *network.Network, seed, learnt uint64) {
	if net.FeedbackNoise == 0 {
		return
	}
	for m := range net.Hidden {
		l := &net.Layers[m]
		s := stream.New(seed, stream.FeedbackNoise, learnt, m+1, 0)
		for j := range l.Feedback.Rows {
			row := l.Feedback.Row(j)
			for i := 0; i < len(row); i += 2 {
				p, q := stream.Normals(&s)
				row[i] += float32(net.FeedbackNoise * p)
				if i+1 < len(row) {
					row[i+1] += float32(net.FeedbackNoise * q)
				}
			}
			for i := range row {
				if l.Silent != nil && l.Silent[j*len(row)+i] {
					row[i] = 0
				}
			}
			l.Feedback.SetRow(j, row)
		}
	}
}
