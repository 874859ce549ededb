package record_test

import (
	"bytes"
	"testing"

	"plateau/protocols"
)

// A long recording has many indexes, and all its trials can be read.
func TestManyGroups(t *testing.T) {
	m := tiny(4)
	h := protocols.RecordingHeader(m)
	h.Plateaus = true
	n := 2500
	if testing.Short() {
		n = 1100
	}
	file, mem, _ := recordTraining(t, m, h, n, 1)
	r := read(t, file)
	if r.Trials() != n || r.Damage() != nil || !r.Complete() {
		t.Fatalf("%d trials, want %d; damage %v", r.Trials(), n, r.Damage())
	}
	var first int64
	for i := range mem.trials {
		if i%97 == 0 || i > n-5 {
			if err := compareTrial(r, i, first, &mem.trials[i]); err != nil {
				t.Fatalf("trial %d: %v", i, err)
			}
		}
		first += int64(mem.trials[i].steps)
	}
	if indexes := bytes.Count(file, []byte("\xc9Pc\x1a\x08")); indexes < n/1024+1 {
		t.Errorf("%d indexes of %d groups: their size is not bounded", indexes, n)
	}
	// Without its end, the recording has the same trials.
	r = read(t, file[:endOf(t, file)])
	if r.Trials() != n || r.Complete() {
		t.Errorf("without its end: %d trials, complete %v", r.Trials(), r.Complete())
	}
}
