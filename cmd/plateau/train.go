package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/internal/claim"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// newTrain returns the command. At the end of a run it shows some examples of what was
// learnt.
func newTrain(con *console, show examples) *cobra.Command {
	cmd := &cobra.Command{
		Use: "train", GroupID: groupRun, Args: noArguments,
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
	o := configure(cmd, "data", "data-dir", "examples", "validation", "test-examples", "hidden", "epochs", "batch", "seed", "measure")
	workers := workersFlag(cmd)
	var out string
	var force bool
	cmd.Flags().StringVar(&out, "out", "", "run folder (default: the first free of runs/digits-1, runs/digits-2, …)")
	describe(cmd.Flags(), headOutput, "out", "DIR")
	cmd.Flags().BoolVar(&force, "force", false, "replace the run in that folder")
	describe(cmd.Flags(), headOutput, "force", "")
	recordTo := recordFlag(cmd, "record spikes and more while training (default: recording.plateau in the run folder)")
	resumeIn, resumeAt := resumeFlags(cmd)
	every := cmd.Flags().String("checkpoint-every", standardInterval,
		"write checkpoints after epochs and every 5m or 1000ex (examples), or only every 1ep (default: "+standardInterval+")")
	describe(cmd.Flags(), headOutput, "checkpoint-every", "TIME")
	jsonFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkWorkers(*workers); err != nil {
			return err
		}
		checkpoints, err := parseInterval(*every)
		if err != nil {
			return err
		}
		if out == "" && cmd.Flags().Changed("out") {
			return misuse(`--out "": want the name of a folder`)
		}
		if *recordTo == "" && cmd.Flags().Changed("record") {
			return misuse(`--record "": want the name of a file`)
		}
		if *resumeAt < 0 && cmd.Flags().Changed("resume-at") {
			return misuse("--resume-at %d: want a number of examples, one of those that %s lists", *resumeAt, command("inspect"))
		}
		t := trainOptions{show: show, workers: *workers, out: out, force: force, record: *recordTo, every: checkpoints, everyText: *every, resumeAt: *resumeAt}
		if cmd.Flags().Changed("resume") {
			orBegin := *resumeIn == standardFile
			if t.resume, err = resumedFolder(cmd, *resumeIn, out, force); err != nil {
				return err
			}
			if orBegin {
				// A job that was requeued because its machine was lost starts before the claim of the lost process ends.
				claim.Wait(cmd.Context(), t.resume, func(by claim.Held) {
					con.note("note: another plateau works in %s: %v; waiting until it ends or its claim does", t.resume, &by)
				})
				if cmd.Context().Err() != nil {
					return interrupted(" before it began")
				}
			}
			if !orBegin || holdsRun(t.resume) {
				if !cmd.Flags().Changed("checkpoint-every") {
					t.everyText = "" // as before
				}
				return resume(cmd.Context(), con, o, t)
			}
			if cmd.Flags().Changed("resume-at") {
				return fmt.Errorf("--resume-at %d: there is no run in %s yet", *resumeAt, t.resume)
			}
		} else if cmd.Flags().Changed("resume-at") {
			return misuse("--resume-at goes with --resume, the folder of a run")
		}
		c, err := o.config()
		if err != nil {
			return err
		}
		noteRounded(con, c)
		return train(cmd.Context(), con, c, t)
	}
	return cmd
}

// examples shows what a learner does with some examples of the test set.
type examples func(ctx context.Context, con *console, c *config, l training.Learner, test *dataset.Set) error

// trainOptions are what the configuration does not say.
type trainOptions struct {
	show      examples
	workers   int
	out       string
	force     bool
	record    string // a file, standardFile or ""
	every     interval
	everyText string // the same as text; "" in a resumed run means as before
	resume    string // the folder of a run to go on with, or ""
	resumeAt  int    // number of examples of the checkpoint to resume at; negative for the last
}

// train is one run.
func train(ctx context.Context, con *console, c *config, o trainOptions) error {
	folder, err := claimRun(o.out, c.data.name, o.force)
	if err != nil {
		return err
	}
	return begin(ctx, con, c, folder, o)
}

