package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"größer 30 % – …\n\tα^f", "größer 30 % – …\n\tα^f"},
		{"a\u00a0b\u3000c", "a\u00a0b\u3000c"},
		{"\x1b[31mred\x1b]0;title\x07", `\x1b[31mred\x1b]0;title\x07`},
		{"over\rwritten\x7f\x00", `over\x0dwritten\x7f\x00`},
		{"\u009b2J", `\u009b2J`},
		{"a\u202eb\u200d\ufeff", `a\u202eb\u200d\ufeff`},
		{"a\xffb\xe2\x82", `a\xffb\xe2\x82`},
		{"\U000e0041", `\U000e0041`},
		{"\ufffd", "\ufffd"},
	} {
		if got := printable(test.text); got != test.want {
			t.Errorf("%q is printed as %q, want %q", test.text, got, test.want)
		}
	}
}

func TestASCIIControls(t *testing.T) {
	want := "größer\x1b\x7f\u009b\u202e\U000e0041\n"
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := asciiControls(text)
	if s := string(got); printable(s) != s {
		t.Errorf("%s is not printable", s)
	}
	var back string
	if err := json.Unmarshal(got, &back); err != nil || back != want {
		t.Errorf("%s is %q, %v, want %q", got, back, err, want)
	}
}

// Names in files and of files may hold what a terminal obeys. None of it gets there,
// in no message, table or line of JSON.
func TestNamesArePrintable(t *testing.T) {
	empty(t)
	const evil = "a\x1b]0;t\x07\x1b[2J\r\x7f\u009b1m\u202e"
	must(t, tiny("--out", evil, "--epochs", "1", "--record")...)
	must(t, "trial", "--run", evil, "--out", evil+".npz")
	// A recording, weights, metrics and settings that another program has written.
	c := configFor(t)
	c.network.hidden = []int{5}
	info, err := dataset.Lookup(c.data.name)
	if err != nil {
		t.Fatal(err)
	}
	m := c.model(info)
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.load(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	h := c.trialHeader(m, "test")
	h.Data, h.Program, h.Config = evil, evil, "["+evil
	w, err := record.Create("crafted.plateau", h, net)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocols.RunTrial(m, net, data.Test, 0, w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create("crafted.npz")
	if err != nil {
		t.Fatal(err)
	}
	z := npz.NewWriter(f)
	for _, name := range []string{"W0", evil} {
		if err := z.Write(name, []int{1}, []float32{1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("crafted", 0o777); err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(readFile(t, filepath.Join(evil, configName)), "[data]")
	writeFile(t, filepath.Join("crafted", configName), text+"[data]\nname = \"a\\u001b[2J\\u009b\"\n[\"a\\u001b\"]\n")
	writeFile(t, filepath.Join("crafted", weightsName), readFile(t, "crafted.npz"))
	writeFile(t, filepath.Join("crafted", metricsName), `{"event":"start"}`+"\n{\x1b[2J}\n")
	writeFile(t, evil+".toml", "data.dir = \"\\u001b\\u009b\\u202e\"\n")
	if err := os.Rename("crafted", evil+"2"); err != nil {
		t.Fatal(err)
	}
	recording := filepath.Join(evil, recordingName)
	for _, args := range [][]string{
		{"inspect", evil}, {"inspect", recording}, {"inspect", recording, "--verify"}, {"inspect", evil + "2"},
		{"inspect", "crafted.plateau"}, {"inspect", "crafted.plateau", "--verify"}, {"inspect", "crafted.npz"}, {"inspect", evil + "3"},
		{"replay", recording, "--out", evil + "-r.npz"}, {"replay", "crafted.plateau"}, {"replay", "crafted.npz"},
		{"export", recording, "--to", "csv", "--out", evil + "-csv"}, {"export", "crafted.plateau", "--to", "npz"}, {"export", recording, "--to", evil},
		{"plot", evil, "--out", evil + ".svg"}, {"plot", "crafted.plateau"}, {"plot", "crafted.npz"}, {"plot", evil + "2"}, {"plot", evil + "4"},
		{"plot", recording, "--what", "raster", "--out", evil + "-r.svg"},
		{"trial", "--run", evil, "--out", evil + "-1.npz", "--record", evil + "-1.plateau"}, {"trial", "--run", evil + "2"}, {"trial", "--data", evil},
		{"test", "--run", evil}, {"test", "--run", evil + "2"}, {"test", "--run", evil + "5"},
		{"train", "--resume", evil}, {"train", "--resume", evil + "2"}, {"train", "--out", evil}, {"train", "--set", evil}, {"train", "--config", evil},
		{"train", "--data-dir", evil, "--data", "mnist"}, {"config", "--config", evil + ".toml"}, {"data", "list", "--data-dir", evil}, {evil}, {"--" + evil},
		tiny("--out", evil+"-6", "--epochs", "1"),
	} {
		for _, args := range [][]string{args, append([]string{args[0], "--json"}, args[1:]...)} {
			_, out, messages := plateau(args...)
			if text := out + messages; printable(text) != text {
				t.Errorf("plateau %q prints %q", args, text)
			}
			if out+messages == "" {
				t.Errorf("plateau %q prints nothing", args)
			}
		}
	}
}
