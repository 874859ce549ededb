package record_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

// Recording does not change a run, whatever is recorded.
func TestRecordingChangesNothing(t *testing.T) {
	for _, apical := range []float64{0, 0.05} {
		m := tiny(9, 5)
		m.Neurons.Hidden.Apical = apical
		want := ""
		for name, h := range map[string]func() record.Header{
			"nothing":    nil,
			"spikes":     func() record.Header { return protocols.RecordingHeader(m) },
			"everything": func() record.Header { return header(m) },
			"wrong predictions": func() record.Header {
				h := header(m)
				h.Select.Mispredicted = true
				return h
			},
		} {
			net := newNetwork(t, m)
			trainer, err := protocolstest.New(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			if h != nil {
				w, err := record.NewWriter(&bytes.Buffer{}, h(), net)
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
				trainer.Watch(w, w.Potentials())
			}
			if _, err := trainer.Epoch(t.Context(), noise{50, 6, 3, 1}, nil); err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = net.Weights().SHA256()
			}
			if net.Weights().SHA256() != want {
				t.Errorf("recording %s changes the run", name)
			}
		}
	}
}

// A recording holds the selected trials of a run, the same as in a recording of
// all.
func TestSelection(t *testing.T) {
	m := tiny(8)
	all, mem, _ := recordTraining(t, m, header(m), 60, 0)
	full := read(t, all)
	wrong := func(i int) bool {
		trial, err := full.Trial(i)
		if err != nil || trial.Predicted < 0 {
			t.Fatalf("%+v, %v", trial, err)
		}
		return trial.Predicted != trial.Class
	}
	for _, c := range []struct {
		name string
		by   record.Selection
		want func(i int) bool
	}{
		{"all", record.Selection{}, func(int) bool { return true }},
		{"every third", record.Selection{Every: 3}, func(i int) bool { return i%3 == 0 }},
		{"numbers", record.Selection{Numbers: []uint64{2, 7, 9, 1000}}, func(i int) bool { return i == 1 || i == 6 || i == 8 }},
		{"no numbers", record.Selection{Numbers: []uint64{}}, func(i int) bool { return false }},
		{"samples", record.Selection{Examples: []int{3, 4, 59}}, func(i int) bool { return slices.Contains([]int{3, 4, 59}, mem.trials[i].Sample) }},
		{"wrong predictions", record.Selection{Mispredicted: true}, wrong},
		{"every other that is predicted wrongly", record.Selection{Mispredicted: true, Every: 2}, func(i int) bool { return i%2 == 0 && wrong(i) }},
		{"tests", record.Selection{Purposes: []sim.Purpose{sim.TestSpikes}}, func(int) bool { return false }},
		{"training", record.Selection{Purposes: []sim.Purpose{sim.TestSpikes, sim.TrainingSpikes}}, func(int) bool { return true }},
	} {
		for _, small := range []int{0, 50} {
			if small > 0 && c.by.Mispredicted {
				continue // with small groups, a long trial is kept even if it is read correctly
			}
			h := header(m)
			h.Select = c.by
			file, _, _ := recordTraining(t, m, h, 60, small)
			r := read(t, file)
			var want []trial
			for i := range mem.trials {
				if c.want(i) {
					want = append(want, mem.trials[i])
				}
			}
			compare(t, r, want)
			verify(t, r, len(file), want)
			if !reflect.DeepEqual(r.Header().Select, c.by) {
				t.Errorf("%s: the header says %+v", c.name, r.Header().Select)
			}
			replayAll(t, c.name, r, full, want)
		}
	}
}

