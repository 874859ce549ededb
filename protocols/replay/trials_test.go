package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// repeated shows each of some images several times.
func repeated(m protocols.Model, net *network.Network, data training.Examples, repeats int) *protocols.Trials {
	return &protocols.Trials{
		Model: m, Network: net, Number: data.Len() * repeats,
		Show: func(trial int) (sim.Presentation, []sim.Phase, error) {
			e, err := training.ReadExample(data, trial/repeats, training.Shape{Inputs: 6, Classes: 3}, "trial")
			if err != nil {
				return sim.Presentation{}, nil, err
			}
			number := sim.RepeatNumber(e.Index, trial%repeats)
			return sim.Presentation{Purpose: sim.TrialSpikes, Number: number, Example: e.Index, Class: e.Class}, m.Phases(number, e), nil
		},
	}
}

// Trials have the same bytes for any number of workers; the first repeat is the plain
// trial, and the others are not; replay finds the potentials of all of them.
func TestTrialsDoNotDependOnWorkers(t *testing.T) {
	data := protocolstest.Noise(1, 11, 6, 3)
	for name, change := range map[string]func(*protocols.Model, *record.Header){
		"all":            func(*protocols.Model, *record.Header) {},
		"phase lengths":  func(m *protocols.Model, _ *record.Header) { m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1} },
		"wrong":          func(_ *protocols.Model, h *record.Header) { h.Select.Mispredicted = true },
		"one of five":    func(_ *protocols.Model, h *record.Header) { h.Select.Every = 5 },
		"no weights":     func(_ *protocols.Model, h *record.Header) { h.Weights = false },
		"long, in parts": func(m *protocols.Model, _ *record.Header) { m.Train.Forward = 3000 },
	} {
		t.Run(name, func(t *testing.T) {
			m := protocolstest.Tiny(8)
			h := fullHeader(m)
			h.Rule, h.Weights = nil, true
			change(&m, &h)
			net := protocolstest.Network(t, m)
			var first []byte
			for _, workers := range []int{1, 2, 5} {
				r := newRecording(t, h, net)
				trials := repeated(m, net, data, 3)
				var done []int
				var plain []*protocols.Shown
				trials.Done = func(trial int, p sim.Presentation, shown *protocols.Shown) error {
					if done = append(done, trial); trial%3 == 0 {
						plain = append(plain, shown)
					}
					if p.Number != uint64(trial/3)+uint64(trial%3)<<32 {
						return fmt.Errorf("trial %d has number %d", trial, p.Number)
					}
					return nil
				}
				if err := trials.Run(context.Background(), protocols.Watched{Workers: workers, Watch: r.Writer, Potentials: true}); err != nil {
					t.Fatal(err)
				}
				if len(done) != 33 || !slices.IsSorted(done) {
					t.Fatalf("%d workers: done are %v", workers, done)
				}
				for i, shown := range plain {
					want, err := protocols.RunTrial(m, net, data, i, nil)
					if err != nil {
						t.Fatal(err)
					}
					if !reflect.DeepEqual(shown.Losses, want.Losses) || shown.Predicted != want.Predicted || !reflect.DeepEqual(shown.Means, [][]network.Means{want.Forward, want.Target}) {
						t.Fatalf("repeat 0 of example %d is not the plain trial", i)
					}
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = r.Bytes()
				} else if !bytes.Equal(first, r.Bytes()) {
					t.Errorf("%d workers write other bytes than one", workers)
				}
			}
			r, err := record.NewReader(bytes.NewReader(first), int64(len(first)))
			if err != nil {
				t.Fatal(err)
			}
			if intact, err := r.Verify(func(d record.Damage) { t.Errorf("damage: %+v", d) }, nil); err != nil {
				t.Fatalf("%+v, %v", intact, err)
			}
			checkTrials(t, name, r)
			p := replay.New(r, func(string) (*network.Network, error) { return net, nil })
			for i := range r.Trials() {
				if err := compareReplay(p, r, r, i); err != nil {
					t.Fatalf("trial %d: %v", i, err)
				}
			}
		})
	}
}

// checkTrials checks which trials are recorded, and that repeats differ.
func checkTrials(t *testing.T, name string, r *record.Reader) {
	t.Helper()
	spikes := map[string]int{}
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if !trial.Rested || !trial.Whole || trial.Weights == "" || trial.Snapshot != 0 || trial.Updates != 0 {
			t.Errorf("trial %d is %+v", i, trial)
		}
		if name == "wrong" && !trial.Wrong() {
			t.Errorf("trial %d has the right class", i)
		}
		var text bytes.Buffer
		for s := r.Spikes(i, 0, 0, record.End); s.Scan(); {
			fmt.Fprint(&text, s.Spikes())
		}
		if before, there := spikes[text.String()]; there {
			t.Errorf("trials %d and %d have the same spikes of the input", before, i)
		}
		spikes[text.String()] = i
	}
	switch n := r.Trials(); {
	case name == "wrong" && (n == 0 || n == 33), name == "one of five" && n != 7, name != "wrong" && name != "one of five" && n != 33:
		t.Errorf("%d trials", n)
	}
}

// Trials that end early leave a recording of the whole ones before.
func TestTrialsThatEndEarly(t *testing.T) {
	m := protocolstest.Tiny(8)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 50, 6, 3)
	h := protocols.RecordingHeader(m)
	h.Rule = nil
	for _, workers := range []int{1, 4} {
		ctx, stop := context.WithCancel(context.Background())
		r, trials, n := newRecording(t, h, net), repeated(m, net, data, 1), 0
		trials.Done = func(trial int, _ sim.Presentation, _ *protocols.Shown) error {
			if n++; n == 20 {
				stop()
			}
			return nil
		}
		if err := trials.Run(ctx, protocols.Watched{Workers: workers, Watch: r.Writer}); !errors.Is(err, context.Canceled) {
			t.Errorf("%d workers: error %v", workers, err)
		}
		open := r.reader(t)
		if open.Trials() < 20 || open.Trials() == 50 {
			t.Errorf("%d workers: %d trials are recorded", workers, open.Trials())
		}

		// The first trial that fails decides the error.
		trials = repeated(m, net, data, 1)
		show := trials.Show
		trials.Show = func(trial int) (sim.Presentation, []sim.Phase, error) {
			if trial >= 13 {
				return sim.Presentation{}, nil, fmt.Errorf("no image %d", trial)
			}
			return show(trial)
		}
		if err := trials.Run(context.Background(), protocols.Watched{Workers: workers}); err == nil || err.Error() != "protocols: trial 13: no image 13" {
			t.Errorf("%d workers: error %v", workers, err)
		}
	}
}
