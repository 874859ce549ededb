// Package traintest trains networks for tests of the rooms that read runs. It is imported
// by tests only.
package traintest

import (
	"io"
	"os"
	"testing"

	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
)

// Tiny returns what follows plateau train for a run of a blink, by the paper's rule.
func Tiny(more ...string) []string {
	return append([]string{
		"--preset", "none", "--hidden", "20", "--examples", "30", "--test-examples", "20", "--epochs", "2",
		"--set", "phases.forward_ms=35", "--set", "phases.target_ms=35", "--set", "test.length_ms=50",
	}, more...)
}

// Run trains as plateau train does with these arguments, and shows nothing.
func Run(t *testing.T, args ...string) {
	t.Helper()
	cmd := train.Command(terminal.NewConsole(io.Discard, io.Discard, os.Getenv), nil)
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("training with %q: %v", args, err)
	}
}
