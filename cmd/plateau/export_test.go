package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/look"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
)

// Every format gives files that are whole, the same each time, and never in the
// place of others.
func TestExport(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--set", "record.variables=soma,apical", "--set", "record.neurons=hidden0:0:5", "--epochs", "1")...)
	path := filepath.Join("run", cli.RecordingName)
	for _, f := range look.Formats() {
		args := []string{"export", path, "--to", f.Name}
		e := plateautest.JSONLines(t, must(t, append(args, "--json")...))
		out := "recording" + f.Ending
		if f.Ending == "" {
			out = "recording-" + f.Name
		}
		if len(e) != 1 || e[0]["out"] != out || e[0]["to"] != f.Name || len(e[0]["files"].([]any)) == 0 {
			t.Fatalf("%s: %v", f.Name, e)
		}
		first := contents(t, out)
		size := 0
		for name, text := range first {
			size += len(text)
			if f.Ending == "" && !f.Owns(name) {
				t.Errorf("%s: is %s none of its files?", f.Name, name)
			}
		}
		if float64(size) != e[0]["bytes"] || len(first) != len(e[0]["files"].([]any)) {
			t.Errorf("%s: %d files of %d bytes, but %v", f.Name, len(first), size, e[0])
		}
		before := plateautest.Tree(t)
		status, _, messages := plateau(args...)
		if status != 1 || !strings.Contains(messages, "--out "+out) || !strings.Contains(messages, "--force") {
			t.Errorf("%s once more: status %d, %s", f.Name, status, messages)
		}
		if f.Ending == "" {
			plateautest.WriteFile(t, filepath.Join(out, "notes.txt"), "mine")
		}
		must(t, append(args, "--force")...)
		if f.Ending == "" {
			if plateautest.ReadFile(t, filepath.Join(out, "notes.txt")) != "mine" {
				t.Errorf("%s: --force has replaced another file", f.Name)
			}
			if err := os.Remove(filepath.Join(out, "notes.txt")); err != nil {
				t.Error(err)
			}
		}
		second := contents(t, out)
		for name := range first {
			if first[name] != second[name] {
				t.Errorf("%s: %s is not the same twice", f.Name, name)
			}
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Errorf("%s: files were %q, now %q", f.Name, before, after)
		}
	}
}

// contents maps names to what is in a file, or in the files of a folder.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(path, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found[filepath.Base(path)] = plateautest.ReadFile(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Replacing an export takes away what an older one has left in its folder.
func TestExportReplaces(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "full", "--record", "--set", "record.variables=soma", "--epochs", "1")...)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	must(t, "export", "full/recording.plateau", "--to", "sonata", "--out", "out")
	must(t, "export", "run/recording.plateau", "--to", "sonata", "--out", "out", "--force")
	if got := contents(t, "out"); len(got) != 2 || got["spikes.h5"] == "" || got["missing.csv"] == "" {
		t.Errorf("%d files", len(got))
	}
}

func TestExportMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	plateautest.WriteFile(t, "notes.txt", "mine")
	file := plateautest.ReadFile(t, "run/recording.plateau")
	plateautest.WriteFile(t, "bad.plateau", file[:len(file)*9/10]+"xyz"+file[len(file)*9/10+3:])
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"export", 2, []string{"export needs a recording"}},
		{"export run/recording.plateau", 2, []string{"export needs --to: nwb"}},
		{"export run/recording.plateau --to nbw", 2, []string{"no such format", "did you mean nwb?"}},
		{"export run/recording.plateau --to matlab", 2, []string{"no such format; want nwb, sonata"}},
		{"export run/recording.plateau --to nwb --out=", 2, []string{`--out ""`}},
		{"export nowhere --to nwb", 1, []string{"nowhere: there is no such file"}},
		{"export run/checkpoints --to nwb", 1, []string{"run/checkpoints is a folder", "want a recording, or the folder of a run"}},
		{"export notes.txt --to nwb", 1, []string{"notes.txt: not a recording of plateau"}},
		{"export run/recording.plateau --to nwb --out notes.txt", 1, []string{"--out notes.txt: the file is there already", "--force"}},
		{"export run/recording.plateau --to nwb --out run/recording.plateau --force", 1, []string{"is the recording itself"}},
		{"export run/recording.plateau --to nwb --out run --force", 1, []string{"--out run: is a folder"}},
		{"export run/recording.plateau --to nwb --out no/x.nwb", 1, []string{"there is no folder no"}},
		{"export run/recording.plateau --to sonata --out run", 1, []string{"--out run: the folder is not empty", "--force"}},
		{"export run/recording.plateau --to sonata --out notes.txt", 1, []string{"--out notes.txt: not a directory; want the name of a folder"}},
		{"export run/recording.plateau --to sonata --out no/x", 1, []string{"there is no folder no"}},
		{"export bad.plateau --to nwb --out x.nwb", 1, []string{"bad.plateau is damaged in every trial", "nothing to export", "plateau inspect bad.plateau --verify"}},
	} {
		mistake(t, test.args, test.status, test.want, before)
	}
}

