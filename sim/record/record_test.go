package record_test

import (
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// What was recorded is what happened, to the last bit.
func TestRoundTrip(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"one layer":  func(m *protocols.Model) {},
		"no layer":   func(m *protocols.Model) { m.Network.Hidden, m.Rates = nil, []float64{0.1} },
		"two layers": func(m *protocols.Model) { m.Network.Hidden, m.Rates = []int{9, 5}, []float64{0.2, 0.2, 0.1} },
		"apical":     func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"batch":      func(m *protocols.Model) { m.Batch = 4 },
		"plateau times": func(m *protocols.Model) {
			m.Train.Window, m.Train.PlateauSpread = 4, 3
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
		},
		"rates":     func(m *protocols.Model) { m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates },
		"unlimited": func(m *protocols.Model) { m.Neurons.Kernel = kernels.DoubleExponential{Rise: 3, Decay: 10} },
		"silent":    func(m *protocols.Model) { m.Network.Silent = 0.5 },
		"layerwise": func(m *protocols.Model) {
			m.Network.Hidden, m.Rates, m.Network.Feedback = []int{9, 5}, []float64{0.2, 0.2, 0.1}, network.LayerWise
		},
		"long phases": func(m *protocols.Model) { m.Train.Forward, m.Train.Target = 300, 200 },
	} {
		t.Run(name, func(t *testing.T) {
			m := tiny(8)
			change(&m)
			file, mem, net := recordTraining(t, m, header(m), 30)
			r := read(t, file)
			if !r.Complete() || r.Damage() != nil || r.Failure() != "" {
				t.Errorf("complete %v, damage %v, failure %q", r.Complete(), r.Damage(), r.Failure())
			}
			compare(t, r, mem.trials)
			_ = net
		})
	}
}
