package replay_test

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
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

// fullHeader returns a header for recording every variable of every neuron.
func fullHeader(m protocols.Model) record.Header {
	h := protocols.RecordingHeader(m)
	h.Plateaus = true
	last := len(m.Network.Hidden)
	for p := 1; p <= last+1; p++ {
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			if v != record.Apical || p <= last {
				h.Probes = append(h.Probes, record.Probe{Population: p, Variable: v, Every: 1})
			}
		}
	}
	return h
}

// A recording is being written.
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

// reader finishes the recording and opens it.
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

// observers passes events on to several observers.
type observers []sim.Observer

func (o observers) Observe(e sim.Event) {
	for _, to := range o {
		to.Observe(e)
	}
}

// recordTwice trains on some examples and records the run with two headers.
func recordTwice(t *testing.T, m protocols.Model, h, f record.Header, examples, epochs int) (spikes, full *recording) {
	t.Helper()
	net := protocolstest.Network(t, m)
	spikes, full = newRecording(t, h, net), newRecording(t, f, net)
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(observers{spikes, full}, true)
	protocolstest.Train(t, trainer, protocolstest.Noise(1, examples, 6, 3), epochs)
	return spikes, full
}

// compareReplay replays a trial of a recording of spikes and compares it with
// the same trial of a full recording.
func compareReplay(p *replay.Replay, spikes, full *record.Reader, i int) error {
	was, err := full.Trial(i)
	if err != nil {
		return err
	}
	traces := full.Header().Probes
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
	err = p.Values(i, traces, 0, record.End, func(trace, step int, values []float32) error {
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

// From spikes alone, Replay finds the potentials of the run to the last bit, in any
// order of trials.
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
		"rates that decay": func(m *protocols.Model) {
			m.Course.Decay, m.FeedbackRates = 0.5, []float64{0.1}
		},
		"rates that decay, in batches": func(m *protocols.Model) { m.Course.Decay, m.Batch = 0.5, 4 },
		"rates on a course": func(m *protocols.Model) {
			m.Course = network.Course{Decay: 0.5, Every: 2, Cosine: 2, End: 0.1, List: []float64{1, 3}, WarmUp: 1}
		},
		"symmetric": func(m *protocols.Model) { m.Network.Symmetric = true },
		"noisy symmetric": func(m *protocols.Model) {
			m.Network.Symmetric, m.Network.FeedbackNoise, m.Neurons.Hidden.Apical = true, 0.5, 0.05
		},
		"noisy symmetric, in batches": func(m *protocols.Model) {
			m.Network.Symmetric, m.Network.FeedbackNoise, m.Network.Silent, m.Batch = true, 0.5, 0.5, 4
		},
		"plateau times of a normal law": func(m *protocols.Model) {
			m.Train.Window, m.Train.PlateauSpread, m.Train.PlateauSD = 4, 3, 2
		},
		"layerwise": func(m *protocols.Model) {
			m.Network.Hidden, m.Rates = []int{9, 5}, []float64{0.2, 0.2, 0.1}
			m.Network.Feedback, m.Neurons.Hidden.Apical = network.LayerWise, 0.05
		},
		"lesions": func(m *protocols.Model) {
			m.Network.Hidden, m.Rates = []int{9, 5}, []float64{0.2, 0.2, 0.1}
			m.Network.Feedback, m.Neurons.Hidden.Apical = network.LayerWise, 0.05
			m.Network.Lesions = []network.Lesion{{Layer: 0, From: 1, To: 3}, {Layer: 1, From: 2, To: 6}, {Layer: 2, From: 4, To: 5}}
		},
		"lesions, rates": func(m *protocols.Model) {
			m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
			m.Network.Lesions = []network.Lesion{{Layer: 0, From: 1, To: 3}, {Layer: 1, From: 2, To: 6}}
		},
		"long phases": func(m *protocols.Model) { m.Train.Forward, m.Train.Target = 300, 200 },
		"alpha": func(m *protocols.Model) {
			m.Neurons.Kernel = kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: 12}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := protocolstest.Tiny(8)
			change(&m)
			h := protocols.RecordingHeader(m)
			h.Weights, h.SnapshotEvery = true, 11
			f := fullHeader(m)
			if !m.Course.Constant() {
				h.EpochTrials, f.EpochTrials = 30, 30
			}
			spikes, full := recordTwice(t, m, h, f, 30, 2) // the last batch of 4 is half full
			r, was := spikes.reader(t), full.reader(t)
			p := replay.New(r, nil)
			for i := range r.Trials() {
				if err := compareReplay(p, r, was, i); err != nil {
					t.Fatalf("trial %d: %v", i, err)
				}
			}
			for _, i := range []int{59, 13, 12, 14, 0, 40, 33, 32} {
				if err := compareReplay(p, r, was, i); err != nil {
					t.Fatalf("out of order: trial %d: %v", i, err)
				}
			}
		})
	}
}

