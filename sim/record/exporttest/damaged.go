package exporttest

import (
	"bytes"
	"os"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Damaged returns a recording of eight trials with a changed byte in the spikes of
// a trial in the middle, and the same recording undamaged.
func Damaged(t testing.TB) (damaged, whole *record.Reader) {
	t.Helper()
	p := ToDamage()
	p.Keep, p.Damage, p.Forget = t.TempDir()+"/whole.plateau", false, true
	whole, _ = Make(t, p)
	file, err := os.ReadFile(p.Keep)
	if err != nil {
		t.Fatal(err)
	}
	damage(t, file)
	damaged, err = record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	someLost(t, damaged)
	return damaged, whole
}

// ToDamage returns the plan of a recording in which trials in the middle are
// damaged.
func ToDamage() Plan {
	p := Default()
	p.MaxRate, p.Forward, p.Target, p.Tests, p.Damage = 1, 2000, 2000, 0, true // a trial fills about a group
	p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 2}}
	return p
}

// damage changes a byte of the spikes in the middle of a file.
func damage(t testing.TB, file []byte) {
	t.Helper()
	at := bytes.LastIndex(file[:len(file)/2], []byte("\xc9Pc\x1a\x03")) // the frame of a chunk of spikes
	if at < 0 {
		t.Fatal("there are no spikes")
	}
	file[at+60] ^= 1
}

// someLost returns the numbers of the damaged trials.
func someLost(t testing.TB, r *record.Reader) []int {
	t.Helper()
	lost := intact.Of(r).LeftOut()
	if len(lost) == 0 || len(lost) > 3 || lost[0] == 0 {
		t.Fatalf("trials %v are damaged, want one to three, and not the first", lost)
	}
	return lost
}

func open(t testing.TB, name string) *record.Reader {
	t.Helper()
	r, err := record.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}
