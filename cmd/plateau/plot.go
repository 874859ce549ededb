package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plateau/internal/figure"
	"plateau/protocols/dataset"
)

func newPlot(con *console) *cobra.Command {
	cmd := &cobra.Command{
		Use: "plot FILE|RUN...", GroupID: groupRun,
		Short: "draw a trial, or the learning curves of runs",
		Long: `Draw a picture of one page, as SVG, PDF or PNG: the ending of --out says which.

The FILE of a trial gives the image, the spikes of every population, potentials
and plateaus of a few neurons, and the output's potentials. Run folders give
learning curves; runs that differ only in their seed share a line, their mean.`,
		Example: `  plateau plot trial-7.npz
  plateau plot trial-7.npz --neurons 12,hidden1:40 --out trial.pdf
  plateau plot runs/digits-1 --out learning.png
  plateau plot runs/seed-1 runs/seed-2 runs/deep --out compared.svg`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("plot needs the file of a trial or the folders of runs")
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var o plotOptions
	flags.StringVar(&o.neurons, "neurons", "", "neurons of a trial to look into, as 7,hidden1:3, or none (default: those whose plateaus changed most)")
	describe(flags, headWhat, "neurons", "N,N,…")
	flags.StringVar(&o.out, "out", "", "file to write, .svg, .pdf or .png (default: FILE's name with .svg, or learning.svg)")
	describe(flags, headOutput, "out", "FILE")
	flags.BoolVar(&o.force, "force", false, "replace that file")
	describe(flags, headOutput, "force", "")
	jsonFlag(cmd, con)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.out == "" && flags.Changed("out") {
			return misuse(`--out "": want the name of a file`)
		}
		if o.neurons == "" && flags.Changed("neurons") {
			return misuse(`--neurons "": want numbers of neurons, or none`)
		}
		o.from = args
		return plot(con, o)
	}
	return cmd
}

type plotOptions struct {
	from    []string
	neurons string
	out     string
	force   bool
}

// plotEvent is the line of --json.
type plotEvent struct {
	Event string   `json:"event"` // plot
	From  []string `json:"from"`
	Out   string   `json:"out"`
}

func plot(con *console, o plotOptions) error {
	folders := 0
	for _, path := range o.from {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s: there is no such file or folder; want the file of a trial or the folder of a run%s", path, knownRuns())
		case err != nil:
			return fmt.Errorf("%s: %w", path, cause(err))
		case info.IsDir():
			folders++
		}
	}
	trial := folders == 0
	switch {
	case folders > 0 && folders < len(o.from):
		return misuse("there are files and folders; want the file of one trial, or the folders of runs")
	case trial && len(o.from) > 1:
		return misuse("there are %d files; want the file of one trial, or the folders of runs", len(o.from))
	case !trial && o.neurons != "":
		return misuse("--neurons is for a trial, but %s is the folder of a run", o.from[0])
	}
	if o.out == "" {
		o.out = "learning.svg"
		if trial {
			name := filepath.Base(o.from[0])
			o.out = strings.TrimSuffix(name, filepath.Ext(name)) + ".svg"
		}
	}
	format, err := figure.FormatOf(o.out)
	if err != nil {
		return misuse("--out %s: want a name that ends with .svg, .pdf or .png", o.out)
	}
	if err := checkNew(o.out, o.force); err != nil {
		return err
	}
	var f figure.Figure
	about := figure.About{Software: "plateau " + version()}
	if trial {
		f, about.Title, about.Description, err = trialFigure(o.from[0], o.neurons)
	} else {
		f, about.Title, about.Description, err = learningFigure(o.from)
	}
	if err != nil {
		return err
	}
	if err := saveFigure(o, format, f, about); err != nil {
		return err
	}
	con.event(plotEvent{"plot", o.from, o.out})
	con.line("%s: %s", o.out, about.Title)
	return nil
}

// saveFigure writes a file that is whole or as it was.
func saveFigure(o plotOptions, format figure.Format, f figure.Figure, about figure.About) error {
	file, err := createFile(o.out, o.force)
	if err != nil {
		return err
	}
	defer file.Abort()
	if err := figure.Write(file, format, f, about); err != nil {
		return err
	}
	return file.Commit()
}

