package record_test

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"plateau/internal/stream"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
	"plateau/sim/record"
)

// noise is a data set of random images with random classes.
type noise struct {
	n, inputs, classes int
	seed               uint64
}

func (d noise) Len() int  { return d.n }
func (d noise) Size() int { return d.inputs }

func (d noise) Example(i int, intensity []float32) int {
	s := stream.New(d.seed, 1000, uint64(i), 0, 0)
	for j := range intensity {
		intensity[j] = float32(s.Uniform())
	}
	return s.Below(d.classes)
}

func tiny(hidden ...int) protocols.Model {
	m := protocols.Default(6, hidden, 3)
	m.Train = protocols.TwoPhase{Forward: 12, Target: 10, Settle: 4}
	m.Test = protocols.TestPhase{Length: 20, Settle: 5}
	return m
}

// header returns the header of a recording of a model with everything in it.
func header(m protocols.Model) record.Header {
	rule := m.Rule()
	h := record.Header{
		Program: "test", Config: "seed = 1\n", Data: "noise", Split: "train",
		Neurons: m.Neurons, Network: m.Network, Seed: m.Seed, Rule: &rule, MeanUpdate: m.MeanUpdate,
		Plateaus: true, Weights: true, SnapshotEvery: 10,
	}
	last := len(m.Network.Hidden)
	for p := 1; p <= last+1; p++ {
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			if v != record.Apical || p <= last {
				h.Probes = append(h.Probes, record.Probe{Population: p, Variable: v, Every: 1})
			}
		}
	}
	h.Probes = append(h.Probes,
		record.Probe{Population: last + 1, Variable: record.Basal, Neurons: []int{1}, Every: 5},
		record.Probe{Population: last + 1, Variable: record.Rate, Every: 7})
	return h
}

// A memory observes a run and keeps everything.
type memory struct {
	h      *record.Header
	trials []trial
}

type trial struct {
	sim.Presentation
	steps   int
	phases  []phase
	spikes  [][]record.Spike // of each population
	samples [][][]float32    // probe, sample, neuron
}

type phase struct {
	sim.Phase
	first    int
	plateaus [][]float32
}

func (m *memory) Observe(e sim.Event) {
	if p, ok := e.(*sim.Presentation); ok {
		m.trials = append(m.trials, trial{
			Presentation: *p,
			spikes:       make([][]record.Spike, len(m.h.Populations)),
			samples:      make([][][]float32, len(m.h.Probes)),
		})
		return
	}
	t := &m.trials[len(m.trials)-1]
	switch e := e.(type) {
	case *sim.PhaseBegan:
		p := phase{Phase: *e.Phase, first: e.Step}
		p.Intensity = slices.Clone(p.Intensity)
		p.PlateauStep = nil
		for _, at := range e.Phase.PlateauStep {
			p.PlateauStep = append(p.PlateauStep, slices.Clone(at))
		}
		t.phases = append(t.phases, p)
	case *sim.PhaseEnded:
		p := &t.phases[len(t.phases)-1]
		for _, means := range e.Means[:len(e.Means)-1] {
			p.plateaus = append(p.plateaus, slices.Clone(means.Plateau))
		}
	case *sim.Block:
		for step := range e.Steps {
			for i := range t.spikes {
				for _, n := range e.Spikes(i, step) {
					t.spikes[i] = append(t.spikes[i], record.Spike{Step: int32(t.steps + step), Neuron: n})
				}
			}
			for i, tr := range m.h.Probes {
				if (t.steps+step)%tr.Every != 0 {
					continue
				}
				var row []float32
				switch tr.Variable {
				case record.Basal:
					row = e.Basal(tr.Population, step)
				case record.Apical:
					row = e.Apical(tr.Population, step)
				case record.Soma:
					row = e.Soma(tr.Population, step)
				case record.Rate:
					row = make([]float32, len(e.Soma(tr.Population, step)))
					m.h.Neurons.Noise.Rates(row, e.Soma(tr.Population, step))
				}
				picked := slices.Clone(row)
				if tr.Neurons != nil {
					picked = picked[:0]
					for _, n := range tr.Neurons {
						picked = append(picked, row[n])
					}
				}
				t.samples[i] = append(t.samples[i], picked)
			}
		}
		t.steps += e.Steps
	}
}

// both passes events to two observers.
type both [2]sim.Observer

func (b both) Observe(e sim.Event) {
	b[0].Observe(e)
	b[1].Observe(e)
}

// recordTraining trains a network on n examples, records it, and remembers what
// happened.
func recordTraining(t testing.TB, m protocols.Model, h record.Header, n, small int) ([]byte, *memory, *network.Network) {
	t.Helper()
	var file bytes.Buffer
	net := newNetwork(t, m)
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	if small > 0 {
		w.Small(small)
	}
	h.Populations = record.Populations(m.Network)
	mem := &memory{h: &h}
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(both{w, mem}, true)
	if _, err := trainer.Epoch(t.Context(), noise{n, m.Network.Inputs, m.Network.Classes, 1}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), mem, net
}

