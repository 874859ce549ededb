package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plateau/protocols"
	"plateau/sim/record"
)

// small records a run in a small file, which has several groups, snapshots and
// indexes.
func small(t testing.TB, n, spikes int) ([]byte, *memory) {
	t.Helper()
	m := tiny(4)
	m.Train = protocols.TwoPhase{Forward: 6, Target: 6, Settle: 2}
	h := header(m)
	h.Probes = h.Probes[:2]
	h.Probes[0].Neurons, h.Probes[0].Every = []int{1, 3}, 3
	h.SnapshotEvery = 4
	file, mem, _ := recordTraining(t, m, h, n, spikes)
	return file, mem
}

// readable checks that everything that can be read of a damaged recording is true.
// It returns the number of trials that can be read completely.
func readable(r *record.Reader, want []trial) (whole int, err error) {
	for i := range min(r.Trials(), len(want)) {
		err := truth(r, i, want)
		switch {
		case err == nil:
			whole++
		case errors.Is(err, errWrong):
			return whole, fmt.Errorf("trial %d: %w", i, err)
		}
	}
	if r.Trials() > len(want) {
		return whole, fmt.Errorf("%d trials, want at most %d", r.Trials(), len(want))
	}
	return whole, nil
}

var errWrong = errors.New("it is wrong")

// truth compares a trial, which may be damaged, with what happened. If something
// cannot be read, it returns that error. If something can be read but is wrong, it
// returns errWrong.
func truth(r *record.Reader, i int, want []trial) error {
	got, err := r.Trial(i)
	if err != nil {
		return err
	}
	if !got.Whole {
		return errors.New("it is not whole")
	}
	var first int64
	for k := range i {
		first += int64(want[k].steps)
	}
	if err := compareTrial(r, i, first, &want[i]); err != nil {
		if strings.Contains(err.Error(), "want") && !strings.Contains(err.Error(), "record:") {
			return errors.Join(errWrong, err)
		}
		return err
	}
	if got.Weights != "" {
		if net, err := r.Weights(got.Weights); err == nil && net.Weights().SHA256() != got.Weights {
			return errWrong
		}
	}
	_, err = r.State(i)
	return err
}

// damages opens a recording and lists what is damaged in it. opened is false if it
// could not be opened.
func damages(file []byte) (r *record.Reader, list []record.Damage, intact record.Intact) {
	r, err := record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, record.Intact{}
	}
	list = append(list, r.Damage()...)
	intact, _ = r.Verify(func(d record.Damage) { list = append(list, d) }, nil)
	return r, list, intact
}

// Every changed byte is noticed, and what can still be read is true.
func TestEveryByte(t *testing.T) {
	file, mem := small(t, 6, 20)
	r, list, _ := damages(file)
	if r == nil || list != nil {
		t.Fatalf("the recording is damaged from the start: %v", list)
	}
	total := len(mem.trials)
	if n, err := readable(r, mem.trials); err != nil || n != total {
		t.Fatalf("%d trials of %d can be read; %v", n, total, err)
	}
	t.Logf("%d bytes", len(file))
	unreadable, worst := 0, 0
	damaged := bytes.Clone(file)
	for at := range file {
		if testing.Short() && at%5 != 0 && at > 100 {
			continue
		}
		for _, flip := range []byte{0x01, 0x80, 0xff}[at%3 : at%3+1] {
			damaged[at] = file[at] ^ flip
			r, list, intact := damages(damaged)
			if r == nil {
				unreadable++
				continue
			}
			if len(list) == 0 {
				t.Fatalf("byte %d ^ %#x is not noticed", at, flip)
			}
			n, err := readable(r, mem.trials)
			if err != nil {
				t.Fatalf("byte %d ^ %#x: %v", at, flip, err)
			}
			if intact.Trials > n {
				t.Fatalf("byte %d ^ %#x: Verify finds %d intact trials, but only %d can be read; %v", at, flip, intact.Trials, n, list)
			}
			worst = max(worst, total-n)
			near := false
			for _, d := range list {
				near = near || d.Offset <= int64(at) && int64(at) < d.Offset+d.Length || d.Length == 0
			}
			if !near {
				t.Fatalf("byte %d ^ %#x: damage is found in other places: %v", at, flip, list)
			}
		}
		damaged[at] = file[at]
	}
	// Only the mark at the beginning of the file is needed to open it.
	if unreadable > 16 {
		t.Errorf("%d changed bytes make the recording unreadable, want at most 16", unreadable)
	}
	if worst > 3 {
		t.Errorf("a changed byte costs %d trials, want at most the three that share its group", worst)
	}
}

