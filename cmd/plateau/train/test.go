package train

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
	"plateau/protocols/training"
)

// TestCommand returns the command test.
func TestCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test", GroupID: cli.GroupRun, Args: cli.NoArguments,
		Short: "test a trained network",
		Long: `Test the weights of a run folder with the run's own configuration, and print the
error and the confusion matrix. Options change parts of the configuration.
--record also writes a recording with a trial for each image; [record] of the
configuration says what of it.`,
		Example: `  plateau test --run runs/digits-1
  plateau test --run runs/digits-1 --test-examples 10000
  plateau test --run runs/digits-1 --weights pruned.npz
  plateau test --run runs/digits-1 --record test.plateau --set record.trials=misread
  plateau test --run runs/digits-1 --set network.silence=hidden0:0:50
  plateau test --run runs/mnist-1 --set test.length_ms=500`,
	}
	o := settings.ConfigureRun(cmd, "run folder whose weights are tested", false)
	workers := cli.WorkersFlag(cmd)
	var to recordTo
	path := run.RecordFlag(cmd, "also write a recording (default: test.plateau)")
	cmd.Flags().BoolVar(&to.force, "force", false, "replace it")
	cli.Describe(cmd.Flags(), cli.HeadOutput, "force", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed("run") {
			return cli.Misuse("test needs --run, the folder of a run%s", cli.KnownRuns())
		}
		c, err := o.Config()
		if err != nil {
			return err
		}
		settings.NoteRounded(con, c)
		if err := cli.CheckWorkers(*workers); err != nil {
			return err
		}
		switch to.path = *path; to.path {
		case cli.StandardFile:
			to.path = "test.plateau"
		case "":
			if cmd.Flags().Changed("record") {
				return cli.Misuse(`--record "": want the name of a file`)
			}
		}
		return test(cmd.Context(), con, c, *workers, o.Run, to)
	}
	return cmd
}

type testEvent struct {
	Event       string  `json:"event"` // test
	Data        string  `json:"data"`
	Examples    int     `json:"examples"`
	TestError   float64 `json:"test_error"`
	TestSeconds float64 `json:"test_seconds"`
	// Names, of a data set of one's own; those of the others are known.
	Classes   []string `json:"classes,omitempty"`
	Confusion [][]int  `json:"confusion"` // [true class][predicted class]
	Recording string   `json:"recording,omitempty"`
}

// recordTo says where a test is recorded.
type recordTo struct {
	path  string // "" if it is not
	force bool
}

func test(ctx context.Context, con *terminal.Console, c *settings.Config, workers int, dir string, to recordTo) error {
	info := c.Data.Info()
	learner, err := run.LoadLearner(c, info, dir)
	if err != nil {
		return err
	}
	from := dir
	if c.NamesWeights() {
		from, _ = c.InitialWeights()
		run.NoteOrigin(con, c)
	} else {
		run.NoteChanges(con, dir, learner.Weights())
	}
	data, err := c.Data.Load(1, c.Data.Test)
	if err != nil {
		return err
	}
	settings.NoteData(con, c, data)
	if n := int(c.Data.Test); n > data.Test.Len() {
		return cli.Misuse("data.test_examples = %d: there are only %d test images in %s", n, data.Test.Len(), data.Dir)
	}
	show := func() (training.Result, error) { return recordTest(ctx, con, c, learner, data.Test, workers, to) }
	if to.path == "" {
		tester, err := training.NewTester(learner, min(workers, data.Test.Len()))
		if err != nil {
			return err
		}
		show = func() (training.Result, error) { return runTest(ctx, con, tester, data.Test, "test", nil) }
	}
	long := ""
	if _, ok := learner.(settings.Spiking); ok {
		long = fmt.Sprintf(" of %s ms", terminal.Number(c.Test.Length))
	}
	con.Line("testing %s with the weights of %s: %s%s",
		c.Title(), from, terminal.Plural(data.Test.Len(), "image"), long)
	began := time.Now()
	result, err := show()
	if err != nil {
		if ctx.Err() != nil && to.path != "" {
			return cli.Interrupted("; %s holds the trials before", to.path)
		}
		if ctx.Err() != nil {
			return cli.Interrupted("; a test leaves nothing behind")
		}
		return err
	}
	took := time.Since(began)
	confusion := measure.CountConfusion(data.Test.Classes, data.Test.Labels, result.Predicted)
	event := testEvent{
		Event: "test", Data: info.Name, Examples: result.Examples, TestError: result.Error(),
		TestSeconds: took.Seconds(), Confusion: confusion, Recording: to.path,
	}
	if info.Path != "" {
		event.Classes = info.Classes
	}
	con.Event(event)
	con.Line("test error %s: %d of %d predictions wrong, in %s (%.0f images/s)", terminal.WithAccuracy(result.Error()),
		result.Errors, result.Examples, terminal.Clock(took), terminal.PerSecond(int64(result.Examples), took))
	con.Line("\n%s", confusionTable(confusion, info.Classes))
	if to.path != "" {
		con.Line("\nevery trial is in %s: %s", terminal.Printable(to.path), cli.Command("inspect", cli.Argument(to.path)))
	}
	return nil
}

