package record_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

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

// The error for a recording of an unknown version says so, whatever the version.
func TestVersionsNotKnown(t *testing.T) {
	m := tiny(8)
	file, _, _ := recordTraining(t, m, header(m), 2, 100)
	const at = 12 // where the version stands; see doc.go
	for version, want := range map[byte]string{
		5: "has version 5 of the format, and this program knows none after 4: it was written by a later plateau", 9: "version 9 of the format, and", 0: "version 0 of the format, want 1 to 4",
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

// If a file is cut while it is open, for example by a run that is resumed, what was
// read before stays right. Reading the rest fails and says why, even if the file
// has grown to its old length again.
func TestCutWhileOpen(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	w, err := record.Create(path, header(m), net)
	if err != nil {
		t.Fatal(err)
	}
	w.Small(1)
	for i := range 8 {
		if _, err := protocols.RunTrial(m, net, noise{20, 6, 3, 1}, i, w); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	grown := bytes.Clone(file)
	copy(grown[len(file)/2:], bytes.Repeat([]byte("other chunks"), len(file)))
	for name, changed := range map[string][]byte{"cut": file[:len(file)/2], "empty": nil, "grown": grown} {
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := record.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		before, err := r.Trial(0)
		if err != nil || !r.Complete() || r.Trials() != 8 {
			t.Fatalf("%d trials, error %v; want 8", r.Trials(), err)
		}
		if err := os.WriteFile(path, changed, 0o666); err != nil { // it stays the same file, as with Truncate
			t.Fatal(err)
		}
		if after, err := r.Trial(0); err != nil || after.First != before.First || after.Class != before.Class {
			t.Errorf("%s: a trial read before: %+v, error %v", name, after, err)
		}
		s := r.Spikes(7, 0, 0, record.End)
		for s.Scan() {
		}
		if !errors.Is(s.Err(), record.ErrChanged) {
			t.Errorf("%s: reading spikes that are gone: %v, want %v", name, s.Err(), record.ErrChanged)
		}
		if list, err := r.Lost(nil); !errors.Is(err, record.ErrChanged) {
			t.Errorf("%s: lost trials are %v, error %v; want %v", name, list, err, record.ErrChanged)
		}
		if _, err := r.Verify(func(d record.Damage) { t.Errorf("%s: damage %+v", name, d) }, nil); !errors.Is(err, record.ErrChanged) {
			t.Errorf("%s: verified: %v, want %v", name, err, record.ErrChanged)
		}
	}
}

// The error for a file that is no recording names it.
func TestOpenWhatIsNoRecording(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{path: "not a recording", filepath.Join(t.TempDir(), "none"): "no such file", t.TempDir(): "not a regular file"} {
		if _, err := record.Open(name); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
}

// Repeats are counted for images and for stimuli of one's own alike.
func TestRepeat(t *testing.T) {
	for purpose, want := range map[sim.Purpose]int{sim.TrialSpikes: 2, sim.ProtocolSpikes: 2, sim.TrainingSpikes: 0, sim.TestSpikes: 0} {
		trial := record.Trial{Purpose: purpose, Number: sim.RepeatNumber(5, 2)}
		if got := trial.Repeat(); got != want {
			t.Errorf("purpose %v: repeat %d, want %d", purpose, got, want)
		}
	}
}