// What a format cannot hold is left out, and said, with where it can be had.
func TestExportUneven(t *testing.T) {
	plateautest.Empty(t)
	must(t, "trial", "--hidden", "6", "--record", "--out", "none")
	must(t, tiny("--out", "run", "--record", "--epochs", "1", "--set", "record.variables=soma", "--set", "record.every_ms=3")...)
	status, text, messages := plateau("export", "run/recording.plateau", "--to", "sonata", "--out", "x", "--json")
	if status != 1 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{
		"soma of hidden0: a sample every 3 steps in trials of 70 steps is not evenly spaced, which SONATA cannot store", "soma of output: ",
		"plateau export run/recording.plateau --to npz",
	} {
		if !strings.Contains(messages, want) {
			t.Errorf("want %q in %s", want, messages)
		}
	}
	if e := plateautest.JSONLines(t, text); len(e) != 1 || len(e[0]["lacks"].([]any)) != 2 {
		t.Errorf("got %v", e)
	}
	if got := contents(t, "x"); len(got) != 2 || got["spikes.h5"] == "" || got["missing.csv"] != "first_trial,last_trial,begin_ms,end_ms\n" {
		t.Errorf("%d files", len(got))
	}
	for _, args := range []string{"export run/recording.plateau --to npz", "export trial-0.plateau --to sonata"} {
		if out := must(t, append(strings.Fields(args), "--json")...); strings.Contains(out, "lacks") {
			t.Errorf("%s: %s", args, out)
		}
	}
}

