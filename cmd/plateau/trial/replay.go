package trial

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/replay"
	"plateau/sim/record"
	"plateau/sim/record/arrays"
	"plateau/sim/record/table"
)

// ReplayCommand returns the command replay.
func ReplayCommand(con *terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "replay FILE|RUN", GroupID: cli.GroupLook, Args: cli.OneArgument("a recording or the folder of a run that has one"),
		Short: "recompute the potentials of a recorded trial",
		Long: `Compute the potentials of a trial from its recorded spikes. They are the same to
the last bit as in the original trial. The weights come from the recording. If it
holds none, they are drawn as at the start of the run, or read from --run or
--weights; they are used only if they match the recorded checksum.`,
		Example: `  plateau replay runs/digits-1 --trial 12
  plateau replay runs/digits-1/recording.plateau --trial 12 --layer hidden0 --neurons 0:20 --vars soma,apical --out twelve.csv
  plateau replay trial-7.plateau --layer output --vars all --from-ms 50 --to-ms 100`,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o replayOptions
	flags.IntVar(&o.trial, "trial", 0, "trial of the recording, counted from 0 as plateau inspect does (default: 0)")
	cli.Describe(flags, cli.HeadLook, "trial", "N")
	flags.StringVar(&o.layer, "layer", "", "layer: hidden0, hidden1, … or output (default: the first layer)")
	cli.Describe(flags, cli.HeadLook, "layer", "NAME")
	flags.StringVar(&o.neurons, "neurons", settings.Everything, "neurons of the layer, counted from 0, such as 0:20,77 (default: all)")
	cli.Describe(flags, cli.HeadLook, "neurons", "A:B,…")
	flags.StringVar(&o.variables, "vars", "soma", "variables: some of basal,apical,soma,rate, or all (default: soma)")
	cli.Describe(flags, cli.HeadLook, "vars", "NAME,…")
	flags.Float64Var(&o.from, "from-ms", 0, "beginning, counted from the start of the trial (default: 0)")
	cli.Describe(flags, cli.HeadLook, "from-ms", "T")
	flags.Float64Var(&o.to, "to-ms", 0, "end, counted from the start of the trial (default: the end of the trial)")
	cli.Describe(flags, cli.HeadLook, "to-ms", "T")
	flags.StringVar(&o.run, "run", "", "run folder whose weights may be those of the recording")
	cli.Describe(flags, cli.HeadFiles, "run", "DIR")
	flags.StringVar(&o.weights, "weights", "", "file with weights that may be those of the recording")
	cli.Describe(flags, cli.HeadFiles, "weights", "FILE")
	flags.StringVar(&o.out, "out", "", "file to write, .npz or .csv (default: replay-N.npz)")
	cli.Describe(flags, cli.HeadOutput, "out", "FILE")
	flags.BoolVar(&o.force, "force", false, "replace that file")
	cli.Describe(flags, cli.HeadOutput, "force", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, name := range []string{"layer", "neurons", "vars", "run", "weights", "out"} {
			if f := flags.Lookup(name); f.Changed && f.Value.String() == "" {
				return cli.Misuse(`--%s "": want a value: %s`, name, cli.AsCalled(f.Usage))
			}
		}
		o.path, o.toEnd = args[0], !flags.Changed("to-ms")
		return runReplay(cmd.Context(), con, o)
	}
	return cmd
}

type replayOptions struct {
	path         string
	trial        int
	layer        string
	neurons      string
	variables    string
	from, to     float64 // ms
	toEnd        bool
	run, weights string
	out          string
	force        bool
}

// A replayed is part of a trial: variables of some neurons of a layer, with a value in
// every step.
type replayed struct {
	h      *record.Header
	trial  *record.Trial
	layer  int
	probes []record.Probe
	from   int // the first step
	steps  int
	values [][]float32 // for each variable, steps × neurons
}

func runReplay(ctx context.Context, con *terminal.Console, o replayOptions) error {
	if o.out == "" {
		o.out = fmt.Sprintf("replay-%d.npz", o.trial)
	}
	if ext := filepath.Ext(o.out); ext != ".npz" && ext != ".csv" {
		return cli.Misuse("--out %s: want a name that ends with .npz or .csv", o.out)
	}
	path, err := run.RecordingOf(o.path)
	if err != nil {
		return err
	}
	o.path = path
	r, err := run.OpenRecording(o.path)
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := planReplay(r, o)
	if err != nil {
		return err
	}
	if err := cli.CheckNew(o.out, o.force); err != nil {
		return err
	}
	search := &run.WeightSearch{Header: p.h, Run: o.run, File: o.weights}
	if err := p.run(ctx, replay.New(r, search.Find)); err != nil {
		if ctx.Err() != nil {
			return cli.Interrupted("; nothing was written")
		}
		return fmt.Errorf("%s: %s", o.path, cli.Plain(err))
	}
	if err := p.save(o.out, o.force); err != nil {
		return err
	}
	con.Event(p.event(o))
	con.Line("%s", p.summary(o))
	return nil
}

