package replay_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/protocols/training"
	"plateau/sim"
	"plateau/sim/record"
)

// ownPhases are phases with all that a phase can have.
func ownPhases(m protocols.Model) []sim.Phase {
	const steps = 150
	row := []float32{1, 0, 0.5, 0.25, 0, 1}
	var movie, noise []float32
	given := make([][]int32, steps)
	for k := range steps {
		for j := range row {
			movie = append(movie, float32((k/10+j)%4)/3)
		}
		noise = append(noise, float32(k*31%17)/4-2, float32(k*37%19)/4-2)
		given[k] = [][]int32{nil, {0}, {1, 1, 4}, nil, {5}}[k%5]
	}
	list := []sim.Phase{
		{Name: "silence", Steps: 40, Intensity: make([]float32, len(row))},
		{Name: "image", Steps: steps, From: 20, Intensity: row, Currents: []sim.Current{
			{Layer: 1, Into: sim.Soma, Neurons: []int{1, 3}, Values: noise},
			{Layer: 1, Into: sim.Apical, Neurons: []int{0, 1, 2}, Values: []float32{0.5}},
		}},
		{Name: "movie", Steps: steps, From: 20, Intensity: movie, Currents: []sim.Current{
			{Layer: 2, Into: sim.Basal, Neurons: []int{2}, Values: noise[:steps]},
		}},
	}
	if m.Neurons.Forward == sim.Spikes {
		list = append(list, sim.Phase{Name: "spikes", Steps: steps, Intensity: make([]float32, len(row)), Spikes: given})
	}
	return append(list, sim.Phase{Name: "taught", Steps: 30, From: 10, Intensity: row, Taught: true, Class: 2})
}

