package main

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train/traintest"
)

// plateau runs the program in a fresh folder that the test has changed to.
func plateau(args ...string) (status int, out, messages string) {
	var stdout, stderr bytes.Buffer
	status = execute(context.Background(), args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// must runs the program and wants it to succeed.
func must(t *testing.T, args ...string) (out string) {
	t.Helper()
	status, out, messages := plateau(args...)
	if status != 0 {
		t.Fatalf("plateau %s: status %d: %s", strings.Join(args, " "), status, messages)
	}
	return out
}

// tiny is a training run of a blink, by the paper's rule.
func tiny(more ...string) []string {
	return append([]string{"train"}, traintest.Tiny(more...)...)
}

// configFor returns the configuration that key=value pairs make.
func configFor(t *testing.T, pairs ...string) *settings.Config {
	t.Helper()
	c, err := settings.New(pairs...)
	if err != nil {
		t.Fatalf("%q: %v", pairs, err)
	}
	return c
}

// emptyTerminal is empty on a terminal that shows UTF-8, and returns the folder that
// the test was in.
func emptyTerminal(t *testing.T) (here string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	plateautest.Empty(t)
	t.Setenv("LC_ALL", "C.UTF-8")
	t.Setenv("TERM", "xterm")
	return here
}

// Mistakes that people make, with what they must read and the status.
func TestMistakes(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run")...)
	must(t, "trial", "--run", "run")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("bad.toml", "seed = 3\n[phases]\nforward_ms = 20\nsettel_ms = 3\n[test]\nlength_ms = \"x\"\n")
	write("syntax.toml", "seed = 3\n[phases\n")
	write("twice.toml", "seed = 3\nseed = 4\n")
	write("inline.toml", "neurons = {dt_ms = nan}\nphases.target_ms = -3\n")
	write("array.toml", "[[phases]]\nforward_ms = 50\n")
	write("full.toml", settings.PrintConfig(configFor(t), false))
	write("notes.txt", "mine")
	before := plateautest.Tree(t)
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"trian", 2, []string{"no command trian", "did you mean train?", "plateau --help"}},
		{"zzz", 2, []string{"no command zzz", "train, test, trial, plot, inspect, view, replay, export, data, config, completion, version"}},
		{"help foo", 2, []string{"no command foo", "train, test"}},
		{"help data lits", 2, []string{"no command lits", "did you mean list?"}},
		{"data foo", 2, []string{"no command foo", "list, fetch, verify"}},
		{"train --epoch 3", 2, []string{"no option --epoch;", "did you mean --epochs?", "plateau train --help"}},
		{"train --zzzzzzz", 2, []string{"no option --zzzzzzz\n", "plateau train --help"}},
		{"train -e", 2, []string{"no option -e", "two dashes"}},
		{"train extra", 2, []string{`takes no arguments`, "\"extra\"\n"}},
		{"train run", 2, []string{`takes no arguments, but there is "run"; did you mean --resume run?`}},
		{"test run", 2, []string{`takes no arguments, but there is "run"; did you mean --run run?`}},
		{"trial run", 2, []string{`takes no arguments, but there is "run"; did you mean --run run?`}},
		{"train --epochs", 2, []string{"--epochs needs a value"}},
		{"train --epochs abc", 2, []string{"--epochs", `learning.epochs = "abc"`, "a whole number from 1"}},
		{"train --epochs 0", 2, []string{"learning.epochs = 0", "from 1"}},
		{"train --examples 0", 2, []string{"--examples", "data.examples = 0", "want 1 to", `"all"`}},
		{"train --examples -7", 2, []string{"data.examples = -7", "want 1 to"}},
		{"train --data mnist --examples 60001", 2, []string{"data.examples = 60001", "(60000)"}},
		{"train --data cats", 2, []string{`data.name = "cats"`, `"mnist"`}},
		{"train --data mnist", 1, []string{"mnist not found", "looked in", "plateau data fetch mnist"}},
		{"train --data mnist --data-dir nowhere", 1, []string{"mnist not found", "nowhere", "only the given folder"}},
		{"train --workers 0", 2, []string{"--workers 0", "1 to"}},
		{"train --workers many", 2, []string{"--workers many", "whole number"}},
		{"train --hidden 10,x", 2, []string{`network.hidden = "10,x"`, "whole numbers"}},
		{"train --hidden 0", 2, []string{"network.hidden = [0]", "from 1", `or "none" for no hidden layer`}},
		{"train --hidden=", 2, []string{`network.hidden = ""`, `or "none" for no hidden layer`}},
		{"train --hidden 500,", 2, []string{`network.hidden = "500,"`, `or "none" for no hidden layer`}},
		{"train --hidden 9999999,9999999", 2, []string{"network.hidden", "weights in all"}},
		{"train --seed -1", 2, []string{"seed = -1", "from 0"}},
		{"train --preset none --set phases.forward_ms=20", 2, []string{"phases.forward_ms = 20: want more than phases.settle_ms (30)"}},
		{"train --preset none --set phases.settle_ms=70", 2, []string{"phases.settle_ms = 70 does not go with phases.forward_ms = 50 (the default)", "more than phases.settle_ms (70)"}},
		{"train --set phases.forward_ms=inf", 2, []string{"phases.forward_ms = inf"}},
		{"train --set neurons.dt_ms=nan", 2, []string{"neurons.dt_ms = nan: want from 0.001"}},
		{"train --set neurons.dt_ms=1.5", 2, []string{"neurons.dt_ms = 1.5", "euler", "1.176"}},
		{"train --set phases.forwrd_ms=50", 2, []string{"no key phases.forwrd_ms", "did you mean phases.forward_ms?"}},
		{"train --set forward_ms=50", 2, []string{"no key forward_ms", "did you mean phases.forward_ms?"}},
		{"train --set zzz.qqq=1", 2, []string{"no key zzz.qqq", "plateau config"}},
		{"train --set phases", 2, []string{"--set phases", "key=value"}},
		{"train --set learning.rates=0.1", 2, []string{"learning.rates = [0.1]", "2 numbers"}},
		{"train --measure angel", 2, []string{`measure.what = "angel"`, `some of "losses,angle,eigenvalue,`}},
		{"train --measure losses,all", 2, []string{`measure.what = "losses,all"`, `"all" or some of`}},
		{"train --measure=", 2, []string{`measure.what = ""`, `"none", "all" or`}},
		{"train --hidden none --measure angle", 2, []string{`measure.what = "angle"`, "need a hidden layer"}},
		{"train --measure all --set measure.every=0", 2, []string{"measure.every = 0", "from 1"}},
		{"train --config bad.toml", 2, []string{
			"bad.toml:4: there is no key phases.settel_ms; did you mean phases.settle_ms?",
			`bad.toml:6: test.length_ms = "x": want a number`,
			"bad.toml:3: phases.forward_ms = 20: want more than phases.settle_ms (30)"}},
		{"train --config inline.toml", 2, []string{"inline.toml:1: neurons.dt_ms = nan", "inline.toml:2: phases.target_ms = -3"}},
		{"train --config array.toml", 2, []string{"array.toml:1: there is no key phases"}},
		{"train --config syntax.toml", 2, []string{"syntax.toml:2: not TOML"}},
		{"train --config twice.toml", 2, []string{"twice.toml", "not TOML"}},
		{"train --config run", 1, []string{"run is a folder", "run/config.toml"}},
		{"train --preset paper-9-hidden", 2, []string{"--preset paper-9-hidden: there is no such preset", "paper-0-hidden", "rate-mode"}},
		{"train --preset paper-2-hidden --config full.toml", 2, []string{"--config full.toml sets everything that --preset paper-2-hidden does"}},
		{"train --data mnst", 2, []string{"plateau: --data: data.name"}},
		{"train --hidden 0", 2, []string{"plateau: --hidden: network.hidden"}},
		{"train --epochs 0e3", 2, []string{"learning.epochs = 0: want a whole number from 1"}},
		{"train --epochs 1.5", 2, []string{"learning.epochs = 1.5: want a whole number"}},
		{"train --preset=", 2, []string{`--preset ""`, "plateau config presets"}},
		{"train --preset paper-1-hidden --set phases.target_ms=31 --set phases.settle_ms=20 --set phases.window_ms=32", 2, []string{"--set: phases.window_ms = 32"}},
		{"train --preset paper-stochastic-plateaus --set phases.window_ms=0", 2, []string{"--preset paper-stochastic-plateaus: phases.plateau_spread_ms = 5", "phases.window_ms (0)"}},
		{"trial --run run --preset rate-mode", 2, []string{"--preset and --run"}},
		{"config presets x", 2, []string{"takes no arguments"}},
		{"train --config none.toml", 1, []string{"none.toml", "no such file"}},
		{"train --config run/weights.npz", 2, []string{"run/weights.npz:1: not TOML"}},
		{"train --out run", 1, []string{"--out run", "not empty", "--force", "--resume"}},
		{"train --out notes.txt", 1, []string{"--out notes.txt", "not a directory"}},
		{"train --out notes.txt/a/b", 1, []string{"--out notes.txt/a/b", "not a directory"}},
		{"train --out=", 2, []string{`--out ""`}},
		{"test", 2, []string{"test needs --run"}},
		{"test --run nothing", 1, []string{"--run nothing", "no such folder"}},
		{"test --run .", 1, []string{"--run .", "no config.toml"}},
		{"test --run notes.txt", 1, []string{"--run notes.txt", "not a folder"}},
		{"test --run run --set network.hidden=30", 1, []string{"run/weights.npz", "W0 is 784×20, want 784×30", "b0 is 20 values, want 30 values"}},
		{"test --run run --set test.length_ms=5", 2, []string{"test.length_ms = 5", "test.settle_ms (30)"}},
		{"test --run run --hidden 3", 2, []string{"no option --hidden"}},
		{"trial --run run --hidden 3", 2, []string{"--hidden and --run"}},
		{"trial --run run --config bad.toml", 2, []string{"--config and --run"}},
		{"trial --run run --example -2", 2, []string{"--example -2"}},
		{"trial --run run --example 10000 --out x.npz", 2, []string{"--example 10000: want 0 to 9999", "test set of digits"}},
		{"trial --run run --split both", 2, []string{"--split both", "test or train"}},
		{"trial --run run", 1, []string{"trial-0.npz", "already", "--force"}},
		{"trial --out run", 1, []string{"--out run", "is a folder"}},
		{"trial --out no/where.npz", 1, []string{"there is no folder no"}},
		{"trial --out notes.txt/x.npz", 1, []string{"notes.txt"}},
		{"trial --out x.npz --set phases.forward_ms=999999", 2, []string{"GB", "phases.forward_ms"}},
		{"config check", 2, []string{"needs the name of a configuration file"}},
		{"config check bad.toml", 2, []string{"bad.toml:3: phases.forward_ms"}},
		{"config check a b", 2, []string{`also "b"`}},
		{"data fetch", 2, []string{"needs the name of a data set"}},
		{"data fetch mnits", 2, []string{"no data set mnits", "did you mean mnist?"}},
		{"data verify fashion-mnist", 1, []string{"fashion-mnist not found"}},
	} {
		status, out, messages := plateau(strings.Fields(test.args)...)
		if status != test.status {
			t.Errorf("plateau %s: status %d, want %d\n%s", test.args, status, test.status, messages)
		}
		if out != "" {
			t.Errorf("plateau %s: has put something on standard output: %s", test.args, out)
		}
		if !strings.HasPrefix(messages, "plateau: ") {
			t.Errorf("plateau %s: the message does not say who speaks: %s", test.args, messages)
		}
		for _, want := range test.want {
			if !strings.Contains(messages, want) {
				t.Errorf("plateau %s: want %q in\n%s", test.args, want, messages)
			}
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Fatalf("plateau %s: has left something behind: before %q, now %q", test.args, before, after)
		}
	}
}

