package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/claim"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
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

After Ctrl-C the program finishes the example, writes a checkpoint and ends with
status 75; a second Ctrl-C ends it at once. SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2
do the same as one Ctrl-C. --resume goes on with a run, however it was stopped,
and the run ends with the same bits as if it had never stopped. With --epochs, it
goes on with a run that is done. --out DIR --resume begins the run if there is
none and goes on with it otherwise, which is right for jobs that are requeued.`,
		Example: `  plateau train
  plateau train --data mnist --hidden 500,100 --epochs 20 --out runs/two-layers
  plateau train --preset paper-1-hidden --seed 2
  plateau train --set neurons.apical_per_ms=0.05 --set phases.longer=true --seed 2
  plateau train --config runs/digits-1/config.toml
  plateau train --resume runs/digits-1
  plateau train --resume runs/digits-1 --epochs 20
  plateau train --data mnist --out runs/a --resume
  plateau train --record --set record.trials=every=1000
  plateau train --measure angle,eigenvalue --set measure.every=500
  plateau train --record soma.plateau --set record.variables=soma,apical --set record.neurons=hidden0:0:20`,
	}
	o := settings.Configure(cmd, "data", "data-dir", "examples", "validation", "test-examples", "hidden", "rule", "epochs", "batch", "seed", "measure")
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
	cli.JsonFlag(cmd, con)
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
	folder, err := run.Claim(o.Out, c.Data.Name, o.Force)
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
	r := NewSession(con, c, data, folder, o)
	if err := r.Prepare(); err != nil {
		return err
	}
	p := &run.Plan{Format: run.PlanFormat, Program: cli.Version(), Every: o.EveryText, Config: run.ConfigText(c)}
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

// A session is a run in progress.
type session struct {
	con     *terminal.Console
	config  *settings.Config
	data    *dataset.Data
	shown   *dataset.Set // images to learn from
	checked *dataset.Set // images for the test of every epoch: those held out, or the test set
	folder  *run.Folder
	workers int
	show    Examples

	Learner training.Learner
	trainer *training.Trainer
	tester  *training.Tester
	Metrics *run.MetricsFile
	tested  []run.EpochEvent
	Last    run.EpochEvent // of them

	Recording *run.Recording // nil if there is none
	view      *live
	measuring *measuring // nil if nothing is measured

	total    terminal.Stopwatch // time of the run
	learning terminal.Stopwatch // training time of the current epoch

	resumed bool
	every   run.Interval
	kept    []kept    // what checkpoints keep
	digest  string    // of the data
	savedAt int       // examples shown at the last checkpoint
	saved   time.Time // when that was
}

// NewSession returns a run that is ready for Prepare, in a folder that is claimed.
func NewSession(con *terminal.Console, c *settings.Config, data *dataset.Data, folder *run.Folder, o Options) *session {
	r := &session{con: con, config: c, data: data, folder: folder, workers: o.Workers, show: o.Show, every: o.Every, digest: data.SHA256()}
	r.total.Start()
	return r
}

// Prepare makes the network and what runs it.
func (r *session) Prepare() error {
	info, err := dataset.Lookup(r.config.Data.Name)
	if err != nil {
		return err
	}
	r.shown, r.checked = r.data.Train, r.data.Test
	if n := r.config.Data.Validation; n > 0 {
		r.shown, r.checked = r.data.Train.First(r.data.Train.Len()-n), r.data.Train.Last(n)
	}
	learner, schedule, err := r.config.Learner(info, r.workers)
	if err != nil {
		return err
	}
	r.Learner = learner
	if r.trainer, err = training.NewTrainer(learner, schedule); err != nil {
		return err
	}
	r.keep(run.PartTrainer, r.trainer)
	r.view = r.newLive(info)
	if r.tester, err = training.NewTester(r.Learner, min(r.workers, max(r.checked.Len(), r.data.Test.Len()))); err != nil {
		return err
	}
	return r.measure()
}

// Record begins to record what is shown in training.
func (r *session) Record(path string, force bool) error {
	l, ok := r.Learner.(settings.Spiking)
	if !ok {
		return r.config.Spikes("a recording")
	}
	h, err := settings.RecordingHeader(r.config, l.Model())
	if err != nil {
		return err
	}
	if r.Recording, err = run.CreateRecording(path, force, h, l.Network()); err != nil {
		return err
	}
	if n := settings.OwnWeights(r.config, h.Select); h.Weights && n > 0 {
		each := 4 * int64(r.config.Weights())
		r.con.Note("note: trials that are not recorded change the weights too, so the recording holds weights for up to %s, up to %s each and %s in all; --set record.weights=false leaves weights out, but replay needs them",
			terminal.Plural(n, "trial"), terminal.ByteSize(each), terminal.ByteSize(int64(n)*each))
	}
	if r.config.Learning.Batch > 1 && r.workers > 1 {
		r.con.Note("note: while recording, the program shows the examples of a batch one after another")
	}
	r.watch(l)
	return nil
}

// watch makes the recording observe training.
func (r *session) watch(l settings.Spiking) {
	r.Recording.Con, r.Recording.Ignore = r.con, r.config.Record.Errors == settings.IgnoreErrors
	l.Watch(r.Recording.Writer, r.Recording.Writer.Potentials())
}

// End closes the files of the run.
func (r *session) End(err *error) {
	if closed := r.Recording.Close(); *err == nil {
		*err = closed
	}
	if closed := r.Metrics.Close(); *err == nil {
		*err = closed
	}
	if resting := r.folder.Rest(); *err == nil {
		*err = resting
	}
}

// both writes an event to metrics.jsonl and, with --json, to standard output.
func (r *session) both(v any) error {
	if err := r.folder.Lost(); err != nil {
		return err
	}
	r.con.Event(v)
	return r.Metrics.Add(v)
}

// Run trains until the last epoch, or until ctx ends, and prints the result.
func (r *session) Run(ctx context.Context) error {
	c := r.config
	if err := r.Start(); err != nil {
		return err
	}
	beside, stop := context.WithCancel(ctx)
	compared := startBaseline(beside, r.shown, r.data.Test)
	defer func() {
		stop()
		compared.wait() // nothing goes on after the run
	}()
	if err := r.checkpoint(); err != nil {
		return r.failed(err)
	}
	if err := r.folder.Begun(); err != nil {
		return r.failed(err)
	}
	for r.Last.Epoch < c.Learning.Epochs {
		if err := r.Epoch(ctx); err != nil {
			return err
		}
	}
	return r.Finish(ctx, compared)
}

// Finish ends a run that has done all its epochs.
func (r *session) Finish(ctx context.Context, compared *Baseline) error {
	c := r.config
	final, err := r.final(ctx)
	if err != nil {
		return err
	}
	linear, err := compared.wait()
	if err != nil {
		return r.stopped(ctx, err, 0, lastTest)
	}
	// From here on the run cannot be interrupted any more: the checkpoint of an
	// interrupted run needs a recording that is open.
	if err := r.Recording.Close(); err != nil {
		return r.failed(err)
	}
	took := r.total.Elapsed()
	end := run.EndEvent{
		Event: "done", Epochs: c.Learning.Epochs, Examples: c.Learning.Epochs * r.shown.Len(),
		TestError: final, Validation: r.Last.ValidationError, Linear: &linear, Seconds: took.Seconds(), WeightsSHA256: r.Learner.Weights().SHA256(), Out: r.folder.Path,
	}
	if r.Recording != nil {
		end.Recording = r.Recording.Path
	}
	if err := r.both(end); err != nil {
		return err
	}
	if err := r.showExamples(ctx); err != nil {
		return err
	}
	r.con.Line("\ndone in %s: test error %s", terminal.Clock(took), terminal.WithAccuracy(*final))
	r.con.Line("for comparison, the error of %s", compared.text())
	r.con.Line("%s holds the configuration, the metrics and the weights", r.folder.Path)
	if r.Recording != nil {
		until := ""
		if r.Recording.Told {
			until = ", up to where it failed,"
		}
		r.con.Line("the recording%s has %s; to look into it: %s", until, terminal.ByteSize(r.Recording.Size()), cli.Command("inspect", cli.Argument(r.Recording.Path)))
	}
	if _, ok := r.Learner.(settings.Spiking); !ok {
		return nil
	}
	r.con.Line("to look into a trial: %s", cli.Command("trial", "--run", r.folder.Path, "--example", "7"))
	return nil
}

// lastTest names what a run does after all epochs.
const lastTest = "the test after the last epoch"

// final is the error on the test set after the last epoch. Where images are held
// out, this is when the run first sees the test set.
func (r *session) final(ctx context.Context) (*float64, error) {
	if r.config.Data.Validation == 0 {
		return r.Last.TestError, nil
	}
	result, err := runTest(ctx, r.con, r.tester, r.data.Test, "test ", nil)
	if err != nil {
		return nil, r.stopped(ctx, err, 0, lastTest)
	}
	share := result.Error()
	return &share, nil
}

// Start prints what begins. Unless the run is resumed, that is the first line of its metrics.
func (r *session) Start() error {
	c := r.config
	from := "drawn by the program"
	if r.data.Dir != "" {
		from = "from " + r.data.Dir
	}
	batch := ""
	if n := c.Learning.Batch; n > 1 {
		batch = fmt.Sprintf(", in batches of %d,", n)
	}
	held := ""
	if n := c.Data.Validation; n > 0 {
		held = fmt.Sprintf("%d held out to test on after every epoch, at the end ", n)
	}
	if r.resumed {
		at := fmt.Sprintf("epoch %d", r.Last.Epoch+1)
		if r.Last.Epoch == c.Learning.Epochs {
			at = lastTest
		}
		r.con.Line("resuming at example %d, in %s", r.trainer.Shown(), at)
	}
	r.con.Line("training %s, %s, to %s", c.Title(), from, r.folder.Path)
	r.con.Line("%s to train on, %s%d to test on; %s%s with seed %d on %s",
		terminal.Plural(r.shown.Len(), "image"), held, r.data.Test.Len(),
		terminal.Plural(c.Learning.Epochs, "epoch"), batch, c.Seed, terminal.Plural(r.workers, "worker"))
	r.con.Line("")
	r.con.Line(r.columns(), "epoch", "train error", settings.ErrorName(c), "examples/s", "hidden loss", "output loss", "time")
	if r.resumed {
		r.con.Event(run.ResumeEvent{
			Event: "resume", Epoch: min(r.Last.Epoch+1, c.Learning.Epochs), Examples: int(r.trainer.Shown()), Epochs: c.Learning.Epochs,
			Workers: r.workers, Out: r.folder.Path,
		})
		return nil
	}
	return r.both(r.startEvent())
}

// StartEvent is the first line of the metrics.
func (r *session) startEvent() run.StartEvent {
	c := r.config
	info, _ := dataset.Lookup(c.Data.Name)
	return run.StartEvent{
		Event: "start", Version: cli.Version(), Data: info.Name,
		Examples: r.shown.Len(), Validation: c.Data.Validation, TestExamples: r.data.Test.Len(),
		Neurons: c.Sizes(info), Epochs: c.Learning.Epochs, Seed: c.Seed,
		Workers: r.workers, Out: r.folder.Path,
	}
}

// columns is the format of the table of epochs, with room for the loss of each
// hidden layer.
func (r *session) columns() string {
	return fmt.Sprintf("%%5v  %%11s  %%%ds  %%10s  %%%ds  %%11s  %%10s",
		max(10, len(settings.ErrorName(r.config))), max(11, 8*len(r.config.Network.Hidden)))
}

// Epoch trains, tests and reports once, leaving out what is done already.
func (r *session) Epoch(ctx context.Context) error {
	number := r.Last.Epoch + 1
	due := r.every.After(number) || number == r.config.Learning.Epochs
	learnt, finished := r.trainer.Current()
	if learnt.Number < number || !finished {
		var err error
		if learnt, err = r.learn(ctx, number); err != nil {
			return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("epoch %d, after %s", number, terminal.Plural(learnt.Examples, "example")))
		}
		if due {
			if err := r.checkpoint(); err != nil {
				return r.failed(err)
			}
		}
	}
	trained := r.learning.Elapsed()
	tested := time.Now()
	r.view.test(number, int64(r.checked.Len()), trained)
	result, err := runTest(ctx, r.con, r.tester, r.checked, fmt.Sprintf("epoch %d/%d test ", number, r.config.Learning.Epochs), r.view.draw)
	if err != nil {
		return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("the test of epoch %d", number))
	}
	testing := time.Since(tested)
	r.view.tested(result.Error(), testing)
	r.learning = terminal.Stopwatch{}
	last := len(learnt.Losses) - 1
	r.Last = run.EpochEvent{
		Event: "epoch", Epoch: number, Examples: learnt.Examples,
		TrainError:   learnt.Error(),
		TrainSeconds: trained.Seconds(), TestSeconds: testing.Seconds(),
		ExamplesPerSecond: terminal.PerSecond(int64(learnt.Examples), trained),
		HiddenLosses:      append([]run.Quantity{}, run.Quantities(learnt.Losses[:last], 1)...),
		OutputLoss:        run.Quantity(learnt.Losses[last]),
	}
	if share := result.Error(); r.config.Data.Validation > 0 {
		r.Last.ValidationError = &share
	} else {
		r.Last.TestError = &share
	}
	if what, _ := r.config.Measure.Measured(len(r.config.Network.Hidden)); what.Confusion {
		r.Last.Confusion = measure.CountConfusion(r.checked.Classes, r.checked.Labels, result.Predicted)
	}
	var hidden []string
	for _, loss := range r.Last.HiddenLosses {
		hidden = append(hidden, fmt.Sprintf("%.4f", loss))
	}
	if hidden == nil {
		hidden = []string{"–"}
	}
	r.con.Line(r.columns(), number, terminal.Percent(r.Last.TrainError), terminal.Percent(r.Last.Checked()),
		fmt.Sprintf("%.0f", r.Last.ExamplesPerSecond), strings.Join(hidden, " "),
		fmt.Sprintf("%.5f", r.Last.OutputLoss), terminal.Clock(trained+testing))
	r.tested = append(r.tested, r.Last)
	if err := r.both(r.Last); err != nil {
		return err
	}
	if err := r.saveMeasurements(); err != nil {
		return r.failed(err)
	}
	if due {
		if err := r.checkpoint(); err != nil {
			return r.failed(err)
		}
	}
	return nil
}

// learn is the training half of an epoch.
func (r *session) learn(ctx context.Context, number int) (training.Epoch, error) {
	total := int64(r.shown.Len())
	epochs := r.config.Learning.Epochs
	now, finished := r.trainer.Current()
	if finished {
		now = training.Epoch{}
	}
	before := int64(now.Examples) // by an earlier process
	bar := r.con.Progress(fmt.Sprintf("epoch %d/%d train", number, epochs), total,
		func(done int64, elapsed time.Duration) string {
			rest := terminal.Left(done-before, total-before, elapsed)
			words := fmt.Sprintf("%d of %d, %.0f/s, error %s, %s left", done, total, terminal.PerSecond(done-before, elapsed), terminal.Percent(now.Error()), terminal.Clock(rest))
			if epochs > 1 {
				words += fmt.Sprintf(" (%s in all)", terminal.Clock(rest+r.ahead(number, elapsed+rest)))
			}
			return words
		})
	defer bar.End()
	r.view.train(now, number, total)
	bar.Draw(r.view.draw)
	r.learning.Start()
	defer r.learning.Stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var broken error
	learnt, err := r.trainer.Epoch(ctx, r.shown, func(e training.Epoch) {
		now = e
		r.view.learnt(e)
		bar.At(int64(e.Examples))
		if broken = cmp.Or(r.folder.Lost(), r.addMeasured(e.Number)); broken != nil {
			stop()
			return
		}
		if r.Recording.Err() == nil && r.every.Within(int(r.trainer.Shown()), r.savedAt, time.Since(r.saved)) {
			broken = r.checkpoint()
		}
		if r.Recording.Err() != nil || broken != nil {
			stop()
		}
	})
	if broken := r.Recording.Err(); broken != nil {
		return learnt, fmt.Errorf("%w; with --set record.errors=%s training would go on without it", broken, settings.IgnoreErrors)
	}
	if broken != nil {
		return learnt, broken
	}
	return learnt, err
}

// ahead estimates how long everything after the training of an epoch takes, given the
// time that this training takes.
func (r *session) ahead(number int, epoch time.Duration) time.Duration {
	test := time.Duration(r.Last.TestSeconds * float64(time.Second))
	return test + time.Duration(r.config.Learning.Epochs-number)*(epoch+test)
}

// showExamples shows some examples of the test set, if anybody wants to see them.
func (r *session) showExamples(ctx context.Context) error {
	if r.show == nil {
		return nil
	}
	return r.show(ctx, r.con, r.config, r.Learner, r.data.Test)
}
