package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/view"
	"plateau/sim/record/npz"
)

// Commands that look at recordings take the folder of a run for the recording in it.
func TestRunsForRecordings(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "a run", "--record", "--epochs", "1")...)
	recording := filepath.Join("a run", cli.RecordingName)
	for _, args := range [][]string{
		{"replay", "X", "--trial", "0", "--out", "out.csv"},
		{"export", "X", "--to", "npz", "--out", "out.npz"},
		{"plot", "X", "--what", "raster", "--out", "out.pdf"},
		{"plot", "X", "--what", "trial", "--out", "out.png"},
	} {
		var got [2]string
		for i, source := range []string{"a run", recording} {
			args[1] = source
			out := args[len(args)-1]
			must(t, args...)
			got[i] = plateautest.ReadFile(t, out)
			if err := os.Remove(out); err != nil {
				t.Fatal(err)
			}
		}
		if got[0] != got[1] && args[0] != "plot" { // a picture holds its command
			t.Errorf("%s of the run differs from that of its recording", args[0])
		}
	}
	must(t, "export", "a run", "--to", "nwb")
	if _, err := os.Stat("recording.nwb"); err != nil {
		t.Error(err)
	}
}

// The recording of a run may be outside its folder.
func TestRecordingOutsideItsRun(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--epochs", "1", "--record=elsewhere.plateau")...)
	elsewhere, err := filepath.Abs("elsewhere.plateau")
	if err != nil {
		t.Fatal(err)
	}
	if out := must(t, "inspect", "run"); !strings.Contains(out, "recording: plateau inspect "+elsewhere+"\n") {
		t.Errorf("want the recording in\n%s", out)
	}
	must(t, "replay", "run", "--trial", "0", "--out", "of-the-run.csv")
	must(t, "replay", "elsewhere.plateau", "--trial", "0", "--out", "of-the-recording.csv")
	if plateautest.ReadFile(t, "of-the-run.csv") != plateautest.ReadFile(t, "of-the-recording.csv") {
		t.Error("replay of the run differs from that of its recording")
	}
	recording, _, err := view.LookAt("run")
	if err != nil || recording == nil || recording.Name != elsewhere {
		t.Fatalf("view of the run: %+v, %v", recording, err)
	}
	recording.Reader.Close()
	// It may be gone meanwhile.
	if err := os.Remove(elsewhere); err != nil {
		t.Fatal(err)
	}
	if status, _, messages := plateau("replay", "run"); status != 1 || !strings.Contains(messages, "run: there is no recording in it") {
		t.Errorf("status %d: %s", status, messages)
	}
	must(t, "inspect", "run")
}

// A command that is given the wrong file says which command takes it.
func TestWrongFileSaysWhoTakesIt(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "a run", "--epochs", "1", "--measure", "all")...)
	must(t, "trial", "--run", "a run", "--out", "trial-3.npz", "--record", "trial-3.plateau")
	must(t, "replay", "trial-3.plateau", "--out", "replay-0.npz")
	must(t, "export", "trial-3.plateau", "--to", "npz", "--out", "exported.npz")
	var old bytes.Buffer
	z := npz.NewWriter(&old)
	if err := errors.Join(z.Write("class_potential", []int{1}, []float64{1}), z.Close()); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "old.npz", old.String())
	plateautest.WriteFile(t, "test.jsonl", must(t, "test", "--run", "a run", "--json"))
	plateautest.WriteFile(t, "my.toml", must(t, "config"))
	plateautest.WriteFile(t, "notes.txt", "mine")
	plateautest.WriteFile(t, "stray.npz", plateautest.ReadFile(t, "a run/weights.npz"))
	checkpoints, err := run.ListCheckpoints("a run")
	if err != nil || len(checkpoints) == 0 {
		t.Fatal(err, checkpoints)
	}
	if err := os.Mkdir("nothing", 0o777); err != nil {
		t.Fatal(err)
	}
	must(t, tiny("--out", "unrecorded", "--epochs", "1")...)
	for _, test := range []struct{ path, want string }{
		{"trial-3.npz", "; it is the file of a trial: plateau plot trial-3.npz\n"},
		{"replay-0.npz", "; it is an archive of arrays, which numpy.load reads\n"},
		{"a run/weights.npz", "; it holds the weights of a run: plateau inspect 'a run'\n"},
		{"stray.npz", "; it holds weights, but the other files of their run are not beside it\n"},
		{"a run/measurements.npz", "; it holds what was measured in a run: plateau inspect 'a run'\n"},
		{checkpoints[0].Path, "; it is a checkpoint of a run: plateau inspect 'a run'\n"},
		{"a run/metrics.jsonl", "; it holds the metrics of a run: plateau inspect 'a run'\n"},
		{"a run/config.toml", "; it is a configuration: plateau train --config 'a run/config.toml'\n"},
		{"my.toml", "; it is a configuration: plateau train --config my.toml\n"},
		{"test.jsonl", "; it is what a test printed: plateau plot test.jsonl --what confusion\n"},
		{"a run/checkpoints", "; it is part of a run: plateau inspect 'a run'"},
		{"notes.txt", "not a recording of plateau\n"},
	} {
		for _, command := range []string{"inspect", "replay", "view", "export --to npz"} {
			status, _, messages := plateau(append(strings.Fields(command), test.path)...)
			if status != 1 || !strings.Contains(messages, test.want) || !strings.Contains(messages, test.path) {
				t.Errorf("plateau %s %s: status %d, want %q in %q", command, test.path, status, test.want, messages)
			}
		}
	}
	for _, test := range []struct{ args, want string }{
		{"replay unrecorded", "unrecorded: there is no recording in it; plateau train --record writes one while the run learns\n"},
		{"export unrecorded --to npz", "unrecorded: there is no recording in it"},
		{"plot unrecorded --what trial", "unrecorded: there is no recording in it"},
		{"replay nothing", "nothing is a folder; want a recording, or the folder of a run that has one\n"},
		{"replay none", "none: there is no such file or folder; plateau train --record and plateau trial --record write recordings\n"},
		{"plot trial-3.plateau --what learning", "; it is a recording: plateau inspect trial-3.plateau\n"},
		{"plot trial-3.npz --what learning", "; it is the file of a trial: plateau plot trial-3.npz\n"},
		{"plot test.jsonl", "; it is what a test printed: plateau plot test.jsonl --what confusion\n"},
		{"plot my.toml", "; it is a configuration: plateau train --config my.toml\n"},
		{"plot replay-0.npz", "; it is an archive of arrays"},
		{"plot exported.npz", "; it is an archive of arrays"},
		{"plot old.npz", "older version of plateau, under other names; plateau trial makes it anew\n"},
		{"plot trial-3.npz --what confusion", "; it is the file of a trial: plateau plot trial-3.npz\n"},
	} {
		if status, _, messages := plateau(strings.Fields(test.args)...); status == 0 || !strings.Contains(messages, test.want) {
			t.Errorf("plateau %s: status %d, want %q in %q", test.args, status, test.want, messages)
		}
	}
	// Of a folder that is no run it names the runs that have a recording.
	if err := os.MkdirAll("runs/recorded", 0o777); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "runs/recorded/recording.plateau", "")
	for _, args := range []string{"replay runs", "export runs --to npz"} {
		status, _, messages := plateau(strings.Fields(args)...)
		if want := "or the folder of a run that has one; there are runs/recorded\n"; status != 1 || !strings.Contains(messages, want) {
			t.Errorf("plateau %s: status %d, want %q in %q", args, status, want, messages)
		}
	}
}
