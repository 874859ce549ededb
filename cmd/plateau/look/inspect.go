package look

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/sim/record"
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
	cli.JsonFlag(cmd, con)
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

// An inspection shows what is in a recording.
type inspection struct {
	con  *terminal.Console
	path string
	size int64
	r    *record.Reader
	h    *record.Header
}

type recordingEvent struct {
	Event        string               `json:"event"` // recording
	File         string               `json:"file"`
	Bytes        int64                `json:"bytes"`
	Format       int                  `json:"format"`
	Program      string               `json:"program"`
	Begun        string               `json:"begun,omitempty"`
	Data         string               `json:"data"`
	Split        string               `json:"split,omitempty"` // train or test
	Seed         uint64               `json:"seed"`
	Dt           float64              `json:"dt_ms"`
	Complete     bool                 `json:"complete"`
	Failure      string               `json:"failure,omitempty"`
	Trials       int                  `json:"trials"`
	Milliseconds float64              `json:"length_ms"`
	Populations  []recordedPopulation `json:"populations"`
	Traces       []recordedTrace      `json:"traces"`
	Plateaus     bool                 `json:"plateaus"`
	Weights      bool                 `json:"weights"`
	WeightsEvery int                  `json:"weights_every"`
	Selection    string               `json:"selection"`
	Damage       []damageEvent        `json:"damage"`
	Config       string               `json:"config"`
}

type recordedPopulation struct {
	Name    string `json:"name"`
	Neurons int    `json:"neurons"`
	Spikes  bool   `json:"spikes"`
}

type recordedTrace struct {
	Population string  `json:"population"`
	Variable   string  `json:"variable"`
	Neurons    string  `json:"neurons"`
	Interval   float64 `json:"every_ms"`
}

type damageEvent struct {
	Event  string `json:"event"` // damage
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	What   string `json:"what"`
	Why    string `json:"why"`
}

func newDamage(d record.Damage) damageEvent {
	return damageEvent{"damage", d.Offset, d.Length, d.What, cli.Plain(d.Err)}
}

func (d damageEvent) String() string {
	where := fmt.Sprintf("at byte %d", d.Offset)
	if d.Length > 0 { // otherwise something is missing there
		where = terminal.ByteSize(d.Length) + " " + where
	}
	return fmt.Sprintf("%s: %s: %s", where, d.What, d.Why)
}

func (i *inspection) event() recordingEvent {
	h := i.h
	e := recordingEvent{
		Event: "recording", File: i.path, Bytes: i.size, Format: h.Format, Program: h.Program, Data: h.Data, Split: h.Split,
		Seed: h.Seed, Dt: h.Dt(), Complete: i.r.Complete(), Failure: i.r.Failure(),
		Trials: i.r.Trials(), Milliseconds: h.Clock().At(i.r.Steps()),
		Populations: []recordedPopulation{}, Traces: []recordedTrace{}, Damage: []damageEvent{},
		Plateaus: h.Plateaus, Weights: h.Weights, WeightsEvery: h.SnapshotEvery, Selection: selectionWords(h.Select), Config: h.Config,
	}
	if !h.Begun.IsZero() {
		e.Begun = h.Begun.UTC().Format(time.RFC3339)
	}
	for _, p := range h.Populations {
		e.Populations = append(e.Populations, recordedPopulation{p.Name, p.Size, p.Spikes})
	}
	for _, t := range h.Probes {
		e.Traces = append(e.Traces, recordedTrace{
			h.Populations[t.Population].Name, string(t.Variable), cli.PrintRanges(t.Neurons), h.Clock().At(int64(t.Every)),
		})
	}
	for _, d := range i.r.Damage() {
		e.Damage = append(e.Damage, newDamage(d))
	}
	return e
}

