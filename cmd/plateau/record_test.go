package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
	"plateau/cmd/plateau/trial"
	"plateau/protocols/dataset"
	"plateau/sim/record"
)

func openRecordingFile(t *testing.T, path string) *record.Reader {
	t.Helper()
	r, err := record.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// The recording of a run holds its trials in the order in which they were shown,
// and changes nothing in the run.
func TestTrainRecord(t *testing.T) {
	plateautest.Empty(t)
	plain := plateautest.JSONLines(t, must(t, tiny("--out", "plain", "--json")...))
	recorded := plateautest.JSONLines(t, must(t, tiny("--out", "run", "--json", "--record")...))
	end, want := recorded[len(recorded)-1], plain[len(plain)-1]
	if end["weights_sha256"] != want["weights_sha256"] || want["recording"] != nil {
		t.Errorf("with a recording %v, without %v", end, want)
	}
	path := filepath.Join("run", cli.RecordingName)
	if end["recording"] != path {
		t.Errorf("recording is %v", end["recording"])
	}
	r := openRecordingFile(t, path)
	h := r.Header()
	if !r.Complete() || r.Trials() != 60 || r.Steps() != 60*70 || !h.Weights || !h.Plateaus || h.Rule == nil || h.Data != "digits" {
		t.Fatalf("complete %v, %d trials of %d steps: %+v", r.Complete(), r.Trials(), r.Steps(), h)
	}
	if h.Config != plateautest.ReadFile(t, filepath.Join("run", cli.ConfigName))[strings.Index(plateautest.ReadFile(t, filepath.Join("run", cli.ConfigName)), "seed = "):] {
		t.Errorf("the configuration in the recording is another one:\n%s", h.Config)
	}
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		if trial.Number != uint64(i+1) || trial.Predicted < 0 || len(trial.Losses) != 2 || trial.Updates != i {
			t.Errorf("trial %d: %+v", i, trial)
		}
	}

	// The file's name can follow with and without an equals sign, and training
	// learns the same whatever is recorded.
	for _, args := range [][]string{
		{"--record", "a.plateau"},
		{"--record=b.plateau", "--set", "record.variables=all", "--set", "record.neurons=hidden0:2:9,hidden0:4,output"},
		{"--record=c.plateau", "--set", "record.trials=misread", "--set", "record.spikes=none", "--batch", "1"},
	} {
		out := plateautest.JSONLines(t, must(t, tiny(append(args, "--json")...)...))
		if got := out[len(out)-1]; got["weights_sha256"] != want["weights_sha256"] || got["recording"] == nil {
			t.Errorf("%v: %v", args, got)
		}
	}
	h = openRecordingFile(t, "b.plateau").Header()
	if len(h.Probes) != 7 || !slices.Equal(h.Probes[0].Neurons, []int{2, 3, 4, 5, 6, 7, 8}) || len(h.Probes[6].Neurons) != 10 {
		t.Errorf("traces are %+v", h.Probes)
	}
	c := openRecordingFile(t, "c.plateau")
	if n := c.Trials(); n == 0 || n >= 60 || c.Header().Populations[0].Spikes {
		t.Errorf("%d trials misread: %+v", n, c.Header())
	}
}

func TestRecordSelection(t *testing.T) {
	plateautest.Empty(t)
	for _, test := range []struct {
		set  string
		want int
	}{
		{"record.trials=every=7", 9}, {"record.trials=1,10:20,59:", 13}, {"record.images=3", 2}, {"record.images=0:3,29", 8},
	} {
		must(t, tiny("--record=x.plateau", "--force", "--out", "run", "--set", test.set)...)
		if got := openRecordingFile(t, "x.plateau").Trials(); got != test.want {
			t.Errorf("%s: %d trials, want %d", test.set, got, test.want)
		}
	}
	// A new run takes the old one's recording away, even if it makes none.
	must(t, tiny("--record", "--force", "--out", "run")...)
	must(t, tiny("--force", "--out", "run")...)
	if run.IsRecording(filepath.Join("run", cli.RecordingName)) {
		t.Error("the recording of the replaced run is still there")
	}
}

// Where a recording cannot even begin, nothing does.
func TestRecordCannotBegin(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("there is no folder in which nobody can make a file")
	}
	plateautest.Empty(t)
	mistake(t, strings.Join(tiny("--record=/proc/x.plateau"), " "), 1, []string{"recording /proc/x.plateau: "}, nil)
}

