package train

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/claim"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// Command returns the command. At the end of a run it shows some examples of what was
// learnt.
func Command(con *terminal.Console, show Examples) *cobra.Command {
	cmd := &cobra.Command{
		Use: "train", GroupID: cli.GroupRun, Args: cli.NoArguments,
		Short: "train a network",
		Long: `Train a network, one example after another, and test it after every epoch.
Without options, train 784-500-10 on digits that the program draws, which takes
about a minute.

The run folder gets config.toml with every setting, metrics.jsonl with a line for
every epoch, and weights.npz with every checkpoint. --record also writes every
spike of training to a file, from which plateau replay recomputes all potentials.
The keys of [record] choose what is recorded, and of which trials; plateau config
explains them. --measure adds lines of measurements to metrics.jsonl, and writes
measurements.npz.

With --validation, --patience N stops the run when the error on the images held
out has not become lower for N epochs, and --keep best ends it with the weights
of its best epoch, with which the test set is then tested.

--weights begins with weights from a file or from another run, which must fit the
network; --transfer takes only some of them.

After Ctrl-C the program finishes the example, writes a checkpoint and ends with
status 75; a second Ctrl-C ends it at once. SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2
do the same as one Ctrl-C. --resume goes on with a run, however it was stopped,
and the run ends with the same bits as if it had never stopped. With --epochs, it
goes on with a run that is done. --out DIR --resume begins the run if there is
none and goes on with it otherwise, which is right for jobs that are requeued.`,
		Example: `  plateau train
  plateau train --data mnist --hidden 500,100 --epochs 20 --out runs/two-layers
  plateau train --validation 5000 --epochs 50 --patience 5 --keep best
  plateau train --preset paper-1-hidden --seed 2
  plateau train --set neurons.apical_per_ms=0.05 --set phases.longer=true --seed 2
  plateau train --config runs/digits-1/config.toml
  plateau train --resume runs/digits-1
  plateau train --resume runs/digits-1 --epochs 20
  plateau train --data mnist --out runs/a --resume
  plateau train --record --set record.trials=every=1000
  plateau train --weights runs/digits-1 --set data.seed=2 --out runs/digits-1-on
  plateau train --measure angle,eigenvalue --set measure.every=500
  plateau train --record soma.plateau --set record.variables=soma,apical --set record.neurons=hidden0:0:20`,
	}
	o := settings.Configure(cmd, "data", "data-dir", "examples", "validation", "test-examples", "hidden", "rule", "weights", "transfer", "epochs", "patience", "keep", "batch", "seed", "measure")
	workers := cli.WorkersFlag(cmd)
	var out string
	var force bool
	cmd.Flags().StringVar(&out, "out", "", "run folder (default: the first free of runs/digits-1, runs/digits-2, …)")
	cli.Describe(cmd.Flags(), cli.HeadOutput, "out", "DIR")
	cmd.Flags().BoolVar(&force, "force", false, "replace the run in that folder")
	cli.Describe(cmd.Flags(), cli.HeadOutput, "force", "")
	recordTo := run.RecordFlag(cmd, "record spikes and more while training (default: recording.plateau in the run folder)")
	resumeIn, resumeAt := resumeFlags(cmd)
	every := cmd.Flags().String("checkpoint-every", run.StandardInterval,
		"write checkpoints after epochs and every 5m or 1000ex (examples), or only every 1ep (default: "+run.StandardInterval+")")
	cli.Describe(cmd.Flags(), cli.HeadOutput, "checkpoint-every", "TIME")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := cli.CheckWorkers(*workers); err != nil {
			return err
		}
		checkpoints, err := run.ParseInterval(*every)
		if err != nil {
			return err
		}
		if out == "" && cmd.Flags().Changed("out") {
			return cli.Misuse(`--out "": want the name of a folder`)
		}
		if *recordTo == "" && cmd.Flags().Changed("record") {
			return cli.Misuse(`--record "": want the name of a file`)
		}
		if *resumeAt < 0 && cmd.Flags().Changed("resume-at") {
			return cli.Misuse("--resume-at %d: want a number of examples, one of those that %s lists", *resumeAt, cli.Command("inspect"))
		}
		t := Options{Show: show, Workers: *workers, Out: out, Force: force, record: *recordTo, Every: checkpoints, EveryText: *every, resumeAt: *resumeAt}
		if cmd.Flags().Changed("resume") {
			orBegin := *resumeIn == cli.StandardFile
			if t.resume, err = resumedFolder(cmd, *resumeIn, out, force); err != nil {
				return err
			}
			if orBegin {
				// A job that was requeued because its machine was lost starts before the claim of the lost process ends.
				claim.Wait(cmd.Context(), t.resume, func(by claim.Held) {
					con.Note("note: another plateau works in %s: %v; waiting until it ends or its claim does", t.resume, &by)
				})
				if cmd.Context().Err() != nil {
					return cli.Interrupted(" before it began")
				}
			}
			if !orBegin || cli.HoldsRun(t.resume) {
				if !cmd.Flags().Changed("checkpoint-every") {
					t.EveryText = "" // as before
				}
				return resume(cmd.Context(), con, o, t)
			}
			if cmd.Flags().Changed("resume-at") {
				return fmt.Errorf("--resume-at %d: there is no run in %s yet", *resumeAt, t.resume)
			}
		} else if cmd.Flags().Changed("resume-at") {
			return cli.Misuse("--resume-at goes with --resume, the folder of a run")
		}
		c, err := o.Config()
		if err != nil {
			return err
		}
		settings.NoteRounded(con, c)
		return Run(cmd.Context(), con, c, t)
	}
	return cmd
}