// selectionWords describes which trials were selected for recording.
func selectionWords(s record.Selection) string {
	var words []string
	if s.Every > 1 {
		words = append(words, fmt.Sprintf("one of %d", s.Every))
	}
	if s.Mispredicted {
		words = append(words, "misread")
	}
	if s.Numbers != nil {
		words = append(words, terminal.Plural(len(s.Numbers), "listed trial"))
	}
	if s.Examples != nil {
		words = append(words, "of "+terminal.Plural(len(s.Examples), "listed image"))
	}
	for _, p := range s.Purposes {
		words = append(words, p.String())
	}
	if words == nil {
		return settings.Everything
	}
	return strings.Join(words, ", ")
}

// head prints a description of the recording.
func (i *inspection) head() {
	e := i.event()
	var sizes []int
	var spikes []string
	for _, p := range e.Populations {
		sizes = append(sizes, p.Neurons)
		if p.Spikes {
			spikes = append(spikes, p.Name)
		}
	}
	i.con.Line("%s: recording of %s on %s, %s", i.path, terminal.Join(sizes, "-"), e.Data, terminal.ByteSize(e.Bytes))
	written := "written by " + e.Program
	if e.Begun != "" {
		written += ", begun " + strings.NewReplacer("T", " ", "Z", " UTC").Replace(e.Begun)
	}
	i.con.Line("%s; seed %d, steps of %s ms", written, e.Seed, terminal.Number(e.Dt))
	if !e.Complete {
		i.con.Line("it broke off%s", brokeOff(e.Failure))
	}
	for _, d := range e.Damage {
		i.con.Line("damaged: %s", d)
	}
	if len(e.Damage) > 0 {
		i.con.Line("--verify finds all of the damage")
	}
	var holds []string
	if spikes != nil {
		holds = append(holds, "spikes of "+strings.Join(spikes, ", "))
	}
	if e.Plateaus {
		holds = append(holds, "plateaus")
	}
	switch {
	case e.Weights && e.WeightsEvery > 0:
		holds = append(holds, fmt.Sprintf("weights every %d trials", e.WeightsEvery))
	case e.Weights:
		holds = append(holds, "weights at the start")
	}
	if holds == nil {
		holds = []string{"trials only"}
	}
	i.con.Line("it holds %s; recorded trials: %s", strings.Join(holds, "; "), e.Selection)
	for _, t := range e.Traces {
		i.con.Line("  %s of %s %s every %s ms", t.Variable, t.Population, t.Neurons, terminal.Number(t.Interval))
	}
	i.con.Line("")
}

// brokeOff says why a recording broke off, if the recording holds the reason.
func brokeOff(failure string) string {
	if failure == "" {
		return ": the run was killed or is still in progress"
	}
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(failure, "record: "), "the recording broke off"); ok {
		return rest
	}
	return ": " + failure
}

type inspectedTrial struct {
	Event    string             `json:"event"` // trial
	Trial    int                `json:"trial"`
	Error    string             `json:"error,omitempty"`
	Purpose  string             `json:"purpose"`
	Number   uint64             `json:"number"`
	Example  int                `json:"example"`
	Class    int                `json:"class"`
	Read     int                `json:"read"` // −1 if not known
	Begin    float64            `json:"begin_ms"`
	Whole    bool               `json:"whole"`
	Phases   []inspectedPhase   `json:"phases"`
	Spikes   []*int64           `json:"spikes"`  // number of spikes of each population; null if not recorded or damaged
	RateHz   []*float64         `json:"rate_hz"` // mean rate of a neuron, in each population
	Plateaus []inspectedPlateau `json:"plateaus"`
	Losses   []float64          `json:"losses,omitempty"`
	Weights  string             `json:"weights_sha256"`
	Updates  int                `json:"updates"` // number of updates since the weights were these

	trial *record.Trial
}

type inspectedPhase struct {
	Name         string  `json:"name"`
	Begin        float64 `json:"begin_ms"` // from the start of the trial
	Milliseconds float64 `json:"length_ms"`
	Taught       bool    `json:"taught"`
}