// learningFigure reads the metrics of runs.
func learningFigure(folders []string) (f *figure.Learning, title, description string, err error) {
	type course struct {
		config  *config
		folders []string
		seeds   []string
		runs    []figure.Run
	}
	var courses []*course
	var seen []string
	for _, folder := range folders {
		clean := filepath.Clean(folder)
		if slices.Contains(seen, clean) {
			return nil, "", "", misuse("%s is there twice", folder)
		}
		seen = append(seen, clean)
		c, err := runConfig(folder)
		if err != nil {
			return nil, "", "", err
		}
		run, err := readMetrics(folder)
		if err != nil {
			return nil, "", "", err
		}
		i := slices.IndexFunc(courses, func(other *course) bool { return len(differing(c, other.config)) == 0 })
		if i < 0 {
			i = len(courses)
			courses = append(courses, &course{config: c})
		}
		k := courses[i]
		k.folders, k.runs = append(k.folders, folder), append(k.runs, run)
		k.seeds = append(k.seeds, strconv.FormatInt(c.seed, 10))
	}

	configs := make([]*config, len(courses))
	for i, k := range courses {
		configs[i] = k.config
	}
	f = &figure.Learning{Tested: tested(configs)}
	var sources []string
	seeds := 1
	for _, k := range courses {
		name := courseName(k.config, configs)
		seeds = max(seeds, len(k.runs))
		source := fmt.Sprintf("%s, seed %s", strings.Join(k.folders, ", "), strings.Join(k.seeds, ", "))
		if len(k.runs) > 1 {
			name += fmt.Sprintf(", %d seeds", len(k.runs))
		} else if name == "" {
			name = k.folders[0]
		}
		f.Courses = append(f.Courses, figure.Course{Name: strings.TrimPrefix(name, ", "), Runs: k.runs})
		sources = append(sources, source)
	}
	title = "Learning: " + courses[0].config.title()
	for _, k := range courses[1:] {
		if k.config.title() != courses[0].config.title() {
			title = fmt.Sprintf("Learning: %s", plural(len(courses), "configuration"))
		}
	}
	description = strings.Join(sources, "; ")
	f.Title, f.Subtitle = title, description
	if seeds > 1 {
		f.Subtitle = "lines: mean of the seeds, bands: ± 1 standard deviation; " + description
	}
	return f, title, description, nil
}

// tested says which images the runs were tested on after every epoch.
func tested(runs []*config) string {
	held := 0
	for _, c := range runs {
		if c.data.validation > 0 {
			held++
		}
	}
	switch held {
	case 0:
		return "test"
	case len(runs):
		return "validation"
	}
	return "test or validation"
}

// runConfig reads the configuration of a run.
func runConfig(folder string) (*config, error) {
	path := filepath.Join(folder, configName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: is not the folder of a run: there is no %s in it%s", folder, configName, knownRuns())
	}
	s := newSettings()
	if err := s.readFile(path); err != nil {
		return nil, err
	}
	return s.finish()
}

// differing lists the keys of other values, but for the seed and where the data
// were.
func differing(a, b *config) (names []string) {
	for _, k := range keys() {
		if k.name != "seed" && k.name != "data.dir" && k.text(a) != k.text(b) {
			names = append(names, k.name)
		}
	}
	return names
}

// courseName says in what a configuration differs from the others.
func courseName(c *config, all []*config) string {
	var parts []string
	for _, k := range keys() {
		if slices.ContainsFunc(all, func(other *config) bool { return slices.Contains(differing(c, other), k.name) }) {
			parts = append(parts, k.name+" = "+k.text(c))
		}
	}
	return strings.Join(parts, ", ")
}

// readMetrics reads the epochs of a run, which may be in progress.
func readMetrics(folder string) (run figure.Run, err error) {
	path := filepath.Join(folder, metricsName)
	file, err := os.Open(path)
	if err != nil {
		return run, fmt.Errorf("%s: is not the folder of a run: %s: %w", folder, metricsName, cause(err))
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var e epochEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return run, fmt.Errorf("%s:%d: not a line of metrics: %w", path, n, err)
		}
		if e.Event != "epoch" {
			continue
		}
		if e.Epoch != len(run.TestError)+1 {
			return run, fmt.Errorf("%s:%d: epoch %d, want %d", path, n, e.Epoch, len(run.TestError)+1)
		}
		run.TrainError = append(run.TrainError, e.TrainError)
		run.TestError = append(run.TestError, e.testError())
		run.OutputLoss = append(run.OutputLoss, e.OutputLoss)
		for m, loss := range e.HiddenLosses {
			if m == len(run.HiddenLosses) {
				run.HiddenLosses = append(run.HiddenLosses, slices.Repeat([]float64{math.NaN()}, e.Epoch-1))
			}
			run.HiddenLosses[m] = append(run.HiddenLosses[m], loss)
		}
	}
	if err := lines.Err(); err != nil {
		return run, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	if len(run.TestError) == 0 {
		return run, fmt.Errorf("%s: no epoch is finished yet, so there is nothing to draw", folder)
	}
	return run, nil
}

// classNames are those of a data set, or numbers where it is not known.
func classNames(data string, n int) []string {
	if info, err := dataset.Lookup(data); err == nil && len(info.Classes) == n {
		return info.Classes
	}
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