// Phases of the user's own are recorded with their stimuli and currents, and replayed to
// the same bits.
func TestReplayOfOwnPhases(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"plain":     func(*protocols.Model) {},
		"apical":    func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"rates":     func(m *protocols.Model) { m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates },
		"fine step": func(m *protocols.Model) { m.Neurons.Dt = 0.25 },
	} {
		t.Run(name, func(t *testing.T) {
			m := protocolstest.Tiny(8)
			change(&m)
			net := protocolstest.Network(t, m)
			h, f := protocols.RecordingHeader(m), fullHeader(m)
			for _, h := range []*record.Header{&h, &f} {
				h.Protocol, h.Rule, h.Weights = "phases of a test", nil, true
			}
			spikes, full := newRecording(t, h, net), newRecording(t, f, net)
			phases := ownPhases(m)
			p := sim.Presentation{Purpose: sim.ProtocolSpikes, Number: 4, Example: -1, Class: -1}
			shown, err := protocols.ShowPhases(m, net, p, phases, observers{spikes, full})
			if err != nil {
				t.Fatal(err)
			}
			r, was := spikes.reader(t), full.reader(t)
			if r.Header().Format != 2 || r.Header().Protocol != "phases of a test" {
				t.Errorf("the header is %+v", r.Header())
			}
			if err := compareReplay(replay.New(r, nil), r, was, 0); err != nil {
				t.Fatal(err)
			}
			trial, err := r.Trial(0)
			if err != nil {
				t.Fatal(err)
			}
			if trial.Example != -1 || trial.Class != -1 || trial.Predicted != shown.Predicted || !reflect.DeepEqual(trial.Losses, shown.Losses) {
				t.Errorf("the trial is %+v, want predicted class %d and losses %v", trial, shown.Predicted, shown.Losses)
			}
			for k, want := range phases {
				intensity, _, err := r.Input(0, k)
				if err != nil || !reflect.DeepEqual(intensity, want.Intensity) || !reflect.DeepEqual(trial.Phases[k].Currents, want.Currents) {
					t.Errorf("phase %s was recorded with other intensities or currents: %v", want.Name, err)
				}
			}
			// Stretches that end within a phase.
			probe := record.Probe{Population: 1, Variable: record.Soma, Neurons: []int{3}, Every: 1}
			want := samples(t, was, 0, record.Soma, 1)
			n := m.Network.Hidden[0]
			for _, stretch := range [][2]int{{60, 120}, {100, 250}} {
				err = replay.New(r, nil).Values(0, []record.Probe{probe}, stretch[0], stretch[1], func(_, step int, values []float32) error {
					if math.Float32bits(values[0]) != math.Float32bits(want[step*n+3]) {
						t.Errorf("V of neuron 3 is %v after step %d, was %v", values[0], step, want[step*n+3])
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The class is read out in the first phase that has a stimulus and no teaching current,
// and the losses compare this phase with the next that is taught.
func TestShowPhasesReadsOut(t *testing.T) {
	m := protocolstest.Tiny(8)
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(1, 3, 6, 3)
	whole, err := protocols.RunTrial(m, net, data, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := training.ReadExample(data, 1, training.Shape{Inputs: 6, Classes: 3}, "trial")
	if err != nil {
		t.Fatal(err)
	}
	trial := sim.Presentation{Purpose: sim.TrialSpikes, Number: 1, Example: 1, Class: e.Class}
	shown, err := protocols.ShowPhases(m, net, trial, m.Phases(1, e), nil)
	if err != nil {
		t.Fatal(err)
	}
	if shown.Predicted != whole.Predicted || !reflect.DeepEqual(shown.Losses, whole.Losses) || !reflect.DeepEqual(shown.Means[0], whole.Forward) {
		t.Errorf("the phases of an example show %+v, its trial is %+v", shown, whole)
	}
	silence := sim.Phase{Name: "silence", Steps: 20, Intensity: make([]float32, 6)}
	forward := m.Phases(1, e)[0]
	own := sim.Presentation{Purpose: sim.ProtocolSpikes, Example: -1, Class: -1}
	if shown, err = protocols.ShowPhases(m, net, own, []sim.Phase{silence, silence}, nil); err != nil || shown.Read != -1 || shown.Predicted != -1 || shown.Losses != nil {
		t.Errorf("silence shows %+v, error %v", shown, err)
	}
	// An example may be blank; it has a class, and is tested.
	if shown, err = protocols.ShowPhases(m, net, trial, []sim.Phase{silence, silence}, nil); err != nil || shown.Read != 0 || shown.Predicted < 0 {
		t.Errorf("a blank example shows %+v, error %v", shown, err)
	}
	shown, err = protocols.ShowPhases(m, net, trial, []sim.Phase{silence, forward}, nil)
	if err != nil || shown.Read != 1 || shown.Predicted < 0 || shown.Losses != nil {
		t.Errorf("silence and an image show %+v, error %v", shown, err)
	}
}

// A recording whose header does not announce currents ends with an error, because older
// programs would misread it.
func TestCurrentsNeedAProtocol(t *testing.T) {
	m := protocolstest.Tiny(8)
	net := protocolstest.Network(t, m)
	r := newRecording(t, protocols.RecordingHeader(m), net)
	if _, err := protocols.ShowPhases(m, net, sim.Presentation{Purpose: sim.ProtocolSpikes}, ownPhases(m), r); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err == nil {
		t.Error("the recording has no error")
	}
}

// Weights that changed by an optimiser are not learnt again; trials with stored weights
// are replayed.
func TestReplayNeedsWeightsOfAnOptimiser(t *testing.T) {
	m := protocolstest.Tiny(8)
	m.Optimiser = protocols.Optimiser{Name: protocols.Momentum, Momentum: 0.9}
	h, f := protocols.RecordingHeader(m), fullHeader(m)
	h.Weights, h.SnapshotEvery = true, 1
	f.Weights, f.SnapshotEvery = true, 5
	spikes, full := recordTwice(t, m, h, f, 8, 1)
	r, was := spikes.reader(t), full.reader(t)
	if got := r.Header(); got.Format != 4 || got.Optimiser != protocols.Momentum {
		t.Errorf("the header is %+v", got)
	}
	for i := range r.Trials() {
		if err := compareReplay(replay.New(r, nil), r, was, i); err != nil {
			t.Errorf("trial %d: %v", i, err)
		}
	}
	if err := compareReplay(replay.New(was, nil), was, was, 3); err == nil || !strings.Contains(err.Error(), "momentum, whose state is not recorded") {
		t.Errorf("error %v", err)
	}
	if err := compareReplay(replay.New(was, nil), was, was, 5); err != nil {
		t.Error(err)
	}
}