type inspectedPlateau struct {
	Layer string    `json:"layer"`
	Mean  []float64 `json:"mean"` // mean plateau in each phase
}

// look describes one trial, with its plateaus if details is set.
func (i *inspection) look(n int, details bool) inspectedTrial {
	e := inspectedTrial{Event: "trial", Trial: n, Read: -1, Phases: []inspectedPhase{}, Spikes: []*int64{}, RateHz: []*float64{}, Plateaus: []inspectedPlateau{}}
	t, err := i.r.Trial(n)
	if err != nil {
		e.Error = cli.Plain(err)
		return e
	}
	at := i.h.Clock().At
	e.trial = t
	e.Purpose, e.Number, e.Example, e.Class, e.Read = t.Purpose.String(), t.Number, t.Example, t.Class, t.Predicted
	e.Begin, e.Whole, e.Losses = at(t.First), t.Whole, t.Losses
	e.Weights, e.Updates = t.Weights, t.Updates
	for _, p := range t.Phases {
		e.Phases = append(e.Phases, inspectedPhase{p.Name, at(int64(p.First)), at(int64(p.Steps)), p.Taught})
	}
	var errs []error
	for k, p := range i.h.Populations {
		e.Spikes, e.RateHz = append(e.Spikes, nil), append(e.RateHz, nil)
		if !p.Spikes {
			continue
		}
		var count int64
		s := i.r.Spikes(n, k, 0, record.End)
		for s.Scan() {
			count += int64(len(s.Spikes()))
		}
		if err := s.Err(); err != nil {
			errs = append(errs, err)
			continue
		}
		e.Spikes[k] = &count
		if t.Steps > 0 {
			rate := 1000 * float64(count) / at(int64(t.Steps)) / float64(p.Size)
			e.RateHz[k] = &rate
		}
	}
	if details && i.h.Plateaus {
		for m := range i.h.Network.Hidden {
			layer := inspectedPlateau{Layer: i.h.Populations[m+1].Name, Mean: []float64{}}
			for k := range t.Phases {
				p, err := i.r.Plateaus(n, k, m)
				if err != nil {
					if t.Whole {
						errs = append(errs, err)
					}
					break
				}
				sum := 0.0
				for _, v := range p.Value {
					sum += float64(v)
				}
				layer.Mean = append(layer.Mean, sum/float64(max(1, len(p.Value))))
			}
			e.Plateaus = append(e.Plateaus, layer)
		}
	}
	if err := errors.Join(errs...); err != nil {
		e.Error = strings.ReplaceAll(cli.Plain(err), "\n", "; ")
	}
	return e
}

type totalEvent struct {
	Event         string    `json:"event"` // total
	Trials        int       `json:"trials"`
	Damaged       int       `json:"damaged_trials"`
	Misread       int       `json:"misread"`
	Milliseconds  float64   `json:"length_ms"`
	Spikes        []int64   `json:"spikes"`
	RateHz        []float64 `json:"rate_hz"`
	Bytes         int64     `json:"bytes"`
	BytesPerSpike float64   `json:"bytes_per_spike"` // size of the whole file divided by the number of spikes
}

// shownTrials is the number of trials that are listed for a person by default.
const shownTrials = 20