// begin begins a run in a folder that is claimed.
func begin(ctx context.Context, con *console, c *config, folder *runFolder, o trainOptions) (err error) {
	defer folder.release()
	begun := false
	defer func() {
		if !begun {
			folder.abandon()
		}
	}()
	if o.record == standardFile {
		o.record = filepath.Join(folder.path, recordingName)
	}
	if o.record != "" {
		if err := checkRecordingPath(o.record, o.force); err != nil {
			return err
		}
	}
	data, err := loadImages(con, c)
	if err != nil {
		return err
	}
	r := newSession(con, c, data, folder, o)
	if err := r.prepare(); err != nil {
		return err
	}
	p := &plan{Format: planFormat, Program: version(), Every: o.everyText, Config: runText(c)}
	if o.record != "" {
		if p.Recording, err = folder.within(o.record); err != nil {
			return err
		}
	}
	if err := folder.begin(p); err != nil {
		return err
	}
	r.metrics, err = folder.openMetrics()
	if err != nil {
		return err
	}
	if o.record != "" {
		if err := r.record(o.record, o.force); err != nil {
			r.metrics.close()
			return err
		}
	}
	begun = true
	defer r.end(&err)
	return r.run(ctx)
}

// loadImages loads the images that a run uses, and prints notes about them.
func loadImages(c *console, of *config) (*dataset.Data, error) {
	data, err := of.load(of.data.examples, of.data.test)
	if err != nil {
		return nil, err
	}
	noteData(c, of, data)
	return data, pin(of, data)
}

// pin replaces "all" by the number of images, so that the stored configuration says
// what was used.
func pin(c *config, data *dataset.Data) error {
	var problems []string
	for _, split := range []struct {
		key, name string
		n         *count
		set       *dataset.Set
	}{
		{"data.examples", "training", &c.data.examples, data.Train},
		{"data.test_examples", "test", &c.data.test, data.Test},
	} {
		if *split.n == 0 {
			*split.n = count(split.set.Len())
		}
		if have := split.set.Len(); int(*split.n) > have {
			problems = append(problems, fmt.Sprintf("%s%s = %d: there are only %d %s images in %s",
				prefix(c.given[split.key]), split.key, *split.n, have, split.name, data.Dir))
		}
	}
	if held := c.data.validation; held >= int(c.data.examples) {
		problems = append(problems, fmt.Sprintf("%sdata.validation = %d: want less than the number of training images (%d)",
			prefix(c.given["data.validation"]), held, c.data.examples))
	}
	if problems != nil {
		return &configError{problems}
	}
	if c.data.dir != "" {
		dir, err := filepath.Abs(c.data.dir)
		if err != nil {
			return err
		}
		c.data.dir = dir
	}
	return nil
}

// A session is a run in progress.
type session struct {
	con     *console
	config  *config
	data    *dataset.Data
	shown   *dataset.Set // images to learn from
	checked *dataset.Set // images for the test of every epoch: those held out, or the test set
	folder  *runFolder
	workers int
	show    examples

	learner training.Learner
	trainer *training.Trainer
	tester  *training.Tester
	metrics *metricsFile
	tested  []epochEvent
	last    epochEvent // of them

	recording *recording // nil if there is none
	view      *live
	measuring *measuring // nil if nothing is measured

	total    stopwatch // time of the run
	learning stopwatch // training time of the current epoch

	resumed bool
	every   interval
	kept    []kept    // what checkpoints keep
	digest  string    // of the data
	savedAt int       // examples shown at the last checkpoint
	saved   time.Time // when that was
}

func newSession(con *console, c *config, data *dataset.Data, folder *runFolder, o trainOptions) *session {
	r := &session{con: con, config: c, data: data, folder: folder, workers: o.workers, show: o.show, every: o.every, digest: digestOf(data)}
	r.total.start()
	return r
}