// Of a damaged recording what is intact is exported, and what is left out is
// said.
func TestExportDamaged(t *testing.T) {
	plateautest.Empty(t)
	must(t, "train", "--preset", "none", "--hidden", "20", "--examples", "120", "--test-examples", "1", "--epochs", "1", "--out", "run", "--record",
		"--set", "record.variables=soma", "--set", "record.neurons=output")
	file := plateautest.ReadFile(t, "run/recording.plateau")
	r := openRecordingFile(t, "run/recording.plateau")
	// A byte in the middle of what is not weights.
	at := strings.LastIndex(file[:len(file)*3/4], "\xc9Pc\x1a\x03") + 60
	plateautest.WriteFile(t, "bad.plateau", file[:at]+string(file[at]^1)+file[at+1:])
	for _, f := range look.Formats() {
		out := "out" + f.Ending
		status, text, messages := plateau("export", "bad.plateau", "--to", f.Name, "--out", out, "--json")
		e := plateautest.JSONLines(t, text)
		if status != 1 || len(e) != 1 || e[0]["left_out"] == "" {
			t.Fatalf("%s: status %d, %s %s", f.Name, status, text, messages)
		}
		lost, err := cli.ParseRanges(e[0]["left_out"].(string), 0, r.Trials())
		if err != nil || len(lost) == 0 || len(lost) > 60 || e[0]["trials"] != float64(r.Trials()-len(lost)) {
			t.Errorf("%s: %v of %d trials left out; %v", f.Name, lost, r.Trials(), err)
		}
		for _, want := range []string{"bad.plateau is damaged: ", terminal.Plural(len(lost), "trial") + " left out of 120, ", out + " is whole", "inspect bad.plateau --verify"} {
			if !strings.Contains(messages, want) {
				t.Errorf("%s: want %q in %s", f.Name, want, messages)
			}
		}
		if f.Name == "csv" || f.Name == "sonata" {
			var gaps []int
			for k, line := range slices.Collect(strings.Lines(plateautest.ReadFile(t, filepath.Join(out, "missing.csv")))) {
				var first, last int
				var begin, end float64
				if k == 0 {
					continue
				}
				if _, err := fmt.Sscanf(line, "%d,%d,%g,%g", &first, &last, &begin, &end); err != nil {
					t.Fatal(err)
				}
				from, err := r.Trial(first)
				to, also := r.Trial(last)
				if err != nil || also != nil {
					t.Fatal(err, also)
				}
				if begin != float64(from.First) || end != float64(to.First+int64(to.Steps)) {
					t.Errorf("%s: missing.csv says %s, want %d to %d ms", f.Name, line, from.First, to.First+int64(to.Steps))
				}
				for i := first; i <= last; i++ {
					gaps = append(gaps, i)
				}
			}
			if !slices.Equal(gaps, lost) {
				t.Errorf("%s: missing.csv lists %v, want %v", f.Name, gaps, lost)
			}
		}
		if f.Name != "csv" {
			if err := os.RemoveAll(out); err != nil {
				t.Fatal(err)
			}
			continue
		}
		// The rows of the others are those of the whole recording.
		must(t, "export", "run/recording.plateau", "--to", "csv", "--out", "whole")
		for name, text := range contents(t, "whole") {
			if name == "missing.csv" {
				continue
			}
			var want strings.Builder
			for k, line := range slices.Collect(strings.Lines(text)) {
				trial, _, _ := strings.Cut(line, ",")
				if n, err := strconv.Atoi(trial); k == 0 || err == nil && !slices.Contains(lost, n) {
					want.WriteString(line)
				}
			}
			if got := plateautest.ReadFile(t, filepath.Join(out, name)); got != want.String() {
				t.Errorf("%s: %d bytes, want %d", name, len(got), want.Len())
			}
		}
	}
}

// Of a finished recording the last trials are gone: its end tells that they were there,
// so it did not break off but is damaged, and every command that reads it says so.
func TestLastTrialsLost(t *testing.T) {
	plateautest.Empty(t)
	must(t, "train", "--preset", "none", "--hidden", "20", "--examples", "120", "--test-examples", "1", "--epochs", "1", "--out", "run", "--record")
	file := plateautest.ReadFile(t, "run/recording.plateau")
	group, end := strings.LastIndex(file, "\xc9Pc\x1a\x02"), strings.LastIndex(file, "\xc9Pc\x1a\x01") // its last, and the header's copy
	plateautest.WriteFile(t, "bad.plateau", file[:group]+file[end:])
	lost, err := openRecordingFile(t, "bad.plateau").Lost(nil)
	if err != nil || len(lost) == 0 || len(lost) > 60 || lost[len(lost)-1] != 119 {
		t.Fatalf("%v are lost, %v; want the last trials", lost, err)
	}
	whole, many := 120-len(lost), terminal.Plural(len(lost), "trial")
	kept := fmt.Sprint(lost[0] - 1)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"export bad.plateau --to npz --out x.npz", 1, []string{"bad.plateau is damaged: " + many + " left out of 120, " + cli.PrintRanges(lost)}},
		{"inspect bad.plateau", 1, []string{"120 trials, ", "the index: it cannot be used", "bad.plateau is damaged: part of " + many}},
		{"inspect bad.plateau --trials 119:", 1, []string{"119  damaged: trial 119: it is missing"}},
		{"inspect bad.plateau --verify", 1, []string{fmt.Sprintf("%d of 120 trials", whole), "to 119): it is missing"}},
		{"replay bad.plateau --trial 119 --out no.npz", 1, []string{"bad.plateau: trial 119: it is missing"}},
		{"replay bad.plateau --out yes.npz --trial " + kept, 0, nil},
		{"plot bad.plateau --what raster --trial 119 --out no.svg", 1, []string{"bad.plateau: trial 119: it is missing"}},
		{"plot bad.plateau --what raster --out yes.svg --trial " + kept, 0, nil},
		{"plot bad.plateau --what trial --trial 119 --out no.svg", 1, []string{"bad.plateau: trial 119: it is missing"}},
	} {
		status, out, messages := plateau(strings.Fields(test.args)...)
		if status != test.status {
			t.Errorf("%s: status %d, want %d: %s", test.args, status, test.status, messages)
		}
		for _, want := range test.want {
			if !strings.Contains(out+messages, want) {
				t.Errorf("%s: want %q in %s%s", test.args, want, out, messages)
			}
		}
		if strings.Contains(out+messages, "broke off") {
			t.Errorf("%s: it did not break off: %s%s", test.args, out, messages)
		}
	}
	for _, name := range []string{"no.npz", "no.svg"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("there is %s of what is missing", name)
		}
	}
}

