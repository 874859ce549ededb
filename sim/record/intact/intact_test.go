package intact_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"

	"plateau/sim/record"
	"plateau/sim/record/exporttest"
	"plateau/sim/record/intact"
)

// A file that is cut off anywhere can be read up to the last step that can be read,
// and holds the same as the whole file.
func TestBrokenOff(t *testing.T) {
	p := exporttest.Default()
	p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 50}, {Population: 3, Variable: record.Soma, Neurons: []int{1}, Every: 1}}
	p.MaxRate, p.Forward, p.Target, p.Trials, p.Tests, p.Forget = 1, 2000, 2000, 8, 0, true
	p.Keep = t.TempDir() + "/recording"
	whole, _ := exporttest.Make(t, p)
	file, err := os.ReadFile(p.Keep)
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for n := 8000; n < len(file); n += len(file) / 97 {
		lengths = append(lengths, n)
	}
	end := bytes.LastIndex(file, []byte("\xc9Pc\x1a\x09"))
	lengths = append(slices.DeleteFunc(lengths, func(n int) bool { return n >= end }), end)

	partly, before := 0, int64(-1)
	for _, n := range lengths {
		r, err := record.NewReader(bytes.NewReader(file[:n]), int64(n))
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		x := intact.Of(r)
		if x.Complete() {
			t.Fatalf("%d bytes of %d are complete", n, len(file))
		}
		if x.Steps() < before {
			t.Errorf("%d bytes: %d steps, but %d in a shorter file", n, x.Steps(), before)
		}
		before = x.Steps()
		checkStretches(t, x, whole)
		for i := range x.Trials() {
			trial, err := x.Trial(i)
			if err != nil {
				t.Fatalf("%d bytes: %v", n, err)
			}
			if !trial.Whole {
				partly++
				if i != x.Trials()-1 {
					t.Errorf("%d bytes: trial %d of %d is not whole", n, i, x.Trials())
				}
				if trial.Steps < 4000 && next(r, i, trial.Steps) == nil {
					t.Errorf("%d bytes: trial %d ends at step %d, which can be read", n, i, trial.Steps)
				}
			}
			for q := range r.Header().Populations {
				got, err := spikes(x.Spikes(i, q, 0, record.End))
				want, also := spikes(whole.Spikes(i, q, 0, trial.Steps))
				if err != nil || also != nil || !slices.Equal(got, want) {
					t.Fatalf("%d bytes: trial %d: %d spikes, want %d; error %v", n, i, len(got), len(want), err)
				}
			}
			for k := range r.Header().Probes {
				got, err := samples(x.Samples(i, k, 0, record.End))
				want, also := samples(whole.Samples(i, k, 0, trial.Steps))
				if err != nil || also != nil || !slices.Equal(got, want) {
					t.Fatalf("%d bytes: trial %d: %d samples, want %d; error %v", n, i, len(got), len(want), err)
				}
			}
			for k := range trial.Phases {
				_, err := x.Plateaus(i, k, 0)
				if err != nil && (!errors.Is(err, record.ErrNotRecorded) || trial.Whole) {
					t.Fatalf("%d bytes: trial %d: %v", n, i, err)
				}
			}
		}
	}
	if partly < 10 || before != 8*4000 {
		t.Errorf("%d files end within a trial; %d steps of a file that lacks its end, want 32000", partly, before)
	}
}

// next reports whether a step can be read.
func next(r *record.Reader, trial, step int) error {
	var all error
	for q := range r.Header().Populations {
		_, err := spikes(r.Spikes(trial, q, step, step+1))
		all = errors.Join(all, err)
	}
	for k, t := range r.Header().Probes {
		_, err := samples(r.Samples(trial, k, step-step%t.Every, step+1))
		all = errors.Join(all, err)
	}
	trials, err := r.Trial(trial)
	if err != nil || trials.Steps <= step {
		return errors.New("the recording has no such step")
	}
	return all
}

func spikes(s *record.SpikeScanner) (all []record.Spike, err error) {
	for s.Scan() {
		all = append(all, s.Spikes()...)
	}
	return all, s.Err()
}

func samples(s *record.SampleScanner) (all []float32, err error) {
	for s.Scan() {
		all = append(all, s.Values()...)
	}
	return all, s.Err()
}