// prepare makes the network and what runs it.
func (r *session) prepare() error {
	info, err := dataset.Lookup(r.config.data.name)
	if err != nil {
		return err
	}
	r.shown, r.checked = r.data.Train, r.data.Test
	if n := r.config.data.validation; n > 0 {
		r.shown, r.checked = r.data.Train.First(r.data.Train.Len()-n), r.data.Train.Last(n)
	}
	learner, schedule, err := r.config.learner(info, r.workers)
	if err != nil {
		return err
	}
	r.learner = learner
	if r.trainer, err = training.NewTrainer(learner, schedule); err != nil {
		return err
	}
	r.keep(partTrainer, r.trainer)
	r.view = r.newLive(info)
	if r.tester, err = training.NewTester(r.learner, min(r.workers, max(r.checked.Len(), r.data.Test.Len()))); err != nil {
		return err
	}
	return r.measure()
}

// record begins to record what is shown in training.
func (r *session) record(path string, force bool) error {
	l, err := spikingOf(r.learner, "a recording")
	if err != nil {
		return err
	}
	h, err := r.config.recordingHeader(l.Model())
	if err != nil {
		return err
	}
	if r.recording, err = createRecording(path, force, h, l.Network()); err != nil {
		return err
	}
	if n := r.config.ownWeights(h.Select); h.Weights && n > 0 {
		each := 4 * int64(r.config.weights())
		r.con.note("note: trials that are not recorded change the weights too, so the recording holds weights for up to %s, up to %s each and %s in all; --set record.weights=false leaves weights out, but replay needs them",
			plural(n, "trial"), byteSize(each), byteSize(int64(n)*each))
	}
	if r.config.learning.batch > 1 && r.workers > 1 {
		r.con.note("note: while recording, the program shows the examples of a batch one after another")
	}
	r.watch(l)
	return nil
}

// watch makes the recording observe training.
func (r *session) watch(l spiking) {
	r.recording.con, r.recording.ignore = r.con, r.config.record.errors == ignoreErrors
	l.Watch(r.recording.writer, r.recording.writer.Potentials())
}

// end closes the files of the run.
func (r *session) end(err *error) {
	if closed := r.recording.close(); *err == nil {
		*err = closed
	}
	if closed := r.metrics.close(); *err == nil {
		*err = closed
	}
	if resting := r.folder.rest(); *err == nil {
		*err = resting
	}
}

// both writes an event to metrics.jsonl and, with --json, to standard output.
func (r *session) both(v any) error {
	if err := r.folder.lost(); err != nil {
		return err
	}
	r.con.event(v)
	return r.metrics.add(v)
}

