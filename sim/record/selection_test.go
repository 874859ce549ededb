package record_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"plateau/protocols/replay"
	"plateau/sim"
	"plateau/sim/record"
)

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
		{"samples", record.Selection{Examples: []int{3, 4, 59}}, func(i int) bool { return slices.Contains([]int{3, 4, 59}, mem.trials[i].Example) }},
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
