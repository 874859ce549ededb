package record

import (
	"crypto/sha256"
	"encoding/hex"
	"math"

	"plateau/network"
)

// A snapshot is a copy of the weights before a trial.
type snapshot struct {
	number int
	floats []float32 // all arrays, in the order of network.Weights
	masks  []uint32  // a bit for each feedback synapse of layers with silent ones, 1 if it is silent
}

// A digest is the SHA-256 digest of all weights.
type digest [sha256.Size]byte

func (d digest) String() string { return hex.EncodeToString(d[:]) }

func newSnapshot(number int, net *network.Network) snapshot {
	weights := net.Weights()
	return snapshot{number, weights.Append(make([]float32, 0, weights.Count())), appendMasks(nil, net)}
}

// appendMasks appends the masks of a network, each in whole words.
func appendMasks(words []uint32, net *network.Network) []uint32 {
	for m := range net.Layers {
		l := &net.Layers[m]
		if l.Silent == nil {
			continue
		}
		for n, silent := range l.Silent {
			if n%32 == 0 {
				words = append(words, 0)
			}
			if silent {
				words[len(words)-1] |= 1 << (n % 32)
			}
		}
	}
	return words
}

// networkOf makes a network from the words of a snapshot: its floats, then its masks.
func networkOf(a network.Architecture, words []uint32, want digest) (*network.Network, error) {
	sizes, below, total := a.Sizes(), a.Inputs, 0
	for m, n := range sizes {
		total += (below + 1) * n
		if m < len(a.Hidden) {
			total += n * sizes[a.FeedbackFrom(m)]
		}
		below = n
	}
	if total > len(words) {
		return nil, errWords // checked before memory is taken for the network
	}
	net := network.New(a)
	weights := net.Weights()
	if weights.Count() > len(words) {
		return nil, errWords
	}
	weights.Fill(func(row []float32) {
		for i := range row {
			row[i], words = math.Float32frombits(words[0]), words[1:]
		}
	})
	for m := range net.Layers {
		l := &net.Layers[m]
		if l.Silent == nil {
			continue
		}
		if len(l.Silent) > 32*len(words) {
			return nil, errWords
		}
		for n := range l.Silent {
			l.Silent[n] = words[n/32]>>(n%32)&1 == 1
		}
		words = words[(len(l.Silent)+31)/32:]
	}
	if len(words) > 0 || net.Weights().SHA256() != want.String() {
		return nil, errWords
	}
	return net, nil
}
