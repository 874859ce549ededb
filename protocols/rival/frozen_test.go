package rival_test

import (
	"strings"
	"testing"

	"plateau/network"
	"plateau/network/rate"
	"plateau/protocols/protocolstest"
)

// Frozen layers keep their weights, whatever the optimiser remembers and however weights
// decay, and the others learn.
func TestFrozenLayers(t *testing.T) {
	data := protocolstest.Noise(3, 50, 7, 3)
	for _, optimiser := range []rate.Optimiser{
		rate.DefaultAdam(), rate.SGD{LearningRate: 0.1, Momentum: 0.5}, rate.SGD{LearningRate: 0.1},
		rate.RMSprop{LearningRate: 0.01, Smoothing: 0.9, Epsilon: 1e-8},
	} {
		for _, decoupled := range []bool{false, true} {
			for frozen := range 3 {
				for _, workers := range []int{1, 3} {
					p := perceptron(7, 9, 8, 3)
					p.Optimiser, p.Decay, p.Frozen = optimiser, rate.Decay{Rate: 0.1, Decoupled: decoupled, Biases: true}, frozen
					trainer := begin(t, p, workers, 8)
					weights := func() (digests []string) {
						for _, a := range trainer.Learner().Weights() {
							digests = append(digests, network.Weights{a}.SHA256())
						}
						return digests
					}
					before := weights()
					if _, err := trainer.Epoch(t.Context(), data, nil); err != nil {
						t.Fatal(err)
					}
					for k, digest := range weights() {
						if layer := k / 2; (digest == before[k]) != (layer < frozen) {
							t.Errorf("%T, decoupled %v, %d layers frozen, %d workers: array %d is unchanged: %v", optimiser, decoupled, frozen, workers, k, digest == before[k])
						}
					}
				}
			}
		}
	}
	for _, frozen := range []int{-1, 3} {
		p := perceptron(7, 9, 8, 3)
		p.Frozen = frozen
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "want 0 to 2") {
			t.Errorf("%d layers frozen: %v", frozen, err)
		}
	}
}
