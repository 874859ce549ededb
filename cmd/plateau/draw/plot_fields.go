package draw

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/run"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/figure"
)

const (
	usualFields = 80  // number of maps that are drawn by default
	maxFields   = 400 // number of neurons that fit on a page
)

// drawFields draws the weights from the input to the first layer.
func drawFields(con *terminal.Console, o options) (figure.Figure, figure.About, error) {
	var about figure.About
	folder := o.from[0]
	c, err := run.Config(folder)
	if err != nil {
		return nil, about, err
	}
	info := c.Data.Info()
	if err := cli.CheckRun(folder); err != nil {
		return nil, about, fmt.Errorf("%s: there are no weights yet: they are written after every epoch", folder)
	}
	learner, err := run.LoadLearner(c, info, folder)
	if err != nil {
		return nil, about, err
	}
	weights := learner.Weights()
	run.NoteChanges(con, folder, weights)
	layer := settings.PopulationNames(len(c.Network.Hidden))[1]
	w := weights[0] // from the input
	fields := make([]figure.Field, w.Cols)
	for n := range fields {
		fields[n] = figure.Field{Name: strconv.Itoa(n), Weights: make([]float64, w.Rows)}
	}
	for j, row := range w.All() {
		for n, v := range row {
			fields[n].Weights[j] = float64(v)
		}
	}
	if names := settings.ClassNames(info, w.Cols); len(c.Network.Hidden) == 0 && c.Network.PerClass == 1 {
		for n := range fields {
			fields[n].Name = names[n]
		}
	}
	usual := usualFields / info.Channels / 4 * 4 // whole rows
	chosen, which, err := chooseFields(fields, o.neurons, usual)
	if err != nil {
		return nil, about, err
	}
	about.Title = fmt.Sprintf("Receptive fields: %s of %s", layer, c.Title())
	about.Description = fmt.Sprintf("%s, seed %d: weights from the image to %s", filepath.Clean(folder), c.Seed, which)
	f := &figure.Fields{Title: about.Title, Subtitle: about.Description, Width: info.Width, Height: info.Height, Neurons: chosen}
	switch {
	case info.Channels == 3:
		f.Channels = []string{"red", "green", "blue"}
	case info.Channels > 1:
		for i := range info.Channels {
			f.Channels = append(f.Channels, fmt.Sprintf("channel %d", i))
		}
	}
	return f, about, nil
}

// largest chooses the neurons with the largest weights.
const largest = "largest"

// chooseFields returns the chosen neurons, and a description of the choice.
func chooseFields(fields []figure.Field, text string, usual int) (chosen []figure.Field, which string, err error) {
	n := len(fields)
	switch text {
	case "":
		if n <= usual {
			return fields, fmt.Sprintf("all %d neurons", n), nil
		}
		return fields[:usual], fmt.Sprintf("the first %d of %d neurons", usual, n), nil
	case largest:
		norm := func(f figure.Field) (sum float64) {
			for _, w := range f.Weights {
				sum += w * w
			}
			return sum
		}
		chosen = slices.Clone(fields)
		slices.SortStableFunc(chosen, func(a, b figure.Field) int { return cmp.Compare(norm(b), norm(a)) })
		chosen = chosen[:min(n, usual)]
		return chosen, fmt.Sprintf("the %d of %d neurons with the largest weights (norm)", len(chosen), n), nil
	}
	numbers, err := cli.ParseRanges(text, 0, n)
	switch {
	case err != nil:
		return nil, "", cli.Misuse("--neurons %v, or %s", err, largest)
	case len(numbers) > maxFields:
		return nil, "", cli.Misuse("--neurons %s: %d neurons, want at most %d", text, len(numbers), maxFields)
	}
	for _, i := range numbers {
		chosen = append(chosen, fields[i])
	}
	return chosen, fmt.Sprintf("%s of %d: %s", terminal.Plural(len(chosen), "neuron"), n, cli.PrintRanges(numbers)), nil
}
