package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
)

// The view of a real run: it is gone in the end, the table is whole, and the
// weights are those of a run that nobody sees. What --json prints is the same.
func TestLiveRun(t *testing.T) {
	plateautest.Empty(t)
	must(t, tiny("--out", "unseen")...)
	for _, json := range []bool{false, true} {
		seen := &plateautest.FakeTerminal{Columns: 1000, Rows: 30}
		var frames bytes.Buffer
		con := &terminal.Console{Out: seen, Err: seen, JSON: json}
		con.Screen = &terminal.Screen{
			To: plateautest.Writers{seen, &frames},
			Size: func() terminal.Terminal {
				return terminal.Terminal{Columns: seen.Columns, Rows: seen.Rows, Unicode: true, Colours: 16}
			},
		}
		c, err := run.Config("unseen")
		if err != nil {
			t.Fatal(err)
		}
		if err := train.Run(t.Context(), con, c, train.Options{Workers: 1, Out: "seen", Force: true}); err != nil {
			t.Fatal(err)
		}
		con.Clear()
		text := seen.String()
		for _, part := range []string{"━", "train error", "epoch 2 of 2", "test 2 of 2", "firing rate", "hidden0"} {
			if !strings.Contains(frames.String(), part) {
				t.Errorf("nobody has seen %q", part)
			}
			if part != "train error" && strings.Contains(text, part) {
				t.Errorf("%q is left behind:\n%s", part, text)
			}
		}
		if json {
			if events := plateautest.JSONLines(t, text); len(events) != 4 {
				t.Errorf("%d lines, want 4:\n%s", len(events), text)
			}
		} else if lines := strings.Split(text, "\n"); len(lines) < 6 || !strings.HasPrefix(lines[4], "    1  ") || !strings.HasPrefix(lines[5], "    2  ") {
			t.Errorf("the table is not whole:\n%s", text)
		}
		a, err := os.ReadFile("unseen/weights.npz")
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile("seen/weights.npz")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Error("looking on changes the weights")
		}
	}
}
