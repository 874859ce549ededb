//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/plateautest"
)

// Commands that the program prints work as printed, however it was called.
func TestHintsWork(t *testing.T) {
	shell, self := programInBash(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(here, "it's my $HOME")
	if err := os.Mkdir(odd, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plateau", filepath.Join(odd, "plateau")} {
		if err := os.Symlink(self, name); err != nil {
			t.Fatal(err)
		}
	}
	path := os.Getenv("PATH")
	for _, test := range []struct{ what, path, typed, run string }{
		{"in this folder", path, "./plateau", "run"},
		{"on the PATH", odd + ":" + path, "plateau", "run one"},
		{"by a path", path, cli.UnixWord(filepath.Join(odd, "plateau")), "-it's \x1b[31m \\ one"},
	} {
		t.Setenv("PATH", test.path)
		must := func(line string) string {
			t.Helper()
			out, err := exec.Command(shell, "-c", line).CombinedOutput()
			if err != nil {
				t.Fatalf("%s, %s: %v\n%s", test.what, line, err, out)
			}
			return string(out)
		}
		// hint is what stands behind some words, to the end of the line.
		hint := func(out, words string) string {
			t.Helper()
			_, rest, ok := strings.Cut(out, words+test.typed+" ")
			if !ok {
				t.Fatalf("%s: want %q and %q in\n%s", test.what, words, test.typed, out)
			}
			line, _, _ := strings.Cut(rest, "\n")
			return test.typed + " " + line
		}
		out := must(test.typed + " train --hidden 5 --examples 10 --test-examples 10 --epochs 1 --record --out=" + cli.UnixWord(test.run))
		must(hint(out, "look into a trial: "))
		os.Remove("trial-7.npz")
		out = must(test.typed + " inspect -- " + cli.UnixWord(test.run))
		if out = must(hint(out, "recording: ")); !strings.Contains(out, "recording of 784-5-10") {
			t.Errorf("%s: the recording is\n%s", test.what, out)
		}
		metrics := filepath.Join(test.run, cli.MetricsName)
		lines := strings.SplitAfter(plateautest.ReadFile(t, metrics), "\n")
		plateautest.WriteFile(t, metrics, strings.Join(lines[:len(lines)-2], "")) // as if it had been killed at the end
		out = must(hint(must(test.typed+" inspect -- "+cli.UnixWord(test.run)), "to go on with the run: "))
		out = must(hint(out+must(test.typed+" train --resume="+cli.UnixWord(test.run)), "to train it longer: "))
		if !strings.Contains(out, "2 epochs") {
			t.Errorf("%s: the run goes on with\n%s", test.what, out)
		}
		out = must(test.typed + " trian || true")
		must(hint(out, "try: "))
		if out = must(hint(must(test.typed+" --help"), "Examples:\n  ") + " --help"); !strings.Contains(out, "\n  "+test.typed+" train --data mnist") {
			t.Errorf("%s: help is\n%s", test.what, out)
		}
	}
}

// go run does not leave a program to be called again.
func TestHintsOfGoRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ folder, typed string }{{root, "go run ./cmd/plateau"}, {filepath.Join(root, "cmd", "plateau"), "go run plateau/cmd/plateau"}} {
		cmd := exec.Command("sh", "-c", test.typed+" data lits")
		cmd.Dir = test.folder
		out, _ := cmd.CombinedOutput()
		if want := "try: " + test.typed + " data --help\n"; !strings.Contains(string(out), want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}
