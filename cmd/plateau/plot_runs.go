package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"plateau/internal/figure"
	"plateau/protocols/dataset"
)

// A course is the runs of one configuration, which differ only in their seed.
type course struct {
	config  *config
	name    string // the settings in which it differs from the others
	folders []string
	seeds   []string
	runs    []runMetrics
}

// readCourses reads the metrics of runs.
func readCourses(folders []string) ([]*course, error) {
	var courses []*course
	for _, folder := range folders {
		c, err := runConfig(folder)
		if err != nil {
			return nil, err
		}
		m, err := readMetrics(folder)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(courses, func(other *course) bool { return len(differing(c, other.config)) == 0 })
		if i < 0 {
			i = len(courses)
			courses = append(courses, &course{config: c})
		}
		k := courses[i]
		k.folders, k.runs = append(k.folders, folder), append(k.runs, m)
		k.seeds = append(k.seeds, strconv.FormatInt(c.seed, 10))
	}
	configs := make([]*config, len(courses))
	for i, k := range courses {
		configs[i] = k.config
	}
	for _, k := range courses {
		k.name = courseName(k.config, configs)
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
func chosenCourses(o plotOptions) (courses []*course, each bool, err error) {
	if o.seeds != seedsMean && o.seeds != seedsEach {
		return nil, false, misuse("--seeds %s: want %s or %s", o.seeds, seedsMean, seedsEach)
	}
	if courses, err = readCourses(o.from); err != nil || o.labels == "" {
		return courses, o.seeds == seedsEach, err
	}
	labels := splitList(o.labels)
	if slices.Contains(labels, "") {
		return nil, false, misuse("--labels %s: one of the names is empty", o.labels)
	}
	if len(labels) != len(courses) {
		var lines []string
		for _, k := range courses {
			lines = append(lines, strings.Join(k.folders, " and "))
		}
		return nil, false, misuse("--labels %s: %s, want %d: for %s", o.labels, plural(len(labels), "name"), len(courses), strings.Join(lines, ", for "))
	}
	for i, k := range courses {
		k.name = labels[i]
	}
	return courses, o.seeds == seedsEach, nil
}

// titles returns the title, description and subtitle of a picture of runs.
func titles(what string, courses []*course, each bool) (about figure.About, subtitle string) {
	about.Title = what + ": " + courses[0].config.title()
	var sources []string
	seeds := 1
	for _, k := range courses {
		if k.config.title() != courses[0].config.title() {
			about.Title = fmt.Sprintf("%s: %s", what, plural(len(courses), "configuration"))
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
		subtitle = plural(runs, "run")
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

func drawLearning(_ *console, o plotOptions) (figure.Figure, figure.About, error) {
	courses, each, err := chosenCourses(o)
	if err != nil {
		return nil, figure.About{}, err
	}
	f := &figure.Learning{Tested: tested(courses), Each: each}
	for _, k := range courses {
		c := figure.Course{Name: k.name}
		for i, run := range k.runs {
			if len(run.epochs) == 0 {
				return nil, figure.About{}, fmt.Errorf("%s: no epoch is finished yet, so there is nothing to draw", k.folders[i])
			}
			c.Runs = append(c.Runs, learningOf(run))
		}
		f.Courses = append(f.Courses, c)
	}
	about, subtitle := titles("Learning", courses, each)
	f.Title, f.Subtitle = about.Title, subtitle
	return f, about, nil
}

// tested says which images the runs were tested on after every epoch.
func tested(runs []*course) string {
	held := 0
	for _, k := range runs {
		if k.config.data.validation > 0 {
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
func learningOf(r runMetrics) (run figure.Run) {
	run.Final = math.NaN()
	if n := len(r.epochs); n > 0 && r.epochs[n-1].TestError != nil {
		run.Final = *r.epochs[n-1].TestError
	}
	if r.end != nil && r.end.TestError != nil {
		run.Final = *r.end.TestError
	}
	for _, e := range r.epochs {
		run.TrainError = append(run.TrainError, e.TrainError)
		run.TestError = append(run.TestError, e.testError())
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

// differing lists the keys whose values differ, without the seed, the folder of the
// data, and keys that change nothing in a run.
func differing(a, b *config) (names []string) {
	for _, k := range keys() {
		switch {
		case k.name == "seed" || k.name == "data.dir" || k.section() == "record" || k.section() == "measure":
		case k.text(a) != k.text(b):
			names = append(names, k.name)
		}
	}
	return names
}

// courseName lists the settings in which a configuration differs from the others,
// without those that follow from the listed ones.
func courseName(c *config, all []*config) string {
	var parts []string
	for _, k := range distinguishing(all) {
		parts = append(parts, k.name+" = "+k.text(c))
	}
	return strings.Join(parts, ", ")
}

// distinguishing lists the keys in which configurations differ, without those that
// follow from others in all of them.
func distinguishing(all []*config) (telling []key) {
	for _, k := range keys() {
		differs := func(other *config) bool { return slices.Contains(differing(all[0], other), k.name) }
		chosen := func(c *config) bool { return !k.followed(c) }
		if slices.ContainsFunc(all, differs) && slices.ContainsFunc(all, chosen) {
			telling = append(telling, k)
		}
	}
	return telling
}

// followed reports whether a key has the value that follows from others.
func (k key) followed(c *config) bool {
	if k.derive == nil {
		return false
	}
	standard := *c
	k.derive(&standard)
	return k.text(&standard) == k.text(c)
}

// classNames returns the class names of a data set, or numbers if it is not known.
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

// splitList splits names that are joined with commas.
func splitList(text string) (names []string) {
	for part := range strings.SplitSeq(text, ",") {
		names = append(names, strings.TrimSpace(part))
	}
	return names
}
