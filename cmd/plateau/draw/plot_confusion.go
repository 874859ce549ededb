package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
	"plateau/protocols/dataset"
	"plateau/protocols/measure"
)

// A testedLine is a line of plateau test --json.
type testedLine struct {
	Event     string            `json:"event"`
	Data      string            `json:"data"`
	Classes   []string          `json:"classes"`   // names, of a data set of one's own
	Confusion measure.Confusion `json:"confusion"` // images by true class, and by predicted class
}

// drawConfusion draws the confusion matrix of the last epoch of a run, the sum of those
// of runs that differ only in their seed, or the one that plateau test --json printed.
func drawConfusion(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
	var about figure.About
	var images measure.Confusion
	var data dataset.Info
	var from string
	if !cli.IsFolder(o.from[0]) {
		line, err := readTested(o.from[0])
		if err != nil {
			return nil, about, err
		}
		images, from = line.Confusion, filepath.Base(o.from[0])
		if data, _ = dataset.Lookup(line.Data); line.Classes != nil {
			data = dataset.Info{Classes: line.Classes}
		}
		about.Title = "Confusion matrix: " + line.Data
	} else {
		courses, err := readCourses(o.from)
		if err != nil {
			return nil, about, err
		}
		if len(courses) > 1 {
			return nil, about, cli.Misuse("the runs differ in more than their seed (%s), but a confusion matrix is drawn for one configuration", courses[1].name)
		}
		k := courses[0]
		var epochs []string
		for i, run := range k.runs {
			last := run.Confused()
			if last == nil && len(run.Epochs) == 0 {
				return nil, about, fmt.Errorf("%s: no epoch is finished yet, so there is no confusion matrix", k.folders[i])
			}
			if last == nil {
				return nil, about, fmt.Errorf("%s: has no confusion matrix; %s writes one after every epoch; for a run that is finished: %s > test.jsonl, then %s",
					k.folders[i], cli.Command("train", "--measure", "confusion"), cli.Command("test", "--run", k.folders[i], "--json"), cli.Command("plot", "test.jsonl", "--what", "confusion"))
			}
			if images, err = addConfusion(images, last.Confusion); err != nil {
				return nil, about, fmt.Errorf("%s: %w", k.folders[i], err)
			}
			if epoch := fmt.Sprint(last.Epoch); !slices.Contains(epochs, epoch) {
				epochs = append(epochs, epoch)
			}
		}
		about, _ = titles("Confusion matrix", courses, false)
		data, from = k.config.Data.Info(), fmt.Sprintf("%s, epoch %s", about.Description, strings.Join(epochs, ", "))
	}
	wrong, n := images.Errors()
	about.Description = fmt.Sprintf("%s: error %s on %s", from, terminal.Percent(float64(wrong)/float64(max(n, 1))), terminal.Plural(n, "image"))
	f := &figure.Confusion{Title: about.Title, Subtitle: about.Description, Names: settings.ClassNames(data, len(images)), Images: images}
	return f, about, nil
}

// addConfusion adds up the confusion matrices of several runs.
func addConfusion(sum, images measure.Confusion) (measure.Confusion, error) {
	if err := checkConfusion(images); err != nil {
		return nil, err
	}
	if sum == nil {
		return images, nil
	}
	return sum.Plus(images)
}

// maxClasses is the number of classes that fit on a page.
const maxClasses = 100

func checkConfusion(images measure.Confusion) error {
	if len(images) < 1 || len(images) > maxClasses {
		return fmt.Errorf("the confusion matrix has %d classes, want 1 to %d", len(images), maxClasses)
	}
	return images.Check()
}

// readTested reads the last line of plateau test --json in a file.
func readTested(path string) (*testedLine, error) {
	wrong := fmt.Errorf("%s: want the folder of a run, or a file with what %s printed%s", path, cli.Command("test", "--json"), run.TakenBy(path))
	if !run.BeginsWith(path, "{") {
		return nil, wrong
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, terminal.Cause(err))
	}
	var last *testedLine
	for line := range bytes.Lines(text) {
		var t testedLine
		if json.Unmarshal(line, &t) == nil && t.Event == "test" && t.Confusion != nil {
			last = &t
		}
	}
	if last == nil {
		return nil, wrong
	}
	if err := checkConfusion(last.Confusion); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return last, nil
}