// Every command must explain itself, and every flag stand under a heading: help
// lists no other.
func TestHelp(t *testing.T) {
	con := &terminal.Console{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		text := cli.Help(cmd)
		if cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s: no example or no description", cmd.CommandPath())
		}
		for line := range strings.Lines(text) {
			if n := len([]rune(line)); n > 130 {
				t.Errorf("%s: a line of %d characters: %s", cmd.CommandPath(), n, line)
			}
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && f.Name != "version" && !strings.Contains(text, "  --"+f.Name+" ") {
				t.Errorf("%s: help does not list --%s", cmd.CommandPath(), f.Name)
			}
			if strings.Contains(f.Usage, "\n") {
				t.Errorf("%s: --%s is told in more than a line", cmd.CommandPath(), f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			if !c.Hidden && !strings.Contains(text, "\n  "+c.Name()+" ") {
				t.Errorf("%s: help does not list %s", cmd.CommandPath(), c.Name())
			}
			visit(c)
		}
	}
	visit(newRoot(con))

	plateautest.Empty(t)
	for _, args := range [][]string{nil, {"--help"}, {"train", "--help"}, {"help"}, {"help", "train"}, {"help", "data", "list"}, {"data"}, {"--version"}, {"version"}} {
		status, out, messages := plateau(args...)
		if status != 0 || !strings.Contains(out, "plateau") || messages != "" {
			t.Errorf("plateau %q: status %d, messages %q, output %q", args, status, messages, out)
		}
	}
	// A mistake in the words of help ends with "try: plateau help --help".
	if got, want := must(t, "help", "--help"), must(t, "--help"); got != want {
		t.Errorf("plateau help --help prints %q, want what plateau --help does", got)
	}
}

func TestVersionJSON(t *testing.T) {
	events := plateautest.JSONLines(t, must(t, "version", "--json"))
	if len(events) != 1 || events[0]["version"] != cli.Version() {
		t.Errorf("got %v", events)
	}
}

// full is a disk, or a pipe, that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestFailingOutputIsAFailure(t *testing.T) {
	plateautest.Empty(t)
	for _, args := range [][]string{{"version", "--json"}, {"config"}, {"data", "list"}, tiny("--json")} {
		var messages bytes.Buffer
		if status := execute(context.Background(), args, full{}, &messages); status != 1 {
			t.Errorf("plateau %q: status %d, want 1", args, status)
		}
		if !strings.Contains(messages.String(), "standard output") {
			t.Errorf("plateau %q: %s", args, &messages)
		}
	}
}

// Every command that can be interrupted says with its status that it was.
func TestInterruptedStatus(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "run", "--record", "--epochs", "1")...)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	before := plateautest.Tree(t)
	for _, args := range []string{
		"test --run run", "trial --run run", "bench", "inspect run/recording.plateau", "inspect run/recording.plateau --verify",
		"replay run/recording.plateau", "export run/recording.plateau --to npz", "plot run/recording.plateau", "plot run", "data fetch mnist",
	} {
		var out, messages bytes.Buffer
		status := execute(ctx, strings.Fields(args), &out, &messages)
		if status != statusInterrupted || !strings.HasPrefix(messages.String(), "plateau: interrupted") {
			t.Errorf("plateau %s: status %d, want %d: %s", args, status, statusInterrupted, &messages)
		}
		if after := plateautest.Tree(t); !slices.Equal(before, after) {
			t.Fatalf("plateau %s: has left something behind: before %q, now %q", args, before, after)
		}
	}
	// A page is there until somebody has had enough of it, which is no failure.
	if status := execute(ctx, []string{"view", "run"}, &bytes.Buffer{}, &bytes.Buffer{}); status != statusDone {
		t.Errorf("plateau view: status %d", status)
	}
}