// planReplay checks that the recording has what the options ask for.
func planReplay(r *record.Reader, o replayOptions) (*replayed, error) {
	if o.trial < 0 || o.trial >= r.Trials() {
		if r.Trials() == 0 {
			return nil, fmt.Errorf("%s holds no trials", o.path)
		}
		return nil, cli.Misuse("--trial %d: want 0 to %d, a trial of %s", o.trial, r.Trials()-1, o.path)
	}
	t, err := r.Trial(o.trial)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", o.path, cli.Plain(err))
	}
	p := &replayed{h: r.Header(), trial: t, layer: 1}
	if o.layer != "" {
		names := settings.PopulationNames(len(p.h.Network.Hidden))
		switch p.layer = slices.Index(names, o.layer); p.layer {
		case -1:
			return nil, cli.Misuse("--layer %s: there is no such layer%s", o.layer, cli.Suggest(o.layer, names[1:]))
		case 0:
			return nil, cli.Misuse("--layer input: the input has no potentials; want %s", strings.Join(names[1:], ", "))
		}
	}
	neurons, err := parseNeurons(o.neurons, p.h.Populations[p.layer].Size)
	if err != nil {
		return nil, cli.Misuse("--neurons %v", err)
	}
	list, err := settings.ParseVariables(o.variables)
	if err != nil || list == nil {
		return nil, cli.Misuse("--vars %s: want some of basal,apical,soma,rate, or all", o.variables)
	}
	output := p.layer > len(p.h.Network.Hidden)
	for _, v := range list {
		if v == record.Apical && output {
			if o.variables == settings.Everything {
				continue
			}
			return nil, cli.Misuse("--vars %s: output neurons have no apical dendrite", o.variables)
		}
		p.probes = append(p.probes, record.Probe{Population: p.layer, Variable: v, Neurons: neurons, Every: 1})
	}
	if err := p.stretch(o); err != nil {
		return nil, err
	}
	if size := 4 * float64(p.steps) * float64(len(neurons)) * float64(len(p.probes)); size > maxPotentials {
		return nil, cli.Misuse("that would be %s of potentials, want at most %s: fewer --neurons or --vars, or a shorter time", terminal.ByteSize(int64(size)), terminal.ByteSize(maxPotentials))
	}
	return p, nil
}

func parseNeurons(text string, size int) ([]int, error) {
	if text == settings.Everything {
		text = ":"
	}
	return cli.ParseRanges(text, 0, size)
}

// stretch finds the steps that end after --from-ms and not after --to-ms.
func (p *replayed) stretch(o replayOptions) error {
	dt, end := p.h.Dt(), p.h.Clock().At(int64(p.trial.Steps))
	if o.toEnd {
		o.to = end
	}
	switch {
	case !(o.from >= 0 && o.from < end):
		return cli.Misuse("--from-ms %s: want 0 to less than %s, the length of the trial", terminal.Number(o.from), terminal.Number(end))
	case !(o.to > o.from):
		return cli.Misuse("--to-ms %s: want more than --from-ms %s", terminal.Number(o.to), terminal.Number(o.from))
	}
	const slip = 1e-9 // rounding error of the division by dt
	p.from = int(o.from/dt + slip)
	p.steps = min(p.trial.Steps, int(min(o.to, end)/dt+1-slip)) - p.from
	return nil
}

// run replays.
func (p *replayed) run(ctx context.Context, r *replay.Replay) error {
	p.values = make([][]float32, len(p.probes))
	for k, t := range p.probes {
		p.values[k] = make([]float32, 0, p.steps*len(t.Neurons))
	}
	return r.Values(p.trial.Index, p.probes, p.from, p.from+p.steps, func(probe, step int, values []float32) error {
		p.values[probe] = append(p.values[probe], values...)
		return ctx.Err()
	})
}

// at returns the time at the end of a step, from the start of the trial (ms).
func (p *replayed) at(step int) float64 { return p.h.Clock().At(int64(p.from + step + 1)) }

func (p *replayed) save(path string, replace bool) error {
	write := p.writeNPZ
	if filepath.Ext(path) == ".csv" {
		write = p.writeCSV
	}
	f, err := cli.CreateFile(path, replace)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit()
}