// replayAll replays every trial of a recording, from its weights and states, and
// compares somatic potentials.
func replayAll(t *testing.T, name string, r, full *record.Reader, want []trial) {
	t.Helper()
	p := replay.New(r, nil)
	k := r.Header().Probe(1, record.Soma)
	probes := []record.Probe{r.Header().Probes[k]}
	for i := range want {
		err := p.Values(i, probes, 0, record.End, func(_, step int, values []float32) error {
			if !slices.Equal(values, want[i].samples[k][step]) {
				return errors.New("it differs")
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: trial %d: %v", name, i, err)
		}
	}
}

// A trial that is too long to be held back until its class is predicted is recorded
// in any case.
func TestHeldTooLong(t *testing.T) {
	m := tiny(8)
	m.Train.Forward = 400
	h := header(m)
	h.Select.Mispredicted = true
	file, _, _ := recordTraining(t, m, h, 20, 5)
	r := read(t, file)
	right := 0
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil || !trial.Whole {
			t.Fatalf("%+v, %v", trial, err)
		}
		if trial.Class == trial.Predicted {
			right++
		}
	}
	if r.Trials() != 20 || right == 0 {
		t.Errorf("%d trials are recorded, %d of them predicted correctly", r.Trials(), right)
	}
	r.Verify(func(d record.Damage) { t.Errorf("%+v", d) }, nil)
}

// What a trial says of its weights is true: its snapshot holds them, as they were
// Updates trials ago.
func TestSnapshots(t *testing.T) {
	for _, c := range []struct {
		batch, snapshots, every int
		weights                 bool
		want                    []int // trials of the recording before which a snapshot is taken
	}{
		{1, 0, 1, true, []int{0}},
		{1, 0, 1, false, []int{0}},
		{1, 7, 1, true, []int{0, 7, 14, 21, 28}},
		{1, 7, 1, false, []int{0, 7, 14, 21, 28}},
		{1, 1, 1, true, nil},
		{1, 0, 10, true, []int{0, 1, 2}}, // trials between these were not recorded
		{1, 0, 10, false, []int{0}},
		{4, 7, 1, true, []int{0, 8, 16, 24}},
		{4, 0, 2, true, []int{0, 2, 4, 6, 8, 10, 12, 14}}, // half of each batch is not recorded
	} {
		m := tiny(5)
		m.Batch = c.batch
		net := newNetwork(t, m)
		h := protocols.RecordingHeader(m)
		h.SnapshotEvery, h.Weights, h.Select.Every = c.snapshots, c.weights, c.every
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := protocolstest.New(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		digests := &digester{net: net}
		trainer.Watch(both{w, digests}, false)
		if _, err := trainer.Epoch(t.Context(), noise{30, 6, 3, 1}, nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := read(t, file.Bytes())
		var taken []int
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				t.Fatal(err)
			}
			if trial.Updates == 0 && (i == 0 || trial.Snapshot != len(taken)-1) {
				taken = append(taken, i)
			}
			shown := int(trial.Number) - 1
			if trial.Updates > shown || trial.Weights != digests.list[shown-shown%c.batch-trial.Updates] {
				t.Fatalf("%+v: trial %d refers to other weights", c, i)
			}
			stored, err := r.Weights(trial.Weights)
			if c.weights && (err != nil || stored.Weights().SHA256() != trial.Weights) || !c.weights && !errors.Is(err, record.ErrNotRecorded) {
				t.Fatalf("%+v: weights of trial %d: %v", c, i, err)
			}
		}
		if c.want != nil && !slices.Equal(taken, c.want) || c.want == nil && len(taken) != 30 {
			t.Errorf("%+v: snapshots are taken before trials %v", c, taken)
		}
	}
}

// digester notes the digest of the weights with which each trial begins.
type digester struct {
	net  *network.Network
	list []string
}

func (d *digester) Observe(e sim.Event) {
	if _, ok := e.(*sim.Presentation); ok {
		d.list = append(d.list, d.net.Weights().SHA256())
	}
}

// Weights that are the same as before are stored only once.
func TestWeightsAreStoredOnce(t *testing.T) {
	m := tiny(50)
	net := newNetwork(t, m)
	h := protocols.RecordingHeader(m)
	h.Rule, h.Weights, h.SnapshotEvery = nil, true, 1
	var sizes []int
	for _, n := range []int{1, 2, 22} {
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, w); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, file.Len())
	}
	if more := (sizes[2] - sizes[1]) / 20; more > sizes[1]-sizes[0]+20 || more > 600 {
		t.Errorf("recordings of 1, 2 and 22 trials with the same weights have %v bytes", sizes)
	}
}

