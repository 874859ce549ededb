package draw

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
)

// one returns a list with the value, nil if there is none.
func one(v *run.Quantity) []run.Quantity {
	if v == nil {
		return nil
	}
	return []run.Quantity{*v}
}

// A courseRow is one quantity of a picture.
type courseRow struct {
	figure.Row
	parts func(layers int) []string // the layers or populations that have it, in order
	of    func(l run.MeasureEvent) []run.Quantity
}

// Parts of networks with the given number of layers above the input.
func layerNames(layers int) []string { return settings.PopulationNames(layers - 1)[1:] }

func hiddenNames(layers int) []string { return settings.PopulationNames(layers - 1)[1:layers] }

func everyPopulation(layers int) []string { return settings.PopulationNames(layers - 1) }

func whole(int) []string { return []string{""} }

// measuredPictures lists the pictures of what was measured in training.
func measuredPictures() []drawing {
	mark := func(v float64) *float64 { return &v }
	degrees := figure.Row{Unit: "angle (degrees); dashed: 90°, no better than chance", Mark: mark(90), Zero: true, Ticks: []float64{0, 30, 60, 90, 120, 150, 180}}
	named := func(r figure.Row, name string) figure.Row {
		r.Name = name
		return r
	}
	kinds := []struct {
		name, meaning, title, option string
		rows                         []courseRow
	}{
		{"dynamics", "norms of the weights, and how fast weights and updates change", "Learning dynamics", "norms", []courseRow{
			{figure.Row{Name: "Weights", Unit: "‖W‖, Frobenius norm", Log: true}, layerNames, func(l run.MeasureEvent) []run.Quantity { return l.WeightNorms }},
			{figure.Row{Name: "Change of weights", Unit: "‖ΔW‖ / ‖W‖", Log: true}, layerNames, func(l run.MeasureEvent) []run.Quantity { return l.WeightChanges }},
			{figure.Row{Name: "Change of gradients", Unit: "‖ΔG‖ / ‖G‖", Log: true}, layerNames, func(l run.MeasureEvent) []run.Quantity { return l.GradientChanges }},
		}},
		{"angles", "angles of updates to those of backpropagation, and of weights to feedback", "Angles", "angle,alignment", []courseRow{
			{named(degrees, "Local updates and those of backpropagation"), hiddenNames, func(l run.MeasureEvent) []run.Quantity { return l.UpdateAngles }},
			{named(degrees, "Output weights and feedback"), whole, func(l run.MeasureEvent) []run.Quantity { return one(l.AlignmentAngle) }},
		}},
		{"eigenvalue", "the eigenvalue of Theorem 1, which says whether feedback is good enough", "Feedback", "eigenvalue", []courseRow{
			{figure.Row{Name: "Largest eigenvalue", Unit: "dashed: 1, below which the condition of Theorem 1 holds", Log: true, Mark: mark(1)}, whole,
				func(l run.MeasureEvent) []run.Quantity { return one(l.LargestEigenvalue) }},
		}},
		{"losses", "losses of all layers, and the correlation of hidden and output loss", "Losses", "losses", []courseRow{
			{figure.Row{Name: "Output loss", Log: true}, whole, func(l run.MeasureEvent) []run.Quantity { return one(l.OutputLoss) }},
			{figure.Row{Name: "Hidden loss", Log: true}, hiddenNames, func(l run.MeasureEvent) []run.Quantity { return l.HiddenLosses }},
			{figure.Row{Name: "Correlation of hidden and output loss", Mark: mark(0)}, hiddenNames, func(l run.MeasureEvent) []run.Quantity { return l.LossCorrelation }},
		}},
		{"rates", "the mean firing rate of each population in training", "Rates", "rates", []courseRow{
			{figure.Row{Name: "Mean rate", Unit: "forward phase (Hz)", Zero: true}, everyPopulation, func(l run.MeasureEvent) []run.Quantity { return l.Rates }},
		}},
	}
	var drawings []drawing
	for _, k := range kinds {
		drawings = append(drawings, drawing{
			Name: k.name, Meaning: k.meaning, source: fromRuns, many: true, file: k.name, options: ofCourses,
			draw: func(_ *terminal.Console, o options) (figure.Figure, figure.About, error) {
				return drawMeasured(o, k.title, k.option, k.rows)
			},
		})
	}
	return drawings
}

