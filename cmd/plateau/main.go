// Plateau simulates networks of spiking neurons with segregated dendrites and
// trains them with the neurons' own plateau potentials. This package is the program:
// it reads options and files, and prints text and writes files. The packages below it
// simulate networks and train them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/draw"
	"plateau/cmd/plateau/look"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/cmd/plateau/train"
	"plateau/cmd/plateau/trial"
	"plateau/cmd/plateau/view"
)

// Exit statuses.
const (
	statusDone        = 0
	statusFailed      = 1
	statusMisuse      = 2  // wrong usage or settings
	statusInterrupted = 75 // EX_TEMPFAIL of sysexits.h: stopped by a signal, try again
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), cli.Endings()...)
	// A second Ctrl-C ends the program at once. Other signals may arrive twice although
	// they were sent once: timeout, for one, sends them to the program and to its group.
	context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt) })
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// execute is the whole program.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	con := terminal.NewConsole(stdout, stderr, os.Getenv)
	root := newRoot(con)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	con.Clear()
	if err == nil {
		err = con.Failed
	}
	if err == nil {
		return statusDone
	}
	fmt.Fprintf(stderr, "plateau: %s\n", terminal.Printable(cli.Plain(err)))
	if usage, ok := errors.AsType[*cli.UsageError](err); ok {
		if !usage.Complete {
			fmt.Fprintf(stderr, "try: %s\n", terminal.Printable(cli.CommandOf(cmd, "--help")))
		}
		return statusMisuse
	}
	if _, ok := errors.AsType[*settings.Error](err); ok {
		return statusMisuse
	}
	if _, ok := errors.AsType[*cli.Interruption](err); ok {
		return statusInterrupted
	}
	return statusFailed
}

func newRoot(con *terminal.Console) *cobra.Command {
	root := &cobra.Command{
		Use:   "plateau",
		Short: "spiking neurons with segregated dendrites that learn without backpropagation",
		Long: `Plateau simulates networks of spiking neurons whose apical dendrites are
electrically separate from their somata, and trains them with the neurons' own
plateau potentials (Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901).

Exit status: 0 done, 1 failed, 2 wrong usage, 75 stopped by a signal (continue
training with train --resume).`,
		Example: `  plateau train                        train on digits that the program draws itself
  plateau test --run runs/digits-1     test the trained network
  plateau trial --run runs/digits-1    look into a single trial`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.UnknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE:          func(cmd *cobra.Command, args []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       cli.Version(),
	}
	root.SetVersionTemplate("plateau {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true // completion is ours
	root.SetHelpCommand(cli.HelpCommand(root))
	root.SetFlagErrorFunc(cli.FlagError)
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) { fmt.Fprint(cmd.OutOrStdout(), cli.Help(cmd)) })
	root.AddGroup(
		&cobra.Group{ID: cli.GroupRun, Title: "Simulate and learn"},
		&cobra.Group{ID: cli.GroupLook, Title: "Look at recordings"},
		&cobra.Group{ID: cli.GroupSetup, Title: "Data and settings"})
	root.AddCommand(
		train.Command(con, trial.ShowExamples), train.TestCommand(con), trial.Command(con), draw.Command(con), train.BenchCommand(con),
		look.InspectCommand(con), view.Command(con), trial.ReplayCommand(con), look.ExportCommand(con), look.DataCommand(con), settings.Command(con), newCompletion(con), cli.VersionCommand(con))
	complete(root)
	return root
}
