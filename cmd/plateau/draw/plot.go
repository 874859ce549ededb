package draw

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
)

// Command returns the command plot.
func Command(con *terminal.Console) *cobra.Command {
	var list strings.Builder
	for _, p := range Drawings() {
		fmt.Fprintf(&list, "\n  %-11s %s", p.Name, p.Meaning)
	}
	cmd := &cobra.Command{
		Use: "plot FILE|RUN...", GroupID: cli.GroupRun,
		Short: "draw trials, learning curves, receptive fields, …",
		Long: `Draw a picture of one page, as SVG, PDF or PNG, by the ending of --out. --what
chooses one of these pictures; without it, a file gives a trial, and run folders
give learning:
` + list.String() + `

Runs that differ only in their seed share a line, which is their mean; with
--seeds each, every run has its own line. For a run folder, --what trial and
raster draw the run's recording. Potentials that were not recorded are recomputed.`,
		Example: `  plateau plot trial-7.npz
  plateau plot runs/digits-1 --what trial --trial 12 --neurons 12,hidden1:40 --out trial.pdf
  plateau plot runs/digits-1/recording.plateau --what raster --trials 100:110
  plateau plot runs/seed-1 runs/seed-2 runs/deep --labels "one layer,two layers" --out compared.svg
  plateau plot runs/digits-1 --what fields --out fields.png`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Misuse("plot needs the file of a trial or the folders of runs")
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o options
	flags.StringVar(&o.what, "what", "", "picture to draw (default: trial of a file, learning of runs)")
	cli.Describe(flags, cli.HeadLook, "what", "PICTURE")
	flags.IntVar(&o.trial, "trial", 0, "trial of a recording, counted from 0 as in plateau inspect (default: 0)")
	cli.Describe(flags, cli.HeadLook, "trial", "N")
	flags.StringVar(&o.trials, "trials", "", "trials of a raster, counted from 0, such as 0:20,77 (default: the first)")
	cli.Describe(flags, cli.HeadLook, "trials", "A:B,…")
	flags.StringVar(&o.populations, "populations", "", "of a raster, some of input,hidden0,…,output; one of other pictures (default: all, or the first)")
	cli.Describe(flags, cli.HeadLook, "populations", "NAME,…")
	flags.StringVar(&o.neurons, "neurons", "", "of a trial, such as 7,hidden1:3, or none; of fields, 0:20,77 or largest; one of tuning")
	cli.Describe(flags, cli.HeadLook, "neurons", "N,N,…")
	flags.StringVar(&o.labels, "labels", "", "names for the lines of runs, in their order (default: the settings in which they differ)")
	cli.Describe(flags, cli.HeadLook, "labels", "NAME,NAME,…")
	flags.StringVar(&o.seeds, "seeds", seedsMean, "runs that differ only in their seed: mean (with standard deviation), or each (default: mean)")
	cli.Describe(flags, cli.HeadLook, "seeds", "mean|each")
	flags.StringVar(&o.run, "run", "", "run folder whose weights may be those of the recording, if it holds none")
	cli.Describe(flags, cli.HeadFiles, "run", "DIR")
	flags.StringVar(&o.weights, "weights", "", "file with weights that may be those of the recording")
	cli.Describe(flags, cli.HeadFiles, "weights", "FILE")
	flags.StringVar(&o.out, "out", "", "file to write, .svg, .pdf or .png (default: such as trial-7.svg or learning.svg)")
	cli.Describe(flags, cli.HeadOutput, "out", "FILE")
	flags.BoolVar(&o.force, "force", false, "replace that file")
	cli.Describe(flags, cli.HeadOutput, "force", "")
	cli.JSONFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, name := range []string{"what", "trials", "populations", "neurons", "labels", "seeds", "run", "weights", "out"} {
			if f := flags.Lookup(name); f.Changed && f.Value.String() == "" {
				return cli.Misuse(`--%s "": want a value: %s`, name, cli.AsCalled(f.Usage))
			}
		}
		o.from = args
		o.command = "plateau plot"
		for _, path := range args {
			o.command += " " + cli.ShellWord(path)
		}
		flags.Visit(func(f *pflag.Flag) {
			o.given = append(o.given, f.Name)
			if f.Name != "out" && f.Name != "force" && f.Name != "json" {
				o.command += " --" + f.Name + " " + cli.ShellWord(f.Value.String())
			}
		})
		return plot(cmd.Context(), con, o)
	}
	return cmd
}

// options are those of the command plot.
type options struct {
	from         []string
	what         string
	trial        int
	trials       string
	populations  string
	neurons      string
	labels       string
	seeds        string
	run, weights string
	out          string
	force        bool
	given        []string // options that were given
	command      string   // the command, without options that do not change the picture
}

// A drawing is a kind of picture.
type drawing struct {
	Name    string
	Meaning string
	source  string   // what it is drawn from
	many    bool     // it can be drawn from several sources
	options []string // its options
	// file is the name of the picture without its ending; "" if it is named after its
	// source.
	file string
	draw func(con *terminal.Console, o options) (figure.Figure, figure.About, error)
}

// Sources of pictures.
const (
	fromRuns      = "the folder of a run"
	fromTrial     = "the file of a trial, a recording, or the folder of a run that has one"
	fromRecording = "a recording, or the folder of a run that has one"
	fromTests     = "the folder of a run or what test --json printed"
)

// ofCourses lists the options of pictures of several runs.
var ofCourses = []string{"labels", "seeds"}