// A recording without its end also loses only what is damaged.
func TestDamageWithoutEnd(t *testing.T) {
	file, mem := small(t, 12, 20)
	file = file[:len(file)-1]
	_, list, whole := damages(file)
	if len(list) == 0 || whole.Trials != 12 {
		t.Fatalf("%+v, %v", whole, list)
	}
	damaged := bytes.Clone(file)
	for at := 2000; at < len(file); at += 9 {
		damaged[at] ^= 0x10
		r, list, intact := damages(damaged)
		if r == nil {
			t.Fatalf("byte %d: it cannot be opened", at)
		}
		n, err := readable(r, mem.trials)
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		if n < 12-3 || intact.Trials < 12-3 || intact.Bytes < whole.Bytes*3/4 {
			t.Fatalf("byte %d: %d trials can be read; intact are %+v of %+v, damaged %v", at, n, intact, whole, list)
		}
		damaged[at] ^= 0x10
	}
}

// If a whole group is missing, its trials are missing too, and the damage says so.
func TestMissingGroup(t *testing.T) {
	m := tiny(4)
	m.Train.Forward = 700 // so that a trial has several groups
	h := protocols.RecordingHeader(m)
	h.Weights, h.Plateaus = true, true
	file, mem, _ := recordTraining(t, m, h, 6, 40)
	file = file[:len(file)-1]
	var groups []int // offsets at which groups begin
	for at := 0; ; at++ {
		k := bytes.Index(file[at:], []byte("\xc9Pc\x1a\x02"))
		if k < 0 {
			break
		}
		at += k
		groups = append(groups, at)
	}
	if len(groups) < 20 {
		t.Fatalf("%d groups", len(groups))
	}
	for k := 1; k+2 < len(groups); k++ {
		without := slices.Concat(file[:groups[k]], file[groups[k+1]:])
		r, list, intact := damages(without)
		n, err := readable(r, mem.trials)
		if err != nil {
			t.Fatalf("without group %d: %v", k, err)
		}
		if n < 4 || n >= 6 || intact.Trials != n {
			t.Errorf("without group %d: %d trials can be read, %d are intact", k, n, intact.Trials)
		}
		if !strings.Contains(fmt.Sprint(list), "steps") || !strings.Contains(fmt.Sprint(list), "missing") {
			t.Errorf("without group %d: damage %v", k, list)
		}
	}
}

// If any block of a finished recording is overwritten or missing, all its trials
// are still counted, and the lost ones count as damage: the recording did not break
// off there.
func TestLostBlock(t *testing.T) {
	file, mem := small(t, 12, 20)
	total := len(mem.trials)
	end, index := endOf(t, file), bytes.LastIndex(file, []byte("\xc9Pc\x1a\x08"))
	for _, size := range []int{1, 60, 300} {
		for at := 16; at < len(file); at += 37 {
			to := min(at+size, len(file))
			for name, bad := range map[string][]byte{
				"zeros": slices.Concat(file[:at], make([]byte, to-at), file[to:]),
				"gone":  slices.Concat(file[:at], file[to:]),
			} {
				if bytes.Equal(bad, file) {
					continue
				}
				r, list, _ := damages(bad)
				if r == nil {
					if at >= 4000 { // no block hits the first header and its copy at once
						t.Fatalf("bytes %d to %d %s: it cannot be opened", at, to, name)
					}
					continue
				}
				if len(list) == 0 {
					t.Fatalf("bytes %d to %d %s: no damage", at, to, name)
				}
				// Without index and end, nothing says that the recording was
				// complete. If the length of an index is wrong, the end may be
				// taken for a part of it.
				untold := at < end && to > end || name == "gone" && index <= at && at < end
				if whole := to <= end || at >= len(file)-16; r.Complete() != whole && !untold {
					t.Fatalf("bytes %d to %d of %d %s: complete is %v, and the end is from %d", at, to, len(file), name, r.Complete(), end)
				}
				lost, err := r.Lost(nil)
				if err != nil || r.Trials() != total || r.Written() != total && !untold {
					t.Fatalf("bytes %d to %d %s: %d trials, %d written, want %d; %v", at, to, name, r.Trials(), r.Written(), total, err)
				}
				for i := range total {
					if err := truth(r, i, mem.trials); err != nil && !slices.Contains(lost, i) {
						t.Fatalf("bytes %d to %d %s: trial %d is not among the lost %v, but %v", at, to, name, i, lost, err)
					}
				}
				if len(lost) > 6+size/60 { // two groups, if the frame of a chunk is taken for a part of the chunk before
					t.Fatalf("bytes %d to %d %s: %v of %d are lost", at, to, name, lost, total)
				}
			}
		}
	}
}

