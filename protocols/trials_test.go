package protocols_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/protocols/training"
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

// recordMany records trials with a number of workers.
func recordMany(t *testing.T, m protocols.Model, net *network.Network, data training.Examples, list []protocols.Showing, workers int, potentials bool) (file []byte, trials []*protocols.Trial) {
	t.Helper()
	var b bytes.Buffer
	w, err := record.NewWriter(&b, headerOf(m, potentials), net)
	if err != nil {
		t.Fatal(err)
	}
	err = protocols.RunTrials(t.Context(), m, net, data, list, protocols.Watched{Workers: workers, Watch: w, Potentials: w.Potentials()},
		func(trial *protocols.Trial) error { trials = append(trials, trial); return nil })
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), trials
}

// Many trials with any number of workers are recorded to the same bytes, those that
// single trials would leave one after another.
func TestTrialsDoNotDependOnWorkers(t *testing.T) {
	for _, apical := range []float64{0, 0.05} {
		for _, potentials := range []bool{false, true} {
			m := manyModel(apical)
			net := protocolstest.Network(t, m)
			data := protocolstest.Noise(3, 12, 6, 3)
			list := protocols.Showings([]int{7, 2, 11, 5, 3, 0, 1, 4}, 1)
			file, trials := recordMany(t, m, net, data, list, 1, potentials)
			for _, workers := range []int{3, 8, 50} {
				other, same := recordMany(t, m, net, data, list, workers, potentials)
				if !bytes.Equal(file, other) {
					t.Errorf("apical %v, potentials %v: with %d workers the recording differs", apical, potentials, workers)
				}
				if !reflect.DeepEqual(trials, same) {
					t.Errorf("apical %v: with %d workers the results differ", apical, workers)
				}
			}
			var b bytes.Buffer
			w, err := record.NewWriter(&b, headerOf(m, potentials), net)
			if err != nil {
				t.Fatal(err)
			}
			for k, s := range list {
				trial, err := protocols.RunTrial(m, net, data, s.Example, w)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(trial, trials[k]) {
					t.Errorf("apical %v: repeat 0 of example %d is not the single trial of it", apical, s.Example)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file, b.Bytes()) {
				t.Errorf("apical %v, potentials %v: many trials are not recorded like single ones", apical, potentials)
			}
		}
	}
}

// Repeats have random draws of their own, and a recording tells them apart.
func TestRepeatsDiffer(t *testing.T) {
	m := manyModel(0)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(3, 12, 6, 3)
	file, _ := recordMany(t, m, net, data, protocols.Showings([]int{4, 9}, 3), 2, false)
	r, err := record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Header().Repeats != 3 || r.Trials() != 6 {
		t.Fatalf("%d trials of %d repeats, want 6 of 3", r.Trials(), r.Header().Repeats)
	}
	var seen [][]record.Spike
	var lengths []int
	for i := range 6 {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if trial.Example != []int{4, 9}[i/3] || trial.Repeat() != i%3 || !trial.Rested {
			t.Errorf("trial %d is repeat %d of example %d, want %d of %d, from rest", i, trial.Repeat(), trial.Example, i%3, []int{4, 9}[i/3])
		}
		var all []record.Spike
		for s := r.Spikes(i, 0, 0, record.End); s.Scan(); {
			all = append(all, s.Spikes()...)
		}
		if len(all) == 0 || slices.ContainsFunc(seen, func(other []record.Spike) bool { return slices.Equal(all, other) }) {
			t.Errorf("trial %d has the input spikes of another trial, or none", i)
		}
		seen, lengths = append(seen, all), append(lengths, trial.Steps)
	}
	if slices.Max(lengths) == slices.Min(lengths) {
		t.Errorf("trials of %v steps, want random lengths of their own", lengths)
	}
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

// Trials end with the first error, or when their context does; the observer is then told
// of whole trials only, in order.
func TestTrialsStop(t *testing.T) {
	m := manyModel(0)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(3, 40, 6, 3)
	enough := errors.New("enough")
	for _, workers := range []int{1, 4} {
		ctx, cancel := context.WithCancel(t.Context())
		for _, how := range []error{enough, context.Canceled} {
			var log phaseLog
			done := 0
			err := protocols.RunTrials(ctx, m, net, data, protocols.Showings([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 4), protocols.Watched{Workers: workers, Watch: &log}, func(*protocols.Trial) error {
				if done++; done == 5 && how == enough {
					return enough
				} else if done == 5 {
					cancel()
				}
				return nil
			})
			if !errors.Is(err, how) || done != 5 || log.ended != 10 {
				t.Errorf("%d workers: %v after %d trials, %d phases; want %v after 5, 10 phases", workers, err, done, log.ended, how)
			}
		}
		cancel()
	}
	err := protocols.RunTrials(t.Context(), m, net, data, protocols.Showings([]int{0, 99}, 1), protocols.Watched{Workers: 2}, func(*protocols.Trial) error { return nil })
	if err == nil || err.Error() != "training: trial of example 99, want 0 to 39" {
		t.Errorf("example 99 of 40: %v", err)
	}
}
