package record_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/protocols"
	"plateau/sim/record"
)

// A recording that is continued at a mark is a recording of the whole run, whatever
// the earlier process wrote after the mark.
func TestContinue(t *testing.T) {
	m := tiny(8)
	data := noise{20, 6, 3, 1}
	for _, c := range []struct {
		after  int // number of trials that are recorded after the mark and lost
		closed bool
		every  int
		spikes int // number of spikes in a group
	}{
		{0, true, 1, 0}, {0, false, 1, 0}, {7, true, 1, 0}, {7, false, 1, 0}, {7, true, 1, 30}, {3, false, 3, 30}, {20, true, 1, 1},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			h := header(m)
			h.Select.Every = c.every
			net := newNetwork(t, m)
			path := filepath.Join(t.TempDir(), "run.plateau")
			w, err := record.Create(path, h, net)
			if err != nil {
				t.Fatal(err)
			}
			full := h
			full.Populations = record.Populations(m.Network)
			mem := &memory{h: &full}
			run := func(o *record.Writer, i int) {
				if _, err := protocols.RunTrial(m, net, data, i, both{o, mem}); err != nil {
					t.Fatal(err)
				}
				// The weights differ in the next trial.
				net.Layers[0].Bias[0] += 0.25
			}
			if c.spikes > 0 {
				w.Small(c.spikes)
			}
			for i := range 8 {
				run(w, i)
			}
			mark, err := w.Flush()
			if err != nil {
				t.Fatal(err)
			}
			kept, weights := len(mem.trials), net.Clone()
			for i := range c.after {
				run(w, i)
			}
			if c.closed {
				err = w.Close()
			} else {
				_, err = w.Flush()
			}
			if err != nil {
				t.Fatal(err)
			}
			mem.trials, net = mem.trials[:kept], weights
			w, err = record.Continue(path, mark, net)
			if err != nil {
				t.Fatal(err)
			}
			if c.spikes > 0 {
				w.Small(c.spikes)
			}
			for i := range 12 {
				run(w, 8+i)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := record.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var want []trial
			for i := range mem.trials {
				if i%max(1, c.every) == 0 {
					want = append(want, mem.trials[i])
				}
			}
			compare(t, r, want)
			r.Verify(func(d record.Damage) { t.Errorf("%+v", d) }, nil)
			if !r.Complete() {
				t.Error("the recording is not complete")
			}
			for i := range r.Trials() {
				trial, err := r.Trial(i)
				if err != nil {
					t.Fatal(err)
				}
				if i*c.every == 8 && trial.Updates != 0 {
					t.Errorf("there is no snapshot where the recording is continued: %+v", trial)
				}
			}
		})
	}
}

// A recording that cannot be continued stays as it is.
func TestContinueRefuses(t *testing.T) {
	m := tiny(8)
	net := newNetwork(t, m)
	path := filepath.Join(t.TempDir(), "run.plateau")
	file, _, _ := recordTraining(t, m, header(m), 10, 30)
	size := int64(len(file))
	frame := 5000 + bytes.Index(file[5000:], []byte("\xc9Pc\x1a\x02"))
	group := frame + 1 + bytes.Index(file[frame+1:], []byte("\xc9Pc\x1a\x02")) // the next one
	for _, c := range []struct {
		file []byte
		at   int64
		want string
	}{
		{file, size + 1, "but the mark is at"},
		{file, -1, "but the mark is at"},
		{file, 3, "not a recording"},
		{file, 3000, "damaged"},
		{file, size, "ended before the mark"},
		{slices.Concat(file[:frame], []byte{file[frame] ^ 1}, file[frame+1:]), int64(endOf(t, file)), "damaged"},
		{slices.Concat(file[:frame], file[group:]), int64(endOf(t, file) - (group - frame)), "a part of it is missing"},
	} {
		if err := os.WriteFile(path, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		w, err := record.Continue(path, record.Mark{Size: c.at}, net)
		if err == nil {
			t.Errorf("at %d: no error, want %q", c.at, c.want)
			w.Close()
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("at %d: %v, want %q", c.at, err, c.want)
		}
		if now, err := os.ReadFile(path); err != nil || !slices.Equal(now, c.file) {
			t.Errorf("at %d: the file has changed; %v", c.at, err)
		}
	}
	if _, err := record.Continue(path, record.Mark{Size: size}, newNetwork(t, tiny(7))); err == nil {
		t.Error("another network is accepted")
	}
}