// endOf returns the offset at which the end of a recording begins.
func endOf(t testing.TB, file []byte) int {
	t.Helper()
	at := bytes.LastIndex(file, []byte("\xc9Pc\x1a\x09"))
	if at < 0 {
		t.Fatal("the recording has no end")
	}
	return at
}

// A missing snapshot of the weights is reported.
func TestMissingSnapshot(t *testing.T) {
	file, _ := small(t, 12, 20)
	mark := []byte("\xc9Pc\x1a\x07")
	from := bytes.LastIndex(file, mark)
	to := from + 4 + bytes.Index(file[from+4:], mark[:4])
	_, list, _ := damages(slices.Concat(file[:from], file[to:len(file)-1]))
	if !strings.Contains(fmt.Sprint(list), "snapshot 2 of the weights it is missing") {
		t.Errorf("damage is %v", list)
	}
	first := bytes.Index(file, mark)
	to = first + 4 + bytes.Index(file[first+4:], mark[:4])
	_, list, _ = damages(slices.Concat(file[:first], file[to:len(file)-1]))
	if !strings.Contains(fmt.Sprint(list), "snapshot 0 of the weights it is missing") {
		t.Errorf("damage is %v", list)
	}
}

// A recording that is cut off anywhere can be read up to its last whole chunk.
func TestTruncation(t *testing.T) {
	file, mem := small(t, 6, 20)
	last := 0
	for n := range file {
		if testing.Short() && n%5 != 0 {
			continue
		}
		r, err := record.NewReader(bytes.NewReader(file[:n]), int64(n))
		if err != nil {
			if last > 0 {
				t.Fatalf("%d bytes cannot be opened, but fewer can: %v", n, err)
			}
			continue
		}
		if r.Complete() != (n >= len(file)-16) {
			t.Fatalf("%d of %d bytes: complete is %v; the end does not need the last 16 bytes", n, len(file), r.Complete())
		}
		whole, err := readable(r, mem.trials)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if whole < last {
			t.Fatalf("%d bytes have %d whole trials, fewer have %d", n, whole, last)
		}
		last = whole
		intact, _ := r.Verify(func(d record.Damage) {
			if d.Offset+d.Length > int64(n) {
				t.Fatalf("%d bytes: damage beyond them: %+v", n, d)
			}
		}, nil)
		if intact.Trials != whole {
			t.Fatalf("%d bytes: Verify finds %d intact trials, but %d can be read", n, intact.Trials, whole)
		}
	}
	if last != len(mem.trials) && !testing.Short() {
		t.Errorf("without its last byte it has %d whole trials, want %d", last, len(mem.trials))
	}
}

// The right parts of a damaged recording are named.
func TestDamageIsNamed(t *testing.T) {
	file, _ := small(t, 6, 20)
	named := map[string]bool{}
	damaged := bytes.Clone(file)
	for at := 16; at < len(file); at += 7 {
		damaged[at] ^= 0x40
		_, list, _ := damages(damaged)
		for _, d := range list {
			named[d.What] = true
		}
		damaged[at] ^= 0x40
	}
	var all []string
	for what := range named {
		all = append(all, what)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"spikes of input in steps 0 to 17 (trials 0 to 1)", "spikes of hidden0 in steps", "spikes of output in steps",
		"plateaus of hidden0 in steps", "basal of hidden0 in steps", "events in steps", "snapshot 0 of the weights", "header", "index", "end",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is never named; the named parts are:\n%s", want, text)
			break
		}
	}
}

// An error from watch ends long work.
func TestWatch(t *testing.T) {
	file, _ := small(t, 6, 20)
	enough := errors.New("enough")
	for _, work := range []func(r *record.Reader, watch func(int64) error) error{
		func(r *record.Reader, watch func(int64) error) error {
			_, err := r.Verify(func(record.Damage) {}, watch)
			return err
		},
		func(r *record.Reader, watch func(int64) error) error {
			_, err := r.Lost(watch)
			return err
		},
	} {
		r := read(t, file)
		told := int64(-1)
		if err := work(r, func(done int64) error { told = done; return nil }); err != nil || told < 0 || told >= int64(len(file)) {
			t.Errorf("error %v, watch was called with %d bytes", err, told)
		}
		if err := work(read(t, file), func(int64) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("error %v, want that of watch", err)
		}
	}
	r := read(t, file)
	var told []int
	r.Watch(func(trial int) error {
		if told = append(told, trial); trial == 2 {
			return enough
		}
		return nil
	})
	for i := range 3 {
		if _, err := r.Trial(i); errors.Is(err, enough) != (i == 2) {
			t.Errorf("trial %d: error %v", i, err)
		}
	}
	if !slices.Equal(told, []int{0, 1, 2}) {
		t.Errorf("watch was called for %d", told)
	}
}