// Trials without steps, silent populations and recordings without trials are
// possible.
func TestNothingHappens(t *testing.T) {
	engine, net, h := bare(t, 3)
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	engine.Watch(w, w.Potentials())
	for i := range 3 {
		engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: uint64(i)})
	}
	show(t, engine, net, script{nil, nil}, script{nil, {1, 1, 2}, nil}, script{nil})
	engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: 1 << 63})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := read(t, file.Bytes())
	steps := []int{0, 0, 0, 2, 3, 1, 0}
	if r.Trials() != len(steps) || r.Steps() != 6 {
		t.Fatalf("%d trials and %d steps, want %d and 6", r.Trials(), r.Steps(), len(steps))
	}
	for i, n := range steps {
		trial, err := r.Trial(i)
		if err != nil || trial.Steps != n || !trial.Whole || trial.Predicted != -1 || trial.Losses != nil {
			t.Errorf("trial %d: %+v, %v", i, trial, err)
		}
		want := script(nil)
		if i == 4 {
			want = script{nil, {1, 1, 2}}
		}
		if err := compareScript(r, i, want); err != nil {
			t.Errorf("trial %d: %v", i, err)
		}
	}
	if last, _ := r.Trial(6); last == nil || last.Number != 1<<63 {
		t.Errorf("the last trial is %+v", last)
	}
	r.Verify(func(d record.Damage) { t.Errorf("%+v", d) }, nil)

	r = read(t, recordScripts(t, 3))
	if r.Trials() != 0 || r.Steps() != 0 || !r.Complete() {
		t.Errorf("a recording of nothing has %d trials", r.Trials())
	}
	if _, err := r.Trial(0); err == nil {
		t.Error("there is a trial in a recording of nothing")
	}
}

// More spikes than fit a chunk are recorded, whether they are in one step or in
// many.
func TestHugeCounts(t *testing.T) {
	const neurons = 1000
	burst := make([]int32, 300000)
	for i := range burst {
		burst[i] = int32(i * neurons / len(burst))
	}
	for name, s := range map[string]script{
		"one step":        {nil, burst, nil, {0, 999}},
		"two steps":       {burst[:131072], burst[:131073]},
		"up to the limit": {burst[:65535], {999}, burst[:65536], burst[:65537]},
		"last neuron":     {{999}, {999}, {0}, {999}},
	} {
		r := read(t, recordScripts(t, neurons, s, s))
		for i := range 2 {
			if err := compareScript(r, i, s); err != nil {
				t.Errorf("%s: %.200s", name, err.Error())
			}
		}
		r.Verify(func(d record.Damage) { t.Errorf("%s: %+v", name, d) }, nil)
	}
}

// If one of several chunks of a population is lost, reading its spikes fails; none
// are skipped silently.
func TestOneOfSeveralChunks(t *testing.T) {
	burst := make([]int32, 300000)
	file := recordScripts(t, 1, script{burst}, script{{0}})
	lost := 0
	for at := 0; ; lost++ {
		k := bytes.Index(file[at:], []byte("\xc9Pc\x1a\x03\x00\x00\x00"))
		if k < 0 {
			break
		}
		at += k + 1
		damaged := bytes.Clone(file)
		damaged[at] ^= 1
		r := read(t, damaged)
		if s := r.Spikes(lost/3, 0, 0, record.End); scanAll(s) == nil {
			t.Errorf("chunk %d is lost, but there is no error", lost)
		}
		if s := r.Spikes(1-lost/3, 0, 0, record.End); scanAll(s) != nil {
			t.Errorf("chunk %d is lost, and the other trial cannot be read either: %v", lost, s.Err())
		}
	}
	if lost != 4 {
		t.Errorf("%d chunks of spikes, want 4", lost)
	}
}

