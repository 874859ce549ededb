package settings

import (
	"fmt"
	"path/filepath"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

// NoteData prints notes about the data set of a configuration.
func NoteData(c *terminal.Console, of *Config, d *dataset.Data) {
	for _, line := range d.Notices {
		c.Note("note: %s", line)
	}
	if len(d.Missing) > 0 {
		c.Note("to download the rest: %s", cli.FetchCommand(d.Name, of.Data.Dir))
	}
}

// LoadImages loads the images that a run uses, and prints notes about them.
func LoadImages(c *terminal.Console, of *Config) (*dataset.Data, error) {
	data, err := of.Data.Load(of.Data.Examples, of.Data.Test)
	if err != nil {
		return nil, err
	}
	NoteData(c, of, data)
	return data, pin(of, data)
}

// pin replaces "all" by the number of images, so that the stored configuration says
// what was used.
func pin(c *Config, data *dataset.Data) error {
	var problems []string
	for _, split := range []struct {
		key, name string
		n         *Count
		set       *dataset.Set
	}{
		{"data.examples", "training", &c.Data.Examples, data.Train},
		{"data.test_examples", "test", &c.Data.Test, data.Test},
	} {
		if *split.n == 0 {
			*split.n = Count(split.set.Len())
		}
		if have := split.set.Len(); int(*split.n) > have {
			problems = append(problems, fmt.Sprintf("%s%s = %d: there are only %d %s images in %s",
				Prefix(c.Given[split.key]), split.key, *split.n, have, split.name, data.Dir))
		}
	}
	if held := c.Data.Validation; held >= int(c.Data.Examples) {
		problems = append(problems, fmt.Sprintf("%sdata.validation = %d: want less than the number of training images (%d)",
			Prefix(c.Given["data.validation"]), held, c.Data.Examples))
	}
	if problems != nil {
		return &Error{Problems: problems}
	}
	// A run must find its data from another working folder too.
	if c.Data.Dir == "" && strings.HasPrefix(data.Dir, dataset.LocalDir+string(filepath.Separator)) {
		c.Data.Dir = data.Dir
	}
	if c.Data.Dir != "" {
		dir, err := filepath.Abs(c.Data.Dir)
		if err != nil {
			return err
		}
		c.Data.Dir = dir
	}
	return nil
}
