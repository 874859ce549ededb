package settings

import (
	"fmt"
	"math"
	"strings"

	"plateau/protocols/dataset"
)

// dataSection is the section [data]: what is learnt, and how much of it is used.
type dataSection struct {
	Name, Dir      string
	Examples, Test Count
	Validation     int
	Shift          int
	seed           int64
	ownData

	loaded *dataset.Data // a set of the user's own, if it has been read
}

func defaultData() dataSection { return dataSection{Name: "digits", seed: 1} }

// Default numbers of images and epochs: a newcomer's run on digits takes about a minute,
// and a run on a real data set uses all of it.
const (
	digitsExamples = 30000
	digitsTest     = 2000
	digitsEpochs   = 6
	otherEpochs    = 10
)

// schedule returns the default numbers of images and epochs.
func schedule(data string) (examples, test Count, epochs int) {
	if data == "digits" {
		return digitsExamples, digitsTest, digitsEpochs
	}
	return 0, 0, otherEpochs
}

// forDigits says in words that digits have one default, and the other data sets another.
func forDigits(n int, others string) string {
	return fmt.Sprintf("%d for digits, %s for the others", n, others)
}

// digitsOtherwise says the same in the help of an option.
func digitsOtherwise(n int, others string) string {
	return fmt.Sprintf("%d for digits, otherwise %s", n, others)
}

// nameOrPath says what a data set can be.
func nameOrPath() string {
	var names []string
	for _, name := range dataset.Names() {
		names = append(names, quote(name))
	}
	return strings.Join(names, ", ") + ", or the path of a folder or an .npz file"
}

func dataKeys() []Key {
	return append([]Key{{
		Name: "data.name", Meaning: "data set to train and test on, or the path of one's own",
		Option: Option{Flag: "data", hint: "NAME|PATH", usage: "data set by name, or the path of your own"},
		Range: relation(nameOrPath(), func(c *Config) bool {
			_, err := dataset.Lookup(c.Data.Name)
			return err == nil || c.Data.isOwn()
		}),
		At: func(c *Config) any { return &c.Data.Name },
	}, {
		Name: "data.dir", Meaning: "the only folder to look for its files in; empty: $PLATEAU_DATA, then the user's cache folder and Keras's",
		Option: Option{Flag: "data-dir", hint: "DIR", usage: "the only folder to look for data in", standard: "$PLATEAU_DATA, then the user's caches"},
		Range:  anything(`the name of a folder, or "" in a configuration for the usual ones`),
		At:     func(c *Config) any { return &c.Data.Dir },
	}, {
		Name: "data.examples", Meaning: "number of training images used, from the first", Unit: "images",
		Option:  Option{Flag: "examples", hint: "N", usage: "number of training images used, from the first", standard: digitsOtherwise(digitsExamples, "all")},
		Range:   imagesOf("training", func(c *Config) (Count, int) { return c.Data.Examples, c.Data.Images().Train }),
		At:      func(c *Config) any { return &c.Data.Examples },
		Follows: forDigits(digitsExamples, "all"),
		derive:  func(c *Config) { c.Data.Examples, _, _ = schedule(c.Data.Name) },
	}, {
		Name: "data.validation", Meaning: "number of training images held out, the last of data.examples: the network does not learn from them, and is tested on them after every epoch; on the test set it is then tested only at the end of the run", Unit: "images",
		Option: Option{Flag: "validation", hint: "N", usage: "of those, hold out the last N, and test on them after every epoch, not on the test set"},
		Range: relation("a whole number from 0 (none are held out), less than {data.examples}", func(c *Config) bool {
			return c.Data.Validation >= 0 && (c.Data.Examples < 0 || c.Data.Shown() > 0)
		}),
		At: func(c *Config) any { return &c.Data.Validation },
	}, {
		Name: "data.shift", Meaning: "each time that an image is shown in training it is moved by up to so many pixels to the left or right and up or down, drawn anew; images held out and test images stay where they are", Unit: "pixels",
		Range: relation("a whole number from 0 (they stay where they are), less than the width and the height of the images{:sides}", func(c *Config) bool {
			return c.Data.Shift >= 0 && shiftFits(c.Data.Shift, c.Data.Images())
		}).term(":sides", func(c *Config) string {
			info := c.Data.Images()
			return fmt.Sprintf(" (%d×%d)", info.Width, info.Height)
		}),
		At: func(c *Config) any { return &c.Data.Shift },
	}, {
		Name: "data.test_examples", Meaning: "number of test images used in a test, from the first", Unit: "images",
		Option:  Option{Flag: "test-examples", hint: "N", usage: "number of test images used, from the first", standard: digitsOtherwise(digitsTest, "all")},
		Range:   imagesOf("test", func(c *Config) (Count, int) { return c.Data.Test, c.Data.Images().Test }),
		At:      func(c *Config) any { return &c.Data.Test },
		Follows: forDigits(digitsTest, "all"),
		derive:  func(c *Config) { _, c.Data.Test, _ = schedule(c.Data.Name) },
	}, {
		Name: "data.seed", Meaning: "seed of the digits that are drawn; without effect on the other data sets",
		Range: whole(0, math.MaxInt64),
		At:    func(c *Config) any { return &c.Data.seed },
	}}, ownKeys()...)
}

// imagesOf allows what a data set has.
func imagesOf(split string, count func(*Config) (Count, int)) Range {
	word := "the number of " + split + " images"
	return relation("1 to {"+word+`}, or "all"`, func(c *Config) bool {
		n, most := count(c)
		return n >= 0 && int(n) <= most
	}).term(word, func(c *Config) string {
		_, most := count(c)
		return fmt.Sprint(most)
	})
}

// Images describes the data set, with the largest numbers of images that its splits
// can have.
func (d dataSection) Images() dataset.Info {
	info := d.Info()
	if info.Drawn() {
		info.Train, info.Test = dataset.MaxDrawn, dataset.MaxDrawn
	}
	return info
}

// shiftFits reports whether images still show something when they are shifted. What is not
// an image, but a list of numbers, is one pixel high, and cannot be.
func shiftFits(shift int, info dataset.Info) bool {
	return shift == 0 || shift < min(info.Width, info.Height)
}

// Shifted returns how images of a set are shifted in training, false if they are not.
func (c *Config) Shifted(set *dataset.Set) (s dataset.Shift, ok bool) {
	return dataset.ShiftOf(set, c.Data.Shift, uint64(c.Seed)), c.Data.Shift > 0
}

// Shown returns the number of images in an epoch.
func (d dataSection) Shown() int {
	if d.Examples > 0 {
		return int(d.Examples) - d.Validation
	}
	return d.Images().Train - d.Validation
}

// Load reads or draws the images that the configuration asks for: at least the given
// numbers of training and test images.
func (d *dataSection) Load(train, test Count) (*dataset.Data, error) {
	o := dataset.Options{Dir: d.Dir, Seed: uint64(d.seed), Train: int(train), Test: int(test)}
	if !d.isOwn() {
		return dataset.Load(d.Name, o)
	}
	data, err := d.own()
	if err != nil {
		return nil, moved(err)
	}
	return data, data.Cut(o)
}
