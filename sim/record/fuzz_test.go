package record_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
	"plateau/sim/record"
)

// reseal sets the checksums of all chunks that it finds to the right values, so
// that a fuzzer gets past them.
func reseal(b []byte) {
	const start, frame, trailer = 16, 48, 16
	table := crc32.MakeTable(crc32.Castagnoli)
	le := binary.LittleEndian
	for at := start; at+frame <= len(b); {
		head := b[at : at+frame]
		n := int(le.Uint32(head[8:]))
		if string(head[:4]) != "\xc9Pc\x1a" || n > len(b)-at-frame {
			at++
			continue
		}
		le.PutUint32(head[40:], crc32.Checksum(b[at+frame:at+frame+n], table))
		le.PutUint32(head[44:], crc32.Checksum(head[:44], table))
		at += frame + n
	}
	if len(b) >= start+trailer {
		end := b[len(b)-trailer:]
		le.PutUint32(end[12:], crc32.Checksum(end[:12], table))
	}
}

// Weights with a right checksum but a wrong digest are not returned.
func TestOtherWeights(t *testing.T) {
	file, _ := small(t, 2, 0)
	at := bytes.Index(file, []byte("\xc9Pc\x1a\x07\x01")) + 48
	if at < 48 {
		t.Fatal("no weights")
	}
	n := int(binary.LittleEndian.Uint32(file[at-40:]))
	name, err := read(t, file).Trial(0)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(file)
	for k := at; k < at+n; k++ {
		changed[k] ^= 4
		reseal(changed)
		r := read(t, changed)
		if net, err := r.Weights(name.Weights); err == nil {
			t.Fatalf("byte %d of the payload is changed, and the weights are %.12s, not %.12s", k-at, net.Weights().SHA256(), name.Weights)
		}
		if _, list, _ := damages(changed); len(list) == 0 {
			t.Fatalf("byte %d of the payload is changed, and no damage is found", k-at)
		}
		changed[k] ^= 4
	}
}

// A chunk that claims more trials than a file can hold is damaged, and Lost does
// not count them one by one.
func TestTooManyTrials(t *testing.T) {
	file, _ := small(t, 3, 20)
	file = file[:endOf(t, file)]
	at := bytes.LastIndex(file, []byte("\xc9Pc\x1a\x02"))
	binary.LittleEndian.PutUint32(file[at+28:], 1<<31)
	reseal(file)
	r, list, _ := damages(file)
	lost, err := r.Lost(nil)
	if err != nil || r.Trials() > 3 || len(lost) > 3 || !strings.Contains(fmt.Sprint(list), "more trials than the file can hold") {
		t.Errorf("%d trials, %d are lost, damage %v; %v", r.Trials(), len(lost), list, err)
	}
}

// edit changes bytes of a file. Each edit is four bytes: where, as uint16, what to
// do, and a value.
func edit(file, edits []byte) []byte {
	b := bytes.Clone(file)
	for ; len(edits) >= 4 && len(b) > 0; edits = edits[4:] {
		at, value := int(binary.LittleEndian.Uint16(edits))%len(b), edits[3]
		to := min(at+int(value), len(b))
		switch edits[2] % 5 {
		case 0:
			b[at] = value
		case 1:
			b[at] ^= value
		case 2:
			b = slices.Delete(b, at, to)
		case 3:
			b = slices.Insert(b, at, b[at:to]...)
		case 4:
			b = b[:at]
		}
	}
	return b
}

