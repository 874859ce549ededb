package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim/record"
)

// Command returns the command trial.
func Command(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "trial", GroupID: cli.GroupRun, Args: cli.NoArguments,
		Short: "simulate a single trial and keep all potentials and spikes",
		Long: `Show one image to a network at rest, in a forward and a target phase, and print
the predicted class and the spikes. The network does not learn from it. Without
--run or --weights it has fresh weights. An archive of NumPy arrays gets the potentials of
every compartment, all spikes, means, plateaus and losses. --record also writes a
recording, which plateau export converts to other formats.`,
		Example: `  plateau trial --run runs/digits-1 --example 7
  plateau trial --example 3 --hidden 50 --seed 2 --out fresh.npz
  plateau trial --run runs/mnist-1 --split train --set phases.target_ms=200
  plateau trial --run runs/digits-1 --record seven.plateau --example 7 --out none`,
	}
	o := settings.ConfigureRun(cmd, "run folder whose weights are used (default: fresh weights)", true)
	flags := cmd.Flags()
	var t trialOptions
	flags.IntVar(&t.example, "example", 0, "image to show, counted from 0 (default: 0)")
	cli.Describe(flags, cli.HeadWhat, "example", "N")
	flags.StringVar(&t.split, "split", settings.SplitTest, "images to choose from: test or train (default: test)")
	cli.Describe(flags, cli.HeadWhat, "split", "SPLIT")
	flags.StringVar(&t.out, "out", "", "file to write, or none (default: trial-N.npz)")
	cli.Describe(flags, cli.HeadOutput, "out", "FILE")
	recordTo := run.RecordFlag(cmd, "also write a recording (default: trial-N.plateau)")
	flags.BoolVar(&t.force, "force", false, "replace what is there")
	cli.Describe(flags, cli.HeadOutput, "force", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if t.split != settings.SplitTest && t.split != settings.SplitTrain {
			return cli.Misuse("--split %s: want test or train", t.split)
		}
		if t.out == "" && flags.Changed("out") {
			return cli.Misuse(`--out "": want the name of a file`)
		}
		if *recordTo == "" && flags.Changed("record") {
			return cli.Misuse(`--record "": want the name of a file`)
		}
		if t.out == settings.Nothing && *recordTo == "" {
			return cli.Misuse("--out none: no file would be written; --record writes a recording")
		}
		if t.example < 0 {
			return cli.Misuse("--example %d: want 0 or more", t.example)
		}
		if o.Run != "" && flags.Changed("hidden") {
			return cli.Misuse("--hidden and --run do not go together: the run's weights fit only its own network")
		}
		c, err := o.Config()
		if err != nil {
			return err
		}
		settings.NoteRounded(con, c)
		t.record, t.run = *recordTo, o.Run
		if o.Run == "" || c.NamesWeights() {
			t.run, _ = c.InitialWeights()
			t.initial = true
		}
		return trial(cmd.Context(), con, c, t)
	}
	return cmd
}

// trialOptions are what the configuration does not say.
type trialOptions struct {
	example int
	split   string
	out     string // a file, or none
	record  string // a file, or ""
	force   bool
	run     string // run folder or file that the weights are from; "" if they are drawn
	initial bool   // they are those with which the settings begin
}