// Values of --seeds.
const (
	seedsMean = "mean"
	seedsEach = "each"
)

// Drawings lists all kinds of pictures.
func Drawings() []drawing {
	return append([]drawing{
		{Name: "trial", Meaning: "a trial: the image, spikes, potentials and plateaus of a few neurons, the output", source: fromTrial,
			options: []string{"trial", "neurons", "run", "weights"}, draw: drawTrial},
		{Name: "raster", Meaning: "the spikes of trials of a recording", source: fromRecording,
			options: []string{"trial", "trials", "populations"}, draw: drawRaster},
		{Name: "learning", Meaning: "error and loss after each epoch", source: fromRuns, many: true, file: "learning", options: ofCourses, draw: drawLearning},
	}, append(append(responsePictures(), measuredPictures()...), []drawing{
		{Name: "confusion", Meaning: "the confusion matrix: which classes were predicted for which", source: fromTests, many: true, file: "confusion", draw: drawConfusion},
		{Name: "fields", Meaning: "receptive fields: the weights from the image to each neuron", source: fromRuns, file: "fields",
			options: []string{"neurons"}, draw: drawFields},
	}...)...)
}

func drawingNames() []string {
	var names []string
	for _, p := range Drawings() {
		names = append(names, p.Name)
	}
	return names
}

// plotEvent is the line of --json.
type plotEvent struct {
	Event string   `json:"event"` // plot
	What  string   `json:"what"`
	From  []string `json:"from"`
	Out   string   `json:"out"`
}

func plot(ctx context.Context, con *terminal.Console, o options) error {
	p, err := chooseDrawing(&o)
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = p.file + ".svg"
		if p.file == "" {
			o.out = pictureName(o, p.Name) + ".svg"
		}
	}
	format, err := figure.FormatOf(o.out)
	if err != nil {
		return cli.Misuse("--out %s: want a name that ends with .svg, .pdf or .png", o.out)
	}
	if err := cli.CheckNew(o.out, o.force); err != nil {
		return err
	}
	f, about, err := p.draw(con, o)
	if ctx.Err() != nil {
		return cli.Interrupted("; nothing was written")
	}
	if err != nil {
		return err
	}
	about.Command, about.Software = o.command, "plateau "+cli.Version()
	if err := saveFigure(o, format, f, about); err != nil {
		return err
	}
	con.Event(plotEvent{"plot", p.Name, o.from, o.out})
	con.Line("%s: %s", o.out, about.Title)
	return nil
}

// chooseDrawing finds out what to draw, and checks that it can be drawn from the given
// files or folders.
func chooseDrawing(o *options) (p drawing, err error) {
	folders, err := run.CountFolders(o.from, "the file of a trial or the folder of a run")
	if err != nil {
		return p, err
	}
	if o.what == "" {
		switch {
		case folders > 0 && folders < len(o.from):
			return p, cli.Misuse("there are files and folders; want the file of one trial, or the folders of runs")
		case folders > 0:
			o.what = "learning"
		default:
			o.what = "trial"
		}
	}
	i := slices.Index(drawingNames(), o.what)
	if i < 0 {
		return p, cli.Misuse("--what %s: there is no such picture%s", o.what, cli.Suggest(o.what, drawingNames()))
	}
	p = Drawings()[i]
	switch {
	case p.source == fromRuns && folders < len(o.from):
		i := slices.IndexFunc(o.from, func(path string) bool { return !cli.IsFolder(path) })
		return p, cli.Misuse("%s is a file; --what %s needs %s%s", o.from[i], p.Name, p.source, run.TakenBy(o.from[i]))
	case p.source == fromTests:
		if folders < len(o.from) && len(o.from) > 1 {
			return p, cli.Misuse("there are %d of them; want %s, or several folders of runs", len(o.from), p.source)
		}
	case p.source != fromRuns && folders > 0:
		if len(o.from) > 1 {
			return p, cli.Misuse("there are %d of them; --what %s needs %s", len(o.from), p.Name, p.source)
		}
		recording, err := run.RecordingOf(o.from[0])
		if err != nil {
			return p, err
		}
		o.from = []string{recording}
	case len(o.from) > 1 && !p.many:
		return p, cli.Misuse("there are %d of them; --what %s needs %s", len(o.from), p.Name, p.source)
	}
	for _, name := range o.given {
		var of []string
		for _, other := range Drawings() {
			if slices.Contains(other.options, name) {
				of = append(of, other.Name)
			}
		}
		if of != nil && !slices.Contains(of, p.Name) {
			return p, cli.Misuse("--%s is for --what %s, not for %s", name, listed(of), p.Name)
		}
	}
	return p, nil
}

// listed joins names with commas and "and".
func listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// pictureName returns the name of a picture, after the file and what is drawn of it.
func pictureName(o options, what string) string {
	name := filepath.Base(o.from[0])
	ext := filepath.Ext(name)
	name = strings.TrimSuffix(name, ext)
	if ext == ".npz" {
		return name
	}
	if what == "trial" {
		return fmt.Sprintf("%s-%d", name, o.trial)
	}
	return name + "-" + what
}

// saveFigure writes a picture; after a failure the file is as it was.
func saveFigure(o options, format figure.Format, f figure.Figure, about figure.About) error {
	file, err := cli.CreateFile(o.out, o.force)
	if err != nil {
		return err
	}
	defer file.Abort()
	if err := figure.Write(file, format, f, about); err != nil {
		return err
	}
	return file.Commit()
}