func scanAll(s *record.SpikeScanner) error {
	for s.Scan() {
	}
	return s.Err()
}

func TestHeader(t *testing.T) {
	m := tiny(8, 5)
	net := newNetwork(t, m)
	rule := m.Rule()
	for _, kernel := range []kernels.Kernel{
		kernels.DoubleExponential{Rise: 3, Decay: 10}, kernels.Exponential{Decay: 2.5}, kernels.Alpha{Peak: 1.0 / 3},
		kernels.Finite{Kernel: kernels.Alpha{Peak: 3}, Support: 12},
	} {
		h := header(m)
		h.Begun = time.Date(2026, 11, 24, 3, 4, 5, 6, time.UTC)
		h.Neurons.Kernel, h.Seed, h.Rule = kernel, 1<<64-1, &rule
		h.Probes = []record.Probe{{Population: 2, Variable: record.Rate, Neurons: []int{1, 4}, Every: 10}}
		h.Select = record.Selection{Every: 2, Mispredicted: true, Numbers: []uint64{1 << 63}}
		h.Config = "# \"x\"\nseed = 1\n"
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got := *read(t, file.Bytes()).Header()
		h.Format, h.Network, h.Populations = 1, m.Network, record.Populations(m.Network)
		if !reflect.DeepEqual(got, h) {
			t.Errorf("the header is\n%+v, want\n%+v", got, h)
		}
	}
	h := header(m)
	if n, err := h.Population("hidden1"); err == nil {
		t.Errorf("population %d in a header without populations", n)
	}
	h.Populations = record.Populations(m.Network)
	if n, err := h.Population("hidden1"); err != nil || n != 2 {
		t.Errorf("hidden1 is %d, %v", n, err)
	}
	if _, err := h.Population("hidden2"); err == nil || !strings.Contains(err.Error(), "hidden1") {
		t.Errorf("error %v, want the names of the populations", err)
	}
}

