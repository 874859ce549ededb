package protocols_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

// manyModel has phases of random lengths, random plateau times and, with apical above 0,
// somata that see their apical dendrites.
func manyModel(apical float64) protocols.Model {
	m := protocols.Default(6, []int{70, 4}, 3)
	m.Network.PerClass = 2
	m.Neurons.Hidden.Apical = apical
	m.Train.Longer, m.Train.Window, m.Train.PlateauSpread = &protocols.Wald{Mean: 5, Scale: 3}, 20, 10
	return m
}

// headerOf returns the header of a recording of trials, with potentials or without.
func headerOf(m protocols.Model, potentials bool) record.Header {
	h := protocols.RecordingHeader(m)
	h.Rule, h.Course = nil, network.Course{}
	h.Plateaus, h.Weights, h.Repeats = true, true, 3
	if potentials {
		h.Probes = []record.Probe{{Population: 1, Variable: record.Apical, Every: 2}, {Population: 2, Variable: record.Soma, Neurons: []int{1, 3}, Every: 1}, {Population: 3, Variable: record.Basal, Every: 1}}
	}
	return h
}

// A recorded test predicts what a Tester predicts, holds plateaus, is the same with any
// number of workers, and is replayed to the potentials that it had.
func TestRecordedTest(t *testing.T) {
	for _, apical := range []float64{0, 0.05} {
		m := manyModel(apical)
		m.Test.Length = 60
		net := protocolstest.Network(t, m)
		data := protocolstest.Noise(3, 12, 6, 3)
		want := protocolstest.Test(t, m, net, data, 2)
		var files [][]byte
		for _, workers := range []int{1, 4} {
			var b bytes.Buffer
			h := headerOf(m, true)
			h.Repeats = 0
			w, err := record.NewWriter(&b, h, net)
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			got, err := protocols.RunTests(t.Context(), m, net, data, protocols.Watched{Workers: workers, Watch: w, Potentials: true}, func(done int) { told = done })
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) || told != 12 {
				t.Errorf("apical %v, %d workers: %+v, %d done, want %+v", apical, workers, got, told, want)
			}
			files = append(files, b.Bytes())
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("apical %v: the recording depends on the number of workers", apical)
		}
		r, err := record.NewReader(bytes.NewReader(files[0]), int64(len(files[0])))
		if err != nil {
			t.Fatal(err)
		}
		again := replay.New(r, nil)
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				t.Fatal(err)
			}
			if trial.Purpose != sim.TestSpikes || trial.Predicted != want.Predicted[i] {
				t.Errorf("trial %d: %v, predicted %d, want a test, %d", i, trial.Purpose, trial.Predicted, want.Predicted[i])
			}
			if p, err := r.Plateaus(i, 0, 1); err != nil || len(p.Value) != 4 {
				t.Errorf("trial %d: plateaus %v, %v", i, p, err)
			}
			var replayed [3][]float32
			if err := again.Values(i, r.Header().Probes, 0, record.End, func(probe, _ int, values []float32) error {
				replayed[probe] = append(replayed[probe], values...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for probe := range replayed {
				var kept []float32
				for s := r.Samples(i, probe, 0, record.End); s.Scan(); {
					kept = append(kept, s.Values()...)
				}
				if len(kept) == 0 || !slices.Equal(kept, replayed[probe]) {
					t.Errorf("apical %v, trial %d: probe %d is not replayed to the bits that it had", apical, i, probe)
				}
			}
		}
	}
}
