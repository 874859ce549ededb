package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
)

// A later layer wins: defaults, file, --set, named options.
func TestLayers(t *testing.T) {
	plateautest.Empty(t)
	file := "seed = 2\n[learning]\nepochs = 2\n[test]\nlength_ms = 102\n[phases]\nforward_ms = 52\n"
	plateautest.WriteFile(t, "run.toml", file)
	out := must(t, "config", "--json", "--epochs", "4", "--set", "learning.epochs=3", "--set", "test.length_ms=103", "--config", "run.toml",
		"--set", "test.length_ms=104")
	want := map[string]string{
		"seed": "2", "learning.epochs": "4", "test.length_ms": "104", "phases.forward_ms": "52", "phases.target_ms": "50",
	}
	seen := 0
	for _, e := range plateautest.JSONLines(t, out) {
		if v, ok := want[e["key"].(string)]; ok {
			seen++
			if e["value"] != v {
				t.Errorf("%s = %s, want %s", e["key"], e["value"], v)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("only %d of %d keys were printed", seen, len(want))
	}
}

func TestConfigCommand(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "a.toml", must(t, "config", "--hidden", "30,20", "--data", "mnist"))
	out := must(t, "config", "check", "a.toml")
	if !strings.Contains(out, "784-30-20-10 on mnist") {
		t.Errorf("check says %q", out)
	}
	events := plateautest.JSONLines(t, must(t, "config", "check", "a.toml", "--json"))
	if len(events) != 1 {
		t.Errorf("check --json says %v", events)
	}
	again := must(t, "config", "--config", "a.toml")
	plateautest.WriteFile(t, "b.toml", again)
	if third := must(t, "config", "--config", "b.toml"); third != again {
		t.Errorf("printing what was printed gives something else")
	}
}

// An option with nothing behind it, such as --hidden "$LAYERS", is never meant.
func TestEmptyOptions(t *testing.T) {
	plateautest.Empty(t)
	for _, k := range settings.NamedOptions() {
		flag := k.Option.Flag
		for _, nothing := range []string{"", " "} {
			status, _, messages := plateau("config", "--"+flag, nothing)
			if flag == "measure" {
				status, _, messages = plateau("train", "--"+flag, nothing)
			}
			if want := fmt.Sprintf("plateau: --%s: %s = %q: want ", flag, k.Name, nothing); status != 2 || !strings.HasPrefix(messages, want) {
				t.Errorf("--%s %q: status %d, %s", flag, nothing, status, messages)
			}
		}
	}
	for _, args := range [][]string{{"list"}, {"fetch", "mnist"}, {"verify", "mnist"}} {
		status, _, messages := plateau(append(append([]string{"data"}, args...), "--data-dir=")...)
		if status != 2 || !strings.HasPrefix(messages, `plateau: --data-dir "": want a value`) {
			t.Errorf("data %q with --data-dir \"\": status %d, %s", args, status, messages)
		}
	}
	if files := plateautest.Tree(t); len(files) > 0 {
		t.Errorf("something was left behind: %q", files)
	}
}

// Files that editors save with a byte order mark, and lines that end as on Windows,
// read as the same; UTF-16 is called what it is.
func TestByteOrderMark(t *testing.T) {
	plateautest.Empty(t)
	plateautest.WriteFile(t, "bom.toml", "\ufeffseed = 3\r\n[data]\r\nname = \"mnist\"\r\n")
	if out := must(t, "config", "check", "bom.toml"); !strings.Contains(out, "on mnist") {
		t.Errorf("check says %q", out)
	}
	plateautest.WriteFile(t, "bad.toml", "\ufeffsed = 3\n\nsead = 4\n")
	_, _, messages := plateau("config", "check", "bad.toml")
	for _, want := range []string{"bad.toml:1: there is no key sed;", "bad.toml:3: there is no key sead;"} {
		if !strings.Contains(messages, want) {
			t.Errorf("want %q in %s", want, messages)
		}
	}
	must(t, tiny("--out", "run")...)
	text, err := os.ReadFile("run/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "run/config.toml", "\ufeff"+string(text))
	must(t, "test", "--run", "run")
	plateautest.WriteFile(t, "wide.toml", "\xff\xfes\x00e\x00e\x00d\x00")
	if _, _, messages := plateau("config", "check", "wide.toml"); !strings.Contains(messages, "wide.toml: is UTF-16") {
		t.Errorf("of UTF-16 it says %s", messages)
	}
}

// Symbols of the paper, however they are typed, lead to their keys, and stand in what
// the keys say of themselves.
func TestSymbolsLeadToKeys(t *testing.T) {
	for _, k := range settings.Keys() {
		for symbol := range strings.FieldsSeq(k.Symbols) {
			if symbol != "dt" && !strings.Contains(k.Meaning+k.Equation, symbol) {
				t.Errorf("%s: %s stands neither in its meaning nor in its equation", k.Name, symbol)
			}
			if got := settings.MeantKey(symbol); got != k.Name {
				t.Errorf("%s leads to %q, want %s", symbol, got, k.Name)
			}
		}
	}
	for word, want := range map[string]string{
		"g_a": "neurons.apical_per_ms", "g_A": "neurons.apical_per_ms", "ga": "neurons.apical_per_ms", "neurons.g_a": "neurons.apical_per_ms", "$g_{a}$": "neurons.apical_per_ms",
		"tau_s": "neurons.tau_rise_ms", `\tau_L`: "neurons.tau_leak_ms", "phi_max": "neurons.max_rate_hz", "φmax": "neurons.max_rate_hz", "eta": "learning.rates",
		"P_0": "learning.hidden_scale", "P1": "learning.output_scale", "delta_t_s": "phases.settle_ms", "dt": "neurons.dt_ms", "E_I": "neurons.inhibitory",
		"forward": "phases.forward_ms", "max_rate": "neurons.max_rate_hz", "phases.target": "phases.target_ms", "zzz": "", "g_x": "", "": "",
	} {
		if got := settings.MeantKey(word); got != want {
			t.Errorf("%s leads to %q, want %q", word, got, want)
		}
	}
	plateautest.Empty(t)
	mistake(t, "train --set g_a=0.3", 2, []string{"there is no key g_a; did you mean neurons.apical_per_ms?"}, nil)
	mistake(t, "config g_a", 2, []string{"there is no command g_a, but a key neurons.apical_per_ms: conductance g_a", "--set neurons.apical_per_ms="}, nil)
	mistake(t, "config seed", 2, []string{"a key seed: root of every random stream"}, nil)
	mistake(t, "config chek", 2, []string{"did you mean check?"}, nil)
}

// Where numbers are out of range the message says how many there are.
func TestHowManyThereAre(t *testing.T) {
	plateautest.Empty(t)
	for args, want := range map[string]string{
		"train --examples 20 --epochs 1 --set record.trials=21":   `record.trials = "21": want "all", "misread", "every=N", or numbers and ranges from 1 to the number of trials (20)`,
		"train --examples 20 --epochs 3 --set record.trials=61":   "the number of trials (60)",
		"train --examples 20 --set record.images=20":              "less than the number of images in an epoch (20)",
		"train --set record.neurons=hidden0:0:501":                "there are hidden0 with 500 neurons, output with 10 neurons",
		"train --hidden 30,20 --set record.spikes=hidden2":        "there are input, hidden0, hidden1, output",
		"train --data mnist --validation 60000":                   "data.validation = 60000",
		"train --hidden none --set record.variables=apical":       "record.variables",
		"train --examples 20 --set record.trials=every=2,misread": "record.trials",
	} {
		mistake(t, args, 2, []string{want}, nil)
	}
}