// Invalid headers are refused, and the error says what is wrong.
func TestHeaderRefusals(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	for want, spoil := range map[string]func(h *record.Header){
		"Dt":                       func(h *record.Header) { h.Neurons.Dt = 0 },
		"Populations[1].Size":      func(h *record.Header) { h.Populations[1].Size = 7 },
		"Populations[2].Name":      func(h *record.Header) { h.Populations[2].Name = "input" },
		"Populations: there are 2": func(h *record.Header) { h.Populations = h.Populations[:2] },
		"Population = 0":           func(h *record.Header) { h.Probes[0].Population = 0 },
		"Population = 3":           func(h *record.Header) { h.Probes[0].Population = 3 },
		"no apical dendrite": func(h *record.Header) {
			h.Probes[0] = record.Probe{Population: 2, Variable: record.Apical, Every: 1}
		},
		`Variable = "voltage"`:       func(h *record.Header) { h.Probes[1].Variable = "voltage" },
		"Interval = 0":               func(h *record.Header) { h.Probes[1].Every = 0 },
		"Neurons is empty":           func(h *record.Header) { h.Probes[1].Neurons = []int{} },
		"Neurons holds 8":            func(h *record.Header) { h.Probes[1].Neurons = []int{1, 8} },
		"Neurons holds 1":            func(h *record.Header) { h.Probes[1].Neurons = []int{1, 1} },
		"Neurons holds -1":           func(h *record.Header) { h.Probes[1].Neurons = []int{-1} },
		"Snapshots = -1":             func(h *record.Header) { h.SnapshotEvery = -1 },
		"Every = -2":                 func(h *record.Header) { h.Select.Every = -2 },
		"RateDecay = 2":              func(h *record.Header) { h.RateDecay, h.EpochTrials = 2, 5 },
		"RateDecay = 0":              func(h *record.Header) { h.EpochTrials = 5 },
		"EpochTrials = 0":            func(h *record.Header) { h.RateDecay = 0.5 },
		"Rates has 1 learning rates": func(h *record.Header) { h.Rule.Rates = h.Rule.Rates[:1] },
	} {
		h := header(m)
		h.Populations = record.Populations(m.Network)
		spoil(&h)
		_, err := record.NewWriter(&bytes.Buffer{}, h, net)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := record.NewWriter(&bytes.Buffer{}, header(m), nil); err == nil {
		t.Error("no network is accepted")
	}
}

// Create does not touch a file that exists; Replace overwrites it.
func TestCreate(t *testing.T) {
	m := tiny(4)
	net := newNetwork(t, m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	for k := range 2 {
		w, err := record.Replace(path, header(m), net)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 - 2*k {
			if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, w); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.Observe(nil); w.Close() != nil {
			t.Error("closing it again is an error")
		}
		if _, err := w.Flush(); err == nil {
			t.Error("a closed recording is flushed")
		}
	}
	r, err := record.Open(path)
	if err != nil || r.Trials() != 1 {
		t.Fatalf("%v, want the one trial of the second recording", err)
	}
	r.Close()
	if _, err := record.Create(path, header(m), net); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want that it exists", err)
	}
	if _, err := record.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that it does not exist", err)
	}
	if _, err := record.NewReader(strings.NewReader("hello, world, hello, world"), 26); err == nil || !strings.Contains(err.Error(), "not a recording") {
		t.Errorf("error %v", err)
	}
}

// The error for a recording of an unknown version says so, whatever the version.
func TestVersionsNotKnown(t *testing.T) {
	m := tiny(8)
	file, _, _ := recordTraining(t, m, header(m), 2, 100)
	const at = 12 // where the version stands; see doc.go
	for version, want := range map[byte]string{
		2: "has version 2 of the format, and this program knows none after 1: it was written by a later plateau", 3: "version 3 of the format, and", 0: "version 0 of the format, want 1",
	} {
		other := slices.Clone(file)
		if other[at] != 1 {
			t.Fatalf("the version of a recording is %d, want 1", other[at])
		}
		other[at] = version
		if _, err := record.NewReader(bytes.NewReader(other), int64(len(other))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("version %d: %v, want %q", version, err, want)
		}
	}
}

// Many goroutines can use a reader at once.
func TestReadSideBySide(t *testing.T) {
	m := tiny(8)
	file, mem, _ := recordTraining(t, m, header(m), 40, 100)
	r := read(t, file)
	var wait sync.WaitGroup
	for k := range 8 {
		wait.Go(func() {
			var first int64
			for i := range mem.trials {
				if (i+k)%3 == 0 {
					if err := compareTrial(r, i, first, &mem.trials[i]); err != nil {
						t.Errorf("trial %d: %v", i, err)
					}
				}
				first += int64(mem.trials[i].steps)
			}
		})
	}
	wait.Wait()
}

// Losses are those that the learning rule computes.
func TestLosses(t *testing.T) {
	m := tiny(8, 4)
	net := newNetwork(t, m)
	var file bytes.Buffer
	w, err := record.NewWriter(&file, header(m), net)
	if err != nil {
		t.Fatal(err)
	}
	want, err := protocols.RunTrial(m, net, noise{3, 6, 3, 1}, 2, w)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := read(t, file.Bytes()).Trial(0)
	if err != nil || !slices.Equal(got.Losses, want.Losses) || got.Predicted != want.Predicted {
		t.Errorf("losses %v and class %d, want %v and %d", got.Losses, got.Predicted, want.Losses, want.Predicted)
	}
}