// Replaying some steps of some neurons gives exactly these samples.
func TestReplayStretch(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"plain":         func(m *protocols.Model) {},
		"apical":        func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"plateau times": func(m *protocols.Model) { m.Train.Window, m.Train.PlateauSpread = 4, 3 },
		"long":          func(m *protocols.Model) { m.Train.Forward = 300 },
	} {
		m := protocolstest.Tiny(8)
		change(&m)
		h := protocols.RecordingHeader(m)
		h.Weights = true
		spikes, full := recordTwice(t, m, h, fullHeader(m), 5, 1)
		r, f := spikes.reader(t), full.reader(t)
		last := r.Steps() / 5
		traces := []record.Probe{
			{Population: 1, Variable: record.Apical, Neurons: []int{2, 7}, Every: 3},
			{Population: 2, Variable: record.Soma, Every: 1},
		}
		p := replay.New(r, nil)
		for _, part := range [][2]int{{0, 1}, {0, 12}, {3, 9}, {5, 13}, {12, 13}, {7, record.End}, {int(last) - 1, int(last) + 5}, {-3, 2}, {9, 9}, {9, 4}, {int(last), record.End}} {
			var got, want []string
			err := p.Values(4, traces, part[0], part[1], func(trace, step int, values []float32) error {
				got = append(got, fmt.Sprint(trace, step, values))
				return nil
			})
			if err != nil {
				t.Fatalf("%s, steps %v: %v", name, part, err)
			}
			apical, soma := samples(t, f, 4, record.Apical, 1), samples(t, f, 4, record.Soma, 2)
			for step := range int(last) {
				if step < part[0] || part[1] != record.End && step >= part[1] {
					continue
				}
				if step%3 == 0 {
					want = append(want, fmt.Sprint(0, step, []float32{apical[8*step+2], apical[8*step+7]}))
				}
				want = append(want, fmt.Sprint(1, step, soma[3*step:3*step+3]))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, steps %v:\n%v, want\n%v", name, part, got, want)
			}
		}
		stop := errors.New("enough")
		if err := p.Values(4, traces, 0, record.End, func(int, int, []float32) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error %v, want that of emit", err)
		}
		traces[0].Neurons = []int{8}
		if err := p.Values(4, traces, 0, record.End, nil); err == nil {
			t.Error("a neuron that is not there is accepted")
		}
	}
}

