package protocols_test

import (
	"math"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
)

// A layer whose learning rate is 0 keeps its bits, a weight of −0 too, while the others
// learn; so does feedback whose rate is 0.
func TestRateOfZeroFreezes(t *testing.T) {
	data := protocolstest.Digits().Train.First(40)
	negative := float32(math.Copysign(0, -1))
	for name, change := range map[string]func(*protocols.Model){
		"online":  func(m *protocols.Model) {},
		"batches": func(m *protocols.Model) { m.Batch, m.MeanUpdate = 8, true },
		"decay":   func(m *protocols.Model) { m.Course.Decay = 0.5 },
		"feedback": func(m *protocols.Model) {
			m.Network.FeedbackBias, m.FeedbackRates = true, []float64{0, 0.1}
		},
		"symmetric": func(m *protocols.Model) { m.Network.Symmetric, m.Network.Feedback = true, network.LayerWise },
	} {
		m := protocols.Default(784, []int{30, 20}, 10)
		m.Rates = []float64{0, 0.2, 0}
		change(&m)
		net := protocolstest.Network(t, m)
		for _, l := range []int{0, 2} {
			net.Layers[l].Weights.Set(3, 4, negative)
			net.Layers[l].Bias[5] = negative
		}
		if m.FeedbackRates != nil {
			net.Layers[0].Feedback.Set(3, 4, negative)
			net.Layers[0].FeedbackBias[5] = negative
		}
		m.TieFeedback(net)
		before := net.Clone()
		trainer, err := protocolstest.New(m, net, 2)
		if err != nil {
			t.Fatal(err)
		}
		protocolstest.Train(t, trainer, data, 2)
		learns := map[string]bool{"W1": true, "b1": true}
		if m.FeedbackRates != nil {
			learns["Y1"], learns["c1"] = true, true
		}
		if m.Network.Symmetric {
			learns["Y0"] = true // it follows W1; Y1 follows W2, which is frozen
		}
		was := before.Weights()
		for k, a := range net.Weights() {
			changed := 0
			for j, row := range a.All() {
				for i, w := range row {
					if math.Float32bits(w) != math.Float32bits(was[k].Row(j)[i]) {
						changed++
					}
				}
			}
			if (changed > 0) != learns[a.Name] {
				t.Errorf("%s: %d weights of %s have changed, and it learns: %v", name, changed, a.Name, learns[a.Name])
			}
		}
	}
}
