package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// Names in files and of files may hold what a terminal obeys. None of it gets there,
// in no message, table or line of JSON.
func TestNamesArePrintable(t *testing.T) {
	plateautest.Empty(t)
	const evil = "a\x1b]0;t\x07\x1b[2J\r\x7f\u009b1m\u202e"
	must(t, tiny("--out", evil, "--epochs", "1", "--record")...)
	must(t, "trial", "--run", evil, "--out", evil+".npz")
	// A recording, weights, metrics and settings that another program has written.
	c := configFor(t)
	c.Network.Hidden = []int{5}
	info := c.Data.Info()
	m := c.Model(info)
	net, err := m.NewNetwork()
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.Data.Load(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	h := settings.TrialHeader(c, m, "test")
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
	text, _, _ := strings.Cut(plateautest.ReadFile(t, filepath.Join(evil, cli.ConfigName)), "[data]")
	plateautest.WriteFile(t, filepath.Join("crafted", cli.ConfigName), text+"[data]\nname = \"a\\u001b[2J\\u009b\"\n[\"a\\u001b\"]\n")
	plateautest.WriteFile(t, filepath.Join("crafted", cli.WeightsName), plateautest.ReadFile(t, "crafted.npz"))
	plateautest.WriteFile(t, filepath.Join("crafted", cli.MetricsName), `{"event":"start"}`+"\n{\x1b[2J}\n")
	plateautest.WriteFile(t, evil+".toml", "data.dir = \"\\u001b\\u009b\\u202e\"\n")
	if err := os.Rename("crafted", evil+"2"); err != nil {
		t.Fatal(err)
	}
	recording := filepath.Join(evil, cli.RecordingName)
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
			if text := out + messages; terminal.Printable(text) != text {
				t.Errorf("plateau %q prints %q", args, text)
			}
			if out+messages == "" {
				t.Errorf("plateau %q prints nothing", args)
			}
		}
	}
}
