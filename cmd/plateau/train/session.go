package train

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim/record"
)

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
	origin  *record.Origin // of the weights with which the run began; nil if they were drawn
	trainer *training.Trainer
	tester  *training.Tester
	Metrics *run.MetricsFile
	tested  []run.EpochEvent
	Last    run.EpochEvent // of them

	Recording *run.Recording // nil if there is none
	view      *live
	measuring *measuring // nil if nothing is measured

	best *training.Best // nil if the last weights are kept

	total    terminal.Stopwatch // time of the run
	learning terminal.Stopwatch // training time of the current epoch

	resumed bool // goes on from a checkpoint, which has its weights
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
	info := r.config.Data.Info()
	r.shown, r.checked = r.data.Train, r.data.Test
	if n := r.config.Data.Validation; n > 0 {
		r.shown, r.checked = r.data.Train.First(r.data.Train.Len()-n), r.data.Train.Last(n)
	}
	learner, schedule, err := r.config.Learner(info, r.workers)
	if err != nil {
		return err
	}
	r.Learner = learner
	if !r.resumed {
		if r.origin, err = run.TakeWeights(r.config, learner); err != nil {
			return err
		}
	}
	if r.trainer, err = training.NewTrainer(learner, schedule); err != nil {
		return err
	}
	if shift, ok := r.config.Shifted(r.shown); ok {
		r.trainer.Alter(shift)
	}
	r.keep(run.PartTrainer, r.trainer)
	if r.config.Learning.KeepsBest() {
		r.best = training.NewBest(r.Learner)
		r.keep(partBest, r.best)
	}
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
	h.Origin = r.origin
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
	for !r.learnt() {
		if err := r.Epoch(ctx); err != nil {
			return err
		}
	}
	return r.Finish(ctx, compared)
}

// learnt reports whether all epochs are done, or no more are wanted.
func (r *session) learnt() bool {
	return r.Last.Epoch >= r.config.Learning.Epochs || run.Stalled(r.tested, r.config.Learning.Patience)
}

// Finish ends a run that has learnt.
func (r *session) Finish(ctx context.Context, compared *Baseline) error {
	kept := r.Last
	if r.best != nil {
		kept = r.tested[r.best.Epoch()-1]
		r.best.Use()
	}
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
	if r.best != nil {
		if err := r.folder.Mine(); err != nil {
			return err
		}
		if err := run.SaveWeights(filepath.Join(r.folder.Path, cli.WeightsName), r.Learner); err != nil {
			return r.failed(err)
		}
	}
	took := r.total.Elapsed()
	end := run.EndEvent{
		Event: "done", Epochs: r.Last.Epoch, Examples: r.Last.Epoch * r.shown.Len(),
		TestError: final, Validation: kept.ValidationError, Linear: &linear, Seconds: took.Seconds(), WeightsSHA256: r.Learner.Weights().SHA256(), Out: r.folder.Path,
	}
	if r.best != nil {
		end.KeptEpoch = kept.Epoch
	}
	if end.Epochs < r.config.Learning.Epochs {
		end.Stopped = run.OutOfPatience
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
	r.con.Line("")
	if end.Stopped != "" {
		r.con.Line("stopped after epoch %d: for %s, the error on the images held out was not below its lowest", end.Epochs, terminal.Plural(r.config.Learning.Patience, "epoch"))
	}
	if end.KeptEpoch > 0 {
		r.con.Line("kept the weights of epoch %d, whose error on the images held out was the lowest: %s", end.KeptEpoch, terminal.Percent(*end.Validation))
	}
	r.con.Line("done in %s: test error %s", terminal.Clock(took), terminal.WithAccuracy(*final))
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
		if r.learnt() {
			at = lastTest
		}
		r.con.Line("resuming at example %d, in %s", r.trainer.Shown(), at)
	}
	r.con.Line("training %s, %s, to %s", c.Title(), from, r.folder.Path)
	r.con.Line("%s to train on, %s%d to test on; %s%s with seed %d on %s",
		terminal.Plural(r.shown.Len(), "image"), held, r.data.Test.Len(),
		terminal.Plural(c.Learning.Epochs, "epoch"), batch, c.Seed, terminal.Plural(r.workers, "worker"))
	if r.origin != nil {
		r.con.Line("the run began with %s", run.DescribeOrigin(r.origin))
	}
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
	info := c.Data.Info()
	return run.StartEvent{
		Event: "start", Version: cli.Version(), Data: info.Name,
		Examples: r.shown.Len(), Validation: c.Data.Validation, TestExamples: r.data.Test.Len(),
		Neurons: c.Sizes(info), Epochs: c.Learning.Epochs, Seed: c.Seed,
		Workers: r.workers, Out: r.folder.Path, InitialWeights: r.origin,
	}
}

// columns is the format of the table of epochs, with room for the loss of each
// hidden layer.
func (r *session) columns() string {
	return fmt.Sprintf("%%5v  %%11s  %%%ds  %%10s  %%%ds  %%11s  %%10s",
		max(10, len(settings.ErrorName(r.config))), max(11, 8*len(r.config.Network.Hidden)))
}

// showExamples shows some examples of the test set, if anybody wants to see them.
func (r *session) showExamples(ctx context.Context) error {
	if r.show == nil {
		return nil
	}
	return r.show(ctx, r.con, r.config, r.Learner, r.data.Test)
}
