package look

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
)

// InspectCommand returns the command inspect.
func InspectCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "inspect FILE|RUN...", GroupID: cli.GroupLook,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Misuse("inspect needs a recording or the folder of a run, or several of runs")
			}
			return nil
		},
		Short: "show what is in a recording or a run folder",
		Long: `Show what is in a recording: the run that it belongs to, what was recorded, every
trial with its true class, predicted class, spikes and plateaus, and totals.
--json lists all trials. Trials and images are counted from 0; the column number
is that of the trial in the run, counted from 1 as in record.trials. --verify
reads every byte and says exactly what is damaged and what is intact; the exit
status is 1 if anything is damaged.

For a run folder, show its settings, the errors after each epoch, its weights and
its checkpoints; for several run folders, a table with a row for each run and a
column for each setting in which they differ.`,
		Example: `  plateau inspect runs/digits-1
  plateau inspect runs/* --csv > runs.csv
  plateau inspect runs/digits-1/recording.plateau --trials 100:120
  plateau inspect runs/digits-1/recording.plateau --verify`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o inspectOptions
	flags.StringVar(&o.trials, "trials", "", "trials to list, counted from 0, such as 12 or 100:120 (default: the first 20; all with --json)")
	cli.Describe(flags, cli.HeadLook, "trials", "N|A:B")
	flags.BoolVar(&o.verify, "verify", false, "check every checksum of a recording, or of a run's checkpoints and recording")
	cli.Describe(flags, cli.HeadLook, "verify", "")
	flags.BoolVar(&o.csv, "csv", false, "print a table of the runs as CSV, also for one run; errors are fractions, not percentages")
	cli.Describe(flags, cli.HeadOutput, "csv", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.csv && con.JSON {
			return cli.Misuse("--csv and --json do not go together")
		}
		if o.trials == "" && flags.Changed("trials") {
			return cli.Misuse(`--trials "": want a number, or a range such as 0:20`)
		}
		if o.trials != "" && o.verify {
			return cli.Misuse("--trials and --verify do not go together: the whole file is verified")
		}
		if len(args) > 1 || o.csv {
			return compareRuns(cmd.Context(), con, args, o)
		}
		o.path = args[0]
		return inspect(cmd.Context(), con, o)
	}
	return cmd
}

type inspectOptions struct {
	path   string
	trials string
	verify bool
	csv    bool // print the table of runs as CSV
}

func inspect(ctx context.Context, con *terminal.Console, o inspectOptions) error {
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file or folder; want a recording or the folder of a run%s", o.path, cli.KnownRuns())
	case err != nil:
		return fmt.Errorf("%s: %w", o.path, terminal.Cause(err))
	case info.IsDir() && o.trials != "":
		return cli.Misuse("--trials is for a recording, but %s is a folder", o.path)
	case info.IsDir():
		return inspectRun(ctx, con, o.path, o.verify)
	}
	r, err := run.OpenRecording(o.path)
	if err != nil {
		return err
	}
	defer r.Close()
	i := &inspection{con: con, path: o.path, size: info.Size(), r: r, h: r.Header()}
	if o.verify {
		return i.verify(ctx)
	}
	return i.list(ctx, o.trials)
}
