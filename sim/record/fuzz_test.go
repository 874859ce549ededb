package record_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"testing"

	"plateau/protocols"
	"plateau/sim/record"
)

// reseal gives chunks, as far as there are any, the checksums that they should
// have, so that a fuzzer gets beyond them.
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

// Weights whose checksum is right, but which are not those of their digest, are
// not given out.
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
			t.Fatalf("byte %d of the payload is changed, and the weights are %.12s, not %.12s", k-at, net.SHA256(), name.Weights)
		}
		if _, list, _ := damages(changed); len(list) == 0 {
			t.Fatalf("byte %d of the payload is changed, and no damage is found", k-at)
		}
		changed[k] ^= 4
	}
}

// A reader may be given anything: it neither panics nor takes memory without
// bound.
func FuzzReader(f *testing.F) {
	file, _ := small(f, 3, 20)
	f.Add(file, true)
	f.Add(file[:len(file)/2], true)
	m := tiny(3)
	m.Network.Silent, m.Train.Window, m.Train.PlateauSpread = 0.5, 4, 3
	m.Neurons.Forward = "rates"
	h := protocols.RecordingHeader(m)
	h.Weights = true
	other, _, _ := recordTraining(f, m, h, 3, 10)
	f.Add(other, true)
	f.Add(other, false)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		b = bytes.Clone(b)
		if seal {
			reseal(b)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := record.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		r.Verify(func(record.Damage) {}, nil)
		h := r.Header()
		for i := range min(r.Trials(), 10) {
			trial, err := r.Trial(i)
			if err != nil {
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
			for k := range min(len(h.Traces), 4) {
				s := r.Samples(i, k, 0, record.End)
				for n := 0; s.Scan() && n < 10; n++ {
					if s.Step() < 0 || s.Step()+(s.Len()-1)*h.Traces[k].Interval >= trial.Steps {
						t.Fatalf("samples from step %d of a trial of %d steps", s.Step(), trial.Steps)
					}
				}
			}
			for k := range min(len(trial.Phases), 4) {
				r.Plateaus(i, k, 0)
				r.Input(i, k)
			}
			r.State(i)
			r.Weights(trial.Weights)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<30+uint64(len(b))<<14 {
			t.Fatalf("%d bytes took %d of memory", len(b), took)
		}
	})
}
