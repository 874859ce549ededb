package draw

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
)

// A course is the runs of one configuration, which differ only in their seed.
type course struct {
	config  *settings.Config
	name    string // the settings in which it differs from the others
	folders []string
	seeds   []string
	runs    []run.Metrics
}

// readCourses reads the metrics of runs.
func readCourses(folders []string) ([]*course, error) {
	var courses []*course
	for _, folder := range folders {
		c, err := run.Config(folder)
		if err != nil {
			return nil, err
		}
		m, err := run.ReadMetrics(folder)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(courses, func(other *course) bool { return len(settings.Differing(c, other.config)) == 0 })
		if i < 0 {
			i = len(courses)
			courses = append(courses, &course{config: c})
		}
		k := courses[i]
		k.folders, k.runs = append(k.folders, folder), append(k.runs, m)
		k.seeds = append(k.seeds, strconv.FormatInt(c.Seed, 10))
	}
	configs := make([]*settings.Config, len(courses))
	for i, k := range courses {
		configs[i] = k.config
	}
	for _, k := range courses {
		k.name = settings.CourseName(k.config, configs)
		if len(k.runs) > 1 {
			k.name = strings.TrimPrefix(fmt.Sprintf("%s, %d seeds", k.name, len(k.runs)), ", ")
		} else if k.name == "" {
			k.name = k.folders[0]
		}
	}
	return courses, nil
}

// chosenCourses reads runs, and names them by --labels. each reports whether every run
// has its own line.
func chosenCourses(o options) (courses []*course, each bool, err error) {
	if o.seeds != seedsMean && o.seeds != seedsEach {
		return nil, false, cli.Misuse("--seeds %s: want %s or %s", o.seeds, seedsMean, seedsEach)
	}
	if courses, err = readCourses(o.from); err != nil || o.labels == "" {
		return courses, o.seeds == seedsEach, err
	}
	labels := cli.SplitList(o.labels)
	if slices.Contains(labels, "") {
		return nil, false, cli.Misuse("--labels %s: one of the names is empty", o.labels)
	}
	if len(labels) != len(courses) {
		var lines []string
		for _, k := range courses {
			lines = append(lines, strings.Join(k.folders, " and "))
		}
		return nil, false, cli.Misuse("--labels %s: %s, want %d: for %s", o.labels, terminal.Plural(len(labels), "name"), len(courses), strings.Join(lines, ", for "))
	}
	for i, k := range courses {
		k.name = labels[i]
	}
	return courses, o.seeds == seedsEach, nil
}

// titles returns the title, description and subtitle of a picture of runs.
func titles(what string, courses []*course, each bool) (about figure.About, subtitle string) {
	about.Title = what + ": " + courses[0].config.Title()
	var sources []string
	seeds := 1
	for _, k := range courses {
		if k.config.Title() != courses[0].config.Title() {
			about.Title = fmt.Sprintf("%s: %s", what, terminal.Plural(len(courses), "configuration"))
		}
		seed := "seed"
		if len(k.seeds) > 1 {
			seed = "seeds"
		}
		sources = append(sources, fmt.Sprintf("%s, %s %s", strings.Join(k.folders, ", "), seed, strings.Join(k.seeds, ", ")))
		seeds = max(seeds, len(k.runs))
	}
	about.Description = strings.Join(sources, "; ")
	subtitle = about.Description
	if runs := countRuns(courses); runs > 4 { // which would not fit
		subtitle = terminal.Plural(runs, "run")
	}
	switch {
	case seeds > 1 && each:
		subtitle = "a line for each seed; " + subtitle
	case seeds > 1:
		subtitle = "lines: mean of the seeds, bands: ± 1 standard deviation; " + subtitle
	}
	return about, subtitle
}

func countRuns(courses []*course) (n int) {
	for _, k := range courses {
		n += len(k.runs)
	}
	return n
}

func drawLearning(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	courses, each, err := chosenCourses(o)
	if err != nil {
		return nil, figure.About{}, err
	}
	f := &figure.Learning{Tested: tested(courses), Each: each}
	for _, k := range courses {
		c := figure.Course{Name: k.name}
		for i, run := range k.runs {
			if len(run.Epochs) == 0 {
				return nil, figure.About{}, fmt.Errorf("%s: no epoch is finished yet, so there is nothing to draw", k.folders[i])
			}
			c.Runs = append(c.Runs, learningOf(run))
		}
		f.Courses = append(f.Courses, c)
	}
	about, subtitle := titles("Learning", courses, each)
	if f.Kept() {
		subtitle = "rings: the epochs whose weights were kept; " + subtitle
	}
	f.Title, f.Subtitle = about.Title, subtitle
	return f, about, nil
}

// tested says which images the runs were tested on after every epoch.
func tested(runs []*course) string {
	held := 0
	for _, k := range runs {
		if k.config.Data.Validation > 0 {
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

// learningOf returns the errors and losses of the run after each epoch.
func learningOf(r run.Metrics) (run figure.Run) {
	run.Final = math.NaN()
	if n := len(r.Epochs); n > 0 && r.Epochs[n-1].TestError != nil {
		run.Final = *r.Epochs[n-1].TestError
	}
	if r.End != nil && r.End.TestError != nil {
		run.Final = *r.End.TestError
	}
	if r.End != nil {
		run.Kept = r.End.KeptEpoch
	}
	for _, e := range r.Epochs {
		run.TrainError = append(run.TrainError, e.TrainError)
		run.TestError = append(run.TestError, e.Checked())
		run.OutputLoss = append(run.OutputLoss, float64(e.OutputLoss))
		for m, loss := range e.HiddenLosses {
			if m == len(run.HiddenLosses) {
				run.HiddenLosses = append(run.HiddenLosses, slices.Repeat([]float64{math.NaN()}, e.Epoch-1))
			}
			run.HiddenLosses[m] = append(run.HiddenLosses[m], float64(loss))
		}
	}
	return run
}
