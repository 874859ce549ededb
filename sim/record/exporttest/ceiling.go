package exporttest

import (
	"io"
	"runtime"
	"testing"

	"plateau/sim/record"
)

// Long makes a recording of several million spikes, which takes 50 MB compressed.
func Long(t testing.TB) *record.Reader {
	t.Helper()
	p := Default()
	p.Network.Inputs, p.Network.Hidden, p.Network.Classes = 800, []int{300}, 10
	p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 10}}
	p.MaxRate, p.Forward, p.Target, p.Trials, p.Tests, p.Forget = 1, 50, 50, 150, 0, true
	r, _ := Make(t, p)
	return r
}

// Ceiling fails if an export takes more than most bytes of memory.
func Ceiling(t *testing.T, most int64, export func(w io.WriterAt) error) {
	t.Helper()
	w := &watching{}
	before := heap()
	if err := export(w); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB written, at most %d KB of memory", w.bytes>>20, (w.most-before)>>10)
	if w.most-before > most || w.most == 0 {
		t.Errorf("%d bytes of memory, want ≤ %d", w.most-before, most)
	}
}

// watching discards what is written and measures the memory in use meanwhile.
type watching struct {
	most  int64
	bytes int64
	next  int64 // number of bytes at which to measure again
}

func (w *watching) WriteAt(b []byte, _ int64) (int, error) { return w.Write(b) }

func (w *watching) Write(b []byte) (int, error) {
	w.bytes += int64(len(b))
	if w.bytes > w.next { // not each time, because collecting garbage takes time
		w.most = max(w.most, heap())
		w.next += 2 << 20
	}
	return len(b), nil
}

func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
