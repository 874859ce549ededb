package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
)

// Several runs are a table with a row for each and a column for each setting in which
// they differ.
func TestInspectRuns(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "one")...)
	must(t, tiny("--out", "two", "--seed", "2", "--set", "learning.rates=0.2,0.02", "--set", "network.feedback=layerwise")...)
	must(t, tiny("--out", "a third", "--hidden", "7,5", "--epochs", "1", "--validation", "10", "--record")...)
	metrics := filepath.Join("two", cli.MetricsName)
	lines := strings.SplitAfter(plateautest.ReadFile(t, metrics), "\n")
	plateautest.WriteFile(t, metrics, strings.Join(lines[:len(lines)-3], "")) // without the last epoch and the end
	events := plateautest.JSONLines(t, must(t, "inspect", "one", "two", "a third", "--json"))
	if len(events) != 3 || events[1]["run"] != "two" || events[1]["event"] != "run" {
		t.Fatalf("the events are %v", events)
	}
	for i, run := range []string{"one", "two", "a third"} {
		alone := plateautest.JSONLines(t, must(t, "inspect", run, "--json"))[0]
		if alone["test_error"] != events[i]["test_error"] || alone["weights_sha256"] != events[i]["weights_sha256"] || alone["weights_sha256"] == "" {
			t.Errorf("%s is %v among others, and %v alone", run, events[i], alone)
		}
	}

	rows, err := csv.NewReader(strings.NewReader(must(t, "inspect", "one", "two", "a third", "--csv"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	head := "run,state,data,network,seed,epochs,epochs_asked_for,examples,train_error,validation_error,test_error,seconds,weights_sha256"
	if got := strings.Join(rows[0], ","); got != head+",data.validation,network.feedback,learning.rates" {
		t.Errorf("the columns are %s", got)
	}
	cell := func(i int, name string) string { return rows[1+i][slices.Index(rows[0], name)] }
	for _, test := range []struct {
		run        int
		name, want string
	}{
		{0, "run", "one"}, {0, "state", "done"}, {0, "data", "digits"}, {0, "network", "784-20-10"}, {0, "seed", "1"},
		{0, "epochs", "2"}, {0, "examples", "30"}, {0, "validation_error", ""}, {0, "network.feedback", "broadcast"},
		{1, "seed", "2"}, {1, "state", "killed"}, {1, "epochs", "1"}, {1, "epochs_asked_for", "2"}, {1, "seconds", ""},
		{1, "network.feedback", "layerwise"}, {1, "learning.rates", "[0.2, 0.02]"},
		{2, "run", "a third"}, {2, "network", "784-7-5-10"}, {2, "examples", "20"}, {2, "data.validation", "10"},
	} {
		if got := cell(test.run, test.name); got != test.want {
			t.Errorf("%s of run %d is %q, want %q", test.name, test.run, got, test.want)
		}
	}
	for i, e := range events {
		epochs := e["epochs"].([]any)
		last := epochs[len(epochs)-1].(map[string]any)
		for name, want := range map[string]any{"train_error": last["train_error"], "test_error": e["test_error"]} {
			if got, err := strconv.ParseFloat(cell(i, name), 64); err != nil || got != want {
				t.Errorf("%s of run %d is %q, want %v", name, i, cell(i, name), want)
			}
		}
		if cell(i, "weights_sha256") != e["weights_sha256"] {
			t.Errorf("the weights of run %d are %s, want %v", i, cell(i, "weights_sha256"), e["weights_sha256"])
		}
	}
	if held := events[2]["validation_error"].(float64); cell(2, "validation_error") != strconv.FormatFloat(held, 'g', -1, 64) {
		t.Errorf("the validation error is %s, want %v", cell(2, "validation_error"), held)
	}
	if out := must(t, "inspect", "one", "--csv"); !strings.HasPrefix(out, head+"\none,done,digits,784-20-10,1,2,2,30,") {
		t.Errorf("a single run is\n%s", out)
	}

	table := strings.Split(must(t, "inspect", "one", "two", "a third"), "\n")
	var got []string
	for _, line := range table {
		if line != "" {
			got = append(got, strings.Join(strings.Fields(line), " "))
		}
	}
	want := []string{
		"run state data network seed epochs data.validation network.feedback learning.rates train error validation error test error time",
		"one done digits 784-20-10 1 2 0 broadcast ",
		"two killed digits 784-20-10 2 1 of 2 0 layerwise [0.2, 0.02] ",
		"a third done digits 784-7-5-10 1 1 10 broadcast ",
	}
	if len(got) != len(want) {
		t.Fatalf("the table is\n%s", strings.Join(table, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("row %d is %q, want %q", i, got[i], want[i])
		}
	}
	if column := strings.Index(table[0], "784"); column >= 0 || strings.Index(table[1], "784") != strings.Index(table[3], "784") {
		t.Errorf("the columns are not below one another:\n%s", strings.Join(table, "\n"))
	}

	plateautest.WriteFile(t, "notes.txt", "mine")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"one", "one"}, 2, "one is given twice"},
		{[]string{"one", "a third/recording.plateau"}, 2, "a third/recording.plateau is a file; for a table want the folders of runs; it is a recording: plateau inspect 'a third/recording.plateau'\n"},
		{[]string{"one", "notes.txt"}, 2, "notes.txt is a file"},
		{[]string{"one", "none"}, 1, "none: there is no such file or folder"},
		{[]string{"one", "a third/checkpoints"}, 1, "is not the folder of a run"},
		{[]string{"one", "two", "--trials", "1"}, 2, "--trials is for a single recording"},
		{[]string{"one", "--csv", "--json"}, 2, "--csv and --json do not go together"},
		{[]string{"a third/recording.plateau", "--csv"}, 2, "is a file"},
		{nil, 2, "inspect needs a recording or the folder of a run"},
	} {
		status, out, messages := plateau(append([]string{"inspect"}, test.args...)...)
		if status != test.status || out != "" || !strings.Contains(messages, test.want) {
			t.Errorf("inspect %q: status %d, %q, %q; want %d and %q", test.args, status, out, messages, test.status, test.want)
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Fatalf("inspect %q has left something behind: %q", test.args, after)
		}
	}
	// A damaged checkpoint is one of a table too.
	checkpoints, err := run.ListCheckpoints("two")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(checkpoints[0].Path, 100); err != nil {
		t.Fatal(err)
	}
	must(t, "inspect", "one", "two")
	if status, _, messages := plateau("inspect", "one", "two", "--verify"); status != 1 || !strings.Contains(messages, "two: 1 of 2 checkpoints damaged") {
		t.Errorf("status %d, %s", status, messages)
	}
}

// To verify a run is to verify its recording too, whose end only a run that is not done
// may lack.
func TestVerifyRunWithRecording(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record")...)
	must(t, "inspect", "run", "--verify")
	file := plateautest.ReadFile(t, "run/recording.plateau")
	// A byte in the middle of spikes.
	at := strings.LastIndex(file[:len(file)*9/10], "\xc9Pc\x1a\x03") + 60
	for _, test := range []struct{ what, file, want string }{
		{"a changed byte", file[:at] + string(file[at]^1) + file[at+1:], "damaged; plateau inspect run/recording.plateau --verify says where"},
		{"no end", file[:len(file)*9/10], "run/recording.plateau broke off"},
		{"no recording at all", "plateau", "run/recording.plateau: "},
	} {
		plateautest.WriteFile(t, "run/recording.plateau", test.file)
		status, _, messages := plateau("inspect", "run", "--verify")
		if status != 1 || !strings.Contains(messages, test.want) {
			t.Errorf("%s: status %d, %s", test.what, status, messages)
		}
		must(t, "inspect", "run")
	}
}
