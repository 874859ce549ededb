package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim"
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
recording, which plateau export converts to other formats.

--stimulus shows something of your own: an image (.png, .jpg), rates in Hz (.npy:
one for each input, or a row of them for each time step) or times of spikes (.npz
or .csv with time_ms and neuron). Without --class there is no target phase.
--current injects a current into the soma, or into the basal or apical dendrite, of
some neurons; a staircase such as -1:3:0.5 has a phase for each of its levels, from
which plateau plot draws the f-I curve. --phases FILE takes any phases, with stimuli,
classes and currents (steps, ramps, noise, from files), from a TOML file.`,
		Example: `  plateau trial --run runs/digits-1 --example 7
  plateau trial --example 3 --hidden 50 --seed 2 --out fresh.npz
  plateau trial --run runs/mnist-1 --split train --set phases.target_ms=200
  plateau trial --run runs/digits-1 --record seven.plateau --example 7 --out none
  plateau trial --run runs/digits-1 --stimulus mine.png --class 3
  plateau trial --run runs/digits-1 --example 7 --phases forward --current hidden0:0:100@apical=2
  plateau trial --run runs/digits-1 --stimulus none --current hidden0:3=-1:3:0.25 --set phases.forward_ms=1000`,
	}
	o := settings.ConfigureRun(cmd, "run folder whose weights are used (default: fresh weights)", true)
	flags := cmd.Flags()
	var t trialOptions
	flags.IntVar(&t.example, "example", 0, "image to show, counted from 0 (default: 0)")
	cli.Describe(flags, cli.HeadWhat, "example", "N")
	flags.StringVar(&t.examples, "examples", "", "images to show, each in trials of its own, such as 0:100 or 3,7,9")
	cli.Describe(flags, cli.HeadWhat, "examples", "A:B,…")
	flags.IntVar(&t.repeats, "repeats", 1, "how often each is shown, with other random numbers every time (default: 1)")
	cli.Describe(flags, cli.HeadWhat, "repeats", "N")
	flags.StringVar(&t.split, "split", settings.SplitTest, "images to choose from: test or train (default: test)")
	cli.Describe(flags, cli.HeadWhat, "split", "SPLIT")
	flags.StringVar(&t.stimulus, "stimulus", "", "image, rates or spike times to show, or none (default: an image of the data set)")
	cli.Describe(flags, cli.HeadWhat, "stimulus", "FILE")
	flags.StringVar(&t.class, "class", "", "class that is taught after it (default: none)")
	cli.Describe(flags, cli.HeadWhat, "class", "CLASS")
	flags.StringVar(&t.phases, "phases", "", "TOML file with the phases, or forward for that phase alone (default: both phases)")
	cli.Describe(flags, cli.HeadWhat, "phases", "FILE")
	flags.StringArrayVar(&t.currents, "current", nil, "current into some neurons, a number or from:to:step; can be repeated")
	cli.Describe(flags, cli.HeadWhat, "current", "NEURONS=I")
	flags.StringVar(&t.out, "out", "", "file to write, or none (default: trial-N.npz)")
	cli.Describe(flags, cli.HeadOutput, "out", "FILE")
	workers := cli.WorkersFlag(cmd)
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
		if t.out == settings.Nothing && *recordTo == "" && !t.many() {
			return cli.Misuse("--out none: no file would be written; --record writes a recording")
		}
		if t.example < 0 {
			return cli.Misuse("--example %d: want 0 or more", t.example)
		}
		t.workers = *workers
		if err := t.check(flags); err != nil {
			return err
		}
		if t.many() && t.out == settings.Nothing && *recordTo == "" {
			return cli.Misuse("--out none: several trials never write one; leave it out")
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

	stimulus string // a file, none, or "" for an image of the data set
	class    string // that is taught, if stimulus is not ""
	phases   string // a file, forward, or ""
	currents []string
	chosen   bool // whether the user chose an image

	examples string // images of several trials, or ""
	named    bool   // whether the user named a single image
	repeats  int
	workers  int
}

// file reports whether a file describes the phases.
func (o *trialOptions) file() bool { return o.phases != "" && o.phases != forwardAlone }

// check reports options that do not go together.
func (o *trialOptions) check(flags *pflag.FlagSet) error {
	for _, name := range []string{"stimulus", "class", "phases"} {
		if f := flags.Lookup(name); f.Changed && f.Value.String() == "" {
			return cli.Misuse(`--%s "": want a value: %s`, name, cli.AsCalled(f.Usage))
		}
	}
	o.named = flags.Changed("example")
	o.chosen = o.named || flags.Changed("split")
	file := o.file()
	for _, name := range []string{"stimulus", "class", "current"} {
		if file && flags.Changed(name) {
			return cli.Misuse("--phases %s and --%s do not go together: the file says what is shown, taught and injected", o.phases, name)
		}
	}
	switch {
	case o.stimulus != "" && o.named:
		return cli.Misuse("--stimulus and --example do not go together: one of them is shown")
	case o.stimulus != "" && o.chosen:
		return cli.Misuse("--stimulus and --split do not go together: a stimulus is not of the data set")
	case o.class != "" && o.stimulus == "":
		return cli.Misuse("--class %s needs a --stimulus: an image of the data set has its own class", o.class)
	case o.class != "" && o.phases == forwardAlone:
		return cli.Misuse("--class %s and --phases forward do not go together: a class is taught in the target phase", o.class)
	}
	return o.checkMany()
}

// base names the files of the trial.
func (o *trialOptions) base() string {
	stem := func(path string) string { return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) }
	switch {
	case o.examples != "":
		return "trials"
	case o.file():
		return "trial-" + stem(o.phases)
	case o.stimulus != "":
		return "trial-" + stem(o.stimulus)
	case o.split == settings.SplitTrain:
		return fmt.Sprintf("trial-train-%d", o.example)
	}
	return fmt.Sprintf("trial-%d", o.example)
}

func trial(ctx context.Context, con *terminal.Console, c *settings.Config, o trialOptions) error {
	name := o.base()
	if o.out == "" {
		o.out = name + ".npz"
	}
	if o.record == cli.StandardFile {
		o.record = name + ".plateau"
	}
	if o.out == settings.Nothing || o.many() {
		o.out = ""
	} else if err := cli.CheckNew(o.out, o.force); err != nil {
		return err
	}
	if o.record != "" {
		if err := run.CheckRecordingPath(o.record, o.force); err != nil {
			return err
		}
	}
	info := c.Data.Info()
	if err := errors.Join(c.Spikes("a trial"), checkSize(c, info)); err != nil {
		return err
	}
	m := c.Model(info)
	net, origin, err := trialNetwork(c, m, o)
	if err != nil {
		return err
	}
	s, err := newSeries(con, c, m, info, o)
	if err != nil {
		return err
	}
	if o.many() {
		return s.run(ctx, con, net, origin)
	}
	p, err := s.single()
	if err != nil {
		return err
	}
	tr := observe(c, info, p)
	if o.initial {
		run.NoteOrigin(con, c)
	} else {
		run.NoteChanges(con, o.run, net.Weights())
	}
	h := settings.TrialHeader(c, m, o.split)
	if err := p.addTo(&h); err != nil {
		return err
	}
	h.Weights, h.Origin = o.record != "", origin
	var recording bytes.Buffer
	w, err := record.NewWriter(&recording, h, net)
	if err != nil {
		return err
	}
	tr.result, err = protocols.ShowPhases(m, net, p.Presentation, p.phases, run.Observers{tr, w})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return cli.Interrupted("; nothing was written")
	}
	if o.out != "" {
		r, err := record.NewReader(bytes.NewReader(recording.Bytes()), int64(recording.Len()))
		if err != nil {
			return err
		}
		if err := tr.save(o, r); err != nil {
			return err
		}
	}
	if o.record != "" {
		if err := cli.SaveFile(o.record, o.force, recording.Bytes()); err != nil {
			return err
		}
	}
	e := tr.event(o)
	con.Event(e)
	con.Drawing(tr.summary(con.Page, e, o))
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

// mostImages returns how many images a split can have. Digits are drawn, so there can be
// more of them than the usual number.
func mostImages(c *settings.Config, info dataset.Info, split string) int {
	if split == settings.SplitTrain {
		return max(info.Train, int(c.Data.Examples))
	}
	return max(info.Test, int(c.Data.Test))
}

// trialImages loads the images of one split. Of digits it draws no more than needed.
func trialImages(con *terminal.Console, c *settings.Config, o trialOptions) (*dataset.Set, error) {
	train, test := settings.Count(1), settings.Count(1)
	info := c.Data.Info()
	most, wanted := mostImages(c, info, o.split), &test
	if o.split == settings.SplitTrain {
		wanted = &train
	}
	if o.example >= most {
		return nil, cli.Misuse("--example %d: want 0 to %d, an image of the %s set of %s", o.example, most-1, o.split, c.Data.Short())
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

// potentialsOfStep returns the size of the potentials of a time step, in bytes.
func potentialsOfStep(c *settings.Config, info dataset.Info) float64 {
	perStep := 0.0
	for _, n := range c.Sizes(info)[1:] {
		perStep += 4 * 4 * float64(n) // three potentials and a rate, in float32
	}
	return perStep
}

// checkSize refuses trials whose potentials would need more than maxPotentials.
func checkSize(c *settings.Config, info dataset.Info) error {
	perStep := potentialsOfStep(c, info)
	length := c.Phases.Forward + c.Phases.Target
	if size := length / c.Neurons.Dt * perStep; size > maxPotentials {
		return &settings.Error{Problems: []string{fmt.Sprintf(
			"a trial of %s ms in steps of %s ms would hold %.1f GB of potentials, want at most %.1f GB: shorten phases.forward_ms and phases.target_ms, or lengthen neurons.dt_ms",
			terminal.Number(length), terminal.Number(c.Neurons.Dt), size/1e9, float64(maxPotentials)/1e9)}}
	}
	return nil
}

// checkLength does the same for phases that are not those of the configuration.
func checkLength(c *settings.Config, info dataset.Info, phases []sim.Phase) error {
	steps := 0
	for _, p := range phases {
		steps += p.Steps
	}
	if size := float64(steps) * potentialsOfStep(c, info); size > maxPotentials {
		return fmt.Errorf("a trial of %s would hold %.1f GB of potentials, want at most %.1f GB: shorten its phases, or show them in several trials",
			terminal.Plural(steps, "time step"), size/1e9, float64(maxPotentials)/1e9)
	}
	return nil
}