// drawMeasured draws quantities against the number of training examples.
func drawMeasured(o options, title, option string, rows []courseRow) (figure.Figure, figure.About, error) {
	courses, each, err := chosenCourses(o)
	if err != nil {
		return nil, figure.About{}, err
	}
	about, subtitle := titles(title, courses, each)
	f := &figure.Changes{Title: about.Title, Subtitle: subtitle, Each: each}
	for _, k := range courses {
		f.Courses = append(f.Courses, k.name)
		for i, run := range k.runs {
			if !slices.ContainsFunc(rows, func(q courseRow) bool { return hasMeasured(run, q) }) {
				return nil, figure.About{}, fmt.Errorf("%s: %s", k.folders[i], notMeasured(title, option, k.config))
			}
		}
	}
	for _, q := range rows {
		if q.fill(courses); len(q.Lines) > 0 {
			f.Rows = append(f.Rows, q.Row)
		}
	}
	return f, about, nil
}

// notMeasured says how to get measurements that a run lacks.
func notMeasured(title, option string, c *settings.Config) string {
	if len(c.Network.Hidden) == 0 && option != "norms" && option != "rates" && option != "losses" {
		return fmt.Sprintf("there are no measurements of %s: the network has no hidden layer", strings.ToLower(title))
	}
	if measures(c, option) {
		return fmt.Sprintf("nothing was measured of %s yet: there is a line every %s; %s=… makes more",
			strings.ToLower(title), terminal.Plural(c.Measure.Every, "example"), cli.Command("train", "--set", "measure.every"))
	}
	return fmt.Sprintf("nothing was measured of %s; %s does", strings.ToLower(title), cli.Command("train", "--measure", option))
}

// measures reports whether training measures any of the names in a list.
func measures(c *settings.Config, names string) bool {
	if c.Measure.What == settings.Everything {
		return true
	}
	wanted := cli.SplitList(names)
	return slices.ContainsFunc(cli.SplitList(c.Measure.What), func(name string) bool { return slices.Contains(wanted, name) })
}

// hasMeasured reports whether a run has measured a quantity.
func hasMeasured(r run.Metrics, q courseRow) bool {
	return slices.ContainsFunc(r.Measured, func(l run.MeasureEvent) bool { return len(q.of(l)) > 0 })
}

// fill adds a line for each part of each course that has the quantity.
func (q *courseRow) fill(courses []*course) {
	deepest := 0
	for _, k := range courses {
		deepest = max(deepest, len(k.config.Network.Hidden)+1)
	}
	for _, part := range q.parts(deepest) { // from the input up
		for i, k := range courses {
			n := slices.Index(q.parts(len(k.config.Network.Hidden)+1), part)
			if n < 0 {
				continue
			}
			l := figure.Line{Course: i, Part: part}
			for _, run := range k.runs {
				if s := samplesOf(run, *q, n); s.Examples != nil {
					l.Runs = append(l.Runs, s)
				}
			}
			if l.Runs != nil {
				q.Lines = append(q.Lines, l)
			}
		}
	}
}

// samplesOf returns the values of a quantity for part n. A line without a value, or with
// null, gives a gap; if no line has a value, there are no samples.
func samplesOf(r run.Metrics, q courseRow, n int) (s figure.Samples) {
	some := false
	for _, m := range r.Measured {
		v := math.NaN()
		if values := q.of(m); n < len(values) {
			v, some = float64(values[n]), true
		}
		s.Examples, s.Value = append(s.Examples, float64(m.Examples)), append(s.Value, v)
	}
	if !some {
		return figure.Samples{}
	}
	return s
}
