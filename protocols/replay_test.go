package protocols_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
	"plateau/sim/record"
)

// fullHeader asks for every variable of every neuron.
func fullHeader(m protocols.Model) record.Header {
	h := protocols.RecordingHeader(m)
	h.Plateaus = true
	last := len(m.Network.Hidden)
	for p := 1; p <= last+1; p++ {
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			if v != record.Apical || p <= last {
				h.Traces = append(h.Traces, record.Trace{Population: p, Variable: v, Interval: 1})
			}
		}
	}
	return h
}

// A recording in the making.
type recording struct {
	bytes.Buffer
	*record.Writer
}

func newRecording(t testing.TB, h record.Header, net *network.Network) *recording {
	t.Helper()
	r := &recording{}
	var err error
	if r.Writer, err = record.NewWriter(&r.Buffer, h, net); err != nil {
		t.Fatal(err)
	}
	return r
}

// reader ends the recording and opens it.
func (r *recording) reader(t testing.TB) *record.Reader {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	open, err := record.NewReader(bytes.NewReader(r.Bytes()), int64(r.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return open
}

// observers are told everything one after the other.
type observers []sim.Observer

func (o observers) Observe(e sim.Event) {
	for _, to := range o {
		to.Observe(e)
	}
}

// compareReplay replays a trial of a recording of spikes and compares it with
// the same trial of a full recording.
func compareReplay(p *protocols.Replay, spikes, full *record.Reader, i int) error {
	was, err := full.Trial(i)
	if err != nil {
		return err
	}
	traces := full.Header().Traces
	want := make([][]float32, len(traces))
	for k := range traces {
		s := full.Samples(i, k, 0, record.End)
		for s.Scan() {
			want[k] = append(want[k], s.Values()...)
		}
		if s.Err() != nil {
			return s.Err()
		}
	}
	steps := 0
	err = p.Samples(i, traces, 0, record.End, func(trace, step int, values []float32) error {
		n := len(traces[trace].Neurons)
		for k, v := range values {
			if w := want[trace][step*n+k]; math.Float32bits(v) != math.Float32bits(w) {
				return fmt.Errorf("%s of neuron %d of population %d after step %d is %v, was %v",
					traces[trace].Variable, k, traces[trace].Population, step, v, w)
			}
		}
		if trace == 0 {
			steps++
		}
		return nil
	})
	if err == nil && steps != was.Steps {
		err = fmt.Errorf("%d steps, want %d", steps, was.Steps)
	}
	return err
}

// From spikes alone replay finds the potentials that the run had, to the last
// bit, in any order of trials.
func TestReplay(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"one layer":  func(m *protocols.Model) {},
		"no layer":   func(m *protocols.Model) { m.Network.Hidden, m.Rates = nil, []float64{0.1} },
		"two layers": func(m *protocols.Model) { m.Network.Hidden, m.Rates = []int{9, 5}, []float64{0.2, 0.2, 0.1} },
		"apical":     func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"batch":      func(m *protocols.Model) { m.Batch = 4 },
		"batch mean": func(m *protocols.Model) { m.Batch, m.MeanUpdate = 3, true },
		"plateau times": func(m *protocols.Model) {
			m.Train.Window, m.Train.PlateauSpread = 4, 3
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
		},
		"rates":          func(m *protocols.Model) { m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates },
		"forward rates":  func(m *protocols.Model) { m.Neurons.Forward = sim.Rates },
		"feedback rates": func(m *protocols.Model) { m.Neurons.Feedback = sim.Rates },
		"unlimited":      func(m *protocols.Model) { m.Neurons.Kernel = kernels.DoubleExponential{Rise: 3, Decay: 10} },
		"silent": func(m *protocols.Model) {
			m.Network.Silent, m.FeedbackRates = 0.5, []float64{0.1}
		},
		"symmetric": func(m *protocols.Model) { m.Network.Symmetric = true },
		"layerwise": func(m *protocols.Model) {
			m.Network.Hidden, m.Rates = []int{9, 5}, []float64{0.2, 0.2, 0.1}
			m.Network.Feedback, m.Neurons.Hidden.Apical = network.LayerWise, 0.05
		},
		"long phases": func(m *protocols.Model) { m.Train.Forward, m.Train.Target = 300, 200 },
		"alpha": func(m *protocols.Model) {
			m.Neurons.Kernel = kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: 12}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := tiny(8)
			change(&m)
			net := newNetwork(t, m)
			h := protocols.RecordingHeader(m)
			h.Weights, h.Snapshots = true, 11
			spikes, full := newRecording(t, h, net), newRecording(t, fullHeader(m), net)
			trainer, err := protocols.NewTrainer(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			trainer.Watch(observers{spikes, full}, true)
			train(t, trainer, noise(1, 30, 6, 3), 2) // batches of 4 end with half a one
			r, f := spikes.reader(t), full.reader(t)
			p := protocols.NewReplay(r, nil)
			for i := range r.Trials() {
				if err := compareReplay(p, r, f, i); err != nil {
					t.Fatalf("trial %d: %v", i, err)
				}
			}
			for _, i := range []int{59, 13, 12, 14, 0, 40, 33, 32} {
				if err := compareReplay(p, r, f, i); err != nil {
					t.Fatalf("out of order: trial %d: %v", i, err)
				}
			}
		})
	}
}

// A replay tells an observer what the run told, so that it can be recorded in
// full.
func TestReplayRecordsInFull(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	h := protocols.RecordingHeader(m)
	h.Weights = true
	spikes, full := newRecording(t, h, net), newRecording(t, fullHeader(m), net)
	first := net.Clone()
	trainer, err := protocols.NewTrainer(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(observers{spikes, full}, true)
	train(t, trainer, noise(1, 10, 6, 3), 1)
	r := spikes.reader(t)
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRecording(t, fullHeader(m), first)
	p := protocols.NewReplay(r, nil)
	for i := range r.Trials() {
		if err := p.Trial(i, again); err != nil {
			t.Fatal(err)
		}
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Bytes(), full.Bytes()) {
		t.Errorf("the recording of the replay has %d bytes and is not that of the run, which has %d", again.Len(), full.Len())
	}
}

func TestReplayNeedsWeights(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	first := net.Clone()
	w := newRecording(t, protocols.RecordingHeader(m), net)
	trainer, err := protocols.NewTrainer(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(w, false)
	train(t, trainer, noise(1, 5, 6, 3), 1)
	r := w.reader(t)
	if err := protocols.NewReplay(r, nil).Trial(3, nil); !errors.Is(err, record.ErrNotRecorded) {
		t.Errorf("without weights: %v", err)
	}
	found := func(n *network.Network, err error) func(string) (*network.Network, error) {
		return func(digest string) (*network.Network, error) {
			if digest != first.SHA256() {
				t.Errorf("asked for %s", digest)
			}
			return n, err
		}
	}
	digest := first.SHA256()
	if err := protocols.NewReplay(r, found(first, nil)).Trial(3, nil); err != nil {
		t.Errorf("with weights: %v", err)
	}
	if first.SHA256() != digest {
		t.Error("replay changes the weights it was given")
	}
	if err := protocols.NewReplay(r, found(net, nil)).Trial(3, nil); err == nil || !strings.Contains(err.Error(), "are needed") {
		t.Errorf("with other weights: %v", err)
	}
}