// Whatever a reader is given, it neither panics nor takes memory without bound. The
// inputs are edits of recordings: with files of this size as inputs, the fuzzer
// would spend its time on making them smaller, and try few others.
func FuzzReader(f *testing.F) {
	file, _ := small(f, 3, 20)
	m := tiny(3)
	m.Network.Silent, m.Train.Window, m.Train.PlateauSpread = 0.5, 4, 3
	m.Neurons.Forward = "rates"
	h := protocols.RecordingHeader(m)
	h.Weights = true
	other, _, _ := recordTraining(f, m, h, 3, 10)
	files := [][]byte{file, other, file[:len(file)/2], file[:endOf(f, file)], injected(f, []float32{1, 2, 3, 4, 5, 6, 7, 8}, 4)}
	for k := range files {
		f.Add(byte(k), []byte{}, true)
		f.Add(byte(k), []byte{0, 8, 1, 1}, false)
		f.Add(byte(k), []byte{0, 9, 0, 255, 80, 9, 1, 2}, true)
		f.Add(byte(k), []byte{0, 7, 2, 200, 0, 9, 3, 60}, true)
	}
	f.Add(byte(0), []byte("\x007\x02\xc8\x1a\t\x03<"), true) // a frame that claims millions of trials
	f.Add(byte(0), []byte("'720"), true)                     // groups that do not fit together
	f.Add(byte(1), []byte(")\v20"), true)                    // an index that says that a group is shorter than it is
	f.Fuzz(func(t *testing.T, which byte, edits []byte, seal bool) {
		b := edit(files[int(which)%len(files)], edits[:min(len(edits), 400)])
		if seal {
			reseal(b)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := record.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		readEverything(t, r)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<30+uint64(len(b))<<14 {
			t.Fatalf("a file of %d bytes took %d bytes of memory", len(b), took)
		}
	})
}

// injected returns a recording of a trial of one phase of so many steps, with currents of
// the given values into two neurons.
func injected(t testing.TB, values []float32, steps int) []byte {
	t.Helper()
	m := tiny(4)
	h := protocols.RecordingHeader(m)
	h.Protocol = "a test"
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, newNetwork(t, m))
	if err != nil {
		t.Fatal(err)
	}
	p := sim.Phase{Name: "own", Intensity: make([]float32, 6), Steps: steps, Currents: []sim.Current{
		{Layer: 1, Into: sim.Soma, Neurons: []int{1, 3}, Values: values},
	}}
	w.Observe(&sim.Presentation{Purpose: sim.ProtocolSpikes, Rested: true, Example: -1, Class: -1})
	w.Observe(&sim.PhaseBegan{Phase: &p})
	w.Observe(&sim.PhaseEnded{Phase: &p, Means: make([]network.Means, 2)})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Currents that have values for other steps or neurons than the phase has are damage: an
// export would look for values that are not there.
func TestValuesOfCurrents(t *testing.T) {
	for n, fits := range map[int]bool{0: false, 1: true, 3: false, 4: true, 7: false, 8: true, 9: false} {
		r := read(t, injected(t, make([]float32, n), 4))
		trial, err := r.Trial(0)
		if fits && (err != nil || len(trial.Phases[0].Currents[0].Values) != n) {
			t.Errorf("%d values in a phase of 4 steps for 2 neurons: %v", n, err)
		}
		if !fits && err == nil {
			t.Errorf("%d values in a phase of 4 steps for 2 neurons are read", n)
		}
	}
}

// readEverything reads everything that a recording of a few short trials can hold.
func readEverything(t *testing.T, r *record.Reader) {
	var missing int
	if _, err := r.Verify(func(d record.Damage) {
		if d.Offset < 0 || d.Length < 0 || d.Offset+d.Length > r.Size() {
			t.Fatalf("damage %+v in a file of %d bytes", d, r.Size())
		}
		missing++
	}, nil); err != nil {
		t.Fatal(err)
	}
	lost, err := r.Lost(nil)
	if err != nil || len(lost) > r.Trials() || r.Written() > r.Trials() {
		t.Fatalf("%d trials of %d are lost, %d were written; %v", len(lost), r.Trials(), r.Written(), err)
	}
	if len(lost) > 0 && missing == 0 && len(r.Damage()) == 0 {
		t.Fatalf("%v are lost, and nothing is damaged", lost)
	}
	h := r.Header()
	for i := range min(r.Trials(), 10) {
		trial, err := r.Trial(i)
		if err != nil {
			if _, ok := slices.BinarySearch(lost, i); !ok {
				t.Fatalf("trial %d cannot be read, and is not among the lost %v: %v", i, lost, err)
			}
			continue
		}
		for p := range min(len(h.Populations), 4) {
			s := r.Spikes(i, p, 0, record.End)
			for n := 0; s.Scan() && n < 10; n++ {
				for _, spike := range s.Spikes() {
					if int(spike.Step) >= trial.Steps || spike.Step < 0 || spike.Neuron < 0 || int(spike.Neuron) >= h.Populations[p].Size {
						t.Fatalf("%+v of a trial of %d steps and a population of %d", spike, trial.Steps, h.Populations[p].Size)
					}
				}
			}
		}
		for k := range min(len(h.Probes), 4) {
			s := r.Samples(i, k, 0, record.End)
			for n := 0; s.Scan() && n < 10; n++ {
				if s.Step() < 0 || s.Step()+(s.Len()-1)*h.Probes[k].Every >= trial.Steps {
					t.Fatalf("samples from step %d of a trial of %d steps", s.Step(), trial.Steps)
				}
			}
		}
		for k := range min(len(trial.Phases), 4) {
			r.Plateaus(i, k, 0)
			r.Input(i, k)
			p := &trial.Phases[k]
			for _, c := range p.Currents {
				for step := range min(p.Steps, 100) {
					for n := range c.Neurons {
						c.At(step, n, p.Steps)
					}
				}
			}
		}
		r.State(i)
		r.Weights(trial.Weights)
	}
	for p := range min(len(h.Populations), 4) {
		for s, n := r.Span(p, 0, r.Steps()), 0; s.Scan() && n < 10; n++ {
		}
	}
}