func (r *session) run(ctx context.Context) error {
	c := r.config
	if err := r.start(); err != nil {
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
	if err := r.folder.begun(); err != nil {
		return r.failed(err)
	}
	for r.last.Epoch < c.learning.epochs {
		if err := r.epoch(ctx); err != nil {
			return err
		}
	}
	return r.finish(ctx, compared)
}

// finish ends a run that has done all its epochs.
func (r *session) finish(ctx context.Context, compared *baseline) error {
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
	if err := r.recording.close(); err != nil {
		return r.failed(err)
	}
	took := r.total.elapsed()
	end := endEvent{
		Event: "done", Epochs: c.learning.epochs, Examples: c.learning.epochs * r.shown.Len(),
		TestError: final, Validation: r.last.ValidationError, Linear: &linear, Seconds: took.Seconds(), WeightsSHA256: r.learner.Weights().SHA256(), Out: r.folder.path,
	}
	if r.recording != nil {
		end.Recording = r.recording.path
	}
	if err := r.both(end); err != nil {
		return err
	}
	if err := r.show(ctx, r.con, c, r.learner, r.data.Test); err != nil {
		return err
	}
	r.con.line("\ndone in %s: test error %s", clock(took), withAccuracy(*final))
	r.con.line("for comparison, the error of %s", compared.text())
	r.con.line("%s holds the configuration, the metrics and the weights", r.folder.path)
	if r.recording != nil {
		until := ""
		if r.recording.told {
			until = ", up to where it failed,"
		}
		r.con.line("the recording%s has %s; to look into it: %s", until, byteSize(r.recording.size()), command("inspect", argument(r.recording.path)))
	}
	r.con.line("to look into a trial: %s", command("trial", "--run", r.folder.path, "--example", "7"))
	return nil
}

// lastTest names what a run does after all epochs.
const lastTest = "the test after the last epoch"

// final is the error on the test set after the last epoch. Where images are held
// out, this is when the run first sees the test set.
func (r *session) final(ctx context.Context) (*float64, error) {
	if r.config.data.validation == 0 {
		return r.last.TestError, nil
	}
	result, err := runTest(ctx, r.con, r.tester, r.data.Test, "test ", nil)
	if err != nil {
		return nil, r.stopped(ctx, err, 0, lastTest)
	}
	share := result.Error()
	return &share, nil
}

// errorName names the error after every epoch.
func errorName(c *config) string {
	if c.data.validation > 0 {
		return "validation error"
	}
	return "test error"
}

func (r *session) start() error {
	c := r.config
	from := "drawn by the program"
	if r.data.Dir != "" {
		from = "from " + r.data.Dir
	}
	batch := ""
	if n := c.learning.batch; n > 1 {
		batch = fmt.Sprintf(", in batches of %d,", n)
	}
	held := ""
	if n := c.data.validation; n > 0 {
		held = fmt.Sprintf("%d held out to test on after every epoch, at the end ", n)
	}
	if r.resumed {
		at := fmt.Sprintf("epoch %d", r.last.Epoch+1)
		if r.last.Epoch == c.learning.epochs {
			at = lastTest
		}
		r.con.line("resuming at example %d, in %s", r.trainer.Shown(), at)
	}
	r.con.line("training %s, %s, to %s", c.title(), from, r.folder.path)
	r.con.line("%s to train on, %s%d to test on; %s%s with seed %d on %s",
		plural(r.shown.Len(), "image"), held, r.data.Test.Len(),
		plural(c.learning.epochs, "epoch"), batch, c.seed, plural(r.workers, "worker"))
	r.con.line("")
	r.con.line(r.columns(), "epoch", "train error", errorName(c), "examples/s", "hidden loss", "output loss", "time")
	if r.resumed {
		r.con.event(resumeEvent{
			Event: "resume", Epoch: min(r.last.Epoch+1, c.learning.epochs), Examples: int(r.trainer.Shown()), Epochs: c.learning.epochs,
			Workers: r.workers, Out: r.folder.path,
		})
		return nil
	}
	return r.both(r.startEvent())
}

// startEvent is the first line of the metrics.
func (r *session) startEvent() startEvent {
	c := r.config
	info, _ := dataset.Lookup(c.data.name)
	return startEvent{
		Event: "start", Version: version(), Data: info.Name,
		Examples: r.shown.Len(), Validation: c.data.validation, TestExamples: r.data.Test.Len(),
		Neurons: c.sizes(info), Epochs: c.learning.epochs, Seed: c.seed,
		Workers: r.workers, Out: r.folder.path,
	}
}

// columns is the format of the table of epochs, with room for the loss of each
// hidden layer.
func (r *session) columns() string {
	return fmt.Sprintf("%%5v  %%11s  %%%ds  %%10s  %%%ds  %%11s  %%10s",
		max(10, len(errorName(r.config))), max(11, 8*len(r.config.network.hidden)))
}

// epoch trains, tests and reports once, leaving out what is done already.
func (r *session) epoch(ctx context.Context) error {
	number := r.last.Epoch + 1
	due := r.every.after(number) || number == r.config.learning.epochs
	learnt, finished := r.trainer.Current()
	if learnt.Number < number || !finished {
		var err error
		if learnt, err = r.learn(ctx, number); err != nil {
			return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("epoch %d, after %s", number, plural(learnt.Examples, "example")))
		}
		if due {
			if err := r.checkpoint(); err != nil {
				return r.failed(err)
			}
		}
	}
	trained := r.learning.elapsed()
	tested := time.Now()
	r.view.test(number, int64(r.checked.Len()), trained)
	result, err := runTest(ctx, r.con, r.tester, r.checked, fmt.Sprintf("epoch %d/%d test ", number, r.config.learning.epochs), r.view.draw)
	if err != nil {
		return r.stopped(ctx, err, learnt.Examples, fmt.Sprintf("the test of epoch %d", number))
	}
	testing := time.Since(tested)
	r.view.tested(result.Error(), testing)
	r.learning = stopwatch{}
	last := len(learnt.Losses) - 1
	r.last = epochEvent{
		Event: "epoch", Epoch: number, Examples: learnt.Examples,
		TrainError:   learnt.Error(),
		TrainSeconds: trained.Seconds(), TestSeconds: testing.Seconds(),
		ExamplesPerSecond: perSecond(int64(learnt.Examples), trained),
		HiddenLosses:      append([]quantity{}, quantities(learnt.Losses[:last], 1)...),
		OutputLoss:        quantity(learnt.Losses[last]),
	}
	if share := result.Error(); r.config.data.validation > 0 {
		r.last.ValidationError = &share
	} else {
		r.last.TestError = &share
	}
	if what, _ := r.config.measured(); what.confusion {
		r.last.Confusion = countConfusion(result.Predicted, r.checked)
	}
	var hidden []string
	for _, loss := range r.last.HiddenLosses {
		hidden = append(hidden, fmt.Sprintf("%.4f", loss))
	}
	if hidden == nil {
		hidden = []string{"–"}
	}
	r.con.line(r.columns(), number, percent(r.last.TrainError), percent(r.last.testError()),
		fmt.Sprintf("%.0f", r.last.ExamplesPerSecond), strings.Join(hidden, " "),
		fmt.Sprintf("%.5f", r.last.OutputLoss), clock(trained+testing))
	r.tested = append(r.tested, r.last)
	if err := r.both(r.last); err != nil {
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
	epochs := r.config.learning.epochs
	now, finished := r.trainer.Current()
	if finished {
		now = training.Epoch{}
	}
	before := int64(now.Examples) // by an earlier process
	bar := r.con.progress(fmt.Sprintf("epoch %d/%d train", number, epochs), total,
		func(done int64, elapsed time.Duration) string {
			rest := left(done-before, total-before, elapsed)
			words := fmt.Sprintf("%d of %d, %.0f/s, error %s, %s left", done, total, perSecond(done-before, elapsed), percent(now.Error()), clock(rest))
			if epochs > 1 {
				words += fmt.Sprintf(" (%s in all)", clock(rest+r.ahead(number, elapsed+rest)))
			}
			return words
		})
	defer bar.end()
	r.view.train(now, number, total)
	bar.draw(r.view.draw)
	r.learning.start()
	defer r.learning.stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var broken error
	learnt, err := r.trainer.Epoch(ctx, r.shown, func(e training.Epoch) {
		now = e
		r.view.learnt(e)
		bar.at(int64(e.Examples))
		if broken = cmp.Or(r.folder.lost(), r.addMeasured(e.Number)); broken != nil {
			stop()
			return
		}
		if r.recording.err() == nil && r.every.within(int(r.trainer.Shown()), r.savedAt, time.Since(r.saved)) {
			broken = r.checkpoint()
		}
		if r.recording.err() != nil || broken != nil {
			stop()
		}
	})
	if broken := r.recording.err(); broken != nil {
		return learnt, fmt.Errorf("%w; with --set record.errors=%s training would go on without it", broken, ignoreErrors)
	}
	if broken != nil {
		return learnt, broken
	}
	return learnt, err
}

// ahead estimates how long everything after the training of an epoch takes, given the
// time that this training takes.
func (r *session) ahead(number int, epoch time.Duration) time.Duration {
	test := time.Duration(r.last.TestSeconds * float64(time.Second))
	return test + time.Duration(r.config.learning.epochs-number)*(epoch+test)
}