func trial(ctx context.Context, con *terminal.Console, c *settings.Config, o trialOptions) error {
	name := fmt.Sprintf("trial-%d", o.example)
	if o.split == settings.SplitTrain {
		name = fmt.Sprintf("trial-train-%d", o.example)
	}
	if o.out == "" {
		o.out = name + ".npz"
	}
	if o.record == cli.StandardFile {
		o.record = name + ".plateau"
	}
	if o.out == settings.Nothing {
		o.out = ""
	} else if err := cli.CheckNew(o.out, o.force); err != nil {
		return err
	}
	if o.record != "" {
		if err := run.CheckRecordingPath(o.record, o.force); err != nil {
			return err
		}
	}
	info, err := dataset.Lookup(c.Data.Name)
	if err != nil {
		return err
	}
	if err := errors.Join(c.Spikes("a trial"), checkSize(c, info)); err != nil {
		return err
	}
	m := c.Model(info)
	net, origin, err := trialNetwork(c, m, o)
	if err != nil {
		return err
	}
	set, err := trialImages(con, c, o)
	if err != nil {
		return err
	}
	tr := observe(c, info, net)
	if o.initial {
		run.NoteOrigin(con, c)
	} else {
		run.NoteChanges(con, o.run, net.Weights())
	}
	h := settings.TrialHeader(c, m, o.split)
	h.Weights, h.Origin = o.record != "", origin
	var recording bytes.Buffer
	w, err := record.NewWriter(&recording, h, net)
	if err != nil {
		return err
	}
	result, err := protocols.RunTrial(m, net, set, o.example, run.Observers{tr, w})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return cli.Interrupted("; nothing was written")
	}
	tr.finish(result)
	if o.out != "" {
		r, err := record.NewReader(bytes.NewReader(recording.Bytes()), int64(recording.Len()))
		if err != nil {
			return err
		}
		if err := tr.save(o, r, set); err != nil {
			return err
		}
	}
	if o.record != "" {
		if err := cli.SaveFile(o.record, o.force, recording.Bytes()); err != nil {
			return err
		}
	}
	con.Event(tr.event(o))
	con.Drawing(tr.summary(con.Page, set, o))
	return nil
}

// trialNetwork has the weights of a run, or those with which the settings begin.
func trialNetwork(c *settings.Config, m protocols.Model, o trialOptions) (*network.Network, *record.Origin, error) {
	if o.initial {
		return run.InitialNetwork(c, m)
	}
	net, err := run.LoadNetwork(m, o.run)
	return net, nil, err
}

// trialImages loads the images of one split. Of digits it draws no more than needed.
func trialImages(con *terminal.Console, c *settings.Config, o trialOptions) (*dataset.Set, error) {
	train, test := settings.Count(1), settings.Count(1)
	info, err := dataset.Lookup(c.Data.Name)
	if err != nil {
		return nil, err
	}
	// Digits are drawn, so there can be more of them than the usual number.
	most, wanted := max(settings.Count(info.Test), c.Data.Test), &test
	if o.split == settings.SplitTrain {
		most, wanted = max(settings.Count(info.Train), c.Data.Examples), &train
	}
	if settings.Count(o.example) >= most {
		return nil, cli.Misuse("--example %d: want 0 to %d, an image of the %s set of %s", o.example, most-1, o.split, c.Data.Name)
	}
	*wanted = settings.Count(o.example + 1)
	data, err := c.Data.Load(train, test)
	if err != nil {
		return nil, err
	}
	settings.NoteData(con, c, data)
	set := data.Test
	if o.split == settings.SplitTrain {
		set = data.Train
	}
	if o.example >= set.Len() {
		return nil, cli.Misuse("--example %d: want 0 to %d, an image of the %s set in %s", o.example, set.Len()-1, o.split, data.Dir)
	}
	return set, nil
}

// maxPotentials is the largest size of a trial's potentials in memory, in bytes.
const maxPotentials = 1 << 31

// checkSize refuses trials whose potentials would need more than maxPotentials.
func checkSize(c *settings.Config, info dataset.Info) error {
	perStep := 0.0
	for _, n := range c.Sizes(info)[1:] {
		perStep += 4 * 4 * float64(n) // three potentials and a rate, in float32
	}
	length := c.Phases.Forward + c.Phases.Target
	if size := length / c.Neurons.Dt * perStep; size > maxPotentials {
		return &settings.Error{Problems: []string{fmt.Sprintf(
			"a trial of %s ms in steps of %s ms would hold %.1f GB of potentials, want at most %.1f GB: shorten phases.forward_ms and phases.target_ms, or lengthen neurons.dt_ms",
			terminal.Number(length), terminal.Number(c.Neurons.Dt), size/1e9, float64(maxPotentials)/1e9)}}
	}
	return nil
}