// samples reads the recorded samples of a trial.
func samples(t *testing.T, r *record.Reader, trial int, v record.Variable, population int) (list []float32) {
	s := r.Samples(trial, r.Header().Probe(population, v), 0, record.End)
	for s.Scan() {
		list = append(list, s.Values()...)
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return list
}

// In a recording that broke off, all trials that are there can be replayed, the last
// as far as it goes. In a damaged one, those can that do not need what is lost.
func TestReplayOfDamage(t *testing.T) {
	m := protocolstest.Tiny(8)
	m.Train.Forward = 300
	h := protocols.RecordingHeader(m)
	h.Weights, h.SnapshotEvery = true, 10
	const n = 400
	spikes, full := recordTwice(t, m, h, fullHeader(m), n, 1)
	r, f := spikes.reader(t), full.reader(t)
	file := spikes.Bytes()
	whole, partial := 0, 0
	for size := len(file) / 2; size < len(file); size += len(file) / 20 {
		cut, err := record.NewReader(bytes.NewReader(file[:size]), int64(size))
		if err != nil {
			t.Fatal(err)
		}
		p := replay.New(cut, nil)
		for i := max(0, cut.Trials()-3); i < cut.Trials(); i++ {
			trial, err := cut.Trial(i)
			if err != nil {
				continue
			}
			soma := f.Samples(i, f.Header().Probe(1, record.Soma), 0, record.End)
			soma.Scan()
			at := 0
			trace := []record.Probe{{Population: 1, Variable: record.Soma, Every: 1}}
			err = p.Values(i, trace, 0, record.End, func(_, step int, values []float32) error {
				if k := step - soma.Step(); k >= soma.Len() {
					soma.Scan()
				}
				k := step - soma.Step()
				if !slices.Equal(values, soma.Values()[8*k:8*k+8]) {
					return errors.New("it differs")
				}
				at++
				return nil
			})
			if err != nil && !strings.Contains(err.Error(), "missing") {
				t.Errorf("%d bytes, trial %d: %v", size, i, err)
			}
			switch {
			case err == nil && at != trial.Steps:
				t.Errorf("%d bytes, trial %d: %d steps, want %d", size, i, at, trial.Steps)
			case err == nil && trial.Whole:
				whole++
			case err == nil:
				partial++
			}
		}
	}
	if whole == 0 || partial == 0 {
		t.Errorf("%d whole trials and %d parts were replayed, want some of both", whole, partial)
	}

	damaged := bytes.Clone(file)
	damaged[len(file)/2] ^= 1
	d, err := record.NewReader(bytes.NewReader(damaged), int64(len(damaged)))
	if err != nil {
		t.Fatal(err)
	}
	p, good, bad := replay.New(d, nil), 0, 0
	for i := 0; i < r.Trials(); i += 9 {
		if err := compareReplay(p, d, f, i); err == nil {
			good++
		} else if strings.Contains(err.Error(), "checksum") || strings.Contains(err.Error(), "depend") || strings.Contains(err.Error(), "missing") {
			bad++
		} else {
			t.Errorf("trial %d: %v", i, err)
		}
	}
	if good < 20 || bad == 0 {
		t.Errorf("%d trials are replayed, %d not", good, bad)
	}
}

// A replay sends an observer the events of the run, so that a full recording can be
// made from it.
func TestReplayRecordsInFull(t *testing.T) {
	m := protocolstest.Tiny(8)
	h := protocols.RecordingHeader(m)
	h.Weights = true
	spikes, full := recordTwice(t, m, h, fullHeader(m), 10, 1)
	r := spikes.reader(t)
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRecording(t, fullHeader(m), protocolstest.Network(t, m))
	p := replay.New(r, nil)
	for i := range r.Trials() {
		if err := p.Trial(i, again); err != nil {
			t.Fatal(err)
		}
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Bytes(), full.Bytes()) {
		t.Errorf("the recording of the replay, of %d bytes, differs from that of the run, of %d", again.Len(), full.Len())
	}
}

func TestReplayNeedsWeights(t *testing.T) {
	m := protocolstest.Tiny(8)
	net := protocolstest.Network(t, m)
	first := net.Clone()
	w := newRecording(t, protocols.RecordingHeader(m), net)
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(w, false)
	protocolstest.Train(t, trainer, protocolstest.Noise(1, 5, 6, 3), 1)
	r := w.reader(t)
	if err := replay.New(r, nil).Trial(3, nil); !errors.Is(err, record.ErrNotRecorded) {
		t.Errorf("without weights: %v", err)
	}
	found := func(n *network.Network, err error) func(string) (*network.Network, error) {
		return func(digest string) (*network.Network, error) {
			if digest != first.Weights().SHA256() {
				t.Errorf("asked for %s", digest)
			}
			return n, err
		}
	}
	digest := first.Weights().SHA256()
	if err := replay.New(r, found(first, nil)).Trial(3, nil); err != nil {
		t.Errorf("with weights: %v", err)
	}
	h := protocols.RecordingHeader(m)
	h.Select.Every = 2
	net = first.Clone()
	gaps := newRecording(t, h, net)
	if trainer, err = protocolstest.New(m, net, 1); err != nil {
		t.Fatal(err)
	}
	trainer.Watch(gaps, false)
	protocolstest.Train(t, trainer, protocolstest.Noise(1, 8, 6, 3), 1)
	p := replay.New(gaps.reader(t), found(first, nil))
	for i, want := range []string{"", "by 2 trials since the last snapshot of the weights, of which 1", "by 4 trials since the last snapshot of the weights, of which 2"} {
		if err := p.Trial(i, nil); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("trial %d, with trials left out: %v, want %q", i, err, want)
		}
	}
	if first.Weights().SHA256() != digest {
		t.Error("replay changes the weights it was given")
	}
	if err := replay.New(r, found(net, nil)).Trial(3, nil); err == nil || !strings.Contains(err.Error(), "are needed") {
		t.Errorf("with other weights: %v", err)
	}
}

