package exporttest

import (
	"time"

	"plateau/network"
	"plateau/sim/record"
)

// A Plan says what to simulate and to record.
type Plan struct {
	Network network.Architecture
	Dt      float64 // ms
	MaxRate float64 // spikes/ms
	Begun   time.Time
	Probes  []record.Probe
	// Populations names the populations whose spikes are recorded; nil means all.
	Populations []string

	Trials  int // number of training trials, with two phases each
	Tests   int // number of test trials after these, with one phase each
	Forward int // steps of the first phase; trial i has i % Uneven more
	Target  int
	Uneven  int
	Inject  bool   // inject currents in the first phase
	Scatter int    // plateaus begin less than this many steps before the phase's last one
	Cut     int    // percent of the file to keep, as if the run had been killed; 0 keeps all
	Damage  bool   // change a byte of the spikes in the middle of the file, so that trials are left out
	Keep    string // name of the file; "" for a temporary one
	Forget  bool   // do not remember what happened; for large recordings
}

// Default returns the plan of a small network of which everything is recorded. Its
// first hidden neuron never fires, and some neurons fire twice in a step.
func Default() Plan {
	p := Plan{
		Network: network.Architecture{Inputs: 12, Hidden: []int{9, 5}, Classes: 3, PerClass: 1, Feedback: network.Broadcast, SilentGain: 5},
		Dt:      1, MaxRate: 0.2,
		Begun:  time.Date(2024, 2, 29, 13, 30, 0, 123456789, time.UTC),
		Trials: 8, Tests: 3, Forward: 40, Target: 24,
	}
	for layer := 1; layer <= 3; layer++ {
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			if v == record.Apical && layer == 3 {
				continue
			}
			p.Probes = append(p.Probes, record.Probe{Population: layer, Variable: v, Every: 1})
		}
	}
	return p
}

// Plans returns plans for recordings of different kinds.
func Plans() map[string]Plan {
	plans := map[string]Plan{}
	add := func(name string, change func(*Plan)) {
		p := Default()
		change(&p)
		plans[name] = p
	}
	add("default", func(*Plan) {})
	add("fine steps", func(p *Plan) { p.Dt = 0.25 })
	add("tenths", func(p *Plan) { p.Dt = 0.1 })
	add("every third step", func(p *Plan) { p.Uneven = 3; p.every(3) })
	add("every eighth step", func(p *Plan) { p.Tests = 0; p.every(8) })
	add("some neurons", func(p *Plan) {
		p.Probes = []record.Probe{
			{Population: 1, Variable: record.Soma, Neurons: []int{0, 1, 2, 7}, Every: 1},
			{Population: 1, Variable: record.Soma, Neurons: []int{4}, Every: 2},
		}
		p.Populations = []string{"hidden0", "output"}
	})
	add("few samples", func(p *Plan) { p.Trials, p.Tests = 1, 0; p.every(16) })
	add("scattered plateaus", func(p *Plan) { p.Scatter = 6 })
	add("currents", func(p *Plan) { p.Inject, p.Uneven, p.Tests = true, 3, 0 })
	add("no hidden layer", func(p *Plan) { p.Network.Hidden, p.Probes = nil, nil })
	add("no trials", func(p *Plan) { p.Trials, p.Tests, p.Begun = 0, 0, time.Time{} })
	add("no spikes", func(p *Plan) { p.Populations = []string{} })
	add("broke off", func(p *Plan) {
		// The trials are long enough to be written in parts.
		p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 50}}
		p.MaxRate, p.Forward, p.Target, p.Trials, p.Tests, p.Cut = 1, 4000, 4000, 3, 0, 60
	})
	broken := plans["broke off"]
	broken.Scatter = 6
	plans["broke off with scattered plateaus"] = broken
	return plans
}

// every sets the interval of all probes.
func (p *Plan) every(interval int) {
	for i := range p.Probes {
		p.Probes[i].Every = interval
	}
}