// list prints trials, and the totals of all of them.
func (i *inspection) list(ctx context.Context, trials string) error {
	from, to := 0, i.r.Trials()
	if trials != "" {
		var err error
		if from, to, err = cli.ParseRange(trials, 0, i.r.Trials()); err != nil {
			return cli.Misuse("--trials %v", err)
		}
	} else if !i.con.JSON {
		to = min(to, shownTrials)
	}
	i.con.Event(i.event())
	if !i.con.JSON {
		i.head()
		i.con.Line("%s", i.row("trial", "what", "number", "image", "class", "predicted", "phases (ms)", i.names(), "plateaus"))
	}
	total := totalEvent{Event: "total", Trials: i.r.Trials(), Bytes: i.size, Spikes: make([]int64, len(i.h.Populations)), RateHz: make([]float64, len(i.h.Populations))}
	var all int64                                // steps
	steps := make([]int64, len(i.h.Populations)) // of the trials whose spikes can be read
	at := i.h.Clock().At
	bar := i.con.Progress("reading", int64(i.r.Trials()), func(done int64, elapsed time.Duration) string {
		return fmt.Sprintf("%d of %d trials, %s left", done, i.r.Trials(), terminal.Clock(terminal.Left(done, int64(i.r.Trials()), elapsed)))
	})
	defer bar.End()
	cut := 0 // number of trials at the end that cannot be read, perhaps because the recording broke off
	for n := range i.r.Trials() {
		if ctx.Err() != nil {
			return cli.Interrupted("")
		}
		shown := n >= from && n < to
		e := i.look(n, shown)
		if shown {
			i.con.Event(e)
			i.con.Line("%s", i.trialRow(e))
		}
		switch {
		case e.Error != "" && n >= i.r.Written():
			cut++
		case e.Error != "":
			total.Damaged++
		default:
			total.Damaged, cut = total.Damaged+cut, 0
		}
		if e.trial != nil {
			if e.Read >= 0 && e.Read != e.Class {
				total.Misread++
			}
			all += int64(e.trial.Steps)
			for k, s := range e.Spikes {
				if s != nil {
					total.Spikes[k] += *s
					steps[k] += int64(e.trial.Steps)
				}
			}
		}
		bar.At(int64(n))
	}
	total.Milliseconds = at(all)
	var spikes int64
	for k, p := range i.h.Populations {
		spikes += total.Spikes[k]
		if steps[k] > 0 {
			total.RateHz[k] = 1000 * float64(total.Spikes[k]) / at(steps[k]) / float64(p.Size)
		}
	}
	if spikes > 0 {
		total.BytesPerSpike = float64(i.size) / float64(spikes)
	}
	i.con.Event(total)
	if !i.con.JSON {
		i.total(total, to-from)
	}
	if total.Damaged > 0 {
		return fmt.Errorf("%s is damaged: part of %s cannot be read; %s says which", i.path, terminal.Plural(total.Damaged, "trial"), cli.Command("inspect", cli.Argument(i.path), "--verify"))
	}
	return nil
}

func (i *inspection) names() []string {
	var names []string
	for _, p := range i.h.Populations {
		names = append(names, p.Name)
	}
	return names
}

// row lays out a line of the table of trials.
func (i *inspection) row(trial, what, number, image, class, predicted, phases string, populations []string, plateaus string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%6s  %-8s %8s %6s %6s %10s  %-16s", trial, what, number, image, class, predicted, phases)
	for _, s := range populations {
		fmt.Fprintf(&b, " %9s", s)
	}
	return strings.TrimRight(b.String()+"  "+plateaus, " ")
}

func (i *inspection) trialRow(e inspectedTrial) string {
	if e.trial == nil {
		return fmt.Sprintf("%6d  damaged: %s", e.Trial, e.Error)
	}
	var phases, spikes, plateaus []string
	for _, p := range e.Phases {
		phases = append(phases, p.Name+" "+terminal.Number(p.Milliseconds))
	}
	for k, s := range e.Spikes {
		switch {
		case s != nil:
			spikes = append(spikes, fmt.Sprint(*s))
		case i.h.Populations[k].Spikes:
			spikes = append(spikes, "damaged")
		default:
			spikes = append(spikes, "–")
		}
	}
	for _, p := range e.Plateaus {
		var means []string
		for _, m := range p.Mean {
			means = append(means, fmt.Sprintf("%.3f", m))
		}
		plateaus = append(plateaus, strings.Join(means, " → "))
	}
	read := "–"
	if e.Read >= 0 {
		read = fmt.Sprint(e.Read)
	}
	last := strings.Join(plateaus, ", ")
	if !e.Whole {
		last += " (broke off)"
	}
	return i.row(fmt.Sprint(e.Trial), e.Purpose, fmt.Sprint(e.Number), fmt.Sprint(e.Example), fmt.Sprint(e.Class), read,
		strings.Join(phases, ", "), spikes, last)
}

