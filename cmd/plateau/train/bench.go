package train

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/vec"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
)

// BenchCommand returns the command bench.
func BenchCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "bench", GroupID: cli.GroupRun, Args: cli.NoArguments,
		Short: "measure how fast this machine simulates",
		Long: `Measure how long a training example (50 + 50 ms of simulated time) and a test
example (250 ms) take on this machine, with digits that the program draws. Each
row is the best of five short runs. The last column compares one core with the
published program (numpy), which needs 23.4 ms for a training example and 40 ms
for a test example of 784-500-10 on a core of an AMD Zen 4 at 2.6 GHz.`,
		Example: "  plateau bench\n  plateau bench --workers 4\n  plateau bench --json",
	}
	workers := cli.WorkersFlag(cmd)
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := cli.CheckWorkers(*workers); err != nil {
			return err
		}
		return bench(cmd.Context(), con, *workers, 600)
	}
	return cmd
}

// The time that the published program takes for an example of 784-500-10.
const (
	publishedTrain = 23400 * time.Microsecond
	publishedTest  = 40 * time.Millisecond
)

// A benchCase is a row of the table.
type benchCase struct {
	what      string
	hidden    []int
	apical    float64 // g_a (1/ms)
	batch     int
	workers   int
	test      bool
	published time.Duration // 0: not comparable
}

type benchEvent struct {
	Event             string  `json:"event"` // bench
	What              string  `json:"what"`
	Workers           int     `json:"workers"`
	MicrosecondsEach  float64 `json:"microseconds_per_example"`
	ExamplesPerSecond float64 `json:"examples_per_second"`
	TimesPublished    float64 `json:"times_published,omitempty"`
}

// bench times runs with the given number of images each.
func bench(ctx context.Context, con *terminal.Console, workers, images int) error {
	cases := []benchCase{
		{"train 784-500-10", []int{500}, 0, 1, 1, false, publishedTrain},
		{"test 784-500-10", []int{500}, 0, 1, 1, true, publishedTest},
		{"train 784-500-10, g_a 0.05", []int{500}, 0.05, 1, 1, false, 0},
		{"train 784-500-100-10", []int{500, 100}, 0, 1, 1, false, 0},
		{"train 784-2000-10", []int{2000}, 0, 1, 1, false, 0},
		{"train 784-500-10, batch 64", []int{500}, 0, 64, 1, false, 0},
	}
	if workers > 1 {
		cases = append(cases,
			benchCase{"train 784-500-10", []int{500}, 0, 1, workers, false, 0},
			benchCase{"train 784-2000-10", []int{2000}, 0, 1, workers, false, 0},
			benchCase{"train 784-500-10, batch 64", []int{500}, 0, 64, workers, false, 0},
			benchCase{"test 784-500-10", []int{500}, 0, 1, workers, true, 0})
	}
	con.Line("%s, %s/%s, %s, vector path %s", processor(), runtime.GOOS, runtime.GOARCH, runtime.Version(), vec.Current())
	con.Line("\n%-28s %7s %12s %12s %12s", "", "workers", "µs/example", "examples/s", "× published")
	data := dataset.Digits(1, images, 1)
	for _, c := range cases {
		best, err := c.run(ctx, data.Train)
		if err != nil {
			if ctx.Err() != nil {
				return cli.Interrupted("")
			}
			return err
		}
		e := benchEvent{"bench", c.what, c.workers, float64(best) / 1e3, 1e9 / float64(best), 0}
		times := ""
		if c.published > 0 {
			e.TimesPublished = float64(c.published) / float64(best)
			times = terminal.Number(float64(int(e.TimesPublished)))
		}
		con.Event(e)
		con.Line("%-28s %7d %12.0f %12.0f %12s", c.what, c.workers, e.MicrosecondsEach, e.ExamplesPerSecond, times)
	}
	return nil
}

// run returns the time of an example in the fastest of several runs.
func (c benchCase) run(ctx context.Context, data *dataset.Set) (time.Duration, error) {
	m := protocols.Default(data.Size(), c.hidden, data.Classes)
	m.Neurons.Hidden.Apical = c.apical
	m.Batch, m.MeanUpdate = c.batch, c.batch > 1
	net, err := m.NewNetwork()
	if err != nil {
		return 0, err
	}
	learner, err := protocols.NewLearner(m, net, c.workers)
	if err != nil {
		return 0, err
	}
	trainer, err := training.NewTrainer(learner, m.Schedule())
	if err != nil {
		return 0, err
	}
	tester, err := training.NewTester(learner, c.workers)
	if err != nil {
		return 0, err
	}
	var best time.Duration
	for k := range 6 {
		began := time.Now()
		// The first run fills the caches and brings the network to its usual firing
		// rates. It always trains, and does not count.
		if c.test && k > 0 {
			_, err = tester.Test(ctx, data, nil)
		} else {
			_, err = trainer.Epoch(ctx, data, nil)
		}
		if err != nil {
			return 0, err
		}
		took := time.Since(began) / time.Duration(data.Len())
		if k == 1 || k > 1 && took < best {
			best = took
		}
	}
	return best, nil
}

// processor returns the name of the processor if the system knows it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return terminal.Plural(runtime.NumCPU(), "core")
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value) + ", " + terminal.Plural(runtime.NumCPU(), "core")
		}
	}
	return terminal.Plural(runtime.NumCPU(), "core")
}
