package dataset

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Options say where a data set is and how much of it to load.
type Options struct {
	Dir   string // the only folder to look in; "" for SearchPath's
	Seed  uint64 // for digits, which are drawn; sets that are read from files ignore it
	Train int    // load at most this many training images, the first ones; 0 for all
	Test  int    // likewise for test images
}

// Validate reports all fields that are out of range.
func (o Options) Validate() error {
	var errs []error
	if o.Train < 0 {
		errs = append(errs, fmt.Errorf("dataset: Options.Train = %d images, want ≥ 0", o.Train))
	}
	if o.Test < 0 {
		errs = append(errs, fmt.Errorf("dataset: Options.Test = %d images, want ≥ 0", o.Test))
	}
	return errors.Join(errs...)
}

// MaxDrawn is the largest number of images of digits in a set. It guards against typing
// errors: this many images take 784 MB.
const MaxDrawn = 1000000

// Load reads or draws the data set with that name. It also loads a set that lacks
// some batches, or whose files are not the official ones, as long as it can be
// used; Data.Notices then says so.
func Load(name string, o Options) (*Data, error) {
	info, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if info.Drawn() {
		if n := max(o.Train, o.Test); n > MaxDrawn {
			return nil, fmt.Errorf("dataset: %d images of %s, want at most %d", n, name, MaxDrawn)
		}
		return Digits(o.Seed, or(o.Train, info.Train), or(o.Test, info.Test)), nil
	}
	p, missing := locate(o.Dir, info)
	if missing != nil {
		return nil, missing
	}
	data := &Data{Name: name, Dir: p.dir}
	if name == "cifar10" {
		err = loadCIFAR(data, p, info)
	} else {
		err = loadIDX(data, p, info)
	}
	if err != nil {
		return nil, err
	}
	data.Train.Name, data.Test.Name = name, name
	return data, data.Cut(o)
}

// Cut leaves as many images as the options ask for, or all if there are fewer.
func (d *Data) Cut(o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Train > 0 {
		d.Train = d.Train.First(o.Train)
	}
	if o.Test > 0 {
		d.Test = d.Test.First(o.Test)
	}
	return nil
}

// loadIDX reads the four files of a set, which are in this order: training images and
// labels, test images and labels.
func loadIDX(data *Data, p place, info Info) (err error) {
	var files []idxFile
	digests := make(map[string]digest)
	for _, file := range info.Files {
		f, err := readIDX(p.found[file.Name], file.kind())
		if err != nil {
			return err
		}
		if digests[file.Name], err = f.digest(file); err != nil {
			return err
		}
		files = append(files, f)
	}
	if data.Notices, err = judge(p, info, digests); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.suits(info); err != nil {
			return err
		}
		f.settle(info)
	}
	if data.Train, err = pair(files[0], files[1], len(info.Classes)); err != nil {
		return err
	}
	if data.Test, err = pair(files[2], files[3], len(info.Classes)); err != nil {
		return err
	}
	if missing := unlabelled(data.Train, info); missing != "" && len(data.Notices) > 0 {
		data.Notices = append(data.Notices, missing)
	}
	return nil
}

func loadCIFAR(data *Data, p place, info Info) (err error) {
	info.Files = summed(p.dir, info)
	data.Train, data.Test = newCIFAR10(), newCIFAR10()
	digests := make(map[string]digest)
	for _, file := range info.Files {
		src, ok := p.found[file.Name]
		if !ok {
			continue
		}
		set := data.Train
		if file.Name == cifarTest {
			set = data.Test
		}
		if digests[file.Name], err = readBatch(src, file, set); err != nil {
			return err
		}
	}
	if data.Notices, err = judge(p, info, digests); err != nil {
		return err
	}
	if len(p.missing) > 0 {
		data.Notices = append(data.Notices, fmt.Sprintf(
			"%s: %s not found in %s: training images are %d of %d",
			info.Name, list(p.missing, "and"), filepath.Clean(p.dir), data.Train.Len(), info.Train))
		data.Missing = p.missing
	}
	return nil
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