func (i *inspection) total(t totalEvent, listed int) {
	if rest := t.Trials - listed; rest > 0 {
		i.con.Line("%6s  and %d more: --trials A:B lists others", "…", rest)
	}
	var all int64
	var spikes, rates []string
	for k := range t.Spikes {
		all += t.Spikes[k]
		if i.h.Populations[k].Spikes {
			spikes, rates = append(spikes, fmt.Sprint(t.Spikes[k])), append(rates, fmt.Sprintf("%.1f Hz", t.RateHz[k]))
		} else {
			spikes, rates = append(spikes, "–"), append(rates, "")
		}
	}
	i.con.Line("%s", i.row("", "spikes", "", "", "", "", "", spikes, ""))
	i.con.Line("%s", i.row("", "mean rate", "", "", "", "", "", rates, ""))
	i.con.Line("")
	i.con.Line("%s, %d with a wrong prediction, %s; %s: %.2f bytes of the file per spike",
		terminal.Plural(t.Trials, "trial"), t.Misread, terminal.Clock(time.Duration(t.Milliseconds*float64(time.Millisecond)))+" simulated", terminal.Plural(int(all), "spike"), t.BytesPerSpike)
}

type verifyEvent struct {
	Event    string `json:"event"` // verify
	File     string `json:"file"`
	Damages  int    `json:"damages"`
	Complete bool   `json:"complete"`
	Failure  string `json:"failure,omitempty"`
	Trials   int    `json:"trials"`
	Bytes    int64  `json:"bytes"`
	Intact   struct {
		Bytes  int64 `json:"bytes"`
		Chunks int   `json:"chunks"`
		Trials int   `json:"trials"`
		Spikes int64 `json:"spikes"`
		Values int64 `json:"values"`
	} `json:"intact"`
}

// verify reads the whole file and reports all damage.
func (i *inspection) verify(ctx context.Context) error {
	e := verifyEvent{Event: "verify", File: i.path, Complete: i.r.Complete(), Failure: i.r.Failure(), Trials: i.r.Trials(), Bytes: i.size}
	watch, end := cli.WatchBytes(ctx, i.con, "verifying", i.size)
	var damages []damageEvent
	intact, err := i.r.Verify(func(d record.Damage) { damages = append(damages, newDamage(d)) }, watch)
	end()
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		return fmt.Errorf("%s: %s", i.path, cli.Plain(err))
	}
	e.Damages = len(damages)
	for _, d := range damages {
		i.con.Event(d)
		i.con.Line("damaged: %s", d)
	}
	e.Intact.Bytes, e.Intact.Chunks, e.Intact.Trials = intact.Bytes, intact.Chunks, intact.Trials
	e.Intact.Spikes, e.Intact.Values = intact.Spikes, intact.Values
	i.con.Event(e)
	i.con.Line("intact: %s in %s; %d of %s with %s and %s of potentials and rates",
		terminal.ByteSize(intact.Bytes), terminal.Plural(intact.Chunks, "chunk"), intact.Trials, terminal.Plural(e.Trials, "trial"), terminal.Plural(int(intact.Spikes), "spike"), terminal.Plural(int(intact.Values), "value"))
	switch {
	case e.Damages > 0:
		return fmt.Errorf("%s is damaged in %s", i.path, terminal.Plural(e.Damages, "place"))
	case !e.Complete:
		return fmt.Errorf("%s broke off%s; what is there is intact", i.path, brokeOff(e.Failure))
	}
	return nil
}