// With waypoints a replay can go backwards, and finds the same bits.
func TestReplayWaypoints(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"plain":  func(m *protocols.Model) {},
		"apical": func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"batch":  func(m *protocols.Model) { m.Batch = 4 },
		"mean":   func(m *protocols.Model) { m.Batch, m.MeanUpdate = 3, true },
	} {
		m := protocolstest.Tiny(8)
		change(&m)
		h := protocols.RecordingHeader(m)
		h.Weights, h.SnapshotEvery = true, 20
		spikes, full := recordTwice(t, m, h, fullHeader(m), 30, 1)
		r, f := spikes.reader(t), full.reader(t)
		p := replay.New(r, nil)
		if p.Waypoint() != nil {
			t.Errorf("%s: there is a waypoint before the replay began", name)
		}
		var points []*replay.Waypoint
		learnt := 0
		p.Learning = func(from, to int) error {
			if snapshot, next := p.At(); next != from || snapshot != from/20 {
				t.Errorf("%s: at trial %d since snapshot %d, but Learning was called for trial %d", name, next, snapshot, from)
			}
			learnt++
			if w := p.Waypoint(); w != nil && learnt <= 29 {
				points = append(points, w)
			}
			return nil
		}
		for _, i := range []int{19, 29} {
			if err := compareReplay(p, r, f, i); err != nil {
				t.Fatalf("%s: trial %d: %v", name, i, err)
			}
		}
		if len(points) < 7 || points[0].Bytes() < 4*6*8 {
			t.Fatalf("%s: %d waypoints", name, len(points))
		}
		for k := len(points) - 1; k >= 0; k-- {
			w := points[k]
			for _, i := range []int{w.Next, min(w.Next+2, 19+10*w.Snapshot)} {
				if err := p.Return(w); err != nil {
					t.Fatal(err)
				}
				before := learnt
				if err := compareReplay(p, r, f, i); err != nil {
					t.Fatalf("%s: trial %d from waypoint %d: %v", name, i, w.Next, err)
				}
				if learnt-before > i-w.Next || name == "plain" && learnt-before < i-w.Next {
					t.Errorf("%s: %d trials were learnt from, from %d to %d", name, learnt-before, w.Next, i)
				}
			}
		}
	}
}

// Learning tells somebody who waits for a replay how far it is, and can stop it
// without losing what was done.
func TestReplayLearning(t *testing.T) {
	m := protocolstest.Tiny(8)
	h := protocols.RecordingHeader(m)
	h.Weights = true
	spikes, full := recordTwice(t, m, h, fullHeader(m), 20, 1)
	r, f := spikes.reader(t), full.reader(t)
	p := replay.New(r, nil)
	var told []int
	enough := errors.New("enough")
	p.Learning = func(from, to int) error {
		if told = append(told, from); to != 15 {
			t.Errorf("told of trial %d, want 15", to)
		}
		if len(told) == 7 {
			return enough
		}
		return nil
	}
	if err := compareReplay(p, r, f, 15); !errors.Is(err, enough) {
		t.Fatalf("error %v, want that of Learning", err)
	}
	if err := compareReplay(p, r, f, 15); err != nil {
		t.Fatal(err)
	}
	// The seventh trial (6) was not learnt the first time.
	if want := []int{0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 14}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}

// later adds to the numbers of presentations.
type later struct {
	sim.Observer
	by uint64
}

func (l later) Observe(e sim.Event) {
	if p, ok := e.(*sim.Presentation); ok {
		moved := *p
		moved.Number += l.by
		e = &moved
	}
	l.Observer.Observe(e)
}

// A damaged recording may have any number for a trial. Replay counts epochs one by one
// for the decay of learning rates, so it must refuse very large numbers.
func TestReplayOfImpossibleEpoch(t *testing.T) {
	m := protocolstest.Tiny(8)
	m.Course.Decay = 0.5
	h := protocols.RecordingHeader(m)
	h.Weights, h.EpochTrials = true, 1
	for by, want := range map[uint64]string{1<<24 - 1: "", 1 << 24: "is number 16777217, in epochs of 1", math.MaxUint64 - 1: "want 1 to 16777216 epochs"} {
		net := protocolstest.Network(t, m)
		w := newRecording(t, h, net)
		trainer, err := protocolstest.New(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		trainer.Watch(later{w, by}, false)
		protocolstest.Train(t, trainer, protocolstest.Noise(1, 2, 6, 3), 1)
		err = replay.New(w.reader(t), nil).Trial(1, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("numbers from %d: %v, want %q", by+1, err, want)
		}
	}
}
