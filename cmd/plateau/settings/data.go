package settings

import (
	"fmt"
	"math"
	"path/filepath"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/terminal"
	"plateau/protocols/dataset"
)

// dataSection is the section [data]: what to learn from.
type dataSection struct {
	Name, Dir      string
	Examples, Test Count
	Validation     int
	seed           int64
}

func defaultData() (s dataSection) {
	s.Name = "digits"
	s.seed = 1
	return s
}

func dataKeys() []Key {
	return []Key{
		{
			Name: "data.name", Meaning: "data set to train and test on",
			At: func(c *Config) any { return &c.Data.Name }, Choices: dataset.Names(),
		},
		{
			Name: "data.dir", Meaning: "the only folder to look for its files in; empty: $PLATEAU_DATA, then the user's cache folder and Keras's",
			wants: `the name of a folder, or "" in a configuration for the usual ones`,
			At:    func(c *Config) any { return &c.Data.Dir },
			ok:    func(c *Config) bool { return true },
		},
		{
			Name: "data.examples", Meaning: "number of training images used, from the first", Unit: "images",
			wants:   `1 to {the number of training images}, or "all"`,
			At:      func(c *Config) any { return &c.Data.Examples },
			ok:      func(c *Config) bool { return c.Data.Examples >= 0 && int(c.Data.Examples) <= c.Images().Train },
			Follows: "30000 for digits, all for the others",
			derive:  func(c *Config) { c.Data.Examples, _, _ = schedule(c.Data.Name) },
		},
		{
			Name: "data.validation", Meaning: "number of training images held out, the last of data.examples: the network does not learn from them, and is tested on them after every epoch; on the test set it is then tested only at the end of the run", Unit: "images",
			wants: "a whole number from 0 (none are held out), less than {data.examples}",
			At:    func(c *Config) any { return &c.Data.Validation },
			ok:    func(c *Config) bool { return c.Data.Validation >= 0 && (c.Data.Examples < 0 || c.Shown() > 0) },
		},
		{
			Name: "data.test_examples", Meaning: "number of test images used in a test, from the first", Unit: "images",
			wants:   `1 to {the number of test images}, or "all"`,
			At:      func(c *Config) any { return &c.Data.Test },
			ok:      func(c *Config) bool { return c.Data.Test >= 0 && int(c.Data.Test) <= c.Images().Test },
			Follows: "2000 for digits, all for the others",
			derive:  func(c *Config) { _, c.Data.Test, _ = schedule(c.Data.Name) },
		},
		{
			Name: "data.seed", Meaning: "seed of the digits that are drawn; without effect on the other data sets",
			limits: whole(0, math.MaxInt64),
			At:     func(c *Config) any { return &c.Data.seed },
		},
	}
}

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
	data, err := of.Load(of.Data.Examples, of.Data.Test)
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
	if c.Data.Dir != "" {
		dir, err := filepath.Abs(c.Data.Dir)
		if err != nil {
			return err
		}
		c.Data.Dir = dir
	}
	return nil
}