// Of a recording that was ended properly, all trials remain. If it is damaged,
// those without damage remain, as they were.
func TestDamaged(t *testing.T) {
	p := exporttest.Default()
	p.Keep = t.TempDir() + "/recording"
	p.MaxRate, p.Forward, p.Target, p.Tests, p.Forget = 1, 2000, 2000, 0, true // a trial fills about a group
	p.Probes = p.Probes[:2]
	r, _ := exporttest.Make(t, p)
	x := intact.Of(r)
	if x.Trials() != p.Trials || x.Steps() != r.Steps() || !x.Complete() || len(x.LeftOut()) > 0 {
		t.Errorf("%d trials, %d steps, complete %v, %v left out", x.Trials(), x.Steps(), x.Complete(), x.LeftOut())
	}
	file, err := os.ReadFile(p.Keep)
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for at := 100; at < len(file)-200; at += len(file) / 200 {
		bad := slices.Clone(file)
		bad[at] ^= 1
		damaged, err := record.NewReader(bytes.NewReader(bad), int64(len(bad)))
		if err != nil || !damaged.Complete() {
			continue
		}
		x := intact.Of(damaged)
		lost := x.LeftOut()
		if x.Trials()+len(lost) != r.Trials() {
			t.Fatalf("byte %d: %d trials and %d left out, want %d", at, x.Trials(), len(lost), r.Trials())
		}
		some += min(1, len(lost))
		before := -1
		for i := range x.Trials() {
			got, err := x.Trial(i)
			if err != nil {
				t.Fatalf("byte %d: %v", at, err)
			}
			if got.Index <= before || slices.Contains(lost, got.Index) {
				t.Fatalf("byte %d: trial %d after %d, without %v", at, got.Index, before, lost)
			}
			before = got.Index
			want, err := r.Trial(got.Index)
			if err != nil || got.First != want.First || got.Number != want.Number || got.Steps != want.Steps {
				t.Fatalf("byte %d: trial %+v, want %+v", at, got, want)
			}
			for q, pop := range r.Header().Populations {
				if !pop.Spikes {
					continue
				}
				have, err := spikes(x.Spikes(i, q, 0, record.End))
				want, also := spikes(r.Spikes(got.Index, q, 0, record.End))
				if err != nil || also != nil || !slices.Equal(have, want) {
					t.Fatalf("byte %d: trial %d: %d spikes, want %d; %v", at, got.Index, len(have), len(want), err)
				}
			}
			for k := range got.Phases {
				have, err := x.Plateaus(i, k, 0)
				want, also := r.Plateaus(got.Index, k, 0)
				if err != nil || also != nil || !slices.Equal(have.Value, want.Value) {
					t.Fatalf("byte %d: plateaus of trial %d: %v, %v", at, got.Index, err, also)
				}
			}
		}
		checkStretches(t, x, r)
		if len(lost) > 3 { // a group has at most three
			t.Errorf("byte %d: %d trials of %d are left out", at, len(lost), r.Trials())
		}
	}
	if some < 50 {
		t.Errorf("only %d of the changed bytes damaged a trial", some)
	}
}

// checkStretches compares gaps and what is between them with the trials that were
// left out and with their times in the whole recording.
func checkStretches(t *testing.T, x *intact.Recording, whole *record.Reader) {
	t.Helper()
	gaps, err := x.Gaps()
	observed, also := x.Observed()
	if err != nil || also != nil {
		t.Fatal(err, also)
	}
	var lost []int
	for _, s := range gaps {
		for i := s.First; i <= s.Last; i++ {
			lost = append(lost, i)
		}
	}
	if !slices.Equal(lost, x.LeftOut()) {
		t.Errorf("gaps %v, without %v", gaps, x.LeftOut())
	}
	all := slices.Concat(gaps, observed)
	slices.SortFunc(all, func(a, b intact.Stretch) int { return a.First - b.First })
	next := 0
	for _, s := range all {
		first, err := whole.Trial(s.First)
		last, also := whole.Trial(s.Last)
		if err != nil || also != nil {
			t.Fatal(err, also)
		}
		to := last.First + int64(last.Steps)
		if slices.Contains(observed, s) {
			to = min(to, x.Steps()) // the recording may have broken off
		}
		if s.First != next || s.From != first.First || s.To != to {
			t.Errorf("%+v, want trials from %d and steps %d to %d; gaps %v", s, next, first.First, to, gaps)
		}
		next = s.Last + 1
	}
	if next != x.Trials()+len(lost) {
		t.Errorf("stretches up to trial %d, want %d", next, x.Trials()+len(lost))
	}
}

// The damaged trials can also be the first ones, the last ones, or all.
func TestGapsAtTheEnds(t *testing.T) {
	p := exporttest.Default()
	p.Keep = t.TempDir() + "/recording"
	p.MaxRate, p.Forward, p.Target, p.Tests, p.Forget = 1, 2000, 2000, 0, true // a trial fills about a group
	p.Probes = p.Probes[:1]
	r, _ := exporttest.Make(t, p)
	file, err := os.ReadFile(p.Keep)
	if err != nil {
		t.Fatal(err)
	}
	var chunks []int // offsets of the chunks of spikes
	for at := 0; ; {
		k := bytes.Index(file[at:], []byte("\xc9Pc\x1a\x03"))
		if k < 0 {
			break
		}
		at += k + 5
		chunks = append(chunks, at)
	}
	first, last, all := slices.Clone(file), slices.Clone(file), slices.Clone(file)
	first[chunks[0]+50] ^= 1
	last[chunks[len(chunks)-1]+50] ^= 1
	for _, at := range chunks {
		all[at+50] ^= 1
	}
	for name, bad := range map[string][]byte{"first": first, "last": last, "all": all} {
		damaged, err := record.NewReader(bytes.NewReader(bad), int64(len(bad)))
		if err != nil {
			t.Fatal(err)
		}
		x := intact.Of(damaged)
		checkStretches(t, x, r)
		gaps, err := x.Gaps()
		if err != nil || len(gaps) != 1 {
			t.Fatalf("%s: gaps %v, %v; want one", name, gaps, err)
		}
		begins, ends := gaps[0].From == 0 && gaps[0].First == 0, gaps[0].To == r.Steps() && gaps[0].Last == r.Trials()-1
		if begins != (name != "last") || ends != (name != "first") {
			t.Errorf("%s: gaps %v of %d steps", name, gaps, r.Steps())
		}
	}
}