// recordTest runs a test and records its trials.
func recordTest(ctx context.Context, con *terminal.Console, c *settings.Config, learner training.Learner, set *dataset.Set, workers int, to recordTo) (training.Result, error) {
	var result training.Result
	l, ok := learner.(settings.Spiking)
	if !ok {
		return result, c.Spikes("a recording")
	}
	m := l.Model()
	h, err := settings.TrialsHeader(c, m, settings.SplitTest)
	if err != nil {
		return result, err
	}
	recording, err := run.CreateRecording(to.path, to.force, h, l.Network())
	if err != nil {
		return result, err
	}
	total := int64(set.Len())
	bar := con.Progress("test", total, terminal.Pace(total))
	defer bar.End()
	watched := protocols.Watched{Workers: workers, Watch: recording.Writer, Potentials: recording.Writer.Potentials()}
	result, err = protocols.RunTests(ctx, m, l.Network(), set, watched, func(done int) { bar.At(int64(done)) })
	if closed := recording.Close(); err == nil {
		err = closed
	}
	return result, err
}

// runTest runs a test and shows its progress as a bar, or as the sketch live.
func runTest(ctx context.Context, con *terminal.Console, t *training.Tester, set *dataset.Set, what string, live terminal.Sketch) (training.Result, error) {
	total := int64(set.Len())
	bar := con.Progress(what, total, terminal.Pace(total))
	defer bar.End()
	bar.Draw(live)
	return t.Test(ctx, set, func(done int) { bar.At(int64(done)) })
}

// confusionTable prints the confusion matrix, and the error of each class. If there are
// too many classes for it, it prints their mistakes.
func confusionTable(confusion [][]int, names []string) string {
	var b strings.Builder
	long, wide := len("class"), 5
	for _, name := range names {
		long = max(long, len(name))
	}
	for _, row := range confusion {
		for _, n := range row {
			wide = max(wide, len(fmt.Sprint(n))+1)
		}
	}
	if wide*len(names) > widestMatrix {
		return mistakesTable(confusion, names)
	}
	fmt.Fprintf(&b, "%*s │ predicted class\n%*s │", long+3, "true", long+3, "class")
	for i, name := range names {
		fmt.Fprintf(&b, "%*s", wide, short(i, name))
	}
	fmt.Fprintf(&b, "%*s\n", 10, "error")
	fmt.Fprintf(&b, "%s┼%s\n", strings.Repeat("─", long+4), strings.Repeat("─", wide*len(names)+10))
	for i, row := range confusion {
		label := names[i]
		if s := short(i, label); s != label {
			label = s + " " + label
		}
		fmt.Fprintf(&b, "%*s │", long+3, label)
		total := 0
		for k, n := range row {
			total += n
			cell := fmt.Sprint(n)
			if n == 0 && k != i {
				cell = "·"
			}
			fmt.Fprintf(&b, "%*s", wide, cell)
		}
		wrong := "–"
		if total > 0 {
			wrong = fmt.Sprintf("%.1f %%", 100*float64(total-row[i])/float64(total))
		}
		fmt.Fprintf(&b, "%*s\n", 10, wrong)
	}
	return strings.TrimRight(b.String(), "\n")
}

// short returns the name of a class if it is short, otherwise its number.
func short(i int, name string) string {
	if len(name) <= 2 {
		return name
	}
	return fmt.Sprint(i)
}
