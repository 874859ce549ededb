package exporttest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// A Memory observes a run and remembers what happened.
type Memory struct {
	Header *record.Header
	Trials []Trial
}

// Trial is what happened in a trial.
type Trial struct {
	sim.Presentation
	Index   int // number of the trial in the run, from 0
	First   int64
	Steps   int
	Phases  []Phase
	Cut     bool             // whether the recording broke off in it
	Spikes  [][]record.Spike // of each population
	Samples [][][]float32    // probe, sample, neuron
}

// Phase is what happened in a phase.
type Phase struct {
	sim.Phase
	First    int
	Plateaus [][]Value // of each hidden layer; NaN if not recorded
}

// Value is a number. In JSON it is null if it is not known.
type Value float32

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) {
	if v != v {
		return []byte("null"), nil
	}
	return json.Marshal(float32(v))
}

// forget removes what happened after the recording broke off.
func (m *Memory) forget(t testing.TB, r *intact.Recording) {
	t.Helper()
	if r.Trials() < 2 {
		t.Fatalf("%d trials in a recording that broke off, want some", r.Trials())
	}
	m.Trials = m.Trials[:r.Trials()]
	last, err := r.Trial(r.Trials() - 1)
	if err != nil {
		t.Fatal(err)
	}
	trial := &m.Trials[r.Trials()-1]
	if last.Whole || last.Steps >= trial.Steps {
		t.Fatalf("the last trial was to break off: %+v", last)
	}
	trial.Cut, trial.Steps = true, last.Steps
	for p := range trial.Spikes {
		trial.Spikes[p] = slices.DeleteFunc(trial.Spikes[p], func(s record.Spike) bool { return int(s.Step) >= last.Steps })
	}
	for i, probe := range m.Header.Probes {
		trial.Samples[i] = trial.Samples[i][:probe.Samples(last.Steps)]
	}
	trial.Phases = slices.DeleteFunc(trial.Phases, func(p Phase) bool { return p.First >= last.Steps })
	phase := &trial.Phases[len(trial.Phases)-1]
	phase.Steps = last.Steps - phase.First
	for _, values := range phase.Plateaus {
		for i := range values {
			values[i] = Value(math.NaN())
		}
	}
}

// Time returns the time at which a step begins (ms), computed exactly and rounded
// once.
func (m *Memory) Time(step int64) float64 {
	dt, _ := new(big.Rat).SetString(strconv.FormatFloat(m.Header.Dt(), 'f', -1, 64))
	ms, _ := dt.Mul(dt, new(big.Rat).SetInt64(step)).Float64()
	return ms
}

// Observe implements sim.Observer.
func (m *Memory) Observe(e sim.Event) {
	if p, ok := e.(*sim.Presentation); ok {
		first := int64(0)
		if n := len(m.Trials); n > 0 {
			first = m.Trials[n-1].First + int64(m.Trials[n-1].Steps)
		}
		m.Trials = append(m.Trials, Trial{
			Presentation: *p, Index: len(m.Trials), First: first,
			Spikes:  make([][]record.Spike, len(m.Header.Populations)),
			Samples: make([][][]float32, len(m.Header.Probes)),
		})
		return
	}
	t := &m.Trials[len(m.Trials)-1]
	switch e := e.(type) {
	case *sim.PhaseBegan:
		t.Phases = append(t.Phases, Phase{Phase: *e.Phase, First: e.Step})
	case *sim.PhaseEnded:
		p := &t.Phases[len(t.Phases)-1]
		for _, means := range e.Means[:len(e.Means)-1] {
			var values []Value
			for _, v := range means.Plateau {
				values = append(values, Value(v))
			}
			p.Plateaus = append(p.Plateaus, values)
		}
	case *sim.Block:
		for step := range e.Steps {
			for i := range t.Spikes {
				for _, n := range e.Spikes(i, step) {
					t.Spikes[i] = append(t.Spikes[i], record.Spike{Step: int32(t.Steps + step), Neuron: n})
				}
			}
			for i, probe := range m.Header.Probes {
				if (t.Steps+step)%probe.Every == 0 {
					t.Samples[i] = append(t.Samples[i], m.row(e, probe, step))
				}
			}
		}
		t.Steps += e.Steps
	}
}

func (m *Memory) row(e *sim.Block, probe record.Probe, step int) []float32 {
	soma := e.Soma(probe.Population, step)
	var row []float32
	switch probe.Variable {
	case record.Basal:
		row = e.Basal(probe.Population, step)
	case record.Apical:
		row = e.Apical(probe.Population, step)
	case record.Soma:
		row = soma
	case record.Rate:
		row = make([]float32, len(soma))
		m.Header.Neurons.Noise.Rates(row, soma)
	default:
		panic(fmt.Sprintf("exporttest: variable %q", probe.Variable))
	}
	var picked []float32
	for _, n := range probe.Neurons {
		picked = append(picked, row[n])
	}
	return picked
}