func newNetwork(t testing.TB, m protocols.Model) *network.Network {
	t.Helper()
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func read(t testing.TB, file []byte) *record.Reader {
	t.Helper()
	r, err := record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// compare compares trials of a recording with what was remembered.
func compare(t testing.TB, r *record.Reader, want []trial) {
	t.Helper()
	if r.Trials() != len(want) {
		t.Fatalf("%d trials, want %d", r.Trials(), len(want))
	}
	var first int64
	for i := range want {
		if err := compareTrial(r, i, first, &want[i]); err != nil {
			t.Fatalf("trial %d: %v", i, err)
		}
		first += int64(want[i].steps)
	}
	if r.Steps() != first {
		t.Errorf("%d steps, want %d", r.Steps(), first)
	}
}

func compareTrial(r *record.Reader, i int, first int64, want *trial) error {
	got, err := r.Trial(i)
	if err != nil {
		return err
	}
	if got.Index != i || got.Purpose != want.Purpose || got.Number != want.Number || got.Example != want.Example ||
		got.Class != want.Class || got.Slot != want.Slot || got.Rested != want.Rested ||
		got.First != first || got.Steps != want.steps || !got.Whole || len(got.Phases) != len(want.phases) {
		return fmt.Errorf("%+v, want %+v", got, want.Presentation)
	}
	for k, p := range got.Phases {
		q := want.phases[k]
		if want := (record.Phase{Name: q.Name, First: q.first, Steps: q.Steps, From: q.From, Taught: q.Taught, Class: q.Class, PlateauWindow: q.PlateauWindow}); !reflect.DeepEqual(p, want) {
			return fmt.Errorf("phase %d is %+v, want %+v", k, p, q)
		}
		for m, values := range q.plateaus {
			if values == nil {
				continue
			}
			at, err := r.Plateaus(i, k, m)
			if err != nil {
				return err
			}
			for n, v := range values {
				step := q.first + q.Steps - 1
				if q.PlateauStep != nil {
					step = q.first + q.PlateauStep[m][n]
				}
				if at.Value[n] != v || int(at.Step[n]) != step {
					return fmt.Errorf("plateau of neuron %d is %v at %d, want %v at %d", n, at.Value[n], at.Step[n], v, step)
				}
			}
		}
	}
	for p := range want.spikes {
		if err := compareSpikes(r, i, p, 0, record.End, want.spikes[p]); err != nil {
			return err
		}
	}
	for k := range want.samples {
		if err := compareSamples(r, i, k, 0, record.End, want); err != nil {
			return err
		}
	}
	return nil
}

func compareSpikes(r *record.Reader, i, population, from, to int, want []record.Spike) error {
	var got []record.Spike
	s := r.Spikes(i, population, from, to)
	for s.Scan() {
		got = append(got, s.Spikes()...)
	}
	if s.Err() != nil {
		return s.Err()
	}
	want = slices.DeleteFunc(slices.Clone(want), func(s record.Spike) bool {
		return int(s.Step) < from || to != record.End && int(s.Step) >= to
	})
	if !slices.Equal(got, want) {
		return fmt.Errorf("spikes of population %d from %d to %d: %v, want %v", population, from, to, got, want)
	}
	return nil
}

func compareSamples(r *record.Reader, i, probe, from, to int, want *trial) error {
	h := r.Header()
	t := h.Probes[probe]
	rows := want.samples[probe]
	next := -1
	last := to
	if to == record.End {
		last = want.steps
	}
	for k := range rows {
		if at := k * t.Every; at >= from && at < last && next < 0 {
			next = k
		}
	}
	s := r.Samples(i, probe, from, to)
	for s.Scan() {
		if next < 0 || s.Step() != next*t.Every {
			return fmt.Errorf("samples from step %d, want %d", s.Step(), next*t.Every)
		}
		n := len(t.Neurons)
		for k := range s.Len() {
			for c, v := range s.Values()[k*n : (k+1)*n] {
				if math.Float32bits(v) != math.Float32bits(rows[next][c]) {
					return fmt.Errorf("%s of neuron %d of population %d at step %d is %v, want %v", t.Variable, t.Neurons[c], t.Population, next*t.Every, v, rows[next][c])
				}
			}
			next++
		}
	}
	if s.Err() != nil {
		return s.Err()
	}
	if next >= 0 && next*t.Every < last && next < len(rows) {
		return fmt.Errorf("samples end at %d", next*t.Every)
	}
	return nil
}
