package record_test

import (
	"math"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
	"plateau/sim/record"
)

// A recording holds what happened, to the last bit.
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
			for _, small := range []int{0, 1000, 40, 1} {
				file, mem, _ := recordTraining(t, m, header(m), 30, small)
				r := read(t, file)
				if !r.Complete() || r.Damage() != nil || r.Failure() != "" {
					t.Errorf("complete %v, damage %v, failure %q", r.Complete(), r.Damage(), r.Failure())
				}
				compare(t, r, mem.trials)
				verify(t, r, len(file), mem.trials)
				for i := range mem.trials[:5] {
					compareParts(t, r, i, &mem.trials[i])
				}
			}
		})
	}
}

// verify checks that Verify finds a recording intact.
func verify(t *testing.T, r *record.Reader, size int, want []trial) {
	t.Helper()
	intact, _ := r.Verify(func(d record.Damage) { t.Errorf("damage: %+v", d) }, nil)
	var spikes, samples int64
	for _, trial := range want {
		for _, s := range trial.spikes {
			spikes += int64(len(s))
		}
		for _, rows := range trial.samples {
			for _, row := range rows {
				samples += int64(len(row))
			}
		}
	}
	const start = 16
	if intact.Trials != len(want) || intact.Spikes != spikes || intact.Values != samples || intact.Bytes != int64(size-start) {
		t.Errorf("intact: %+v, want %d trials, %d spikes, %d samples and %d bytes", intact, len(want), spikes, samples, size-start)
	}
}

// compareParts reads parts of a trial and compares them with what happened.
func compareParts(t *testing.T, r *record.Reader, i int, want *trial) {
	t.Helper()
	for _, part := range [][2]int{{0, 1}, {3, 17}, {5, 5}, {9, 3}, {0, want.steps}, {want.steps - 1, want.steps}, {11, 12}, {-5, 4}, {7, math.MaxInt}, {want.steps, record.End}} {
		for p := range want.spikes {
			if err := compareSpikes(r, i, p, part[0], part[1], want.spikes[p]); err != nil {
				t.Errorf("trial %d: %v", i, err)
			}
		}
		for k := range want.samples {
			if err := compareSamples(r, i, k, part[0], part[1], want); err != nil {
				t.Errorf("trial %d, steps %v: %v", i, part, err)
			}
		}
	}
}