// Examples shows what a learner does with some examples of the test set.
type Examples func(ctx context.Context, con *terminal.Console, c *settings.Config, l training.Learner, test *dataset.Set) error

// Options are what the configuration does not say.
type Options struct {
	Show      Examples
	Workers   int
	Out       string
	Force     bool
	record    string // a file, StandardFile or ""
	Every     run.Interval
	EveryText string // the same as text; "" in a resumed run means as before
	resume    string // the folder of a run to go on with, or ""
	resumeAt  int    // number of examples of the checkpoint to resume at; negative for the last
}

// Run is one run.
func Run(ctx context.Context, con *terminal.Console, c *settings.Config, o Options) error {
	folder, err := run.Claim(o.Out, c.Data.FolderName(), o.Force)
	if err != nil {
		return err
	}
	return begin(ctx, con, c, folder, o)
}

// begin begins a run in a folder that is claimed.
func begin(ctx context.Context, con *terminal.Console, c *settings.Config, folder *run.Folder, o Options) (err error) {
	defer folder.Release()
	begun := false
	defer func() {
		if !begun {
			folder.Abandon()
		}
	}()
	if o.record == cli.StandardFile {
		o.record = filepath.Join(folder.Path, cli.RecordingName)
	}
	if o.record != "" {
		if err := errors.Join(c.Spikes("--record"), run.CheckRecordingPath(o.record, o.Force)); err != nil {
			return err
		}
	}
	data, err := settings.LoadImages(con, c)
	if err != nil {
		return err
	}
	if err := folder.CheckOrigin(c); err != nil {
		return err
	}
	r := NewSession(con, c, data, folder, o)
	if err := r.Prepare(); err != nil {
		return err
	}
	if err := folder.SameOrigin(r.origin); err != nil {
		return err
	}
	run.NoteOrigin(con, c)
	p := &run.Plan{Format: run.PlanFormat, Program: cli.Version(), Every: o.EveryText, Config: run.ConfigText(c), Origin: r.origin}
	if o.record != "" {
		if p.Recording, err = folder.Within(o.record); err != nil {
			return err
		}
	}
	if err := folder.Begin(p); err != nil {
		return err
	}
	r.Metrics, err = folder.OpenMetrics()
	if err != nil {
		return err
	}
	if o.record != "" {
		if err := r.Record(o.record, o.Force); err != nil {
			r.Metrics.Close()
			return err
		}
	}
	begun = true
	defer r.End(&err)
	return r.Run(ctx)
}