// writeNPZ writes the same arrays as an export of a recording with these variables.
func (p *replayed) writeNPZ(to io.Writer) error {
	a := arrays.NewArchive(to)
	a.Step(p.h.Dt())
	a.Put(arrays.Label{Name: "trial", Axes: "trials", About: "number of the trial in the recording"}, []int32{int32(p.trial.Index)}, 1)
	a.Put(arrays.Label{Name: "trial_example", Axes: "trials", About: "number of the example in its data set, counted from 0"}, []int64{int64(p.trial.Example)}, 1)
	a.Put(arrays.Label{Name: "trial_class", Axes: "trials", About: "the true class"}, []int32{int32(p.trial.Class)}, 1)
	a.Put(arrays.Label{Name: "trial_predicted", Axes: "trials", About: "the predicted class, read out in the forward phase; −1 if not known"}, []int32{int32(p.trial.Predicted)}, 1)
	for k, t := range p.probes {
		a.Samples(p.h.Clock(), arrays.Stretch{
			Name: p.h.Populations[p.layer].Name, Probe: t, Trial: p.trial.Index, First: p.from, Values: p.values[k],
		})
	}
	return a.Close()
}

// columnName returns the name of a variable, with its unit if it has one.
func columnName(v record.Variable) string {
	if v == record.Rate {
		return "rate_hz"
	}
	return string(v)
}

func inHertz(v record.Variable, values []float32) []float32 {
	if v == record.Rate {
		return table.Hz(nil, values)
	}
	return values
}

// writeCSV writes a line for each step, with a column for each variable of each
// neuron.
func (p *replayed) writeCSV(to io.Writer) error {
	w := bufio.NewWriter(to)
	w.WriteString("time_ms")
	name := p.h.Populations[p.layer].Name
	for _, t := range p.probes {
		for _, n := range t.Neurons {
			fmt.Fprintf(w, ",%s_%s_%d", name, columnName(t.Variable), n)
		}
	}
	w.WriteByte('\n')
	values := make([][]float32, len(p.probes))
	for k, t := range p.probes {
		values[k] = inHertz(t.Variable, p.values[k])
	}
	for step := range p.steps {
		w.WriteString(terminal.Number(p.at(step)))
		for k, t := range p.probes {
			n := len(t.Neurons)
			for _, v := range values[k][step*n : (step+1)*n] {
				w.WriteByte(',')
				w.WriteString(strconv.FormatFloat(float64(v), 'g', -1, 32))
			}
		}
		w.WriteByte('\n')
	}
	return w.Flush()
}

type replayEvent struct {
	Event     string          `json:"event"` // replay
	File      string          `json:"file"`
	Trial     int             `json:"trial"`
	Layer     string          `json:"layer"`
	Neurons   int             `json:"neurons"`
	From      float64         `json:"from_ms"`
	To        float64         `json:"to_ms"`
	Variables []replayedRange `json:"variables"`
	Out       string          `json:"out"`
}

type replayedRange struct {
	Name    string  `json:"name"`
	Least   float64 `json:"least"`
	Mean    float64 `json:"mean"`
	Largest float64 `json:"largest"`
}

func (p *replayed) event(o replayOptions) replayEvent {
	e := replayEvent{
		Event: "replay", File: o.path, Trial: p.trial.Index, Layer: p.h.Populations[p.layer].Name, Neurons: len(p.probes[0].Neurons),
		From: p.h.Clock().At(int64(p.from)), To: p.h.Clock().At(int64(p.from + p.steps)), Out: o.out,
	}
	for k, t := range p.probes {
		values := inHertz(t.Variable, p.values[k])
		sum := 0.0
		for _, v := range values {
			sum += float64(v)
		}
		e.Variables = append(e.Variables, replayedRange{
			columnName(t.Variable), float64(slices.Min(values)), sum / float64(len(values)), float64(slices.Max(values)),
		})
	}
	return e
}

func (p *replayed) summary(o replayOptions) string {
	e := p.event(o)
	var b strings.Builder
	fmt.Fprintf(&b, "trial %d of %s", e.Trial, o.path)
	if p.trial.Example >= 0 {
		fmt.Fprintf(&b, ": image %d, class %d", p.trial.Example, p.trial.Class)
	} else {
		b.WriteString(": stimuli of its own")
	}
	if p.trial.Predicted >= 0 {
		fmt.Fprintf(&b, ", predicted %d", p.trial.Predicted)
	}
	fmt.Fprintf(&b, "\n%s of %s, %s to %s ms\n\n%-8s %10s %10s %10s\n",
		terminal.Plural(e.Neurons, "neuron"), e.Layer, terminal.Number(e.From), terminal.Number(e.To), "", "least", "mean", "largest")
	for _, v := range e.Variables {
		fmt.Fprintf(&b, "%-8s %10.4g %10.4g %10.4g\n", v.Name, v.Least, v.Mean, v.Largest)
	}
	fmt.Fprintf(&b, "\nall values are in %s", o.out)
	return b.String()
}
