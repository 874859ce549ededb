package record_test

import (
	"bytes"
	"slices"
	"testing"

	"plateau/sim/record"
)

// at is a spike, with its step in the whole recording.
type at struct {
	step   int64
	neuron int32
}

func scanSpan(r *record.Reader, population int, from, to int64) (list []at, lost int) {
	s := r.Span(population, from, to)
	for s.Scan() {
		for _, spike := range s.Spikes() {
			list = append(list, at{s.Begin() + int64(spike.Step), spike.Neuron})
		}
	}
	return list, s.Lost()
}

// A span has the spikes of all trials that it touches, whatever groups they are in.
func TestSpan(t *testing.T) {
	file, mem := small(t, 25, 40)
	r := read(t, file)
	for population := range r.Header().Populations {
		var all []at
		first := int64(0)
		for _, tr := range mem.trials {
			for _, s := range tr.spikes[population] {
				all = append(all, at{first + int64(s.Step), s.Neuron})
			}
			first += int64(tr.steps)
		}
		if len(all) == 0 {
			t.Fatalf("population %d is silent", population)
		}
		for _, span := range [][2]int64{{0, r.Steps()}, {0, 1}, {7, 8}, {11, 130}, {59, 60}, {60, 61}, {100, 100}, {140, 20}, {r.Steps() - 1, r.Steps()}, {-5, r.Steps() + 5}, {r.Steps(), r.Steps() + 1}} {
			var want []at
			for _, s := range all {
				if s.step >= span[0] && s.step < span[1] {
					want = append(want, s)
				}
			}
			got, lost := scanSpan(r, population, span[0], span[1])
			if !slices.Equal(got, want) || lost != 0 {
				t.Fatalf("population %d, steps %v: %d spikes, %d lost, want %d", population, span, len(got), lost, len(want))
			}
		}
	}
	for _, population := range []int{-1, 3} {
		if got, _ := scanSpan(r, population, 0, r.Steps()); got != nil {
			t.Errorf("population %d has spikes", population)
		}
	}
}

// Damaged chunks cost spikes and are counted; the remaining spikes are true.
func TestSpanDamaged(t *testing.T) {
	file, _ := small(t, 12, 40)
	want, _ := scanSpan(read(t, file), 0, 0, 1<<40)
	counted := 0
	for i := 0; i < len(file); i += 7 {
		broken := bytes.Clone(file)
		broken[i] ^= 0x10
		r, err := record.NewReader(bytes.NewReader(broken), int64(len(broken)))
		if err != nil {
			continue
		}
		got, lost := scanSpan(r, 0, 0, 1<<40)
		k := 0
		for _, s := range want {
			if k < len(got) && got[k] == s {
				k++
			}
		}
		if k < len(got) {
			t.Fatalf("byte %d changed: spike %v was never fired", i, got[k])
		}
		if lost > 0 && len(got) < len(want) {
			counted++
		}
	}
	if counted == 0 {
		t.Error("no damage was noticed")
	}
}