// Reading what was not recorded is an error that says so.
func TestNotRecorded(t *testing.T) {
	m := tiny(8)
	h := protocols.RecordingHeader(m)
	h.Populations[0].Spikes = false
	file, _, _ := recordTraining(t, m, h, 2, 0)
	r := read(t, file)
	if s := r.Spikes(0, 0, 0, record.End); s.Scan() || !errors.Is(s.Err(), record.ErrNotRecorded) {
		t.Errorf("spikes of the input: %v", s.Err())
	}
	for _, p := range []int{-1, 3} {
		if s := r.Spikes(0, p, 0, record.End); s.Scan() || s.Err() == nil {
			t.Errorf("spikes of population %d: no error", p)
		}
	}
	if s := r.Samples(0, 0, 0, record.End); s.Scan() || s.Err() == nil {
		t.Error("samples of no probe: no error")
	}
	for _, i := range []int{-1, 2} {
		if s := r.Spikes(i, 1, 0, record.End); s.Scan() || s.Err() == nil {
			t.Errorf("spikes of trial %d: no error", i)
		}
		if _, err := r.Trial(i); err == nil {
			t.Errorf("trial %d: no error", i)
		}
	}
	if _, err := r.Plateaus(0, 0, 0); !errors.Is(err, record.ErrNotRecorded) {
		t.Errorf("plateaus: %v", err)
	}
	p := replay.New(r, func(string) (*network.Network, error) { return newNetwork(t, m), nil })
	if err := p.Trial(0, nil); !errors.Is(err, record.ErrNotRecorded) || !strings.Contains(err.Error(), "input") {
		t.Errorf("replay: %v", err)
	}
	err := p.Values(0, []record.Probe{{Population: 2, Variable: record.Soma, Every: 1}}, 0, record.End, func(int, int, []float32) error { return nil })
	if err != nil {
		t.Errorf("replay of the output, which needs hidden spikes only: %v", err)
	}

	// If apical dendrites act on somata, replay needs the feedback, too.
	for _, apical := range []float64{0, 0.05} {
		m := tiny(8)
		m.Neurons.Hidden.Apical = apical
		net := newNetwork(t, m)
		h := protocols.RecordingHeader(m)
		h.Weights, h.Populations[2].Spikes = true, false
		var file bytes.Buffer
		w, err := record.NewWriter(&file, h, net)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := protocols.RunTrial(m, net, noise{1, 6, 3, 1}, 0, w); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		p := replay.New(read(t, file.Bytes()), nil)
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			err := p.Values(0, []record.Probe{{Population: 1, Variable: v, Every: 1}}, 0, record.End, func(int, int, []float32) error { return nil })
			needs := v == record.Apical || apical > 0 && v != record.Basal
			if needs != errors.Is(err, record.ErrNotRecorded) || !needs && err != nil {
				t.Errorf("apical conductance %v, %s without the output's spikes: %v", apical, v, err)
			}
		}
	}
}

// If a header cannot be written, no new file is left, and an older file stays as it
// was.
func TestHeaderFails(t *testing.T) {
	m := tiny(4)
	h := header(m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	good, err := record.Create(path, h, newNetwork(t, m))
	if err != nil {
		t.Fatal(err)
	}
	good.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h.Config = strings.Repeat("x", 1<<24) // more than fits a chunk
	for name, create := range map[string]func(string, record.Header, *network.Network) (*record.Writer, error){
		"new.plateau": record.Create, "newer.plateau": record.Replace, "run.plateau": record.Replace,
	} {
		if _, err := create(filepath.Join(filepath.Dir(path), name), h, newNetwork(t, m)); err == nil {
			t.Errorf("%s: a header of %d bytes is accepted", name, len(h.Config))
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the older recording has changed; %v", err)
	}
	if !record.Begins(path) || record.Begins(filepath.Dir(path)) || record.Begins(path+"x") {
		t.Error("Begins does not recognise a recording")
	}
}