// limited is a disk with room for the given number of bytes.
type limited struct{ room int }

func (l *limited) Write(b []byte) (int, error) {
	if l.room -= len(b); l.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return len(b), nil
}

// A disk that fills up while training runs ends the training, or with
// record.errors = "ignore" the recording only.
func TestRecordFailsInMidRun(t *testing.T) {
	plateautest.Empty(t)
	want := plateautest.JSONLines(t, must(t, tiny("--json")...))
	s := settings.NewLayers()
	if err := s.ReadFile(filepath.Join("runs", "digits-1", cli.ConfigName)); err != nil {
		t.Fatal(err)
	}
	c, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	for _, ignore := range []bool{false, true} {
		var stdout, stderr bytes.Buffer
		con := &terminal.Console{Out: &stdout, Err: &stderr, JSON: true}
		data, err := c.Data.Load(c.Data.Examples, c.Data.Test)
		if err != nil {
			t.Fatal(err)
		}
		folder, err := run.Claim("", "digits", false)
		if err != nil {
			t.Fatal(err)
		}
		r := train.NewSession(con, c, data, folder, train.Options{Show: trial.ShowExamples, Workers: 1, Every: run.Interval{Epochs: 1}})
		if err := r.Prepare(); err != nil {
			t.Fatal(err)
		}
		defer folder.Release()
		if err := folder.Begin(&run.Plan{Format: run.PlanFormat, Config: run.ConfigText(c)}); err != nil {
			t.Fatal(err)
		}
		if r.Metrics, err = folder.OpenMetrics(); err != nil {
			t.Fatal(err)
		}
		info, err := dataset.Lookup("digits")
		if err != nil {
			t.Fatal(err)
		}
		h, err := settings.RecordingHeader(c, c.Model(info))
		if err != nil {
			t.Fatal(err)
		}
		w, err := record.NewWriter(&limited{room: 40000}, h, r.Learner.(settings.Spiking).Network())
		if err != nil {
			t.Fatal(err)
		}
		plateautest.WriteFile(t, "x.plateau", "")
		r.Recording = &run.Recording{Path: "x.plateau", Writer: w, Ignore: ignore, Con: con}
		r.Learner.(settings.Spiking).Watch(w, w.Potentials())
		err = r.Run(context.Background())
		if err := r.Metrics.Close(); err != nil {
			t.Error(err)
		}
		if !ignore {
			if err == nil || !strings.Contains(err.Error(), "recording x.plateau: no space left on device") {
				t.Errorf("got %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(stderr.String(), "no space left on device"); n != 1 {
			t.Errorf("it was told %d times: %s", n, &stderr)
		}
		events := plateautest.JSONLines(t, stdout.String())
		if got := events[len(events)-1]; got["weights_sha256"] != want[len(want)-1]["weights_sha256"] {
			t.Errorf("got %v, want %v", got, want[len(want)-1])
		}
	}
}

func TestTrialRecord(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--hidden", "12,8")...)
	events := plateautest.JSONLines(t, must(t, "trial", "--run", "run", "--example", "3", "--record", "--json"))
	if events[0]["recording"] != "trial-3.plateau" || events[0]["out"] != "trial-3.npz" {
		t.Errorf("got %v", events[0])
	}
	npz, r := openNPZ(t, "trial-3.npz"), openRecordingFile(t, "trial-3.plateau")
	h := r.Header()
	if len(h.Probes) != 4+4+3 || h.Rule != nil {
		t.Fatalf("header is %+v", h)
	}
	trial, err := r.Trial(0)
	if err != nil || trial.Class != int(events[0]["class"].(float64)) || trial.Predicted != int(events[0]["read"].(float64)) {
		t.Fatalf("trial is %+v, %v", trial, err)
	}
	for k, trace := range h.Probes {
		if trace.Variable == record.Rate {
			continue
		}
		p := h.Populations[trace.Population]
		want := float32s(t, npz, p.Name+"_"+string(trace.Variable), trial.Steps, p.Size)
		var got []float32
		for s := r.Samples(0, k, 0, record.End); s.Scan(); {
			got = append(got, s.Values()...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s of %s differs from the archive", trace.Variable, p.Name)
		}
	}
	// inspect shows the same as the trial.
	seen := plateautest.JSONLines(t, must(t, "inspect", "trial-3.plateau", "--json"))[1]
	for m, p := range events[0]["plateaus"].([]any) {
		mean := seen["plateaus"].([]any)[m].(map[string]any)["mean"].([]any)
		plateautest.Near(t, "mean plateau", mean[0].(float64), p.(map[string]any)["mean_forward"].(float64), 1e-12)
		plateautest.Near(t, "mean plateau", mean[1].(float64), p.(map[string]any)["mean_target"].(float64), 1e-12)
	}
	for k, p := range events[0]["populations"].([]any) {
		spikes := p.(map[string]any)["spikes"].([]any)
		if got := seen["spikes"].([]any)[k]; got != spikes[0].(float64)+spikes[1].(float64) {
			t.Errorf("population %d: %v spikes, want %v", k, got, spikes)
		}
	}
	out := must(t, "trial", "--run", "run", "--record", "alone.plateau", "--out", "none")
	if !strings.Contains(out, "plateau inspect alone.plateau") || strings.Contains(out, "npz") {
		t.Errorf("got %s", out)
	}
	if slices.Contains(plateautest.Tree(t), "trial-0.npz") {
		t.Error("--out none has written an archive")
	}
}

// What inspect lists agrees with what the run told, and --verify finds every
// changed byte.
func TestInspect(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--set", "record.variables=soma", "--set", "record.neurons=hidden0:0:5")...)
	path := filepath.Join("run", cli.RecordingName)
	events := plateautest.JSONLines(t, must(t, "inspect", path, "--json"))
	if len(events) != 62 || events[0]["event"] != "recording" || events[0]["complete"] != true || events[61]["event"] != "total" {
		t.Fatalf("%d events, the first %v, the last %v", len(events), events[0], events[len(events)-1])
	}
	sum, misread := 0.0, 0.0
	for i, e := range events[1:61] {
		if e["event"] != "trial" || e["trial"] != float64(i) || len(e["spikes"].([]any)) != 3 || len(e["plateaus"].([]any)) != 1 {
			t.Fatalf("trial %d is %v", i, e)
		}
		sum += e["spikes"].([]any)[1].(float64)
		if e["read"] != e["class"] {
			misread++
		}
	}
	if total := events[61]; total["spikes"].([]any)[1] != sum || total["misread"] != misread || total["trials"] != 60.0 {
		t.Errorf("the total is %v, want %v spikes of hidden0 and %v misread", total, sum, misread)
	}
	out := must(t, "inspect", path)
	for _, want := range []string{"784-20-10 on digits", "spikes of input, hidden0, output", "soma of hidden0 0:5 every 1 ms", "and 40 more", "60 trials", "bytes of the file per spike"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if some := plateautest.JSONLines(t, must(t, "inspect", path, "--json", "--trials", "58:")); len(some) != 4 || some[1]["trial"] != 58.0 {
		t.Errorf("trials from 58 on: %v", some)
	}

	out = must(t, "inspect", path, "--verify")
	if !strings.HasPrefix(out, "intact: ") || !strings.Contains(out, "60 of 60 trials") {
		t.Errorf("verify says %s", out)
	}
	file := []byte(plateautest.ReadFile(t, path))
	for _, at := range []int{len(file) / 3, len(file) / 2, len(file) - 100} {
		bad := bytes.Clone(file)
		bad[at] ^= 0x40
		plateautest.WriteFile(t, "bad.plateau", string(bad))
		status, out, messages := plateau("inspect", "bad.plateau", "--verify")
		if status != 1 || !strings.Contains(out, "damaged: ") || !strings.Contains(out, "intact: ") || !strings.Contains(messages, "bad.plateau is damaged in 1 place") {
			t.Errorf("byte %d: status %d\n%s\n%s", at, status, out, messages)
		}
	}
	plateautest.WriteFile(t, "cut.plateau", string(file[:len(file)*2/3]))
	if status, _, messages := plateau("inspect", "cut.plateau", "--verify"); status != 1 || !strings.Contains(messages, "cut.plateau") {
		t.Errorf("of a file that was cut: status %d, %s", status, messages)
	}
	if out := must(t, "inspect", "cut.plateau"); !strings.Contains(out, "it broke off") || !strings.Contains(out, "the part that was being written when the recording broke off: it is incomplete") {
		t.Errorf("of a file that was cut:\n%s", out)
	}

	run := plateautest.JSONLines(t, must(t, "inspect", "run", "--json"))[0]
	metrics := plateautest.JSONLines(t, plateautest.ReadFile(t, filepath.Join("run", cli.MetricsName)))
	last := metrics[len(metrics)-1]
	if run["weights_sha256"] != last["weights_sha256"] || run["state"] != "done" || run["test_error"] != last["test_error"] ||
		len(run["epochs"].([]any)) != 2 || run["recording"] != path {
		t.Errorf("the run is %v, want what %v says", run, last)
	}
	for _, want := range []string{"run: 784-20-10 on digits, done", last["weights_sha256"].(string), "phases.forward_ms = 35"} {
		if out := must(t, "inspect", "run"); !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

// A recording can be read while it is being written, and after Ctrl-C.
func TestRecordInterrupted(t *testing.T) {
	plateautest.Empty(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &hook{word: `"epoch":1`, do: cancel}
	var messages bytes.Buffer
	if status := execute(ctx, tiny("--json", "--out", "run", "--record"), out, &messages); status != statusInterrupted {
		t.Errorf("status %d: %s", status, &messages)
	}
	if r := openRecordingFile(t, filepath.Join("run", cli.RecordingName)); !r.Complete() || r.Trials() < 30 {
		t.Errorf("complete %v, %d trials", r.Complete(), r.Trials())
	}
}

func TestRecordingMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record")...)
	must(t, "trial", "--run", "run", "--record", "trial.plateau")
	plateautest.WriteFile(t, "notes.txt", "mine")
	plateautest.WriteFile(t, "empty", "")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"train --record=", 2, []string{`--record ""`}},
		{"train --record a b", 2, []string{"takes no arguments"}},
		{"train a", 2, []string{"takes no arguments"}},
		{"train --record trial.plateau --out new", 1, []string{"--record trial.plateau: the file is there already", "--force"}},
		{"train --record notes.txt --out new --force", 1, []string{"notes.txt: is not a recording of plateau", "--force does not replace it"}},
		{"train --record run --out new", 1, []string{"--record run: is a folder"}},
		{"train --record no/where --out new", 1, []string{"--record no/where: there is no folder no"}},
		{"train --set record.spikes=hidden1", 2, []string{`record.spikes = "hidden1"`, "input,hidden0"}},
		{"train --set record.variables=volts", 2, []string{`record.variables = "volts"`, "basal,apical,soma,rate"}},
		{"train --set record.variables=apical --set record.neurons=output", 2, []string{"record.variables"}},
		{"train --set record.neurons=hidden0:0:501", 2, []string{`record.neurons = "hidden0:0:501"`, "hidden0:0:20"}},
		{"train --set record.neurons=input", 2, []string{`record.neurons = "input"`}},
		{"train --set record.neurons=hidden0:9:3", 2, []string{"record.neurons"}},
		{"train --set record.every_ms=0", 2, []string{"record.every_ms = 0", "more than 0"}},
		{"train --set record.trials=every=0", 2, []string{`record.trials = "every=0"`, "misread"}},
		{"train --set record.trials=0", 2, []string{"record.trials"}},
		{"train --examples 30 --epochs 2 --set record.trials=61", 2, []string{`record.trials = "61"`}},
		{"train --set record.images=-1", 2, []string{"record.images"}},
		{"train --examples 30 --set record.images=30", 2, []string{`record.images = "30"`}},
		{"train --set record.weights_every=-1", 2, []string{"record.weights_every"}},
		{"train --set record.errors=shrug", 2, []string{"record.errors", "ignore"}},
		{"trial --out none", 2, []string{"--out none", "--record"}},
		{"trial --run run --record trial.plateau --out x.npz", 1, []string{"--record trial.plateau", "--force"}},
		{"inspect", 2, []string{"inspect needs a recording"}},
		{"inspect a b", 1, []string{"a: there is no such file or folder; want the folders of runs"}},
		{"inspect nowhere", 1, []string{"nowhere: there is no such file or folder"}},
		{"inspect notes.txt", 1, []string{"notes.txt: not a recording of plateau"}},
		{"inspect empty", 1, []string{"empty: is empty"}},
		{"inspect .", 1, []string{"not the folder of a run"}},
		{"inspect run --trials 3", 2, []string{"for a recording", "run is a folder"}},
		{"inspect run/recording.plateau --trials 60", 2, []string{"--trials 60: want numbers from 0 to 59"}},
		{"inspect run/recording.plateau --trials 7:3", 2, []string{"--trials 7:3: want a range that goes up"}},
		{"inspect run/recording.plateau --trials some", 2, []string{`"some" is neither a number`}},
		{"inspect run/recording.plateau --trials 3 --verify", 2, []string{"do not go together"}},
		{"inspect run/weights.npz", 1, []string{"not a recording"}},
	} {
		mistake(t, test.args, test.status, test.want, before)
	}
}

// Where trials are left out, weights are recorded again and again: it is told how
// large that gets before it does.
func TestSizeOfWeightsIsTold(t *testing.T) {
	plateautest.Empty(t)
	for selection, want := range map[string]string{ // 60 trials with 16,130 weights
		"trials=every=20":    "weights for up to 3 trials, up to 64.52 kB each and 193.6 kB in all",
		"trials=every=7":     "weights for up to 9 trials, up to 64.52 kB each and 580.7 kB in all",
		"trials=1,10:20,59:": "weights for up to 3 trials",
		"trials=5":           "weights for up to 1 trial, up to 64.52 kB each and 64.52 kB in all",
		"images=0:4":         "weights for up to 8 trials",
		"trials=misread":     "weights for up to 60 trials",
		"trials=all":         "",
	} {
		status, _, messages := plateau(tiny("--out", "run", "--force", "--record", "--set", "record."+selection)...)
		if status != 0 {
			t.Fatal(messages)
		}
		if said := strings.Contains(messages, "weights for up to"); said != (want != "") || !strings.Contains(messages, want) {
			t.Errorf("%s: want %q in %s", selection, want, messages)
		}
		var most int
		fmt.Sscanf(want, "weights for up to %d", &most)
		r, err := record.Open("run/recording.plateau")
		if err != nil {
			t.Fatal(err)
		}
		snapshots := map[int]bool{}
		for i := range r.Trials() {
			trial, err := r.Trial(i)
			if err != nil {
				t.Fatal(err)
			}
			snapshots[trial.Snapshot] = true
		}
		if n := len(snapshots); want != "" && (n > most || strings.HasPrefix(selection, "trials=every") && n != most) {
			t.Errorf("%s: weights were recorded for %d trials, want at most %d", selection, n, most)
		}
		r.Close()
	}
}

// mistake runs the program, wants it to fail with words, and to leave nothing
// behind.
func mistake(t *testing.T, args string, wantStatus int, want, before []string) {
	t.Helper()
	status, out, messages := plateau(strings.Fields(args)...)
	if status != wantStatus {
		t.Errorf("plateau %s: status %d, want %d\n%s", args, status, wantStatus, messages)
	}
	if out != "" {
		t.Errorf("plateau %s: has put something on standard output: %s", args, out)
	}
	if !strings.HasPrefix(messages, "plateau: ") {
		t.Errorf("plateau %s: the message does not say who speaks: %s", args, messages)
	}
	for _, w := range want {
		if !strings.Contains(messages, w) {
			t.Errorf("plateau %s: want %q in\n%s", args, w, messages)
		}
	}
	if after := plateautest.Tree(t); !slices.Equal(before, after) {
		t.Fatalf("plateau %s: has left something behind: before %q, now %q", args, before, after)
	}
}

func TestRanges(t *testing.T) {
	for _, test := range []struct {
		text string
		want string
	}{
		{"0:3", "[0 1 2]"}, {"5", "[5]"}, {" 7 , 2:4,3", "[2 3 7]"}, {"8:", "[8 9]"}, {":2", "[0 1]"}, {":", "[0 1 2 3 4 5 6 7 8 9]"},
		{"", "error"}, {"x", "error"}, {"3:3", "error"}, {"4:2", "error"}, {"10", "error"}, {"9:11", "error"}, {"-1", "error"}, {"1:2:3", "error"}, {"1,", "error"},
	} {
		numbers, err := cli.ParseRanges(test.text, 0, 10)
		got := "[" + terminal.Join(numbers, " ") + "]"
		if err != nil {
			got = "error"
		}
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
	if got := cli.PrintRanges([]int{0, 1, 2, 5, 7, 8}); got != "0:3,5,7:9" {
		t.Errorf("printed %s", got)
	}
}