// However short a recording that broke off is, what was recorded of it whole is
// exported, or there is nothing; it is never called damaged.
func TestExportOfWhatBrokeOff(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	file := plateautest.ReadFile(t, "run/recording.plateau")
	r := openRecordingFile(t, "run/recording.plateau")
	exported := map[bool]int{}
	for n := len(file) / 60; n < len(file)-100; n += len(file) / 60 {
		plateautest.WriteFile(t, "short.plateau", file[:n])
		if _, err := record.Open("short.plateau"); err != nil {
			continue // there is not even a header
		}
		status, out, messages := plateau("export", "short.plateau", "--to", "csv", "--out", "csv", "--force", "--json")
		if status == 1 && strings.Contains(messages, "short.plateau broke off before its first trial was recorded") {
			exported[false]++
			continue
		}
		if status != 0 || strings.Contains(messages, "damaged") || strings.Contains(messages, "missing") {
			t.Fatalf("%d of %d bytes: status %d: %s", n, len(file), status, messages)
		}
		exported[true]++
		if k := plateautest.JSONLines(t, out)[0]["trials"].(float64); k < 1 || k > float64(r.Trials()) {
			t.Errorf("%d of %d bytes: %v trials", n, len(file), k)
		}
	}
	if exported[true] < 3 || exported[false] < 3 {
		t.Errorf("%v were exported: little was tested", exported)
	}
}

func TestExportInterrupted(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	before := plateautest.Tree(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var verified, said bytes.Buffer
	if status := execute(ctx, []string{"inspect", "run/recording.plateau", "--verify"}, &verified, &said); status != statusInterrupted || said.String() != "plateau: interrupted\n" || verified.Len() > 0 {
		t.Errorf("verify: status %d, %s%s", status, &verified, &said)
	}
	for _, f := range look.Formats() {
		var out, messages bytes.Buffer
		status := execute(ctx, []string{"export", "run/recording.plateau", "--to", f.Name}, &out, &messages)
		if status != statusInterrupted || !strings.Contains(messages.String(), "interrupted; nothing was written") {
			t.Errorf("%s: status %d, %s", f.Name, status, &messages)
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Errorf("%s: files were %q, now %q", f.Name, before, after)
		}
	}
}

// An NWB file holds the images that were shown; a format that cannot is not given them.
func TestExportImages(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	path := filepath.Join("run", cli.RecordingName)
	e := plateautest.JSONLines(t, must(t, "export", path, "--to", "nwb", "--json"))
	if e[0]["images"] != true || !strings.Contains(plateautest.ReadFile(t, "recording.nwb"), "OpticalSeries") {
		t.Errorf("the file has no images: %v", e)
	}
	status, _, messages := plateau("export", path, "--to", "csv", "--data-dir", "x")
	if status != 2 || !strings.Contains(messages, "csv does not hold the images") {
		t.Errorf("--data-dir for CSV: status %d, %s", status, messages)
	}
}
